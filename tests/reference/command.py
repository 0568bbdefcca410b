"""docs/reference/command.md: the verbs of `whatworks` with their arguments, as its parser has them."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from web.cli import build_parser

from .markdown import MADE, code, sentence, table
from .markdown import page as joined

HEAD = f"""# The command

{MADE} `whatworks` stands in `.venv/bin/`; `whatworks VERB --help` says the same as this page. It ends with 0 where it
did what was asked, or the data conforms; with 1 where the data does not conform; with 2 where something given is
wrong, in one line on standard error. Every setting is an environment variable as well: [settings.md](settings.md)."""


@dataclass(frozen=True)
class Verb:
    """A verb, or one within another: `snapshots pin`. Arguments are name and help; options names, value and help."""

    name: str
    text: str
    arguments: tuple[tuple[str, str], ...]
    options: tuple[tuple[tuple[str, ...], str, str], ...]
    within: tuple["Verb", ...]


def page() -> str:
    """The whole page."""
    overview = table(("verb", "what it does"), [(f"[{each.name}](#{each.name})", each.text) for each in _top()])
    return joined([HEAD, overview, *(part for each in _top() for part in _verb(each, "##"))])


def verbs() -> Iterator[Verb]:
    """Every verb, those within others after these."""
    ahead = list(_top())
    while ahead:
        found = ahead.pop(0)
        yield found
        ahead = [*found.within, *ahead]


def _verb(found: Verb, mark: str) -> Iterator[str]:
    yield f"{mark} {found.name}"
    words = " ".join([f"whatworks {found.name}", *(name for name, _ in found.arguments)])
    words += " VERB" if found.within and not found.options else ""
    words += " [OPTION …]" if found.options else ""
    yield f"{code(words)}: {found.text}."
    yield table(
        ("argument or option", "what it says"),
        [
            *((code(name), text) for name, text in found.arguments),
            *((code(f"{', '.join(names)} {value}".strip()), text) for names, value, text in found.options),
        ],
    )
    for each in found.within:
        yield from _verb(each, mark + "#")


@cache
def _top() -> tuple[Verb, ...]:
    _, subparsers = build_parser()
    return tuple(_read(subparsers, ""))


def _read(subparsers: argparse._SubParsersAction, before: str) -> Iterator[Verb]:
    texts = {each.dest: each.help or "" for each in subparsers._choices_actions}
    for name, parser in subparsers.choices.items():
        if name not in texts:
            continue  # another name of a verb
        full = f"{before}{name}"
        arguments, options, within = [], [], ()
        for action in parser._actions:
            if isinstance(action, argparse._HelpAction):
                continue
            if isinstance(action, argparse._SubParsersAction):
                within = tuple(_read(action, f"{full} "))
            elif action.option_strings:
                options.append((tuple(action.option_strings), _value(action), _help(action)))
            else:
                arguments.append((_argument(action), _help(action)))
        yield Verb(full, texts[name], tuple(arguments), tuple(options), within)


def _argument(action: argparse.Action) -> str:
    name = _value(action) or action.dest.upper()
    return {"?": f"[{name}]", "*": f"[{name} …]", "+": f"{name} …"}.get(str(action.nargs), name)


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, tuple):
        return " ".join(action.metavar)
    if action.metavar:
        return action.metavar
    return "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper()


def _help(action: argparse.Action) -> str:
    text = (action.help or "").replace("%%", "%")
    return sentence(f"{text} (needed)" if action.option_strings and action.required else text)
