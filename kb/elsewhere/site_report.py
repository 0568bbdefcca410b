"""What a test of another site found, in text and as JSON: each check with the command that shows the same."""

import json
import shlex
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["pass", "fail", "not tried"]


@dataclass(frozen=True)
class Found:
    """One check. `said` is what was found and, where it fails, what to do; `curl` shows it on a command line."""

    name: str
    verdict: Verdict
    said: str
    curl: str


@dataclass(frozen=True)
class SiteReport:
    """All checks of one site, in the order in which they were made."""

    url: str
    found: tuple[Found, ...]

    def count(self, verdict: Verdict) -> int:
        """How many have that verdict."""
        return sum(each.verdict == verdict for each in self.found)

    @property
    def passes(self) -> bool:
        """Whether all were made, and none fails."""
        return self.count("pass") == len(self.found)

    def text(self) -> str:
        """For a person at a command line."""
        lines = [f"{self.url}: {self.summary()}", ""]
        for each in self.found:
            lines += [f"{each.verdict.upper():9} {each.name}", f"          {each.said}", f"          {each.curl}", ""]
        return "\n".join(lines[:-1]) + "\n"

    def summary(self) -> str:
        """The counts in words."""
        return f"{self.count('pass')} pass, {self.count('fail')} fail, {self.count('not tried')} not tried"

    def json(self) -> str:
        """The same for a program."""
        said = {"url": self.url, "passes": self.passes, "checks": [asdict(each) for each in self.found]}
        return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def curl(url: str, headers: Iterable[tuple[str, str]] = (), *, show: str = "-i") -> str:
    """The command that asks the same; `show` is what it shows: `-i` headers and content, `-I` headers alone."""
    options = " ".join(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers)
    return " ".join(part for part in ("curl -s", show, options, shlex.quote(url)) if part)
