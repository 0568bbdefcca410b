"""The form by which any reader says that something is wrong or missing; it goes to a publisher and is never public.

Kept free of advertising without asking anybody else: a key that expires (web.form_keys), a field that nobody sees, one
web address at most, bounded lengths, and so many within an hour for each client, each page and all together.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, g, make_response, render_template, request

from kb.ask.labels import labels_of
from kb.ask.resource import exists
from kb.ask.statements import closure
from kb.errors import BadInput, NotFound, StoreMissing, TooQuick
from kb.namespaces import HOME
from kb.store.addressees import addressee
from kb.store.attempts import Attempts
from kb.store.contributions import Contributions
from kb.store.state import State
from web import form_keys
from web.addresses import href
from web.asking import client
from web.authority import own_page
from web.body import body
from web.cited import address_here
from web.contribution_questions import Kind, faults, kinds
from web.reading import reader, snapshot
from web.representation import see_other
from web.withdrawals import refuse_withdrawn

blueprint = Blueprint("contributing", __name__)

HONEYPOT = "website"
"""A field that is hidden from people; programs that fill in every field fill it in."""

LONGEST_ABOUT = 1000
"""Characters of the IRI or path that a contribution is about."""

HOUR = timedelta(hours=1)
LIMITS = (("client", 5), ("page", 10), ("all", 60))
"""Contributions within an hour that are taken from one client, about one page, and in all."""


@dataclass(frozen=True)
class About:
    """What a contribution is about: a thing or a page, its name and address here, and the publisher who states it."""

    iri: str
    """The IRI of a thing, the path of a page, or nothing."""
    name: str
    address: str
    publisher: str


@blueprint.after_request
def _private(response: Response) -> Response:
    return own_page(response)


@blueprint.get("/contribute")
def ask() -> Response:
    """What kind of contribution, and then its form. Raises NotFound, Withdrawn, BadInput for what is not known here."""
    g.private = True
    about = about_of(request.args.get("about", ""))
    return _form(about, kinds().get(request.args.get("kind", "")))


@blueprint.post("/contribute")
def take() -> Response:
    """Keeps the contribution and leads to its receipt; the form with what is wrong (400). Raises TooBusy, StoreFull."""
    body()
    g.private = True
    about = about_of(request.form.get("about", ""))
    kind = kinds().get(request.form.get("kind", ""))
    if kind is None:
        return _form(about, None)
    given = {each.name: request.form.get(each.name, "").strip() for each in kind.questions}
    email, key = request.form.get("email", "").strip(), request.form.get("form-key", "")
    folder = reader().folder
    wrong = faults(kind, given, email)
    try:
        if request.form.get(HONEYPOT):
            raise BadInput("leave the field that says so empty")
        form_keys.check(folder, _purpose(about, kind), key)
        if not wrong:
            _within_limits(about)
            form_keys.use(folder, key)
    except TooQuick as error:
        return _form(about, kind, given, email, wrong, str(error), key)
    except BadInput as error:
        return _form(about, kind, given, email, wrong, str(error))
    if wrong:
        return _form(about, kind, given, email, wrong, "", key)
    id = Contributions(folder).send(kind.name, about.iri, about.publisher, given, email)
    return see_other(f"/contribute/{id}")


@blueprint.get("/contribute/<id>")
def receipt(id: str) -> Response:
    """What became of a contribution, for who has its address. Raises NotFound."""
    g.private, g.now = True, None
    found = Contributions(reader().folder).contribution(id)
    return _page("contribution-receipt.html", found=found, kind=kinds()[found.kind], days=_days())


@blueprint.post("/contribute/<id>")
def take_back(id: str) -> Response:
    """Deletes a contribution at the wish of who sent it, who alone knows its address. Raises NotFound."""
    body()
    g.private = True
    Contributions(reader().folder).take_back(id)
    return see_other("/contribute?taken-back=yes")


def about_of(text: str) -> About:
    """The thing or page that is meant, and the publisher who states it; nothing in particular for an empty text.

    Raises NotFound for an IRI that is not known here, Withdrawn, BadInput for an address elsewhere or too long.
    """
    if len(text) > LONGEST_ABOUT:
        raise BadInput(f"about: has more than {LONGEST_ABOUT:,} characters; give an IRI or the path of a page")
    state = State(reader().folder)
    if not text:
        return About("", "", "", addressee(state, ()))
    if text.startswith("/"):
        path = address_here(text).path
        return About(text, path, text, addressee(state, ()))
    try:
        store = snapshot().store
    except StoreMissing as error:
        raise NotFound(f"{text}: nothing is known about it here") from error
    if not exists(store, text):
        refuse_withdrawn([text])
        raise NotFound(f"{text}: nothing is known about it here")
    return About(text, labels_of(store, [text]).name(text), href(text), addressee(state, _stating(text)))


def _stating(iri: str) -> list[str]:
    """The named graphs that state something of a thing, the one that states most first; the catalogue last."""
    about = closure(snapshot().store, iri, 0, frozenset()).get(iri, {})
    stated = Counter(graph for objects in about.values() for graphs in objects.values() for graph in graphs)
    return sorted(stated, key=lambda graph: (graph == f"{HOME}/id/graph/catalogue", -stated[graph], graph))


def _within_limits(about: About) -> None:
    """Counts one more. Raises TooBusy, with the time to wait, where there have been as many as are taken."""
    attempts = Attempts(reader().folder)
    counted = {"client": client(), "page": about.iri, "all": ""}
    for kind, most in LIMITS:
        attempts.check(f"contribution by {kind}", counted[kind], most, HOUR)
    for kind, _ in LIMITS:
        attempts.count(f"contribution by {kind}", counted[kind], HOUR)


def _purpose(about: About, kind: Kind) -> str:
    return f"contribute\n{kind.name}\n{about.iri}"


def _form(
    about: About,
    kind: Kind | None,
    given: dict[str, str] | None = None,
    email: str = "",
    wrong: dict[str, str] | None = None,
    unsent: str = "",
    key: str = "",
) -> Response:
    """The choice of a kind, or its form; `unsent` says why it was not taken, `key` is one that may still be used."""
    folder = reader().folder
    if kind is not None and not key:
        key = form_keys.issue(folder, _purpose(about, kind))
    return _page(
        "contribute.html",
        400 if wrong or unsent else 200,
        about=about,
        kind=kind,
        kinds=kinds().values(),
        given=given or {},
        email=email,
        wrong=wrong or {},
        unsent=unsent,
        key=key,
        honeypot=HONEYPOT,
        days=_days(),
    )


def _page(template: str, status: int = 200, **context: Any) -> Response:
    return make_response(render_template(template, **context), status)


def _days() -> int:
    found: int = current_app.config["SETTINGS"].contribution_days
    return found
