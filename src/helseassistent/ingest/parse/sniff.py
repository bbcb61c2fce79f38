"""Owns telling what a body is by its first bytes, and whether that is what the server says (RELIABILITY.md row B13)."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["html", "pdf", "docx", "markdown", "text"]

_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "et bilde (JPEG)"),
    (b"\x89PNG", "et bilde (PNG)"),
    (b"GIF8", "et bilde (GIF)"),
    (b"BM", "et bilde (BMP)"),
    (b"II*\0", "et bilde (TIFF)"),
    (b"MM\0*", "et bilde (TIFF)"),
    (b"\0\0\1\0", "et ikon"),
    (b"\x1f\x8b", "en pakket fil (gzip)"),
    (b"7z\xbc\xaf", "en pakket fil (7-Zip)"),
    (b"Rar!", "en pakket fil (RAR)"),
    (b"\xd0\xcf\x11\xe0", "et dokument i et gammelt Office-format; lagre det som DOCX eller PDF"),
    (b"{\\rtf", "et RTF-dokument; lagre det som DOCX eller PDF"),
    (b"%!PS", "en PostScript-fil"),
    (b"ID3", "lyd"),
    (b"OggS", "lyd"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"MZ", "et program"),
    (b"\x7fELF", "et program"),
    (b"wOF", "en skrift"),
)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|link|script|div|p|h[1-6]|table|main|article|section|header|nav|span|a|ul|font|center|br)\b",
    re.IGNORECASE,
)
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|urlset|sitemapindex|svg|rdf:RDF|xs:schema|wsdl)\b",
    re.DOTALL,
)
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_PDF_TYPES = ("application/pdf", "application/x-pdf")
_WORD_TYPES = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/msword",
    "application/zip",
)
_TEXT_TYPES = ("text/plain", "text/markdown", "text/x-markdown")
_SILENT_TYPES = (
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/force-download",
    "application/download",
)
_SAID = {"html": "HTML", "pdf": "PDF", "docx": "et Word-dokument", "markdown": "tekst", "text": "tekst"}


def kind_of(body: bytes, *, content_type: str) -> Kind | str:
    """The kind of `body`; else, with a full stop at its end, the sentence that says why it cannot be read."""
    declared = content_type.partition(";")[0].strip().lower()
    found = _by_bytes(body, declared=declared)
    if found.endswith("."):
        return found
    expected: tuple[str, ...] = {"html": _HTML_TYPES, "pdf": _PDF_TYPES, "docx": _WORD_TYPES}.get(found, _TEXT_TYPES)
    if (
        declared in expected
        or declared in _SILENT_TYPES
        or declared in ("application/x-download", "application/x-octet-stream")
    ):
        return "markdown" if found == "text" and "markdown" in declared else found
    if found == "text" and declared in _HTML_TYPES:
        return "html"  # a page of bare text
    return f"Serveren sier at innholdet er «{declared[:60]}», men det er {_SAID[found]}."


def _by_bytes(body: bytes, *, declared: str) -> str:
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n\f\0")[:4096]
    if not start:
        return "Svaret er tomt."
    if b"%PDF-" in body[:1024]:
        return "pdf"
    if body[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _archive(body)
    if body[:4] == b"RIFF" or body[4:8] == b"ftyp":
        return _not_text("et bilde, lyd eller video", declared)
    for sign, name in _SIGNS:
        if body.startswith(sign) and (len(sign) > 2 or _is_binary(body)):
            return _not_text(name, declared)
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = start.decode("utf-16", "replace").encode()
    elif _is_binary(body) and not _HTML.search(start.replace(b"\0", b"").decode("latin-1")):
        return _not_text("verken HTML, PDF eller tekst", declared)
    return _by_text(start.replace(b"\0", b"").decode("latin-1"), declared=declared)


def _by_text(start: str, *, declared: str) -> str:
    if _FEED.match(start):
        return "Innholdet er en liste for maskiner (XML), ikke en side."
    if start[0] in "{[" and re.match(r"[{\[]\s*(?:[\"{\[\]}]|-?\d)", start):
        return "Innholdet er data for maskiner (JSON), ikke en side."
    if declared not in ("text/markdown", "text/x-markdown") and _HTML.search(start[:2048]):
        return "html"
    if declared in _HTML_TYPES and _HTML.search(start):
        return "html"
    return "text"


def _archive(body: bytes) -> str:
    # The names of members stand in the clear; the parser checks them before it opens anything.
    if b"word/" in body or b"[Content_Types].xml" in body[:2048]:
        return "docx"
    return "Innholdet er en pakket fil (ZIP), ikke en side."


def _not_text(name: str, declared: str) -> str:
    said = (
        f"Serveren sier at innholdet er «{declared[:60]}», men det er"
        if declared.startswith("text/")
        else "Innholdet er"
    )
    return f"{said} {name}."


def _is_binary(body: bytes) -> bool:
    start = body[:1024]
    odd = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in start)
    return odd > len(start) * 0.1
