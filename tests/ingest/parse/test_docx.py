"""Word files: what their archive holds is checked before it is opened (row B14), then they are read as pages."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date

import pytest

from helseassistent.ingest.found import Document, Fetched, Refused
from helseassistent.ingest.parse.limits import Limits
from helseassistent.ingest.parse.worker import Worker
from ingest.files import docx_of, paragraph, table
from ingest.parse.labels import TODAY

Read = Callable[..., Document]
Refuse = Callable[..., Refused]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY = (
    paragraph("Rutine for heimebesøk", style="Tittel")
    + paragraph("Vi kjem heim til deg når du ikkje kan kome til oss.")
    + paragraph("Ta med", style="Overskrift1")
    + paragraph("legitimasjon", item=1)
    + paragraph("medisinliste", item=1)
    + paragraph("Tider", style="Overskrift2")
    + table([["Dag", "Tid"], ["Måndag", "9–12"]])
)


def test_headings_lists_and_tables_of_a_word_file_are_kept(read: Read) -> None:
    found = read(docx_of(BODY, modified="2024-05-01T10:00:00Z"), content_type=WORD)
    assert found.body == (
        "# Rutine for heimebesøk\n\nVi kjem heim til deg når du ikkje kan kome til oss.\n\n## Ta med\n\n"
        "- legitimasjon\n- medisinliste\n\n### Tider\n\n| Dag | Tid |\n| Måndag | 9–12 |\n"
    )
    assert (found.title, found.language, found.last_updated) == ("Rutine for heimebesøk", "nn", date(2024, 5, 1))


@pytest.mark.parametrize("content_type", ["", "application/octet-stream", "application/zip", "application/msword"])
def test_word_files_are_read_under_the_names_that_servers_give_them(content_type: str, read: Read) -> None:
    assert read(docx_of(BODY), content_type=content_type).title == "Rutine for heimebesøk"


def test_the_date_in_the_text_goes_before_that_of_the_file(read: Read) -> None:
    found = read(
        docx_of(BODY + paragraph("Sist endra 7. februar 2023"), modified="2024-05-01T10:00:00Z"), content_type=WORD
    )
    assert found.last_updated == date(2023, 2, 7)


@pytest.mark.parametrize(
    "run",
    ["<w:vanish/>", "<w:webHidden/>", '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>', '<w:vanish w:val="1"/>'],
)
def test_hidden_letters_are_not_read(run: str, read: Read) -> None:
    found = read(docx_of(BODY + paragraph("kanarifugl", run=run)), content_type=WORD)
    assert "kanarifugl" not in found.body


@pytest.mark.parametrize("run", ['<w:vanish w:val="0"/>', '<w:color w:val="FF0000"/>', '<w:sz w:val="22"/>', "<w:b/>"])
def test_letters_that_are_shown_are_read(run: str, read: Read) -> None:
    assert "kanarifugl" in read(docx_of(BODY + paragraph("kanarifugl", run=run)), content_type=WORD).body


def _lying() -> bytes:
    """A file whose directory says that its text is small."""
    whole = docx_of(paragraph("A" * (30 << 20)))
    size = (30 << 20).to_bytes(4, "little")
    place = whole.rindex(b"word/document.xml")
    header = whole.rindex(b"PK\x01\x02", 0, place)
    small = (1000).to_bytes(4, "little")
    assert size not in whole[header : header + 24]
    return whole[: header + 24] + small + whole[header + 28 :]


OPENED_BY_NOBODY = {
    "bomb": (docx_of(BODY, others={"word/media/a.xml": bytes(80 << 20)}), "mange hundre ganger sin størrelse"),
    "path upwards": (docx_of(BODY, others={"../../x": b"x"}), "fører ut av dokumentet"),
    "absolute path": (docx_of(BODY, others={"/etc/passwd": b"x"}), "fører ut av dokumentet"),
    "path of Windows": (docx_of(BODY, others={"..\\x": b"x"}), "fører ut av dokumentet"),
    "drive": (docx_of(BODY, others={"c:x": b"x"}), "fører ut av dokumentet"),
    "many members": (docx_of(BODY, others={f"word/{number}.xml": b"" for number in range(3_000)}), "deler"),
    "large text": (docx_of("".join(paragraph(str(number)) for number in range(280_000))), "for stort"),
    "lies about its size": (_lying(), "Word-dokumentet"),
    "half a file": (docx_of(BODY)[:900], "skadd"),
    "no text": (docx_of(paragraph("")), "ingen tekst"),
}


@pytest.mark.parametrize("name", OPENED_BY_NOBODY)
def test_b14_what_an_archive_should_not_hold_is_refused_with_a_reason(name: str, refuse: Refuse) -> None:
    body, expected = OPENED_BY_NOBODY[name]
    assert expected in refuse(body, content_type=WORD).reason


@pytest.mark.parametrize("member", ["word/document.xml", "word/styles.xml", "word/comments.xml"])
def test_b7_entities_in_a_member_are_not_resolved(member: str, worker: Worker) -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname"><!ENTITY l "lol">]><a>&e;&l;</a>'
    )
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_of(BODY))) as whole, zipfile.ZipFile(made, "w") as changed:
        for name in {*whole.namelist(), member}:
            changed.writestr(name, bomb if name == member else whole.read(name))
    found = worker.parse(Fetched("https://a.example/a.docx", WORD, made.getvalue()), limits=Limits(), today=TODAY)
    assert isinstance(found, Refused)
    assert "skadd" in found.reason


def test_mutated_word_files_are_read_or_refused_with_a_reason(worker: Worker) -> None:
    whole = docx_of(BODY)
    for seed in range(60):
        chance = random.Random(seed)
        body = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            body[chance.randrange(4, len(body))] ^= 1 << chance.randrange(8)
        found = worker.parse(Fetched("https://a.example/a.docx", WORD, bytes(body)), limits=Limits(), today=TODAY)
        assert isinstance(found, Document) or found.reason != "Innholdet fikk leseren til å stanse.", seed
