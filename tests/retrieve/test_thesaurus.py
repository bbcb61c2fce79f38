"""The thesaurus: read, extended by staff, found in questions, and refused in one sentence when a line is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from helseassistent.errors import SettingsError
from helseassistent.retrieve.thesaurus import Synonym, Thesaurus, searched_also, shipped_thesaurus

HEADER = "offisielt\tsagt\tnynorsk\tfeilskrevet\temne\n"
WORDS = Thesaurus(
    [
        (["utskrivningsklar", "ferdigbehandlet"], ["klar til å dra hjem", "skrives ut"]),
        (["fastlege"], ["legen min"]),
        (["lege"], ["legen"]),
    ]
)


def test_the_longest_phrase_wins_and_what_is_said_already_is_not_added() -> None:
    assert WORDS.synonyms("Når kan legen min si at jeg er klar til å dra hjem?") == (
        Synonym("klar til å dra hjem", ("utskrivningsklar", "ferdigbehandlet")),
        Synonym("legen min", ("fastlege",)),
    )
    assert WORDS.synonyms("Er jeg utskrivningsklar når jeg skrives ut?") == (
        Synonym("skrives ut", ("ferdigbehandlet",)),
    )
    assert WORDS.synonyms("") == ()
    assert searched_also(WORDS.synonyms("legen min og legen")) == ("fastlege",)  # legen is lege already


def test_the_shipped_words_bridge_everyday_and_nynorsk_to_official() -> None:
    shipped = shipped_thesaurus()
    assert "sykehjem" in searched_also(shipped.synonyms("Kva kostar det å bu på gamleheim?"))


def test_staff_can_add_words_in_a_folder_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "egne.tsv").write_text(
        f"# våre ord\n{HEADER}Storetveit mottak\tdet nye stedet\t\t\t\n", encoding="utf-8"
    )
    more = shipped_thesaurus(tmp_path)
    assert searched_also(more.synonyms("Når åpner det nye stedet?")) == ("Storetveit mottak",)
    assert searched_also(shipped_thesaurus().synonyms("Når åpner det nye stedet?")) == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (f"{HEADER}sykehjem\tgamlehjem\n", r"Linje 2 .* 5 felt"),
        (f"{HEADER}\tgamlehjem\t\t\t\n", r"Linje 2 .* utfylt"),
        ("a\tb\n", r"Første linje .* offisielt sagt"),
    ],
)
def test_a_wrong_line_is_named(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "egne.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        shipped_thesaurus(tmp_path)


def test_a_missing_folder_and_an_unreadable_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ingen mappe med ordlister"):
        shipped_thesaurus(tmp_path / "fins-ikke")
    (tmp_path / "egne.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="UTF-8"):
        shipped_thesaurus(tmp_path)
