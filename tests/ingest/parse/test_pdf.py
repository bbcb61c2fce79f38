"""PDF: the text layer as headings, paragraphs and lists; rows B9 to B11 of RELIABILITY.md."""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Callable
from datetime import date

import pytest

from helseassistent.ingest.found import Document, Fetched, Refused
from helseassistent.ingest.parse.limits import Limits
from helseassistent.ingest.parse.worker import Worker
from ingest.files import Printed, pdf_from, pdf_of, stream
from ingest.parse.labels import TODAY

Read = Callable[..., Document]
Refuse = Callable[..., Refused]
PDF = "application/pdf"
CRASHED = "Innholdet fikk leseren til å stanse."

FIRST = [
    Printed("Veileder for pårørende", 20, bold=True),
    Printed("Denne veilederen er for deg som har en syk i familien og vil vite hvilken hjelp kom-", down=34),
    Printed("munen kan gi. Helse- og omsorgstjenesten har ansvaret, og tar imot spørsmål fra deg"),
    Printed("som er pårørende, hver dag."),
    Printed("Hva du kan få", 14, bold=True, down=30),
    Printed("Kommunen tilbyr:", down=22),
    Printed("• avlastning i hjemmet, også om natta og i helger, når du trenger det for å holde ut i"),
    Printed("rollen som pårørende"),
    Printed("• omsorgsstønad"),
    Printed("Hvordan du søker", 14, bold=True, down=30),
    Printed("1. Fyll ut skjemaet.", down=22),
    Printed("2. Send det til tildelingskontoret."),
]
SECOND = [
    Printed("Klage", 14, bold=True),
    Printed("Du kan klage innen fire uker. Klagen sender du til kommunen, som vurderer saken på nytt", down=22),
    Printed("og sender den videre til statsforvalteren hvis du ikke får medhold."),
    Printed("Sist oppdatert 14.03.2024", down=28),
]
EXPECTED = """\
# Veileder for pårørende

Denne veilederen er for deg som har en syk i familien og vil vite hvilken hjelp kommunen kan gi. Helse- og \
omsorgstjenesten har ansvaret, og tar imot spørsmål fra deg som er pårørende, hver dag.

## Hva du kan få

Kommunen tilbyr:

- avlastning i hjemmet, også om natta og i helger, når du trenger det for å holde ut i rollen som pårørende
- omsorgsstønad

## Hvordan du søker

1. Fyll ut skjemaet.
2. Send det til tildelingskontoret.

## Klage

Du kan klage innen fire uker. Klagen sender du til kommunen, som vurderer saken på nytt og sender den videre til \
statsforvalteren hvis du ikke får medhold.

Sist oppdatert 14.03.2024
"""


def test_headings_paragraphs_lists_and_cut_words_are_put_together(read: Read) -> None:
    found = read(pdf_of([FIRST, SECOND]), content_type=PDF)
    assert found.body == EXPECTED
    assert (found.title, found.language, found.last_updated) == ("Veileder for pårørende", "nb", date(2024, 3, 14))


def test_what_stands_on_every_page_is_left_out(read: Read) -> None:
    head = Printed("Fjordvik kommune – veileder", 9)
    pages = [[head, *FIRST[:4], Printed(f"Side {number} av 4", 9, down=300)] for number in range(1, 5)]
    found = read(pdf_of(pages), content_type=PDF)
    assert "Fjordvik kommune" not in found.body
    assert "Side 2" not in found.body
    assert found.body.count("Denne veilederen") == 4


@pytest.mark.parametrize(
    ("info", "title", "updated"),
    [
        ("/Title (Tjenestestandard) /ModDate (D:20230914120000+02'00')", "Tjenestestandard", date(2023, 9, 14)),
        (
            "/Title (Microsoft Word - Dokument1.docx) /CreationDate (D:20220101)",
            "standard for hjemmetjenesten",
            date(2022, 1, 1),
        ),
        ("/ModDate (D:20991231)", "standard for hjemmetjenesten", None),
        ("/ModDate (i dag)", "standard for hjemmetjenesten", None),
    ],
)
def test_the_file_tells_title_and_date_where_the_text_does_not(
    info: str, title: str, updated: date | None, read: Read
) -> None:
    lines = [Printed("Kommunen gir hjelp i hjemmet til alle som trenger det, uansett alder og inntekt.")]
    found = read(
        pdf_of([lines], info=info), content_type=PDF, url="https://a.example/filer/standard-for_hjemmetjenesten.pdf"
    )
    assert (found.title, found.last_updated) == (title, updated)


def _image_only() -> bytes:
    image = stream(
        b"\xff" * 64,
        packed=False,
        entries="/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 6 0 R /Resources << /XObject << /I 4 0 R >> >> >>"
    )
    return pdf_from(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page,
            image,
            b"<< >>",
            stream(b"q 9 0 0 9 0 0 cm /I Do Q"),
        ]
    )


