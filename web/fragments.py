"""Templates, and the parts of pages that are the same on many: each is rendered once for what it depends on."""

from collections.abc import MutableMapping
from typing import Any

from flask import request
from flask.templating import Environment
from markupsafe import Markup

MOST = 500
"""Parts that are kept; what they depend on has few values, so there are some dozens."""


class Templates(Environment):
    """Flask's environment, whose globals do not change once templates are loaded."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._parts: dict[tuple[Any, ...], Markup] = {}
        self.globals["kept"] = self.kept

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template as one dict: each import of a macro compares their keys, slowly in a ChainMap."""
        return {**self.globals, **(d or {})}

    def kept(self, name: str, **values: Any) -> Markup:
        """The part of a page that a template gives for these values and nothing else; no publisher's text is in it."""
        key = (name, request.script_root, *values.values())
        found = self._parts.get(key)
        if found is None:
            if len(self._parts) >= MOST:
                self._parts.clear()
            found = self._parts[key] = Markup(self.get_template(f"parts/{name}.html").render(values))
        return found
