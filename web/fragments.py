"""Templates, and the parts of pages that are the same on many: each is rendered once for what it depends on."""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import current_app, request
from flask.templating import Environment
from jinja2 import Template
from markupsafe import Markup
from pyoxigraph import NamedNode

from kb.ask.labels import Labels
from kb.ask.properties import Property
from web.reading import known_parts

MOST = 500
"""Parts that are kept; what they depend on has few values, so there are some dozens."""


class Templates(Environment):
    """Flask's environment, whose globals do not change once templates are loaded."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._parts: dict[tuple[Any, ...], Markup] = {}
        self._loaded: dict[str, Template] = {}
        self.globals["fragment"] = self.fragment

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template as one dict: each import of a macro compares their keys, slowly in a ChainMap."""
        return {**self.globals, **(d or {})}

    def get_template(
        self, name: str | Template, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        """The template; each page asks for two dozen by name, whose files do not change while the site runs."""
        if globals is not None or not isinstance(name, str):
            return super().get_template(name, parent, globals)
        found = self._loaded.get(name)
        if found is None:
            found = self._loaded[name] = super().get_template(name, parent)
        return found

    def fragment(self, name: str, /, **values: Any) -> Markup:
        """The part of a page that a template gives for these values and nothing else; no publisher's text is in it."""
        key = (name, request.script_root, *values.items())
        found = self._parts.get(key)
        if found is None:
            if len(self._parts) >= MOST:
                self._parts.clear()
            found = self._parts[key] = self.part(name, **values)
        return found

    def part(self, name: str, /, **values: Any) -> Markup:
        """The same, made anew."""
        return Markup(self.get_template(f"parts/{name}.html").render(values))


def link(iri: str, labels: Labels) -> Markup:
    """A link to the page of a thing by its name; most links of a page stand on others of the snapshot too."""
    return _shared("link", iri, labels.name(iri))


def thing_link(iri: str, labels: Labels) -> Markup:
    """The same, but of a web address of which nothing is known here a link to that address."""
    return link(iri, labels) if iri in labels else _shared("unnamed", iri, labels.name(iri), labels.in_full(iri))


def property_link(iri: str, name: str) -> Markup:
    """A link from what a property is called to what it means."""
    return _shared("property", iri, name)


def shared_row(property: Property, labels: Labels, main: tuple[str, ...] | None) -> Markup | None:
    """The row of a property whose one value is a thing, as it stands on the pages of others too; else None.

    `main` are the graphs that a row need not tell, None where a row tells none.
    """
    if property.count != 1 or len(property.values) != 1:
        return None
    [value] = property.values
    if value.nested or not isinstance(value.term, NamedNode) or (main is not None and value.graphs != main):
        return None
    iri, name = value.term.value, property.name or labels.name(property.iri)
    known, key = known_parts(), ("row", property.iri, name, iri, labels.name(iri), "known" if iri in labels else "")
    found: Markup | None = known.get(key)
    if found is None:
        made = _made("row", property=property_link(property.iri, name), value=thing_link(iri, labels))
        found = known.keep(key, made, *key, made)
    return found


def _shared(part: str, iri: str, name: str, in_full: str = "") -> Markup:
    known, key = known_parts(), (part, iri, name)
    found: Markup | None = known.get(key)
    if found is None:
        made = _made(part, iri=iri, name=name, in_full=in_full)
        found = known.keep(key, made, iri, name, made)
    return found


def _made(part: str, **values: Any) -> Markup:
    templates = current_app.jinja_env
    assert isinstance(templates, Templates)
    return templates.part(part, **values)


FILTERS: dict[str, Callable[..., Markup | None]] = {
    "link": link,
    "property_link": property_link,
    "shared_row": shared_row,
    "thing_link": thing_link,
}
"""Name in the templates → function."""
