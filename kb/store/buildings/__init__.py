"""Buildings of a snapshot as tables, made once at publication: what lists, maps and the finder of shared sites read.

`buildings.arrow` has a row for each asset, `near.arrow` one for each pair of near buildings of different bodies, and
`same.arrow` one for each pair of records that may be of one building. They are made from the snapshot alone.
"""
