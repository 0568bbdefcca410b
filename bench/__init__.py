"""Measurements beside named peers, in one run, as ratios: `python -m bench` (or `make bench`).

Peers are installed into bench/.peers, apart from the project. What a figure needs and the machine lacks is said.
"""
