"""Where a postcode is: the middle of it, of its sector or of its first half, from a folder of Code-Point Open files.

The files are those of Ordnance Survey's product: one for each postcode area (`ct.csv`), without a header; postcode,
quality, easting, northing and codes (Code-Point Open user guide, "CSV structure").
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from kb.errors import BadInput
from kb.mapping.values.area import Point
from kb.mapping.values.points import from_grid

_NO_PLACE = 90
"""Positional quality: no coordinates are known."""


@dataclass(frozen=True)
class Middle:
    """A point and how exact it is: a code of the list geometry-precision."""

    point: Point
    precision: str
    known: bool = True
    """False: the files do not hold the postcode, and its sector stands for it."""


def postcodes(folder: str) -> "Postcodes | None":
    """The postcodes of the folder that the setting `postcodes` names; None where it names none."""
    return Postcodes(Path(folder)) if folder else None


class Postcodes:
    """The postcodes of a folder; a file is read when the first postcode of its area is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._areas: dict[str, dict[str, tuple[float, float]]] = {}

    def find(self, postcode: str) -> Middle | None:
        """The middle of a postcode (CT9 1RE), sector (CT9 1) or first half (CT9), written as `postcode` gives it.

        The sector stands for a postcode that the files do not hold; None where they do not hold that. Raises BadInput
        where a file is not of the product.
        """
        area = "".join(sign for sign in postcode[:2] if sign.isalpha())
        places = self._area(area)
        found = postcode if postcode in places else postcode[:-2]
        where = places.get(found)
        inward = found.partition(" ")[2]
        if where is None or (found != postcode and not inward):
            return None
        precision = {0: "outward-code", 1: "postcode-sector"}.get(len(inward), "postcode")
        return Middle(from_grid(*where), precision, found == postcode)

    def _area(self, area: str) -> dict[str, tuple[float, float]]:
        if area not in self._areas:
            self._areas[area] = self._read(self._folder / f"{area.lower()}.csv")
        return self._areas[area]

    def _read(self, path: Path) -> dict[str, tuple[float, float]]:
        found: dict[str, tuple[float, float]] = {}
        sums: dict[str, list[float]] = {}
        if not path.is_file():
            return found
        try:
            with path.open(encoding="utf-8-sig", newline="") as rows:
                for row in csv.reader(rows):
                    if int(row[1]) >= _NO_PLACE:
                        continue
                    easting, northing = float(row[2]), float(row[3])
                    inward, outward = row[0][-3:].strip(), row[0][:-3].strip()
                    found[f"{outward} {inward}"] = easting, northing
                    for part in (outward, f"{outward} {inward[0]}"):
                        total = sums.setdefault(part, [0.0, 0.0, 0.0])
                        total[0] += easting
                        total[1] += northing
                        total[2] += 1
        except (ValueError, IndexError, UnicodeDecodeError, csv.Error) as error:
            raise BadInput(f"{path}: is no file of Code-Point Open: {error}; name another folder") from error
        found.update({part: (x / n, y / n) for part, (x, y, n) in sums.items()})
        return found
