"""Owns turning bytes into text: what the bytes are counts for more than what anyone says they are."""

from __future__ import annotations

import codecs
import contextlib
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_IN_PAGE = re.compile(rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_READ = 4096  # bytes in which a page may declare its character set
# Sets that browsers read as windows-1252, and names that say nothing.
_WESTERN = frozenset(
    ["ascii", "iso8859-1", "cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-7"]
)


def decode(body: bytes, *, content_type: str) -> str:
    """The text of `body`: by its byte order mark, as UTF-8 where it is that, else as declared, else as windows-1252."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    declared = _declared(body, content_type=content_type)
    if declared in ("utf-16-le", "utf-16-be", "utf-16") and body[:64].count(0) > 8:
        return body.decode("utf-16-le" if body[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared and declared not in _WESTERN:
        with contextlib.suppress(UnicodeError):  # codecs for names of hosts know no replacement
            return body.decode(declared, "replace")
    # UTF-8 with bytes of windows-1252 between, as after pasting; a page wholly in windows-1252 comes out right as well.
    return body.decode("utf-8", "helseassistent-western")


def _declared(body: bytes, *, content_type: str) -> str:
    in_page = _IN_PAGE.search(body[:_READ])
    for name in (_IN_HEADER.search(content_type), in_page):
        try:
            found = name and name.group(1)
            if found and (codec := codecs.lookup(found.decode() if isinstance(found, bytes) else found)):
                return codec.name if codec._is_text_encoding else ""
        except (LookupError, UnicodeError, ValueError):
            continue
    return ""


def _as_western(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("helseassistent-western", _as_western)
