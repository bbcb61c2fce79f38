"""Where a page of the web lies in a corpus: a file name that people can read, the same for the same address."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container
from urllib.parse import unquote, urlsplit

FRONT = "forside"  # the page at the root of a site
_LONGEST = 80  # characters of a slug
_SPELLED = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "đ": "d", "ŋ": "n", "ŧ": "t"})
_OTHER = re.compile(r"[^a-z0-9]+")
_ENDING = re.compile(r"\.(?:html?|aspx?|php|jsp|pdf|docx|md|txt)$", re.IGNORECASE)


def page_file(url: str, *, publisher: str, taken: Container[str]) -> str:
    """`<publisher>/<path of the address>.md`; marked with a digest of the address where another page has that name."""
    parts = urlsplit(url)
    path = _ENDING.sub("", unquote(parts.path).rstrip("/"))
    name = slug(f"{path} {unquote(parts.query)}") or FRONT
    folder = slug(publisher) or "ukjent"
    file = f"{folder}/{name}.md"
    if file not in taken and name != "readme":  # README.md is no page, and some disks know no capitals
        return file
    return f"{folder}/{name}-{hashlib.sha256(url.encode()).hexdigest()[:8]}.md"


def slug(text: str) -> str:
    """`text` in a to z, digits and hyphens, cut at a hyphen if it is long; "" if nothing is left."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).lower().translate(_SPELLED))
    joined = _OTHER.sub("-", "".join(sign for sign in plain if not unicodedata.combining(sign))).strip("-")
    if len(joined) <= _LONGEST:
        return joined
    return joined[: joined.rfind("-", 20, _LONGEST + 1) if "-" in joined[20 : _LONGEST + 1] else _LONGEST]
