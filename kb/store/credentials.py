"""Who this site is to an engine: the Authorization header, sent with the first byte of a request.

The clients of the standard library wait to be asked. An engine that asks before it has read a large body closes the
connection, and what was being sent is lost; so the challenge is fetched by a small request before.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
    urlopen,
)


@dataclass
class Credentials:
    """A name, a password and how they are sent (RFC 7617, RFC 7616); the password is in no text made of this.

    Digest keeps the password off the wire, not the data; over a network that others use the URL should be https.
    """

    user: str
    password: str = field(repr=False)
    scheme: str = "basic"
    _challenges: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)

    def header(self, method: str, url: str) -> str | None:
        """What to send as Authorization with a request; None where there is no user, or the place asks for nothing."""
        if not self.user:
            return None
        if self.scheme == "basic":
            return _basic(self.user, self.password)
        challenge = self._challenge(url)
        if challenge is None:
            return None
        passwords = HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, url, self.user, self.password)
        signed = HTTPDigestAuthHandler(passwords).get_authorization(Request(url, method=method), challenge)
        return f"Digest {signed}" if signed else None

    def _challenge(self, url: str) -> dict[str, str] | None:
        """What the place asks of its users, asked once for each path."""
        path = url.partition("?")[0]
        if path not in self._challenges:
            try:
                urlopen(Request(url, method="GET"), timeout=10).close()
            except HTTPError as error:
                scheme, _, asked = error.headers.get("WWW-Authenticate", "").partition(" ")
                if error.code != 401 or scheme.lower() != "digest":
                    return None
                self._challenges[path] = parse_keqv_list(parse_http_list(asked))
            except (URLError, OSError, HTTPException):
                return None  # the request itself will say better what is wrong
        return self._challenges.get(path)

    def forget(self) -> bool:
        """Lets the next request fetch a new challenge, for one that has become stale; False where there was none."""
        had = bool(self._challenges)
        self._challenges.clear()
        return had


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")
