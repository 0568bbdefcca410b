CREATE TABLE IF NOT EXISTS publishers (
  id TEXT PRIMARY KEY,
  base TEXT NOT NULL UNIQUE,
  created TEXT NOT NULL
);

-- The body behind a publisher, as far as it is known: names and other addresses as JSON, where it lies as GeoJSON.
CREATE TABLE IF NOT EXISTS publisher_bodies (
  publisher TEXT PRIMARY KEY,
  organisation TEXT NOT NULL,
  names TEXT NOT NULL,
  kind TEXT NOT NULL,
  place TEXT NOT NULL,
  area TEXT NOT NULL,
  same TEXT NOT NULL
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

-- What a publisher's programs and people show to be let in. Of the secret only its SHA-256 is kept.
CREATE TABLE IF NOT EXISTS tokens (
  id TEXT PRIMARY KEY,
  publisher TEXT NOT NULL,
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  hash TEXT NOT NULL,
  created TEXT NOT NULL,
  expires TEXT,
  revoked TEXT,
  UNIQUE (publisher, name)
);

-- Who is signed in on the pages: the SHA-256 of the cookie, and the token that it stands for.
CREATE TABLE IF NOT EXISTS sessions (
  hash TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  expires TEXT NOT NULL
);

-- What is counted to keep it rare, such as failed sign-ins of an address; older rows go when the next is counted.
CREATE TABLE IF NOT EXISTS attempts (
  kind TEXT NOT NULL,
  client TEXT NOT NULL,
  made TEXT NOT NULL
);

-- Who did what, and when; token is the name that the publisher gave it. Rows are added, and never changed.
CREATE TABLE IF NOT EXISTS audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  publisher TEXT NOT NULL,
  token TEXT NOT NULL,
  action TEXT NOT NULL,
  about TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;

-- Files sent for a dataset, and how far they have come; method is how they change its content.
CREATE TABLE IF NOT EXISTS submissions (
  id TEXT PRIMARY KEY,
  publisher TEXT NOT NULL,
  dataset TEXT NOT NULL,
  protocol TEXT NOT NULL,
  method TEXT NOT NULL,
  files TEXT NOT NULL,
  token TEXT NOT NULL,
  created TEXT NOT NULL,
  changed TEXT NOT NULL,
  state TEXT NOT NULL,
  message TEXT NOT NULL DEFAULT '',
  counts TEXT NOT NULL DEFAULT '{}',
  hold_back INTEGER NOT NULL DEFAULT 0,
  at_once INTEGER NOT NULL DEFAULT 0,
  release INTEGER
);
CREATE INDEX IF NOT EXISTS submissions_of ON submissions (publisher, created);

-- What was done with a submission, step by step.
CREATE TABLE IF NOT EXISTS steps (
  submission TEXT NOT NULL,
  at TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS steps_of ON steps (submission);

-- What waits for the one writer, and what it does now: a row goes when its work is done, so what a writer that was
-- killed had begun is begun again.
CREATE TABLE IF NOT EXISTS jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  submission TEXT NOT NULL UNIQUE,
  work TEXT NOT NULL,
  queued TEXT NOT NULL,
  begun INTEGER NOT NULL DEFAULT 0
);

-- What was harvested from other sites: by what each file is asked for again (RFC 9110 §13.1), and what came of it last.
CREATE TABLE IF NOT EXISTS harvests (
  catalogue TEXT NOT NULL,
  dataset TEXT NOT NULL,
  etag TEXT NOT NULL,
  modified TEXT NOT NULL,
  at TEXT NOT NULL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (catalogue, dataset)
);

-- What readers sent to say that something is wrong or missing: private to the publisher whose it is to deal with.
CREATE TABLE IF NOT EXISTS contributions (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  publisher TEXT NOT NULL,
  fields TEXT NOT NULL,
  email TEXT NOT NULL,
  created TEXT NOT NULL,
  changed TEXT NOT NULL,
  state TEXT NOT NULL,
  answer TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS contributions_of ON contributions (publisher, created);
