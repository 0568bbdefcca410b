"""What a sheet does not say of the dataset it becomes: title, publisher, licence, protocols, other fields of dp-10."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as ReadOnly

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kb import namespaces
from kb.errors import BadInput, near_it
from kb.mapping.body import Body, lines_about
from kb.mapping.values.names import Names
from kb.namespaces import HOME, expand
from kb.store import dataset_fields, sorted_lines
from kb.store.state import Publisher

LICENCES = {
    "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "Open Government Licence v3.0",
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution 4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "Creative Commons Zero 1.0",
}
"""Licences that can be chosen, the first where none is."""

_SHORT = {"OGL": 0, "OGL-UK-3.0": 0, "CC-BY": 1, "CC-BY-4.0": 1, "CC0": 2, "CC0-1.0": 2}
"""How people and SPDX call them → their places in LICENCES."""


def licence_iri(written: str) -> str:
    """The address of a licence by its name or address; raises BadInput, with what comes near."""
    names = dict(zip(LICENCES.values(), LICENCES, strict=True)) | {
        short: list(LICENCES)[place] for short, place in _SHORT.items()
    }
    named = {name.casefold(): iri for name, iri in names.items()}
    iri = named.get(written.strip().casefold(), written.strip())
    if not iri.startswith(("http://", "https://")):
        raise BadInput(f"no licence is called {written!r}{near_it(written, list(names))}; or give its address")
    return iri


def description(
    publisher: Publisher,
    body: Body,
    dataset: str,
    lines: Sequence[bytes],
    before: Sequence[bytes],
    *,
    title: str,
    licence: str,
    protocols: Iterable[str],
    said: ReadOnly[str, str],
    names: Names,
    defaults: bool = True,
) -> list[bytes]:
    """Sorted lines on the dataset, and on the publishing body where these lines link to it and do not describe it.

    Nothing for a dataset that `lines` describe. Without a title or licence those that it had `before` stay, and so does
    what is not `said` of it (as in kb.store.dataset_fields). Raises BadInput for what is said and cannot be read.
    """
    iri = NamedNode(namespaces.dataset(publisher.base, dataset))
    found: list[Triple] = []
    if not sorted_lines.holds(lines, str(iri).encode()):
        had = {predicate: value for _, predicate, value in _about(before, iri)}
        old_title, old_licence = (had.get(expand(each)) for each in ("dcterms:title", "dcterms:license"))
        words: sorted_lines.Term = Literal(title, language="en") if title else old_title or _titled(dataset)
        found += [
            Triple(iri, _node("rdf:type"), _node("dcat:Dataset")),
            Triple(iri, _node("dcterms:title"), words),
            Triple(iri, _node("dcterms:publisher"), NamedNode(body.iri)),
            Triple(iri, _node("dcterms:license"), NamedNode(licence) if licence else old_licence or _first()),
        ]
        conforms = _node("dcterms:conformsTo")
        found += [Triple(iri, conforms, NamedNode(f"{HOME}/protocols/{each}")) for each in sorted(set(protocols))]
    told = sorted(set((serialize(found, format=RdfFormat.N_TRIPLES) or b"").splitlines()))
    if found:
        more = dataset_fields.lines(
            publisher.base, dataset, words.value, said, names, before, body.place, defaults=defaults
        )
        told = sorted({*told, *more})
    return sorted({*told, *lines_about(body, publisher.id, publisher.base, told, lines)})


def _about(lines: Sequence[bytes], iri: NamedNode) -> list[tuple[str, str, sorted_lines.Term]]:
    return list(sorted_lines.triples(sorted_lines.about(lines, str(iri).encode())))


def _titled(dataset: str) -> Literal:
    return Literal(dataset.replace("-", " ").capitalize(), language="en")


def _first() -> NamedNode:
    return NamedNode(next(iter(LICENCES)))


def _node(name: str) -> NamedNode:
    return NamedNode(expand(name))
