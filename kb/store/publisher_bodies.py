"""The bodies behind the publishers of a site, as the operator registered them."""

import json
from collections.abc import Sequence
from dataclasses import replace

from pyoxigraph import NamedNode

from kb import namespaces
from kb.errors import BadInput
from kb.mapping.body import CLASS, KINDS, Body
from kb.mapping.values.area import Area
from kb.mapping.values.area_reading import area_of, written
from kb.mapping.values.codes import code_labels
from kb.mapping.values.names import Names
from kb.store import sorted_lines
from kb.store.database import Database
from kb.store.folder import DataFolder
from kb.store.state import Publisher, State
from kb.vocabulary import codes


class PublisherBodies(Database):
    """What is known of the body behind each publisher. Raises StoreUnwritable as State does."""

    def body(self, publisher: Publisher) -> Body:
        """The body; where nothing was said its address is under the publisher's base, and it is called by its id."""
        said = self._said(publisher)
        return replace(said, names=said.names or (publisher.id,))

    def say(
        self,
        publisher: Publisher,
        *,
        names: Sequence[str] = (),
        kind: str = "",
        organisation: str = "",
        place: str = "",
        area: Area | None = None,
        same: Sequence[str] = (),
    ) -> Body:
        """Registers what is said and leaves what is not as it was; `kind` is a code or its label.

        Raises BadInput for what is no name, kind or address.
        """
        before = self._said(publisher)
        called = tuple(dict.fromkeys(each.strip() for each in names)) or before.names
        if wrong := next((each for each in called if not each or not each.isprintable()), None):
            raise BadInput(f"{wrong!r}: not a name; write it on one line")
        kind = kind_code(kind) if kind else before.kind
        others = tuple(dict.fromkeys(same)) or before.same
        for each in filter(None, (organisation, place, *others)):
            _check_address(each)
        said = Body(
            organisation or before.iri, called, kind, place or before.place, area or before.area, others
        )
        own = "" if said.iri == own_iri(publisher) else said.iri
        outline = written(said.area) if said.area else ""
        row = (publisher.id, own, json.dumps(called), said.kind, said.place, outline, json.dumps(others))
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO publisher_bodies VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return self.body(publisher)

    def _said(self, publisher: Publisher) -> Body:
        query = "SELECT organisation, names, kind, place, area, same FROM publisher_bodies WHERE publisher = ?"
        own = own_iri(publisher)
        for organisation, names, kind, place, area, same in self.rows(query, publisher.id):
            called = tuple(json.loads(names))
            outline = area_of(next(iter(called), publisher.id), area) if area else None
            return Body(organisation or own, called, kind, place, outline, tuple(json.loads(same)))
        return Body(own, ())


def kind_codes() -> list[str]:
    """The kinds of body; `total`, which counts all of them together, is none."""
    return [each for each in codes(KINDS) if each != "total"]


def kind_code(written: str) -> str:
    """The code of a kind of body, by its code or one of its labels; raises BadInput with the codes."""
    known = code_labels((f"{namespaces.HOME}/concept/{KINDS}",))
    found = known.exact(written)
    if len(found) == 1 and not found[0].endswith("/total"):
        return found[0].rpartition("/")[2]
    near = "".join(f", perhaps {known.exact(each)[0].rpartition('/')[2]}" for each in known.alike(written)[:1])
    raise BadInput(f"{written!r}: not a kind of body{near}; the kinds are: {', '.join(kind_codes())}")


def body_behind(folder: DataFolder, publisher: Publisher, names: Names) -> Body:
    """The body behind a publisher: where its operator gave it no address and the knowledge that ships describes a body
    of this name, that one, so that no body is made two. What others publish under its name changes nothing.
    """
    found = PublisherBodies(folder).body(publisher)
    if found.iri != own_iri(publisher):
        return found
    ships = [each for each in names.among([CLASS]).exact(found.name) if each.startswith(f"{namespaces.HOME}/")]
    return replace(found, iri=ships[0]) if len(ships) == 1 else found


def refuse_others(folder: DataFolder, publisher: Publisher, lines: Sequence[bytes]) -> None:
    """Raises BadInput where a publisher says of another's body, under that one's base, what itself does not say: its
    name, its kind or what else its record has. Anybody may link to it, and say other things of it.
    """
    for other in State(folder).publishers():
        body = PublisherBodies(folder).body(other)
        if other.id == publisher.id or not body.iri.startswith(f"{other.base}/"):
            continue
        own = set(body.lines(other.id))
        saying = {line.split(b" ", 2)[1] for line in own}
        for line in sorted_lines.about(lines, sorted_lines.written(body.iri)):
            predicate = line.split(b" ", 2)[1]
            if line not in own and predicate in saying:
                name = namespaces.compact(sorted_lines.iri_of(predicate))
                raise BadInput(
                    f"{body.iri} is the body of the publisher {other.id}, which alone says its {name}; link to it "
                    "without describing it"
                )


def own_iri(publisher: Publisher) -> str:
    """The address that a publisher's body has under its own base."""
    return namespaces.thing(publisher.base, "organisation", publisher.id)


def _check_address(text: str) -> None:
    try:
        NamedNode(text)
    except ValueError as error:
        raise BadInput(f"{text!r}: not an address; write https://…") from error
    if not text.startswith(("http://", "https://")):
        raise BadInput(f"{text!r}: not an address; write https://…")
