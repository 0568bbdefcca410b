"""What an address asks of the list and the map: interventions, outcomes and other codes, as short as they can be."""

from collections.abc import Container, Iterable
from urllib.parse import urlencode

from flask import request
from werkzeug.exceptions import BadRequest, NotFound

from kb.namespaces import HOME

_CONCEPTS = f"{HOME}/concept/"


def short(iri: str) -> str:
    """How an IRI stands in an address: without what all of the home have in common."""
    return iri.removeprefix(_CONCEPTS) if iri.startswith(_CONCEPTS) else iri.removeprefix(f"{HOME}/")


def asked(name: str, known: Container[str], *schemes: str) -> str | None:
    """The IRI that a parameter names: in full, as `short` writes it, or by its code in one of the schemes.

    None without the parameter. Raises werkzeug NotFound where it is none of those that are known.
    """
    text = request.args.get(name, "").strip()
    if not text:
        return None
    forms = (text, f"{_CONCEPTS}{text}", f"{HOME}/{text}", *(f"{_CONCEPTS}{scheme}/{text}" for scheme in schemes))
    found = next((iri for iri in forms if iri in known), None)
    if found is None:
        raise NotFound(f"{name}={text[:200]} is nothing that is known here; choose from the list on the page.")
    return found


def choice(name: str, known: Iterable[str]) -> str | None:
    """One of a few words; None without it. Raises werkzeug BadRequest for another."""
    text = request.args.get(name, "").strip()
    words = list(known)
    if text and text not in words:
        raise BadRequest(f"{name}={text[:100]} is none of {', '.join(words)}.")
    return text or None


def whole(name: str, low: int, high: int) -> int | None:
    """A whole number within bounds; None without it. Raises werkzeug BadRequest for anything else."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6 and low <= int(text) <= high):
        raise BadRequest(f"{name}={text[:100]} is no whole number from {low} to {high}.")
    return int(text)


def address(path: str, **changes: str | None) -> str:
    """This address at another path or with other parameters; None takes one out, and paging begins anew."""
    kept = {name: value for name, value in request.args.items() if value and name not in ("page", "format")}
    kept |= {name: value for name, value in changes.items() if value is not None}
    kept = {name: value for name, value in kept.items() if changes.get(name, value) is not None}
    return f"{path}?{urlencode(kept, safe='/')}" if kept else path
