"""Personal data is masked however it is written, public numbers never are, and nobody can make it slow."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import personal_data
from helseassistent.answer.safety_numbers import load_numbers
from helseassistent.corpus import load_corpus
from helseassistent.text import redact as redact_module
from helseassistent.text import redact_marked, redact_names, redact_numbers, redact_places, redact_shadow
from helseassistent.text.redact import PLACEHOLDERS, public_in, redact
from helseassistent.text.redact_digits import birth_kind, is_account, is_birth_number, is_card, is_iban

ROOT = Path(__file__).parents[2]
NUMBERS = [number.number for number in load_numbers().values()]
PUBLIC = public_in(NUMBERS)
IDENTITY = ("national_id", "d_number", "h_number")
SIZE = 100_000
ALLOWED = 0.05  # seconds of processor time
SEEDS = [
    *(
        "a",
        "A",
        "1",
        " ",
        "@",
        "+",
        "(",
        "-",
        "\u200b1",
        "1 ",
        "1-",
        "12 ",
        "1.",
        "1,,,",
        "a@",
        "a@a.",
        "a.",
        "a-a",
        "a'",
        "A-",
    ),
    *(
        "a at ",
        "a dot ",
        "[at]",
        "a punktum ",
        "jeg heter ",
        "jeg heter A ",
        "Kari ",
        "Kari Hansen ",
        "Aa Aa Aa 1 ",
        "gata 1 ",
    ),
    *(
        "Storgata 1, 5003 ",
        "Kong Oscars gate ",
        "bor i ",
        "+47 ",
        "00",
        "NO93 ",
        "AB12 ",
        "mvh ",
        "mannen min ",
        "jeg er Kari ",
    ),
    *(
        "0101",
        "010185 12345 ",
        "90123456 ",
        "personnummer ",
        "konto ",
        "tlf ",
        "er ",
        "boks 1 ",
        "e e e ",
        "von ",
        "[navn]",
    ),
]
MODULES = (redact_marked, redact_names, redact_numbers, redact_places, redact_shadow, redact_module)
SOURCE = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in MODULES)
PATTERNS = {
    f"{module.__name__.rsplit('.')[-1]}.{name}": pattern
    for module in MODULES
    for name, pattern in vars(module).items()
    if isinstance(pattern, re.Pattern)
}
WINDOW = 60  # characters; patterns that end in $ are only held against so much of what stands before a find


def masked(made: personal_data.Made) -> bool:
    """Whether nothing of the piece is left: no run of four of its digits, none of its words."""
    text = redact(made.sentence, public=PUBLIC).text
    if made.piece in text:
        return False
    if made.kind in ("email", "address"):
        words = [
            word for word in re.findall(r"[^\W\d_]{4,}|\d{2,}", made.piece) if word not in ("post", "gate", "punktum")
        ]
        before = made.sentence.replace(made.piece, "")
        return not [word for word in words if word in text and word not in before]
    digits = "".join(str(int(character)) for character in made.piece if character.isdigit())
    around = re.sub(r"\D", "", made.sentence.replace(made.piece, " "))
    left = re.sub(r"\D", "", text)
    return not any(digits[n : n + 4] in left and digits[n : n + 4] not in around for n in range(len(digits) - 3))


@pytest.fixture(scope="module")
def sample() -> list[personal_data.Made]:
    return personal_data.made(6000, seed=2032)


def test_identity_numbers_are_masked_in_every_series_grouping_and_script(sample: list[personal_data.Made]) -> None:
    identity = [made for made in sample if made.kind in IDENTITY]
    left = [made for made in identity if not masked(made)]
    assert len(identity) == 3000
    assert len(left) <= len(identity) / 1000, left[:5]


@pytest.mark.parametrize("kind", ["phone", "account", "card", "email", "address"])
def test_the_other_kinds_are_masked(kind: str, sample: list[personal_data.Made]) -> None:
    of_kind = [made for made in sample if made.kind == kind]
    left = [made for made in of_kind if not masked(made)]
    assert len(of_kind) > 300
    assert len(left) <= len(of_kind) * 0.02, left[:5]


def test_the_rest_of_the_sentence_is_kept(sample: list[personal_data.Made]) -> None:
    changed = Counter(made.kind for made in sample if len(redact(made.sentence, public=PUBLIC).removed) > 1)
    assert sum(changed.values()) <= len(sample) / 100, changed


@pytest.mark.parametrize("remainder", [0, 1, 2, 3])
@pytest.mark.parametrize("series", personal_data.SERIES)
def test_the_check_digits_of_today_and_of_2032_are_known(series: str, remainder: int) -> None:
    random = Random(remainder)
    numbers = [personal_data.birth_number(random, series=series, remainder=remainder) for _ in range(50)]
    assert all(is_birth_number(number) for number in numbers)
    assert {birth_kind(number) for number in numbers} == {personal_data.KIND.get(series, series)}
    spoilt = [personal_data.birth_number(random, series=series, remainder=remainder, wrong=True) for _ in range(50)]
    assert not any(is_birth_number(number) for number in spoilt)


def test_other_check_digits_are_known() -> None:
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert is_account("86011117947")
    assert not is_account("86011117948")
    assert is_iban("NO9386011117947")
    assert not is_iban("NO9486011117947")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "sentence", ["Ring {}", "tlf {}", "Kan jeg ringe {} i dag?", "113, {} eller 116 117", "nummer {}."]
)
def test_emergency_numbers_are_never_masked(number: str, sentence: str) -> None:
    for written in (number, number.replace(" ", ""), number.replace(" ", "\u00a0"), f"+47 {number}"):
        asked = sentence.format(written)
        assert redact(asked, public=PUBLIC).text == asked


def test_public_numbers_next_to_personal_ones_are_left_and_the_personal_ones_go() -> None:
    text = "Ring 116 117 22 59 13 00 113 90 12 34 56 800 33 321 010185 12345 02800"
    assert redact(text, public=PUBLIC).text == (
        "Ring 116 117 22 59 13 00 113 [telefonnummer] 800 33 321 [fødselsnummer] 02800"
    )


def test_what_stands_on_a_page_is_public() -> None:
    page = "Legevakten, Solheimsgaten 9, 5058 Bergen. Telefon 53 03 40 00, post@legevakt.example. Leder er Kari Hansen."
    question = "Er Kari Hansen å treffe i Solheimsgaten 9, på 53034000 eller post@legevakt.example?"
    assert redact(question, public=public_in([page])).text == question
    assert set(redact(question).removed) == {"name", "address", "phone", "email"}


@pytest.mark.parametrize(
    "text",
    [
        *("Gjelder § 3-5 fra 01.01.2024 til 31.12.2025?", "Det koster 40 000 kroner, eller 12 500 000 kr i året"),
        *(
            "Blodtrykket er 145/90 og 150/95, puls 72",
            "åpent 08.00-15.30 og 16.00-20.00",
            "kapittel 24, 25, 26, 27 og 31",
        ),
        *("Når er 116117 åpent i 2024 2025?", "Ring 02800, 06005 eller 1881", "mellom 2000-2500 kr", "uke 12 13 14 15"),
        *(
            "Hva heter legevakten i Bergen?",
            "Mannen min har vondt",
            "Hilsen bekymret mor",
            "Jeg er redd",
            "mora mi pustar ikkje",
        ),
        *(
            "Har Storetveit 27 plasser?",
            "vi er på vei 3 personer",
            "Har Storhaugen 24 plasser?",
            "Jeg bor i Bergen 3 dager i uka",
        ),
        *(
            "Bor du i Bergen? 20 prosent",
            "født 24.11.1985",
            "på E39 ved riksvei 13",
            "sier at nav.no er nede",
            "jeg het noe annet",
        ),
        *(
            "dattera mi har svelgt 30 paracet",
            "Har alle 3 barna feber?",
            "Julia 12 har feber",
            "kan jeg komme Torsdag 12. mars",
        ),
        *(
            "jeg har bodd i Bergen 2019",
            "spiste 40 Sobril 15 mg",
            "tok Paralgin 4 i stad",
            "mor ramla i trappen 3 trinn",
        ),
        *("Postnummeret er 5003 Bergen", "LOV-1999-07-02-63", "lege på vei 10 minutter", "temperatur 37,5 38,2 39,1"),
    ],
)
def test_what_is_not_personal_is_left(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jeg heter Kari Nordmann og har vondt", "Jeg heter [navn] og har vondt"),
        ("eg heiter per og lurer", "eg heiter [navn] og lurer"),
        ("mitt navn er Nguyen Van An.", "mitt navn er [navn]."),
        ("namnet mitt er kari nordmann", "namnet mitt er [navn]"),
        ("Takk for svar. Mvh Ola", "Takk for svar. Mvh [navn]"),
        ("beste helsing\nSolveig Bø", "beste helsing\n[navn]"),
        ("mannen min Ola Hansen har falt", "mannen min [navn] har falt"),
        ("sønnen min heter Mohammed og har feber", "sønnen min heter [navn] og har feber"),
        ("Min mor, Anne Lise Vik, er 85", "Min mor, [navn], er 85"),
        ("Min sønn Jonas (6) har feber", "Min sønn [navn] (6) har feber"),
        ("Mvh. K. Nordmann", "Mvh. [navn]"),
        ("født 01.02.1985 12345", "født [fødselsnummer]"),
        ("personnummeret er 12345", "personnummeret er [fødselsnummer]"),
        ("Jeg bor i kong oscars gate 4", "Jeg bor i [adresse]"),
        ("Postboks 123, 5003 Bergen", "[adresse]"),
        ("saksnummer 12345678901234", "saksnummer [nummer]"),
    ],
)
def test_a_piece_becomes_its_placeholder(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Jeg heter Kari Nordmann, fnr 010185 12345. Kan legevakten ta røntgen?", "Kan legevakten ta røntgen?"),
        ("Mannen min Ola Hansen puster ikke, vi bor i Storgata 5", "Mannen min puster ikke, vi bor i"),
        ("Eg heiter Per og har vondt. Tlf: 90 12 34 56", "har vondt."),
        ("Kan jeg få time? Mvh Kari", "Kan jeg få time?"),
        ("010185 12345", ""),
        ("Jeg heter [navn]. Hva er [noe annet]?", "Hva er [noe annet]?"),
    ],
)
def test_what_is_left_to_answer_is_the_question(text: str, bare: str) -> None:
    assert redact(text).bare == bare


def test_nothing_of_the_question_sets_is_masked_but_what_is_personal() -> None:
    public = public_in([*NUMBERS, *(page.body for page in load_corpus(ROOT / "corpus").pages.values())])
    questions = []
    for path in sorted((ROOT / "benchmarks").glob("*/*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        questions += [row.get("question") or row.get("text") or "" for row in rows]
    safety = (ROOT / "benchmarks" / "safety").glob("*.jsonl")
    danger = [json.loads(line) for path in safety for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(danger) > 3000
    assert not [row for row in danger if redact(row.get("text") or "", public=public).removed]
    removed = Counter(kind for question in questions for kind in redact(question, public=public).removed)
    assert len(questions) > 5000
    # People in the sets name themselves, a house of theirs, a child, an author.
    assert set(removed) <= {"name", "address"}
    assert sum(removed.values()) <= len(questions) / 500


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_is_slow_whatever_it_is_given(name: str) -> None:
    pattern, short = PATTERNS[name], name.partition(".")[2]
    everywhere = f"{short}.finditer(" in SOURCE or f"{short}.sub(" in SOURCE
    for seed in SEEDS:
        text = (seed * SIZE)[:SIZE]
        begun = time.process_time()
        if everywhere:
            for _ in pattern.finditer(text):
                pass
        elif pattern.pattern.endswith("$"):
            pattern.search(text, SIZE - WINDOW)
        else:
            pattern.match(text)
        assert time.process_time() - begun < ALLOWED, seed


@pytest.mark.slow
def test_masking_takes_time_in_step_with_the_length() -> None:
    for seed in SEEDS:
        spent = [min(_seconds((seed * size)[:size]) for _ in range(3)) for size in (SIZE // 8, SIZE)]
        # Eight times as long: were it quadratic, it would take 64 times as much.
        assert spent[1] < max(1.0, 24 * spent[0]), (seed, spent)


def _seconds(text: str) -> float:
    begun = time.process_time()
    redact(text)
    return time.process_time() - begun


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_masking_twice_changes_nothing_and_what_is_unmasked_is_unchanged(text: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text
    assert once.removed or once.text == text
    assert all(PLACEHOLDERS[kind] in once.text for kind in once.removed)


def test_placeholders_follow_the_form_of_norwegian() -> None:
    masked = redact("Eg heiter Solveig Bø, tlf 90 12 34 56")
    assert masked.spoken_in("nn").text == "Eg heiter [namn], tlf [telefonnummer]"
    assert masked.spoken_in("nb") == masked
    assert masked.spoken_in("nn").bare == masked.bare
    assert redact("Kva er [navn]?").spoken_in("nn").text == "Kva er [navn]?"  # nothing of ours