def _encrypted() -> bytes:
    whole = pdf_of([FIRST])
    entry = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ("
        + b"a" * 32
        + b") /U ("
        + b"b" * 32
        + b") >> /ID [(aaaaaaaaaaaaaaaa) (aaaaaaaaaaaaaaaa)]"
    )
    return whole.replace(b"/Info 5 0 R", b"/Info 5 0 R " + entry)


UNREADABLE = {
    "encrypted": (_encrypted(), "PDF-en er låst med passord eller kryptering."),
    "image only": (
        _image_only(),
        "PDF-en er skannet: den har bilder av sider og ingen tekst. Den må tekstgjenkjennes (OCR) først.",
    ),
    "empty page": (pdf_of([[]]), "PDF-en har ingen tekst."),
    "no pages": (pdf_of([]), "PDF-en har ingen sider."),
    "ten thousand pages": (
        pdf_of([[Printed("side")]] * 10_000, packed=False),
        "PDF-en har 10000 sider; det meste som leses, er 2000.",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_b11_what_gives_no_text_is_refused_with_a_reason(name: str, refuse: Refuse) -> None:
    body, reason = UNREADABLE[name]
    assert refuse(body, content_type=PDF).reason == reason


def test_b11_a_ring_of_bookmarks_and_a_script_change_nothing(read: Read) -> None:
    ring = "/Outlines << /First 1 0 R /Last 1 0 R >> /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    assert read(pdf_of([FIRST, SECOND], extra=ring), content_type=PDF).body == EXPECTED


def test_b11_a_ring_of_pages_is_read_or_refused(worker: Worker) -> None:
    ring = pdf_of([FIRST]).replace(b"/Kids [6 0 R]", b"/Kids [2 0 R]")
    found = worker.parse(Fetched("https://a.example/a.pdf", PDF, ring), limits=Limits(), today=TODAY)
    assert isinstance(found, Refused)
    assert found.reason.startswith("PDF-en ")


def _deflated_spaces(megabytes: int) -> bytes:
    """So many megabytes of spaces, deflated, without having them in memory."""
    packer = zlib.compressobj()
    head = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    one = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + one * (megabytes - 1)


@pytest.mark.timed
def test_b9_a_bomb_of_a_gigabyte_is_stopped(worker: Worker) -> None:
    packed = _deflated_spaces(1024)
    content = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /Font << >> /A 1 >> >>"
    tree = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    begun = time.monotonic()
    found = worker.parse(
        Fetched("https://a.example/a.pdf", PDF, pdf_from([*tree, page, content, b"<< >>"])),
        limits=Limits(),
        today=TODAY,
    )
    assert time.monotonic() - begun < 5
    assert isinstance(found, Refused)
    assert found.reason == "PDF-en pakker ut til mer enn det som leses av en fil."


def test_invisible_specks_are_not_read(read: Read) -> None:
    found = read(pdf_of([[*FIRST[:4], Printed("kanarifugl", 0.5)]]), content_type=PDF)
    assert "kanarifugl" not in found.body


def _mutated(body: bytes, *, seed: int) -> bytes:
    """`body` with flipped bytes, a cut, a stretch left out or repeated, or a number in its structure changed."""
    chance = random.Random(seed)
    at, to = sorted(chance.choices(range(10, len(body)), k=2))
    flipped = bytearray(body)
    for _ in range(chance.randint(1, 60)):
        flipped[chance.randrange(10, len(flipped))] ^= 1 << chance.randrange(8)
    digits = [place for place, byte in enumerate(body) if 48 <= byte <= 57]
    for place in chance.choices(digits, k=4) if seed % 5 == 4 else ():
        flipped[place] = 48 + chance.randrange(10)
    return [bytes(flipped), body[:at], body[:at] + body[to:], body[:to] + body[at:], bytes(flipped)][seed % 5]


def _survives(worker: Worker, seeds: range) -> None:
    wholes = [pdf_of([FIRST, SECOND]), pdf_of([FIRST, SECOND], packed=False), _image_only(), _encrypted()]
    for seed in seeds:
        body = _mutated(wholes[(seed // 5) % 4], seed=seed)
        begun = time.monotonic()
        found = worker.parse(Fetched("https://a.example/fil.pdf", PDF, body), limits=Limits(), today=TODAY)
        assert time.monotonic() - begun < 10, seed
        if isinstance(found, Refused):
            assert found.reason != CRASHED, seed
            assert found.reason.endswith("."), seed
        else:
            assert found.title, seed
            assert found.body.strip(), seed


def test_b10_thirty_mutated_files_are_read_or_refused_with_a_reason(worker: Worker) -> None:
    _survives(worker, range(1, 301, 10))


@pytest.mark.slow
def test_b10_three_hundred_mutated_files_are_read_or_refused_with_a_reason(worker: Worker) -> None:
    _survives(worker, range(300))
