"""Measurements beside named peers, in one run, as ratios: `python -m bench` (or `make bench`).

Peers are installed into bench/.peers, apart from the project. What a figure needs and the machine lacks is said.
"""

import os

# One client asks for everything, as fast as it can: sites that are measured refuse it nothing.
for _name in ("WHATWORKS_REQUESTS_PER_MINUTE", "WHATWORKS_SEARCHES_PER_MINUTE"):
    os.environ.setdefault(_name, "0")
