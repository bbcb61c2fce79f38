"""Owns reading a Word document: what its archive holds is checked first, then mammoth makes HTML of it.

RELIABILITY.md row B14 closed all archives; a Word document is one, so its members are counted and measured before any
of them is opened.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date
from xml.parsers.expat import ExpatError

import mammoth
from lxml import etree

from helseassistent.ingest.found import Document, Refused
from helseassistent.ingest.parse.characters import clean_line
from helseassistent.ingest.parse.css import alike, colour
from helseassistent.ingest.parse.dates import read_date
from helseassistent.ingest.parse.html import read_html
from helseassistent.ingest.parse.plain import name_in

_MOST_MEMBERS = 2_000
_MOST_BYTES = 100 << 20  # of all members together
_MOST_TEXT = 12 << 20  # of the member that holds the text
_MOST_RATIO = 200  # times the packed size of a member past a megabyte; XML packs to a twentieth
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "word/document.xml"
_CORE = "docProps/core.xml"
# What zipfile, zlib and lxml raise for damaged files, and what mammoth lets through besides; seen on seeded mutations.
_DAMAGED = (etree.LxmlError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)
_MISREAD = (*_DAMAGED, ExpatError, LookupError, AttributeError, TypeError)
_STYLES = "p[style-name='Title'] => h1.title:fresh\np[style-name='Subtitle'] => p:fresh"


def read_docx(body: bytes, *, url: str, today: date) -> Document | Refused:
    """The document in a Word file, or why it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if reason := _why_closed(archive):
                return Refused(url, reason, keep=True)
            title, updated = _properties(archive)
            visible = _without_hidden(archive)
    except _DAMAGED as error:
        return _damaged(error, url=url)
    try:
        made = mammoth.convert_to_html(
            io.BytesIO(visible),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(lambda image: {"src": ""}),
            external_file_access=False,
        ).value
    except _MISREAD as error:
        return _damaged(error, url=url)
    except RecursionError:
        return Refused(url, "Word-dokumentet er nøstet for dypt til å leses.", keep=True)
    made = _with_title_above(made)
    if not re.sub(r"<[^>]*>", "", made).strip():
        return Refused(url, "Word-dokumentet har ingen tekst.", keep=True)
    page = f"<html><head><title>{_escaped(title or name_in(url))}</title></head><body><main>{made}</main></body></html>"
    found = read_html(page, url=url, today=today)
    if isinstance(found, Refused):
        return Refused(url, found.reason.replace("Siden", "Word-dokumentet"), keep=True)
    stated = found.last_updated or (updated if updated and updated <= today else None)
    return Document(found.title, found.body, found.language, None, stated, None, found.links, ())


def _with_title_above(made: str) -> str:
    """The HTML with its headings one level down where the document has a title of its own, as Word sets one."""
    if '<h1 class="title">' not in made:
        return made
    return re.sub(r"<(/?)h([1-5])>", lambda found: f"<{found[1]}h{int(found[2]) + 1}>", made).replace(
        '<h1 class="title">', "<h1>"
    )


def _damaged(error: Exception, *, url: str) -> Refused:
    return Refused(url, f"Word-dokumentet er skadd og kan ikke leses ({type(error).__name__}).", keep=True)


def _why_closed(archive: zipfile.ZipFile) -> str | None:
    """Why the archive is not opened; None for one that looks like a Word document."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(members) > _MOST_MEMBERS:
        return f"Word-dokumentet har {len(members)} deler; det meste som åpnes, er {_MOST_MEMBERS}."
    if any(
        name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name or "\0" in name
        for name in names
    ):
        return "Word-dokumentet har deler med stier som fører ut av dokumentet, og blir ikke åpnet."
    if len(set(names)) < len(names):
        return "Word-dokumentet har flere deler med samme navn, og blir ikke åpnet."
    if _MAIN not in names:
        return "Innholdet er en pakket fil (ZIP), ikke et Word-dokument."
    if any(member.flag_bits & 1 for member in members):
        return "Word-dokumentet er låst med passord."
    if any(
        member.file_size > 1 << 20 and member.file_size > _MOST_RATIO * max(1, member.compress_size)
        for member in members
    ):
        return "Word-dokumentet pakker ut til mange hundre ganger sin størrelse, og blir ikke åpnet."
    if sum(member.file_size for member in members) > _MOST_BYTES or archive.getinfo(_MAIN).file_size > _MOST_TEXT:
        return "Word-dokumentet er for stort når det pakkes ut."
    return None


def _without_hidden(archive: zipfile.ZipFile) -> bytes:
    """The archive with only the members that hold text, and without runs that Word does not show."""
    made = io.BytesIO()
    left = _MOST_BYTES
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as kept:
        for member in archive.infolist():
            if not member.filename.endswith((".xml", ".rels")):
                continue
            with archive.open(member) as opened:
                # What the directory of the archive says about sizes may be a lie.
                content = opened.read(left + 1)
            left -= len(content)
            if left < 0:
                raise zipfile.BadZipFile("members are larger than the archive says")
            if re.fullmatch(r"word/(?:document|footnotes|endnotes)\.xml", member.filename):
                content = _shown(content)
            elif b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise ValueError("a document type in a member")
            kept.writestr(member.filename, content)
    return made.getvalue()


def _shown(content: bytes) -> bytes:
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    if root.getroottree().docinfo.doctype:
        raise ValueError("a document type in a member")
    for run in list(root.iter(f"{_W}r")):
        if _is_hidden(run) and run.getparent() is not None:
            run.getparent().remove(run)
    found = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return bytes(found)


def _is_hidden(run: etree._Element) -> bool:
    properties = run.find(f"{_W}rPr")
    if properties is None:
        return False
    if any(
        (mark := properties.find(f"{_W}{name}")) is not None and mark.get(f"{_W}val") not in ("0", "false")
        for name in ("vanish", "webHidden")
    ):
        return True
    size, ink = properties.find(f"{_W}sz"), properties.find(f"{_W}color")
    half_points = (size.get(f"{_W}val") or "") if size is not None else ""
    if half_points.isascii() and half_points.isdigit() and int(half_points) <= 4:
        return True
    found = colour(ink.get(f"{_W}val")) if ink is not None else None
    shaded = properties.find(f"{_W}shd") is not None or any(True for _ in run.iterancestors(f"{_W}tc"))
    return isinstance(found, tuple) and alike(found, (255, 255, 255)) and not shaded


def _properties(archive: zipfile.ZipFile) -> tuple[str, date | None]:
    """The title that the document states, and the day it was last changed."""
    if _CORE not in archive.namelist() or archive.getinfo(_CORE).file_size > 1 << 20:
        return "", None
    root = etree.fromstring(
        archive.read(_CORE), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    )
    facts = {etree.QName(found).localname: found.text or "" for found in root if isinstance(found.tag, str)}
    return clean_line(facts.get("title", "")), read_date(facts.get("modified", "") or facts.get("created", ""))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
