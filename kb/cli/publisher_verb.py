"""The verb `publisher`: who may publish, and what is known of the body behind each."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kb.cli import Verbs, add_verb, setting_option, settings_of
from kb.errors import BadInput

if TYPE_CHECKING:
    from kb.mapping.body import Body
    from kb.mapping.values.area import Area
    from kb.mapping.values.names import Names


def add(verbs: Verbs) -> None:
    """Adds the verb."""
    parser = add_verb(verbs, "publisher", publishers, "list the publishers, or add one")
    setting_option(parser, "data")
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    text = "Register a publisher; said again, more of it, or its body otherwise."
    new = actions.add_parser("add", help="register a publisher", description=text)
    new.add_argument("id", metavar="ID", help="small letters, digits and hyphens")
    new.add_argument("--base", required=True, metavar="IRI", help="IRI under which its things are named")
    new.add_argument(
        "--name",
        action="append",
        default=[],
        help="what the body is called, as sheets name it: 'Swale Borough Council'; again for its other names",
    )
    new.add_argument(
        "--kind", default="", metavar="CODE", help="which kind of body it is, such as district-council; list: lists all"
    )
    new.add_argument(
        "--organisation", default="", metavar="IRI", help="address of the body (default: one under its base)"
    )
    new.add_argument(
        "--same", action="append", default=[], metavar="IRI", help="its address in another dataset; again for several"
    )
    new.add_argument(
        "--area",
        action="append",
        default=[],
        metavar="AREA",
        help="where its things lie: address of a place, GeoJSON file, or west,south,east,north; again for several",
    )
    setting_option(new, "data")
    new.set_defaults(run=publisher_add)


def publishers(args: argparse.Namespace) -> int:
    """One line each: identifier, base, and the body as far as it is known."""
    from kb.store.folder import DataFolder
    from kb.store.publisher_bodies import PublisherBodies
    from kb.store.state import State

    folder = DataFolder(settings_of(args).data)
    for publisher in State(folder).publishers():
        body = PublisherBodies(folder).body(publisher)
        name = body.name if body.name != publisher.id else ""
        print("\t".join((publisher.id, publisher.base, name, body.kind)).rstrip("\t"))
    return 0


def publisher_add(args: argparse.Namespace) -> int:
    """Registers; the same again is no error, another base for a known publisher is."""
    from kb.store.folder import DataFolder
    from kb.store.known_names import known_names
    from kb.store.publisher_bodies import PublisherBodies, body_behind, kind_code, kind_codes
    from kb.store.state import State

    if args.kind == "list":
        print("\n".join(kind_codes()))
        return 0
    folder = DataFolder(settings_of(args).data)
    if args.kind:
        kind_code(args.kind)  # what is no kind registers nobody
    place, area = _where(args.area, args.name[0] if args.name else args.id)
    publisher = State(folder).add_publisher(args.id, args.base)
    body = PublisherBodies(folder).say(
        publisher,
        names=args.name,
        kind=args.kind,
        organisation=args.organisation,
        place=place,
        area=area,
        same=args.same,
    )
    print(f"publisher {args.id} with base {args.base}")
    names = known_names(settings_of(args))
    for line in (*_told(body_behind(folder, publisher, names), args.id), *_known_here(body, names)):
        print(line)
    return 0


def _known_here(body: "Body", names: "Names") -> list[str]:
    """Bodies that the knowledge which ships has under a name like this one's: one of them may be it."""
    from kb import namespaces
    from kb.mapping.body import CLASS

    known = names.among([CLASS])
    near = {name: known.exact(name) for name in known.alike(body.name) if not known.exact(body.name)}
    return [
        f"is it {name}? Then say so: --organisation {found[0]}"
        for name, found in near.items()
        if len(found) == 1 and found[0].startswith(f"{namespaces.HOME}/") and found[0] != body.iri
    ]


def _told(body: "Body", id: str) -> list[str]:
    """What is known of the body, and what to say yet so that it has a page and its sheets are understood."""
    if body.name == id:
        return ["its body has no name yet: --name 'As your sheets call it'"]
    lines = [f"{body.name}, {body.kind or 'kind not said'}: {body.iri}"]
    if not body.kind:
        lines.append("say its kind with --kind, so that it is described in full; --kind list lists the kinds")
    if body.area is None and body.place:
        lines.append("give its outline too, so that points outside are reported: --area west,south,east,north")
    elif body.area is None:
        lines.append("say where it lies with --area, so that points outside are reported")
    return lines


def _where(areas: list[str], name: str) -> tuple[str, "Area | None"]:
    """The address of the place, and the area; raises BadInput."""
    from kb.intake.text import read_text
    from kb.mapping.values.area_reading import area_of

    place, area = "", None
    for each in areas:
        if each.startswith(("http://", "https://")):
            place = each
        elif "," in each and not Path(each).exists():
            area = area_of(name, each)
        else:
            try:
                area = area_of(name, read_text(Path(each)))
            except BadInput as error:
                raise BadInput(f"--area {each}: {error}") from error
    return place, area
