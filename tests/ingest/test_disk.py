"""Files from a disk: nothing outside the folder is read, whatever lies in it (row C16); each refusal has its why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helseassistent.errors import CorpusError
from helseassistent.ingest.disk import visits_on_disk
from helseassistent.ingest.found import Document, Fetched, Read, Refused
from ingest.tiny_web import document

SECRET = b"Dette er hemmelig."
LARGEST = 1_000_000


class Reader:
    """Reads a body as its words, and remembers what it was given; a first line «fra ADRESSE» is its own address."""

    def __init__(self) -> None:
        self.given: dict[str, bytes] = {}

    def __call__(self, fetched: Fetched) -> Document | Refused:
        self.given[fetched.url] = fetched.body
        text = fetched.body.decode()
        first, _, rest = text.partition("\n")
        if text.startswith("ikke lesbar"):
            return Refused(fetched.url, "Filen kan ikke leses som en side.")
        canonical = first.removeprefix("fra ") if first.startswith("fra ") else None
        return document(rest or text, canonical=canonical)


def visits(
    place: Path, *, url: str | None = "https://a.example/dok/", publisher: str | None = "Kommunen"
) -> tuple[list[Read | Refused], Reader]:
    reader = Reader()
    found = visits_on_disk(place, parse=reader, largest=LARGEST, url=url, publisher_of=lambda address: publisher)
    return list(found), reader


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "utenfor").mkdir()
    (tmp_path / "utenfor" / "hemmelig.html").write_bytes(SECRET)
    (tmp_path / "dok" / "under").mkdir(parents=True)
    (tmp_path / "dok" / "b side.html").write_bytes(b"Om b.")
    (tmp_path / "dok" / "under" / "a.html").write_bytes(b"Om a.")
    return tmp_path / "dok"


def test_files_of_a_folder_get_the_address_they_have_below_it(folder: Path) -> None:
    found, _ = visits(folder)
    assert [visit.fetched.url for visit in found if isinstance(visit, Read)] == [
        "https://a.example/dok/b%20side.html",
        "https://a.example/dok/under/a.html",
    ]
    assert {visit.document.publisher for visit in found if isinstance(visit, Read)} == {"Kommunen"}


def test_a_single_file_has_the_address_that_is_given(folder: Path) -> None:
    ((visit,), _) = visits(folder / "b side.html", url="https://a.example/annet-navn")
    assert isinstance(visit, Read)
    assert visit.fetched.url == "https://a.example/annet-navn"


def test_a_file_may_say_its_own_address_and_else_it_is_refused(folder: Path) -> None:
    (folder / "c.md").write_bytes("fra https://a.example/legevakt\nOm å ringe.".encode())
    (folder / "d.md").write_bytes(b"fra file:///etc/hostname\nOm d.")
    found, _ = visits(folder, url=None)
    assert [visit.fetched.url for visit in found if isinstance(visit, Read)] == ["https://a.example/legevakt"]
    refused = [visit for visit in found if isinstance(visit, Refused)]
    assert [visit.url for visit in refused] == ["b side.html", "d.md", "under/a.html"]
    assert {visit.reason for visit in refused} == {"Fila sier ikke hvilken nettadresse siden har. Oppgi den med --url."}


def test_a_page_that_nobody_publishes_is_refused(folder: Path) -> None:
    found, _ = visits(folder, publisher=None)
    assert {visit.reason for visit in found if isinstance(visit, Refused)} == {
        "Fila sier ikke hvem som gir ut siden. Oppgi det med --publisher."
    }
    assert not [visit for visit in found if isinstance(visit, Read)]


def outward(folder: Path, kind: str) -> Path:
    """Something in the folder that leads to the secret outside it."""
    secret, inside = folder.parent / "utenfor" / "hemmelig.html", folder / "vei.html"
    match kind:
        case "symlink":
            inside.symlink_to(secret)
        case "relative symlink":
            inside.symlink_to("../utenfor/hemmelig.html")
        case "symlink to itself":
            inside.symlink_to(inside)
        case "symlinked folder":
            inside.symlink_to(secret.parent, target_is_directory=True)
        case "hard link":
            inside.hardlink_to(secret)
        case "pipe":
            os.mkfifo(inside)
        case "device":
            inside.symlink_to("/dev/zero")
    return inside


WAYS_OUT = ["symlink", "relative symlink", "symlink to itself", "symlinked folder", "hard link", "pipe", "device"]


@pytest.mark.parametrize("kind", WAYS_OUT)
def test_what_leads_out_of_the_folder_is_refused_and_never_read(kind: str, folder: Path) -> None:
    outward(folder, kind)
    found, reader = visits(folder)
    (refused,) = (visit for visit in found if isinstance(visit, Refused))
    assert refused.url == "vei.html"
    assert any(word in refused.reason for word in ("lenke", "vanlig fil"))
    assert sorted(reader.given.values()) == [b"Om a.", b"Om b."]


@pytest.mark.parametrize("kind", [kind for kind in WAYS_OUT if kind not in ("symlinked folder", "symlink to itself")])
def test_a_file_that_is_named_must_be_a_plain_one_too(kind: str, folder: Path) -> None:
    ((visit,), reader) = visits(outward(folder, kind), url="https://a.example/x")
    assert isinstance(visit, Refused)
    assert reader.given == {}


def test_hidden_files_are_passed_over_and_odd_ones_named(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_bytes(SECRET)
    (folder / ".skjult.html").write_bytes(SECRET)
    (folder / "stor.html").write_bytes(b"x" * (LARGEST + 1))
    (folder / "linje\nskift.html").write_bytes(b"Om noe.")
    (folder / "ikke.html").write_bytes(b"ikke lesbar")
    os.close(os.open(os.fsencode(folder) + b"/\xff.html", os.O_CREAT))
    found, reader = visits(folder)
    told = {visit.url: visit.reason for visit in found if isinstance(visit, Refused)}
    assert told == {
        "ikke.html": "Filen kan ikke leses som en side.",
        "'linje\\nskift.html'": "Filnavnet har ugyldige tegn.",
        "'\\udcff.html'": "Filnavnet har ugyldige tegn.",
        "stor.html": "Fila er større enn 1 MB.",
    }
    assert SECRET not in reader.given.values()


def test_nothing_at_the_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="Fant verken fil eller mappe"):
        visits(tmp_path / "ingen")
