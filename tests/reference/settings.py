"""docs/reference/settings.md: the settings, and which verbs have an option for one."""

from kb.config import SETTINGS, Setting

from .command import Verb, verbs
from .markdown import MADE, code, codes, table
from .markdown import page as joined

HEAD = f"""# Settings

{MADE} Each setting is an environment variable. An empty variable counts as not set. One that starts with `WHATWORKS_`
and is not in this table stops the command, so that a misspelt name is found out. Sizes in MB are 1,048,576 bytes.

A secret may lie in a file: `WHATWORKS_STORE_PASSWORD_FILE=/run/secrets/engine`. Behind a reverse proxy set
`WHATWORKS_PROXIES` to the number of proxies that add to `X-Forwarded-For`: with 0 all readers count as one client, with
more than there are a client can call itself anybody.

A few settings are options of the command too, which then come before the variable; the second table has them."""


def page() -> str:
    """The whole page."""
    rows = [(code(each.variable), _default(each), each.help) for each in SETTINGS]
    options = [
        (code(option), code(variable), codes(each.name for each in found))
        for option, variable, found in _options([each for each in verbs() if each.options])
    ]
    parts = [HEAD, table(("variable", "default", "what it is"), rows)]
    return joined([*parts, table(("option", "stands for", "of the verbs"), options)])


def _default(setting: Setting) -> str:
    return code(str(setting.default)) if str(setting.default) else "empty"


def _options(found: list[Verb]) -> list[tuple[str, str, list[Verb]]]:
    """Option, variable, and the verbs that have it, in the order of the table of settings."""
    rows = []
    for setting in SETTINGS:
        option = f"--{setting.name.replace('_', '-')}"
        having = [each for each in found if _stands_for(each, option, setting)]
        if having:
            rows.append((option, setting.variable, having))
    return rows


def _stands_for(verb: Verb, option: str, setting: Setting) -> bool:
    return any(option in names and setting.variable in text for names, _, text in verb.options)
