"""What can go wrong, in one line that says what, where and what to do; imports no room."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any


def near(word: str, known: Iterable[str], n: int = 3, cutoff: float = 0.6) -> list[str]:
    """Up to `n` of the known words that may have been meant by `word`, the nearest first.

    `cutoff` is how like it they must be, from 0 to 1 (difflib).
    """
    return difflib.get_close_matches(word, list(known), n=n, cutoff=cutoff)


def near_it(word: str, known: Iterable[str]) -> str:
    """What a message says of the words near one that is not known: `; near it: …`, or nothing."""
    found = near(word, known)
    return f"; near it: {', '.join(found)}" if found else ""


def either(words: Sequence[str]) -> str:
    """`a, b or c`."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


class WhatWorksError(Exception):
    """Base of every error meant for a person: its text is the whole message; no traceback is shown."""

    exit_code = 2


class BadInput(WhatWorksError):
    """A file, value or option cannot be read; the text names the file, line and column where there is one."""


class TooQuick(BadInput):
    """A form was sent sooner than somebody can have read it; the same may be sent a little later."""


class BadSetting(WhatWorksError):
    """A setting is unknown or has a value of the wrong kind."""


class NotConforming(WhatWorksError):
    """A submission was read, and violates its protocol; nothing was changed. `report` is the report of the check."""

    exit_code = 1

    def __init__(self, message: str, report: Any = None) -> None:
        super().__init__(message)
        self.report = report


class WrongLayout(WhatWorksError):
    """The data folder was written by another version of the program."""


class ReadsOnly(WhatWorksError):
    """What was asked for would write, and this data folder is a copy of another one."""


class UnknownPublisher(WhatWorksError):
    """The publisher has not been registered."""


class NotSignedIn(WhatWorksError):
    """What was asked for needs a token, and there is none, or it is unknown, expired or revoked."""


class NotAllowed(WhatWorksError):
    """The token is good, and does not allow this: it is another publisher's, or of a lesser scope."""


class WrongState(WhatWorksError):
    """What was asked for is not possible now: a submission is not that far, or further, or the content has changed."""


class StoreBusy(WhatWorksError):
    """Another process is publishing to this data folder."""


class StoreMissing(WhatWorksError):
    """The data folder holds no snapshot to read, or one that cannot be opened."""


class SearchAbsent(WhatWorksError):
    """A snapshot has no index that could be searched: it was made before there were any, or its store is elsewhere."""


class StoreUnwritable(WhatWorksError):
    """The data folder cannot be written: no room, no right, or no folder; what had been accepted stays accepted."""


class StoreFull(WhatWorksError):
    """As much of something is kept as the settings allow."""


class TooLarge(WhatWorksError):
    """What was sent is larger than is taken."""


class ReleaseDamaged(WhatWorksError):
    """The files of an accepted release are not as they were archived."""


class NotFound(WhatWorksError):
    """No such dataset, release, snapshot, protocol, question or resource."""


class Gone(NotFound):
    """It was there and is kept no longer: a snapshot that was retired or withdrawn."""


class Withdrawn(Gone):
    """It was published by mistake and withdrawn; the text says when and by which rule.

    `iri` and `when` are what its tombstone is made of where a thing was asked for, else None.
    """

    def __init__(self, message: str, iri: str | None = None, when: str | None = None) -> None:
        super().__init__(message)
        self.iri = iri
        self.when = when


class QueryError(WhatWorksError):
    """A SPARQL query is malformed; line and column count from 1 and are None where the parser gives none."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryStopped(WhatWorksError):
    """A query was ended before it had an answer: its time was over, its memory gave out, or others wait."""


class Unordered(QueryStopped):
    """ORDER BY met many values that have no order among them, and the engine gave up."""


class TooBusy(WhatWorksError):
    """No place is free for one more query, of this client or of anybody; `seconds` is when to ask again."""

    def __init__(self, message: str, seconds: int = 1) -> None:
        super().__init__(message)
        self.seconds = seconds


class PreviewInTheMaking(TooBusy):
    """What is asked for is being put together."""


class SnapshotsBusy(TooBusy):
    """As many earlier snapshots are being read as may be open at once."""


class AnswerTooLarge(WhatWorksError):
    """An answer has more bytes than are sent at once."""


class QueryRefused(WhatWorksError):
    """A request that this endpoint does not run: an update, SERVICE to a place not listed, a query too deep or long."""


class ServiceFailed(WhatWorksError):
    """A place that a SERVICE clause names, and that may be asked, did not answer or gave no answer that can be read."""
