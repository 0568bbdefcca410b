"""Reading one RDF file of any supported format; whatever is wrong with it is said with file, line and column."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from pyoxigraph import Quad, RdfFormat, parse

from kb.errors import BadInput
from kb.intake.text import A_FOLDER, place_of, read_text
from kb.namespaces import HOME
from kb.vocabulary import jsonld_context

FORMATS: dict[str, RdfFormat] = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
}
"""File suffix (in lower case) → format."""

XML_DEPTH = 500
"""Elements within elements that an RDF/XML file may have: the parser's time grows with the square of the depth."""

_NO_BASE = "urn:x-whatworks:no-base:/"
CONTEXT = f"{HOME}/context.jsonld"
"""The only JSON-LD context that a file may refer to by its IRI: it ships."""

_OWN_CONTEXT = re.compile(rb'("@context"\s*:\s*(?:\[\s*)?)"' + re.escape(CONTEXT.encode()) + b'"')
_PLACE = re.compile(r"^Parser error (?:at|between) line \d+ .*?: ")
_TOKEN = re.compile(
    rb'"""(?:[^"\\]|\\.|""?(?!"))*"""' rb"|'''(?:[^'\\]|\\.|''?(?!'))*'''"
    rb'|"(?:[^"\\\n]|\\.)*"' rb"|'(?:[^'\\\n]|\\.)*'" rb"|<[^<>\s]*>|\#[^\n]*|(?P<triple><<)",
    re.DOTALL,
)


def read_rdf(path: Path) -> Iterator[Quad]:
    """The quads of the file, in its order, with literals as written; the suffix says the format (FORMATS).

    Blank node labels are the file's own; language tags come in lower case. No remote JSON-LD context is fetched; only
    CONTEXT is known. Raises BadInput, at once or while iterating, with `file, line, column: what is wrong` as far as
    the parser knows the place: what read_text refuses, an unknown suffix, a syntax error, a relative IRI without a
    base, an RDF 1.2 triple term, or a file that has content and yet gives no triple.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        if path.is_dir():
            raise BadInput(f"{path}: {A_FOLDER}")
        what = path.suffix or "a name without suffix"
        known = f"RDF ({', '.join(FORMATS)}) or as a table (.csv)"
        raise BadInput(f"{path}: {what} is not a format that is read; save it as {known}")
    text = read_text(path).encode()
    if form is RdfFormat.RDF_XML:
        _precheck_xml(path, text)
    elif form is RdfFormat.JSON_LD:
        text = _own_context(text)
    else:
        _refuse_triple_terms(path, text)
    return _quads(path, text, form)


def _quads(path: Path, text: bytes, form: RdfFormat) -> Iterator[Quad]:
    # JSON-LD silently drops what a relative IRI names unless there is a base, so it gets one that can be recognised.
    base = _NO_BASE if form is RdfFormat.JSON_LD else None
    found = False
    try:
        for quad in parse(text, format=form, base_iri=base):
            found = True
            if base is not None and _NO_BASE in str(quad):
                raise BadInput(_relative_in_json(path, text, str(quad)))
            yield quad
    except SyntaxError as error:
        raise BadInput(_syntax_error(path, text, error)) from error
    if not found and text.strip():
        hint = " (a key that the @context does not name says nothing)" if form is RdfFormat.JSON_LD else ""
        raise BadInput(f"{path}: has content, and holds no triple{hint}")


def _own_context(text: bytes) -> bytes:
    """JSON-LD that refers to this project's context, with that context written in; lines stay the same lines."""
    if CONTEXT.encode() not in text:
        return text
    context = json.dumps(jsonld_context()["@context"]).encode()
    return _OWN_CONTEXT.sub(lambda found: found[1] + context, text)


def _syntax_error(path: Path, text: bytes, error: SyntaxError) -> str:
    what = _PLACE.sub("", error.msg)
    if "LoadDocumentCallback" in what:
        place = re.search(rb'"@(?:context|import)"\s*:\s*\[?\s*"', text)
        what = f"a remote @context; no remote context is fetched: name {CONTEXT}, or write the context into the file"
        return f"{place_of(path, text, place.start() if place else 0)}: {what}"
    if "No scheme found" in what:
        what = f"a relative IRI and no base: write IRIs in full or declare a base ({what})"
    if error.lineno is not None:
        return f"{path}, line {error.lineno}, column {error.offset}: {what}"
    quoted = re.search(r"'([^']+)'", error.msg)
    if quoted and (start := text.find(f'"{quoted[1].removeprefix("#")}"'.encode())) >= 0:
        return f"{place_of(path, text, start + 1)}: {what}"
    return f"{path}: {what}"


def _relative_in_json(path: Path, text: bytes, quad: str) -> str:
    relative = quad.split(_NO_BASE, 1)[1].split(">", 1)[0]
    start = max(text.find(f'"{relative}"'.encode()), 0)
    here = place_of(path, text, start)
    return f"{here}: a relative IRI and no base: write IRIs in full or declare an @base ({relative!r})"


def _refuse_triple_terms(path: Path, text: bytes) -> None:
    """Refuse RDF 1.2 triple terms before parsing: the parser dies on deeply nested ones."""
    if b"<<" not in text:
        return
    for token in _TOKEN.finditer(text):
        if token["triple"]:
            raise BadInput(f"{place_of(path, text, token.start())}: a triple term (RDF 1.2); only RDF 1.1 is read")


def _precheck_xml(path: Path, text: bytes) -> None:
    """Refuse XML that is not well-formed, expands without bound or is too deep: the RDF/XML parser sets no limits."""
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > XML_DEPTH:
            here = f"{path}, line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"
            raise BadInput(f"{here}: more than {XML_DEPTH} elements within each other")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        here = f"{path}, line {error.lineno}, column {error.offset + 1}"
        raise BadInput(f"{here}: not well-formed XML: {expat.errors.messages[error.code]}") from error
