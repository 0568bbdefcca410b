"""Templates, and the parts of pages that are the same on many: each is rendered once for what it depends on."""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import current_app, request
from flask.templating import Environment
from jinja2 import Template
from markupsafe import Markup

from kb.ask.labels import Labels
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
    return _named("link", iri, labels.name(iri))


def property_link(iri: str, name: str) -> Markup:
    """A link from what a property is called to what it means."""
    return _named("property", iri, name)


def _named(part: str, iri: str, name: str) -> Markup:
    known, key = known_parts(), (part, iri, name)
    found: Markup | None = known.get(key)
    if found is None:
        templates = current_app.jinja_env
        assert isinstance(templates, Templates)
        made = templates.part(part, iri=iri, name=name)
        found = known.keep(key, made, iri, name, made)
    return found


FILTERS: dict[str, Callable[..., Markup]] = {"link": link, "property_link": property_link}
"""Name in the templates → function."""
