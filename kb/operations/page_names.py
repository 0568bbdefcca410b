"""What the pages of a report are called: by their paths, as far as the current snapshot tells."""

from collections.abc import Iterable
from urllib.parse import unquote

from kb.ask.graphs import names
from kb.ask.labels import labels_of
from kb.ask.questions import questions
from kb.namespaces import HOME, base_of_graph, expand
from kb.store.readable import Store
from kb.vocabulary import term


def page_names(paths: Iterable[str], store: Store | None) -> dict[str, str]:
    """Path → name; where nothing is known of what it shows, the words of the path."""
    wanted = list(paths)
    bases = (HOME, *sorted({base_of_graph(each) or HOME for each in names(store)})) if store is not None else ()
    iris = {path: _iris(path, bases) for path in wanted}
    labels = labels_of(store, {iri for each in iris.values() for iri in each}) if store is not None else {}
    found = {}
    for path in wanted:
        label = next((labels[iri].value for iri in iris[path] if iri in labels), None)
        found[path] = label or _shipped(path) or _words(path)
    return found


def _iris(path: str, bases: Iterable[str]) -> list[str]:
    plain = unquote(path)
    if plain.startswith("/doc/"):
        return [f"{base}/id/{plain.removeprefix('/doc/')}" for base in bases]
    return [f"{HOME}{plain}"] if plain.startswith(("/concept/", "/protocols/")) else []


def _shipped(path: str) -> str | None:
    start, _, name = path.rpartition("/")
    if start == "/questions":
        stem = name.partition(".")[0]
        return next((each.title for each in questions() if each.id == stem), None)
    known = term(expand(f"ww:{name}")) if start == "/class" else None
    return f"All of the kind: {known.label}" if known is not None else None


def _words(path: str) -> str:
    plain = unquote(path).strip("/").replace("-", " ")
    return f"{plain[:1].upper()}{plain[1:]}" if plain else "Home page"
