"""What was accepted: releases (the archive), the primary store, snapshots for readers, and publication.

A release renamed into place is accepted; from then on every later state (the primary store, the catalogue, the
snapshot, `current`) can be made again from the releases, and the next writer does so when an earlier one died
(docs/architecture.md, "Data folder"). One writer at a time holds the lock; readers hold none.
"""
