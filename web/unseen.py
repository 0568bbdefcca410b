"""Characters that nobody sees and that change what everybody reads: left out of what is shown.

Overrides and isolates turn the order of a text (Unicode Standard Annex 9, the attacks of Technical Standard 39), those
without width hide within words, and control characters are allowed in no page and no feed (HTML Standard §13.1.2.6,
XML 1.0 §2.2). The data, in all their formats, keep what was published.
"""

import re

from flask import Response

_SHOWN = ("text/html", "application/atom+xml", "application/xml", "image/svg+xml")
"""What is drawn for people, or read by programs that would refuse all of it for one character."""

_UNSEEN = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"  # C0 without tab and line ends, and DEL
    rb"|\xc2[\x80-\x9f\xad]"  # C1, and the soft hyphen
    rb"|\xd8\x9c|\xe2\x80[\x8b\x8e\x8f\xaa-\xae]|\xe2\x81[\xa0-\xa4\xa6-\xaf]"  # marks of direction and of no width
    rb"|\xef\xbb\xbf|\xef\xbf[\xb9-\xbb\xbe\xbf]"  # U+FEFF, annotations, U+FFFE and U+FFFF
    rb"|\xcd\x8f|\xe1\x9e[\xb4\xb5]|\xe1\xa0[\x8b-\x8f]"  # joiners
    rb"|\xe1\x85[\x9f\xa0]|\xe3\x85\xa4|\xef\xbe\xa0"  # fillers of Hangul
    rb"|\xf3\xa0[\x80-\x87][\x80-\xbf]"  # tags, and what chooses among forms of ideographs
)
"""In UTF-8. U+200C and U+200D stay: Persian and Hindi are written with them, and emoji are joined by them."""


_PLAIN = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
"""Most of a page, and none of them."""


def leave_out(response: Response) -> None:
    """Takes them from an answer that is shown and was not coded yet."""
    if response.mimetype in _SHOWN and not response.is_streamed:
        body = response.get_data()
        if _UNSEEN.search(body.translate(None, _PLAIN)):  # the bytes of each character stay together
            response.set_data(_UNSEEN.sub(b"", body))
