CREATE TABLE IF NOT EXISTS publishers (
  id TEXT PRIMARY KEY,
  base TEXT NOT NULL UNIQUE,
  created TEXT NOT NULL
);

-- Datasets that the operator lets in without a protocol check.
CREATE TABLE IF NOT EXISTS unchecked (
  publisher TEXT NOT NULL,
  dataset TEXT NOT NULL,
  PRIMARY KEY (publisher, dataset)
);

-- The release that each dataset has in the primary store; complete is 0 while the store is being changed.
CREATE TABLE IF NOT EXISTS applied (
  publisher TEXT NOT NULL,
  dataset TEXT NOT NULL,
  release INTEGER NOT NULL,
  complete INTEGER NOT NULL,
  PRIMARY KEY (publisher, dataset)
);

CREATE TABLE IF NOT EXISTS pins (
  snapshot TEXT PRIMARY KEY
);

-- Short links to queries; kept for good.
CREATE TABLE IF NOT EXISTS links (
  id TEXT PRIMARY KEY,
  content TEXT NOT NULL,
  created TEXT NOT NULL
);

-- Short links that went with what was withdrawn, and the number of that withdrawal.
CREATE TABLE IF NOT EXISTS withdrawn_links (
  id TEXT PRIMARY KEY,
  withdrawal INTEGER NOT NULL
);

-- Who made links within the last hour: an address, or the network of one; older rows go when the next link is made.
CREATE TABLE IF NOT EXISTS link_makers (
  client TEXT NOT NULL,
  made TEXT NOT NULL
);

-- unsnapshotted: the primary store was changed after the current snapshot; shipped: digest of the knowledge that ships.
CREATE TABLE IF NOT EXISTS marks (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
