"""Row B12: Norwegian letters survive right, missing and lying declarations of the character set."""

from __future__ import annotations

import codecs
from collections.abc import Callable

import pytest

from helseassistent.ingest.found import Document
from helseassistent.ingest.parse.charset import decode

Read = Callable[..., Document]
WORDS = "Blåbær på øya: «Ær sjøl» – æøå ÆØÅ"
PAGE = (
    "<html><head>{}<title>x</title></head><body><main><h1>Blåbær</h1><p>"
    + WORDS
    + " er det vi vil lese her.</p></main></body></html>"
)


def _meta(name: str) -> str:
    return f'<meta charset="{name}">'


@pytest.mark.parametrize(
    ("encoding", "header", "meta"),
    [
        ("utf-8", "text/html; charset=utf-8", ""),
        ("utf-8", "text/html", _meta("utf-8")),
        ("utf-8", "text/html", ""),
        ("utf-8", "text/html; charset=iso-8859-1", ""),
        ("utf-8", "text/html", _meta("windows-1252")),
        ("utf-8-sig", "text/html; charset=iso-8859-1", ""),
        ("cp1252", "text/html; charset=iso-8859-1", ""),
        ("cp1252", "text/html", _meta("iso-8859-1")),
        ("cp1252", "text/html", '<meta http-equiv=Content-Type content="text/html; charset=windows-1252">'),
        ("cp1252", "text/html", ""),
        ("cp1252", "text/html; charset=utf-8", _meta("utf-8")),
        ("cp1252", "text/html; charset=finnes-ikke", _meta("heller-ikke")),
        ("cp1252", 'text/html; charset="ISO-8859-1"', ""),
        ("utf-16", "text/html", ""),
        ("utf-16-le", "text/html; charset=utf-16", ""),
    ],
)
def test_letters_are_read_right(encoding: str, header: str, meta: str, read: Read) -> None:
    found = read(PAGE.format(meta).encode(encoding), content_type=header)
    assert found.title == "Blåbær"
    assert WORDS in found.body


def test_a_set_for_other_letters_is_honoured() -> None:
    assert decode("Здравствуйте".encode("koi8-r"), content_type="text/html; charset=koi8-r") == "Здравствуйте"
    assert decode("Čeština".encode("iso8859-2"), content_type="text/html; charset=iso-8859-2") == "Čeština"


def test_bytes_of_two_sets_on_one_page_are_both_read() -> None:
    assert decode("Blåbær ".encode() + "på øya".encode("cp1252"), content_type="") == "Blåbær på øya"


@pytest.mark.parametrize("name", ["rot13", "base64", "zip", "idna", "unicode_escape", "utf-7", "\x00", "a" * 1000])
def test_names_that_are_no_character_sets_change_nothing(name: str) -> None:
    assert decode("blåbær".encode(), content_type=f"text/html; charset={name}") == "blåbær"
    assert decode("blåbær".encode("cp1252"), content_type=f"text/html; charset={name}") == "blåbær"


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_mark_with_nothing_after_it_is_an_empty_text(mark: bytes) -> None:
    assert decode(mark, content_type="") == ""
