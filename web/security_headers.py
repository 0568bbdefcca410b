"""What browsers are told about every answer, besides its content policy: errors, redirects and files included."""

from flask import current_app, g

_REFERRER = "strict-origin-when-cross-origin"
"""Another site learns which site led to it, never which page or search; a page with more to hide says so itself."""

_PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
"""No page here asks for any of these, so that nothing within one can (Permissions Policy)."""

_TRANSPORT = "max-age=31536000"
"""A year (RFC 6797 §6.1.1). Without includeSubDomains: the other names of a council's domain are not ours."""


def told() -> dict[str, str]:
    """The headers; `g.private` marks an answer that is for who has signed in, which no other site may embed."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": _REFERRER,
        "Permissions-Policy": _PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin" if g.get("private") else "cross-origin",
    }
    if current_app.config["SETTINGS"].public_url.startswith("https:"):  # only where somebody has said that it is so
        headers["Strict-Transport-Security"] = _TRANSPORT
    return headers
