"""What bodies paid, added up once at publication: `data/snapshots/{id}/payments.json`.

A body publishes hundreds of thousands of payments, which no page can read: 241,764 took 2.1 s to add up by category
and year. Payments of two registers are never added together, since one can stand in both.
"""
