"""What a measurement prints: a name, a ratio, the goal, and the figures behind it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`ratio` is None where nothing could be measured, which `detail` then tells; `met`, where the row has no goal."""

    name: str
    ratio: float | None
    goal: str
    met: bool | None
    detail: str

    def __str__(self) -> str:
        mark = {True: "met", False: "NOT MET", None: ""}[self.met]
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        return f"{self.name:<70} {ratio:>8}  {self.goal:<14} {mark:<8} {self.detail}"


@dataclass(frozen=True)
class Beside(Row):
    """The same thing done by this site and by a peer, in seconds; None for whoever did not do it.

    From those that are kept of several sizes it is told how each grows (bench.growth).
    """

    what: str
    peer: str
    ours: float | None
    theirs: float | None
    pace: float | None = None
    """Seconds that a fixed piece of work took on the machine at that time."""
