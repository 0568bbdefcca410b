"""What an engine says of some lines, together with what is counted and asked of all things at once."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from kb.protocols import engines
from kb.protocols.background import Background
from kb.protocols.missing import counting
from kb.protocols.names import description
from kb.protocols.results import Result


def validate(lines: Sequence[bytes], files: tuple[Path, ...], known: Background, engine: str) -> Iterator[Result]:
    """The results for the sorted lines merged with the background, less those about the background."""
    counted = counting(files) if engine == "rust" else None
    missing = counted.results(lines, known) if counted else None
    yield from missing or ()
    left_out = frozenset() if counted is None or missing is None else counted.counted
    vocabulary = known.stated_by(engines.seen(files, left_out)) if left_out else known.ntriples
    data = b"\n".join(lines) + b"\n" + vocabulary
    for result in engines.run(data, files, engine, left_out):
        if result.focus not in known.subjects or any(description(lines, result.focus)):
            yield result
