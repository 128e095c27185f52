"""What the user's locale says of the characters that get through."""

import codecs
from collections.abc import Mapping
from enum import Enum


class Glyphs(Enum):
    """The characters that pictures may be drawn with."""

    ASCII = "ascii"
    UNICODE = "unicode"


def ctype(environ: Mapping[str, str]) -> str:
    """The locale that decides about characters, or an empty string where none is set.

    Python, started in the C locale, sets LC_CTYPE to C.UTF-8 for itself (PEP 538).
    That is Python's wish and says nothing of the terminal, so a LANG of C is
    believed before it.
    """
    if everything := environ.get("LC_ALL"):
        return everything
    lang = environ.get("LANG", "")
    own = environ.get("LC_CTYPE", "")
    if own in {"C.UTF-8", "C.utf8", "UTF-8"} and lang in {"C", "POSIX"}:
        return lang
    return own or lang


def detect_glyphs(environ: Mapping[str, str]) -> Glyphs:
    """ASCII where a locale is set that is not UTF-8.

    Where none is set at all (containers), terminals of today are UTF-8 and
    Python assumes it too.
    """
    name = ctype(environ)
    if not name:
        return Glyphs.UNICODE
    _, _, encoding = name.partition("@")[0].partition(".")
    if not encoding:
        # A bare language (de_DE) is a legacy locale; macOS calls its own just "UTF-8".
        encoding = name
    try:
        utf8 = codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        utf8 = False
    return Glyphs.UNICODE if utf8 else Glyphs.ASCII
