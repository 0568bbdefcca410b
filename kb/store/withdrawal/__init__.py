"""Withdrawal: the one way in which something accepted goes (personal or confidential data published by mistake).

`plan` is written first and finished by whoever writes next; `scope` says which lines go, `redaction` and `blanking`
take them from releases, `remaking` makes the snapshots that held them again; a tombstone (kb.store.tombstones) stays.
"""
