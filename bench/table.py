"""What a measurement prints: a name, a ratio, the goal, and the figures behind it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`met` is None where the row has no goal."""

    name: str
    ratio: float
    goal: str
    met: bool | None
    detail: str

    def __str__(self) -> str:
        mark = {True: "met", False: "NOT MET", None: ""}[self.met]
        return f"{self.name:<70} {self.ratio:>8.2f}  {self.goal:<14} {mark:<8} {self.detail}"
