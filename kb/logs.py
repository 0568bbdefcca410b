"""The log: one line of JSON on standard error for each event, with its time, level and the request that it belongs to.

What opens a door (a token, the Authorization header, a cookie, a password in a URL) is blotted out in whatever is
logged, whoever logs it.
"""

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is being answered, which its answer carries as X-Request-Id; empty outside of one."""

OF_GRANIAN: dict[str, Any] = {
    "formatters": {"lines": {"()": "kb.logs.Lines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
    "loggers": {"_granian": {"handlers": ["lines"], "level": "ERROR", "propagate": False}},
}
"""The server's own messages in the same form (logging.config)."""

_BLOT = "[secret]"
_SECRETS = re.compile(
    r"ww_[0-9a-f]{12}_[\w-]+"
    r"|(?<=://)[^/\s@'\"]*(?=@)"
    r"|(?<=authorization)(\W{1,4})(?:(?:bearer|basic|digest)\s+)?[^\s\"',}]+"
    r"|(?<=bearer )[\w.~+/=-]+"
    r"|(?<=cookie)(\W{1,4})[^\"'}\n\\]+"
    r"|(?<=whatworks-session=)[^;\s\"'\\]+"
    r"|(?<=[?&]token=)[^&\s\"'\\]+",
    re.IGNORECASE,
)


class Lines(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, logger, message; with the request id and a traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC)
        said = {
            "time": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": blotted(record.getMessage()),
        }
        if request := REQUEST.get():
            said["request"] = request
        said["process"] = str(record.process)
        if record.exc_info:
            said["traceback"] = blotted(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def blotted(text: str) -> str:
    """The text without what opens a door."""
    return _SECRETS.sub(lambda found: next((part for part in found.groups() if part), "") + _BLOT, text)


def begin() -> None:
    """Makes standard error the one place to which this process logs, line by line; for a process of its own."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for ours in ("kb", "web"):
        logging.getLogger(ours).setLevel(logging.INFO)
