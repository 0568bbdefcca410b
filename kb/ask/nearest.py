"""What may have been meant by an IRI that nothing has: its other spellings, and the names that are near."""

import re
from collections.abc import Iterable, Iterator, Mapping

from kb.errors import near
from kb.namespaces import HOME, PREFIXES, compact, concept, concept_scheme
from kb.vocabulary import code_lists, codes, terms

_LOCAL = re.compile(r"[^\W_](?:[\w.-]*[\w-])?|_[\w-]*")
_CONCEPT = re.compile(rf"{re.escape(HOME)}/concept/([^/]+)(?:/([^/]+))?")


class Names:
    """IRIs as a reader of the query would write them: with its prefixes, else with the usual ones, else in full."""

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._namespaces = namespaces

    def show(self, iri: str) -> str:
        """The IRI, short where there is a prefix for it."""
        declared = sorted(self._namespaces.items(), key=lambda item: len(item[1]), reverse=True)
        for prefix, namespace in declared:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri.removeprefix(namespace)):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        short = compact(iri)
        prefix, _, local = short.partition(":")
        usual = self._namespaces.get(prefix, PREFIXES.get(prefix)) == PREFIXES.get(prefix)
        return short if usual and _LOCAL.fullmatch(local) else f"<{iri}>"

    def several(self, iris: Iterable[str], most: int = 3) -> str:
        """`a, b and 2 more`."""
        shown = [self.show(iri) for iri in iris]
        if len(shown) > most:
            return f"{', '.join(shown[:most])} and {len(shown) - most} more"
        return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def spellings(iri: str) -> Iterator[str]:
    """The same address with the other scheme, a slash at its end more or less, both, or the last part in lower case."""
    scheme, separator, rest = iri.partition("://")
    other = {"http": "https", "https": "http"}.get(scheme, scheme)
    ends = rest[:-1] if rest.endswith("/") else f"{rest}/"
    small = iri.removesuffix(last_part(iri)) + last_part(iri).lower()
    for each in (f"{other}{separator}{rest}", f"{scheme}{separator}{ends}", f"{other}{separator}{ends}", small):
        if each != iri:
            yield each


def last_part(iri: str) -> str:
    """What follows the last `/`, `#` or `:`; a slash at the end does not count."""
    return re.split(r"[/#:]", iri.rstrip("/#"))[-1]


def nearest_terms(iri: str, kind: str) -> list[str]:
    """The classes or properties of the vocabulary whose names are near, whatever namespace they are in."""
    return nearest(iri, (term.iri for term in terms() if term.kind == kind))


def nearest(iri: str, known: Iterable[str]) -> list[str]:
    """The known IRIs whose last part starts with that of `iri`, or is the nearest to it; more than one share it."""
    by_name: dict[str, list[str]] = {}
    for each in known:
        by_name.setdefault(last_part(each).lower(), []).append(each)
    asked = last_part(iri).lower()
    longer = sorted((name for name in by_name if asked and name.startswith(asked)), key=lambda name: (len(name), name))
    names = longer[:1] or near(asked, sorted(by_name), n=1)
    found = (each for name in names for each in sorted(by_name[name]))
    return [each for each in found if each != iri][:3]


def nearest_codes(iri: str) -> list[str] | None:
    """For an IRI of a shared code list: the codes or lists that are near; None where it is no such IRI."""
    found = _CONCEPT.fullmatch(iri)
    if found is None:
        return None
    scheme, code = found.groups()
    if scheme not in code_lists():
        lists = near(scheme, sorted(code_lists()), n=1)
        # The code may be of a list whose name is near, or the list may be right under another name.
        return [concept(each, code) if code in codes(each) else concept_scheme(each) for each in lists]
    return [concept(scheme, each) for each in near(code or "", codes(scheme), n=1)]
