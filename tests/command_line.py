"""The command as the tests run it, in this process: what it leaves."""

from collections.abc import Callable
from dataclasses import dataclass

from publishing_site import CONFORMING


@dataclass(frozen=True)
class Run:
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Whatworks = Callable[..., Run]


def with_a_release(whatworks: Whatworks) -> Whatworks:
    """The command, on a data folder with one release."""
    assert whatworks("publisher", "add", "swale", "--base", "https://data.swale.example").code == 0
    done = whatworks("publish", CONFORMING, "--publisher", "swale", "--dataset", "money")
    assert done.code == 0, done.err
    return whatworks
