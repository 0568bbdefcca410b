"""What an answer may load and run (Content Security Policy Level 3): files of this site alone, and no script in a page.

Whatever a publisher or a stranger gets into a text, a browser runs nothing of it and asks nobody else for anything. An
answer that is no page may load nothing, and is opened in a sandbox: were it ever taken for a page, it would be of no
site.
"""

from flask import Response, request

HEADER = "Content-Security-Policy"

_STRICT = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}

_EDITOR = {"style-src": "'self' 'unsafe-inline'", "font-src": "'self' data:", "worker-src": "'self' blob:"}
"""What the query editor needs besides: it writes its styles into the page."""

_DATA = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
"""The policy of data, drawings, feeds, downloads and plain text."""

_WITH_EDITOR = ("/sparql", "/q/")


def policy_of(response: Response) -> str:
    """The policy of an answer that has set none itself."""
    return policy() if response.mimetype == "text/html" else _DATA


def policy(images: str = "") -> str:
    """The policy of the page that is asked for, with leave to load images from one more source."""
    sources = _STRICT | (_EDITOR if request.path.startswith(_WITH_EDITOR) else {})
    if images:
        sources = sources | {"img-src": f"{sources['img-src']} {images}"}
    return "; ".join(f"{name} {value}" for name, value in sources.items())
