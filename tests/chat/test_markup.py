"""Replies as HTML: escaped, numbered, linked, in the language of the exchange."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from chat import fakes
from helseassistent.chat.markup import Shown, show
from helseassistent.types import Abstention, Answer, Claim, Exchange, Language, Reply, Topic, Urgent

ALLOWED = {"article", "h3", "h4", "div", "p", "span", "blockquote", "a", "ol", "ul", "li", "q", "details", "summary"}
ALLOWED |= {"mark", "button"}


class Seen(HTMLParser):
    """The tags, the text and the addresses of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(reply: Reply, *, language: Language = "nb", question: str = "spørsmål") -> Shown:
    exchange = Exchange(question, language, reply, evidence=(), generation="g", seconds=0.0)
    return show(exchange, turn=3, today=fakes.TODAY, numbers=fakes.numbers())


def answer_of(question: str) -> tuple[Exchange, Answer]:
    exchange = fakes.ask([question], None)
    assert isinstance(exchange.reply, Answer)
    return exchange, exchange.reply


def test_hostile_words_of_a_page_become_text_and_nothing_else() -> None:
    exchange, _ = answer_of("ondsinnet innhold")
    seen = Seen(show(exchange, turn=1, today=fakes.TODAY, numbers=fakes.numbers()).html)

    assert seen.tags <= ALLOWED
    assert not {name for name in seen.attributes if name.startswith("on") or name in ("src", "style")}
    assert seen.text.count(fakes.HOSTILE) >= 3


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_how_the_question_was_understood_stands_first_and_is_spoken(language: Language) -> None:
    exchange = replace(fakes.ask(["Har legevakten eget laboratorium?"], language), understood=f"Lab: {fakes.HOSTILE}")
    found = show(exchange, turn=1, today=fakes.TODAY, numbers=fakes.numbers())
    assert '<div class="ha-body"><p class="ha-understood">Forstått som: «Lab: &lt;img' in found.html
    assert found.spoken.startswith(f"Forstått som: «Lab: {fakes.HOSTILE}»")
    assert Seen(found.html).tags <= ALLOWED


def test_other_sections_are_links_with_the_words_of_the_page() -> None:
    more = (Topic("https://by.example/a#:~:text=B", "A", f"B {fakes.HOSTILE}"),)
    exchange = replace(fakes.ask(["Har legevakten eget laboratorium?"], None), more=more)
    seen = Seen(show(exchange, turn=1, today=fakes.TODAY, numbers=fakes.numbers()).html)
    assert "https://by.example/a#:~:text=B" in seen.links
    assert f"B {fakes.HOSTILE}" in seen.text
    assert seen.tags <= ALLOWED


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_english_words_are_marked_as_english(language: Language) -> None:
    found = shown(Abstention("no_evidence", notice="english"), language=language)
    assert found.html.count('<p lang="en">') == 2
    assert 'href="tel:116117"' in found.html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", " https://a.example", "//a.example", "x"]
)
def test_only_web_addresses_become_links(address: str) -> None:
    _, answer = answer_of("Hvilke prøver kan legevakten analysere?")
    citation = replace(answer.claims[0].citations[0], link=address)
    topic = Topic(address, "Side", "")

    assert address not in Seen(shown(Answer((Claim(citation.quote, (citation,)),), 0.9)).html).links
    assert Seen(shown(Abstention("near_miss", (topic,))).html).links == ["tel:116117"]


def test_ids_hold_the_turn_so_that_two_replies_never_share_one() -> None:
    _, answer = answer_of("Hvilke prøver kan legevakten analysere?")

    assert 'id="ha-3-source-1"' in shown(answer).html
    assert 'href="#ha-3-source-1"' in shown(answer).html


def test_numbers_in_urgent_words_dial_and_a_longer_number_is_not_cut() -> None:
    numbers = fakes.numbers()
    urgent = Urgent(
        "crisis", "Ring 116 123 nå.\nEller 113, eller 1134.", (numbers["medical"], numbers["mental_health"])
    )
    seen = Seen(shown(urgent).html)

    assert seen.links == ["tel:116123", "tel:113", "tel:116123", "tel:113"]
    assert "Ring 116 123 nå." in seen.text
    assert 'role="alert"' in shown(urgent).html
    assert shown(urgent).spoken == ""


def test_hours_of_a_number_are_said_in_the_language_of_the_exchange() -> None:
    urgent = Urgent("life", "Ring 113 no.", (fakes.numbers()["medical"],))

    assert "heile døgnet" in shown(urgent, language="nn").html
    assert 'lang="nn"' in shown(urgent, language="nn").html


def test_a_long_quote_is_cut_on_its_card_only_when_the_answer_shows_it_in_full() -> None:
    _, answer = answer_of("brudd og forstuinger i armer")
    citation = answer.claims[0].citations[0]
    phrased = Answer((Claim("Brudd blir behandlet.", (citation,)),), 0.9, engine="modell")

    assert len(citation.quote) > 150
    assert " …</q>" in shown(answer).html
    assert f"<q>{citation.quote}</q>" in shown(phrased).html


def test_other_words_that_were_searched_for_are_told_and_escaped() -> None:
    exchange, _ = answer_of("Hvilke prøver kan legevakten analysere?")
    told = replace(exchange, searched_also=("laboratorieprøve", "<b>"))

    def html(of: Exchange) -> str:
        return show(of, turn=1, today=fakes.TODAY, numbers=fakes.numbers()).html

    assert "Søkte også etter: laboratorieprøve, &lt;b&gt;." in html(told)
    assert "Søkte også etter" not in html(exchange)


def test_what_is_spoken_holds_the_answer_but_no_address() -> None:
    _, answer = answer_of("Hvilke prøver kan legevakten analysere?")

    assert answer.claims[0].text in shown(answer).spoken
    assert "http" not in shown(answer).spoken
