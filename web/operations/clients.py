"""What kind of client asks, and from which site it came: as little of it as a monthly report needs."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

_BOT = re.compile(
    r"(?<!cu)bot\b|bot[/_;-]|crawl|spider|slurp|archiver|facebookexternalhit|preview|monitor|uptime|pingdom|headless|scan",
    re.IGNORECASE,
)
_HOST = re.compile(r"[a-z0-9.-]{1,100}|[0-9a-f:.]{2,45}")


@lru_cache(maxsize=1024)
def kind_of(user_agent: str) -> str:
    """`person`, `program` or `bot`, by what it says of itself: browsers have begun with Mozilla/ since the first."""
    if _BOT.search(user_agent):
        return "bot"
    return "person" if user_agent.startswith(("Mozilla/", "Opera/")) else "program"


@lru_cache(maxsize=1024)
def other_site(referrer: str, host: str) -> str:
    """The host of the site whose link was followed, without port; empty where there is none, or it is `host`."""
    try:
        found = (urlsplit(referrer).hostname or "").lower()
        own = urlsplit(f"//{host}").hostname if _HOST.match(host.lower()) else ""
    except ValueError:
        return ""
    return found if _HOST.fullmatch(found) and found != own else ""
