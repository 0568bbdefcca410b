"""The key of a form that anybody may send: made by this site for one page, not too young, not too old, used once.

It needs no cookie and no script. A program that posts without having read the form has none, one that posts at once is
too quick, and one that posts the same again is told so.
"""

import hashlib
import hmac
import secrets
import time
from datetime import timedelta

from kb.errors import BadInput, TooQuick
from kb.store.attempts import Attempts
from kb.store.folder import DataFolder
from kb.store.state import State

YOUNGEST, OLDEST = 3, 24 * 3600
"""Seconds after which a form may be sent, and until when: a person reads it first, and may come back next morning."""

_MARK = "form secret"
_USED = "form key"


def issue(folder: DataFolder, purpose: str, at: float | None = None) -> str:
    """A key for the form of this purpose; `at` is when (seconds), now by default. Raises StoreUnwritable."""
    moment = f"{int(time.time() if at is None else at):x}-{secrets.token_hex(6)}"
    return f"{moment}-{_signature(folder, purpose, moment)}"


def check(folder: DataFolder, purpose: str, key: str) -> None:
    """Raises BadInput, with what to do, unless the key is of this form and may be used now; TooQuick if it may soon."""
    moment, _, signature = key.rpartition("-")
    if not signature or not hmac.compare_digest(signature.encode(), _signature(folder, purpose, moment).encode()):
        raise BadInput("this form is not of this page; open the page again, and send it from there")
    age = time.time() - int(moment.partition("-")[0], 16)
    if age < YOUNGEST:
        raise TooQuick(f"that was very quick; read it through, and send it again after {YOUNGEST} seconds")
    if age > OLDEST:
        raise BadInput("this form was opened more than a day ago; send it again now")


def use(folder: DataFolder, key: str) -> None:
    """Makes the key useless from now on. Raises BadInput where it was used."""
    name, within = hashlib.sha256(key.encode()).hexdigest()[:32], timedelta(seconds=OLDEST)
    attempts = Attempts(folder)
    if attempts.made(_USED, name, within):
        raise BadInput("this form was sent already; once is enough")
    attempts.count(_USED, name, within)


def _signature(folder: DataFolder, purpose: str, moment: str) -> str:
    secret = State(folder).kept_mark(_MARK, secrets.token_hex(32))
    return hmac.new(secret.encode(), f"{purpose}\n{moment}".encode(), hashlib.sha256).hexdigest()
