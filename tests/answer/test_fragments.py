"""Links open the page at the quoted words (WICG "URL Fragment Text Directives")."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helseassistent.answer.fragments import link_to

URL = "https://example.no/side"


def directive(body: str, quote: str, url: str = URL) -> str:
    start = body.index(quote)
    link = link_to(url, body=body, start=start, end=start + len(quote))
    address, _, found = link.partition(":~:text=")
    assert address == url if "#" in url else address == f"{url}#"
    return found


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        pytest.param("Ring legevakten", "Ring%20legevakten", id="spaces"),
        pytest.param("a-b, c & d", "a%2Db%2C%20c%20%26%20d", id="signs_that_mean_something"),
        pytest.param("Ring\u00a0oss", "Ring%C2%A0oss", id="no_break_space"),
        pytest.param("§ 2-1 «å» #1", "%C2%A7%202%2D1%20%C2%AB%C3%A5%C2%BB%20%231", id="letters_and_number_signs"),
        pytest.param("en to tre fire fem seks sju åtte", "en%20to%20tre%20fire%20fem%20seks%20sju%20%C3%A5tte", id="8"),
        pytest.param("a b c d e f g h i", "a%20b%20c%20d,e%20f%20g%20h%20i", id="nine_words_are_halved"),
        pytest.param("a b c d e f g h i j k l", "a%20b%20c%20d%20e,h%20i%20j%20k%20l", id="long_by_its_ends"),
        pytest.param("ord  med   mellomrom", "ord%20med%20mellomrom", id="runs_of_spaces_as_the_page_shows_them"),
    ],
)
def test_words_are_encoded(quote: str, expected: str) -> None:
    assert directive(f"Foran. {quote}. Etter.", quote) == expected


def test_what_stands_twice_gets_the_words_before_it() -> None:
    body = "Barn kan ringe oss. Eldre kan ringe oss."
    start = body.rindex("ringe oss")
    link = link_to(URL, body=body, start=start, end=start + 9)
    assert link == f"{URL}#:~:text=oss.%20Eldre%20kan-,ringe%20oss"


def test_letter_case_does_not_tell_two_places_apart() -> None:
    body = "Dette gjelder barn under tilsyn. Dette gjelder også: Barn under tilsyn."
    assert directive(body, "Barn under tilsyn") == "Dette%20gjelder%20ogs%C3%A5%3A-,Barn%20under%20tilsyn"


def test_the_words_before_are_as_many_as_make_it_the_only_place() -> None:
    body = "For voksne gjelder: Den som er syk, ring oss. For barn gjelder: Den som er syk, ring oss."
    start = body.rindex("ring oss")
    found = link_to(URL, body=body, start=start, end=start + 8).partition(":~:text=")[2]
    assert found == "barn%20gjelder%3A%20Den%20som%20er%20syk%2C-,ring%20oss"


def test_the_words_before_are_taken_from_one_block_without_its_marks() -> None:
    body = "Ring oss.\n\n### Til § 8\n\nRing oss."
    start = body.rindex("Ring oss")
    assert link_to(URL, body=body, start=start, end=start + 8).endswith("=Til%20%C2%A7%208-,Ring%20oss")


def test_the_end_is_named_by_as_many_words_as_do_not_stand_earlier_in_the_quote() -> None:
    quote = "Alle som vil vite mer, kan ringe til oss på dagen, og barn kan også ringe til oss på dagen"
    assert directive(f"{quote}. Etter.", quote).endswith(
        ",barn%20kan%20ogs%C3%A5%20ringe%20til%20oss%20p%C3%A5%20dagen"
    )


def test_a_line_that_stands_twice_is_told_from_the_other_by_the_line_below() -> None:
    body = "Endret ved lov 1.\n\n§ 2. Leger\n\nTekst.\n\nEndret ved lov 1.\n\n### § 3. Tannleger på dagen\n"
    start = body.rindex("ved lov 1.")
    link = link_to(URL, body=body, start=start, end=start + len("ved lov 1."))
    assert link.endswith("=Endret-,ved%20lov%201.,-%C2%A7%203.%20Tannleger")


def test_a_list_that_opens_as_another_one_is_named_by_the_whole_of_its_first_line() -> None:
    line = "- råd om vaksiner til alle barn i"
    body = f"Vi gir\n{line} skolen,\n- mat.\n\nVi gir\n{line} barnehagen,\n- søvn.\n"
    quote = body[body.rindex(line) : -1]
    start = body.rindex(line)
    link = link_to(URL, body=body, start=start, end=start + len(quote))
    assert link.endswith("=r%C3%A5d%20om%20vaksiner%20til%20alle%20barn%20i%20barnehagen%2C,s%C3%B8vn.")


def test_what_stands_once_gets_no_prefix() -> None:
    assert "-," not in directive("Ring oss. Vent på svar.", "Vent på svar")


def test_a_list_is_named_by_its_first_and_last_line_without_bullets() -> None:
    assert directive("Vi har:\n- lege\n- sykepleier\n", "Vi har:\n- lege\n- sykepleier") == "Vi%20har%3A,sykepleier"


def test_a_heading_is_named_without_its_marks() -> None:
    assert directive("# Tittel\n\n## Åpent nå\n\nRing.", "## Åpent nå") == "%C3%85pent%20n%C3%A5"


def test_line_ends_of_windows_are_no_words() -> None:
    assert directive("Vi har:\r\n- lege\r\n", "Vi har:\r\n- lege\r\n") == "Vi%20har%3A,lege"


def test_an_address_with_a_fragment_keeps_it() -> None:
    assert directive("Ring oss.", "Ring oss", url=f"{URL}#apent") == "Ring%20oss"


def test_nothing_to_name_means_the_page_itself() -> None:
    assert link_to(URL, body=" \n ", start=0, end=3) == URL


@given(st.text(min_size=1, max_size=80), st.integers(0, 80), st.integers(0, 80))
@settings(max_examples=150, deadline=None)
def test_a_link_is_always_plain(body: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(body)), min(other, len(body))))
    link = link_to(URL, body=body, start=start, end=end)
    assert link.isascii()
    assert link.startswith(URL)
    assert not set(link) & set(" \"'<>\\\n")
