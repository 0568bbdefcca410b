"""The fields of the index, and how text becomes its terms; shared by who writes and who reads."""

import re
from functools import cache
from pathlib import Path

import tantivy

from kb.scratch import scratch_folder

FOLDER = "search"
"""Within the folder of a snapshot."""

FORM = "form"
"""A file beside those of the index, which holds the number below."""

NUMBER = 4
"""Raised when entries are written differently: then no index of an earlier form is read or taken over."""

STEMMED = "english"
PLAIN = "plain"
LETTERS = "letters"

IRI = "iri"
TEXTS = ("title", "names", "about", "around", "text")
"""What is searched, stemmed: its name; other names and codes; names of what it is linked to; names of the places around
it; all that it says."""

WORDS = "words"
"""Every word of letters as it is written: the dictionary by which misspelt ones are corrected. A register has more
numbers than there are words."""

HEADING = "heading"
"""The words of the names as they are written, for suggestions while somebody types."""

FACETS = ("kind", "theme", "work", "lesson", "place", "body", "evidence", "effect", "use", "publisher", "date")
"""What results can be narrowed to, in the order in which it is shown: IRIs, but five years (`2015-2019`) of `date`, and
of `effect` the keys of kb.effects."""

NEWEST, STRONGEST, NAME, WEIGHT = "newest", "strongest", "name", "weight"
"""What results are sorted by, and the weight of a kind of thing; the latter knows no effect and no evidence."""

SHOWN = "shown"
"""What a line of results shows, as JSON."""

_AND = re.compile(r"(?<=\b[A-Za-z])&(?=[A-Za-z]\b)")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_SIGNS = re.compile("[&'’]")


def plain(text: str) -> str:
    """The text before it is cut into words: `A&E` is one word, and so is `children's`."""
    return _APOSTROPHE.sub("", _AND.sub("and", text)) if _SIGNS.search(text) else text


@cache
def stemmed() -> tantivy.TextAnalyzer:
    """Words in small letters without accents, cut down to their stems (Porter's English stemmer)."""
    return _analyzer(tantivy.Tokenizer.simple()).filter(tantivy.Filter.stemmer("english")).build()


@cache
def words() -> tantivy.TextAnalyzer:
    """Words in small letters without accents."""
    return _analyzer(tantivy.Tokenizer.simple()).build()


@cache
def letters() -> tantivy.TextAnalyzer:
    """The same, of those that are letters alone."""
    return _analyzer(tantivy.Tokenizer.regex(r"\b\p{L}{2,}\b")).build()


def _analyzer(tokenizer: tantivy.Tokenizer) -> tantivy.TextAnalyzerBuilder:
    parts = tantivy.TextAnalyzerBuilder(tokenizer)
    lower = parts.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())
    return lower.filter(tantivy.Filter.remove_long(40))


@cache
def schema() -> tantivy.Schema:
    """All fields."""
    made = tantivy.SchemaBuilder()
    made.add_text_field(IRI, stored=True, tokenizer_name="raw", index_option="basic")
    for name in TEXTS:
        made.add_text_field(name, tokenizer_name=STEMMED)
    made.add_text_field(WORDS, tokenizer_name=LETTERS, index_option="basic")
    made.add_text_field(HEADING, tokenizer_name=PLAIN, index_option="freq")
    for name in FACETS:
        made.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    made.add_text_field(NAME, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    for name in (NEWEST, STRONGEST):
        made.add_unsigned_field(name, fast=True)
    made.add_float_field(WEIGHT, fast=True)
    made.add_text_field(SHOWN, stored=True, tokenizer_name="raw", index_option="basic")
    return made.build()


def opened(path: Path) -> tantivy.Index:
    """The index in a folder, made where there is none. Raises ValueError or OSError for what is no index."""
    index = tantivy.Index(schema(), path=str(path))
    index.register_tokenizer(STEMMED, stemmed())
    index.register_tokenizer(PLAIN, words())
    index.register_tokenizer(LETTERS, letters())
    return index


def is_index(path: Path) -> bool:
    """Whether a folder holds an index of this form."""
    try:
        return (path / FORM).read_text(encoding="ascii").strip() == str(NUMBER)
    except OSError:
        return False


def searcher(path: Path) -> tantivy.Searcher:
    """What the index in a folder is searched by; its files are mapped, not read.

    tantivy takes a lock to open an index, and leaves its file behind. A snapshot is never written to, and may lie where
    nobody can; so an index of links to its files is opened, which can go once they are mapped.
    Raises ValueError or OSError for what is no index.
    """
    with scratch_folder() as links:
        for file in path.iterdir():
            Path(links, file.name).symlink_to(file.resolve())
        return opened(Path(links)).searcher()
