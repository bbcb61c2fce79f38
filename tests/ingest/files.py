"""Small PDF and Word files made by hand, so that what lies in them is known to the byte."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass(frozen=True, slots=True)
class Printed:
    """A line on a page: where its left end stands in points, and whether it is bold."""

    text: str
    size: float = 11
    bold: bool = False
    x: float = 72
    down: float = 14  # points below the line before it


def pdf_of(pages: Sequence[Sequence[Printed]], *, info: str = "", extra: str = "", packed: bool = True) -> bytes:
    """A PDF whose pages hold the lines from the top down; `info` and `extra` go into the Info and Catalog."""
    count = len(pages)
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(count))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {extra} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        f"<< {info} >>".encode("latin-1"),
    ]
    for number, lines in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        objects.append(stream(_drawn(lines), packed=packed))
    return pdf_from(objects)


def stream(content: bytes, *, packed: bool = True, entries: str = "") -> bytes:
    """A stream object, deflated or as it is."""
    body = zlib.compress(content) if packed else content
    kind = "/Filter /FlateDecode" if packed else ""
    return f"<< /Length {len(body)} {kind} {entries} >>\nstream\n".encode() + body + b"\nendstream"


def pdf_from(objects: Iterable[bytes], *, trailer: str = "") -> bytes:
    """A PDF of numbered objects; the first is its catalog, the fifth what it says about itself."""
    made = io.BytesIO(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    made.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(made.tell())
        made.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = made.tell()
    made.write(f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode())
    made.write("".join(f"{place:010} 00000 n \n" for place in places).encode())
    made.write(f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R /Info 5 0 R {trailer} >>\n".encode())
    made.write(f"startxref\n{start}\n%%EOF\n".encode())
    return made.getvalue()


def docx_of(body: str, *, title: str = "", modified: str = "", others: dict[str, bytes] | None = None) -> bytes:
    """A Word file whose document body is the WordprocessingML `body`; `others` are more members by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", f"{_XML}<w:document {_W}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/styles.xml", _STYLES)
        archive.writestr("word/numbering.xml", _NUMBERING)
        archive.writestr("word/_rels/document.xml.rels", _DOCUMENT_RELATIONS)
        archive.writestr("docProps/core.xml", _CORE.format(title=escape(title), modified=modified))
        for name, content in (others or {}).items():
            archive.writestr(name, content)
    return made.getvalue()


def paragraph(text: str, *, style: str = "", run: str = "", item: int | None = None) -> str:
    """A Word paragraph; `run` holds properties of its letters, `item` the number of the list it stands in."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    listed = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{item}"/></w:numPr>' if item else ""
    letters = f"<w:rPr>{run}</w:rPr>" if run else ""
    text = f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    return f"<w:p><w:pPr>{named}{listed}</w:pPr><w:r>{letters}{text}</w:r></w:p>"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Word table."""
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def _drawn(lines: Sequence[Printed]) -> bytes:
    height = 790.0
    parts = []
    for line in lines:
        height -= line.down
        text = line.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        font = "F2" if line.bold else "F1"
        parts.append(f"BT /{font} {line.size:g} Tf 1 0 0 1 {line.x:g} {height:g} Tm (".encode() + text + b") Tj ET\n")
    return b"".join(parts)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_MAIN}.styles+xml"/>'
    f'<Override PartName="/word/numbering.xml" ContentType="{_MAIN}.numbering+xml"/></Types>'
)
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_RELATIONS = (
    f"{_XML}<Relationships {_PACKAGE}>"
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_DOCUMENT_RELATIONS = (
    f'{_XML}<Relationships {_PACKAGE}><Relationship Id="r1" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/numbering" Target="numbering.xml"/></Relationships>'
)
_STYLES = (
    f"{_XML}<w:styles {_W}>"
    '<w:style w:type="paragraph" w:styleId="Tittel"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Overskrift1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Overskrift2"><w:name w:val="heading 2"/></w:style></w:styles>'
)
_NUMBERING = (
    f"{_XML}<w:numbering {_W}>"
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>'
    "</w:numbering>"
)
_CORE = (
    f'{_XML}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>{title}</dc:title><dcterms:modified>{modified}</dcterms:modified></cp:coreProperties>"
)
