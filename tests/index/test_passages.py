"""Passages: exact offsets, never across a heading, and every word in one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from helseassistent.corpus import Corpus
from helseassistent.index.passages import MOST_WORDS, TARGET_WORDS, context_of, cut, embedded_text
from helseassistent.text.sentences import blocks
from helseassistent.types import Page

LINES = st.sampled_from(
    [
        "# Våre tilbud", "## Legevakt", "### Åpningstider ###", "#### § 2-1 a. Rett til hjelp",
        "####### ikke overskrift",
        "#uten mellomrom", "# ", "Legen ringer deg i dag. Ring f.eks. dr. Hansen kl. 08.30.", "Vi tilbyr:",
        "- lege", "* sykepleier som kommer", "  - innrykket", "1. ring", "a) vent", "|a|b|", "| - | - |",
        "", " ", "\u00a0", "Ring\u00a0oss\u00a0nå.", "😀 hjerte ❤️", "x" * 3000, "ord " * 400, "Setning her. " * 90,
        "uten stor bokstav", "---", "> sitat", "\u2028", "a\u2028b", "\x0c", "**fet**",
    ]
)  # fmt: skip
BODIES = st.builds(
    lambda lines, end: end.join(lines),
    st.lists(LINES, min_size=1, max_size=14),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
).filter(lambda body: body.strip() != "")


def page(body: str, file: str = "side.md") -> Page:
    return Page(file, "Våre tilbud", "https://example.no/a", "Bergen kommune", "nb", None, None, body)


@given(BODIES)
@settings(max_examples=150, deadline=None)
def test_passages_of_generated_pages_keep_their_promises(body: str) -> None:
    check([page(body)])


@given(st.text(min_size=1, max_size=300).filter(lambda body: body.strip() != ""))
@settings(max_examples=150, deadline=None)
def test_passages_of_any_text_keep_their_promises(body: str) -> None:
    check([page(body)])


def test_passages_of_the_shipped_pages_keep_their_promises(shipped: Corpus) -> None:
    check(shipped.pages.values())


def test_passages_of_the_health_law_keep_their_promises(health_law: Corpus) -> None:
    check(health_law.pages.values())


def check(pages: Iterable[Page]) -> None:
    for found in pages:
        passages = cut(found)
        assert passages
        assert len({passage.id for passage in passages}) == len(passages)
        headings = [(block.start, block.end) for block in blocks(found.body) if block.kind == "heading"]
        only_headings = len(headings) == len(list(blocks(found.body)))
        outside = list(found.body)
        for start, end in headings:
            outside[start:end] = " " * (end - start)
        position = 0
        for passage in passages:
            assert found.body[passage.start : passage.end] == passage.text
            assert passage.text
            assert passage.text == passage.text.strip()
            assert position <= passage.start
            assert not re.search(r"\w", "".join(outside[position : passage.start]))
            assert only_headings or not any(passage.start < end and start < passage.end for start, end in headings)
            position = passage.end
        assert not re.search(r"\w", "".join(outside[position:]))


def test_a_passage_knows_the_headings_above_it_but_not_the_title() -> None:
    body = "# Våre tilbud\n\nOm oss.\n\n## Legevakt\n\nRing.\n\n### Natt\n\nVent.\n\n## Sykehjem\n\nBesøk."
    found = {passage.text: passage.headings for passage in cut(page(body))}
    assert found == {"Om oss.": (), "Ring.": ("Legevakt",), "Vent.": ("Legevakt", "Natt"), "Besøk.": ("Sykehjem",)}


def test_what_the_encoder_sees_begins_with_title_and_headings() -> None:
    passage = cut(page("## Legevakt.\n\nRing."))[0]
    assert context_of(passage) == "Våre tilbud. Legevakt"
    assert embedded_text(passage) == "Våre tilbud. Legevakt. Ring."


def test_a_lead_in_stays_with_the_first_item_of_its_list() -> None:
    body = f"{'ord ' * (TARGET_WORDS - 1)}.\n\nVi tilbyr:\n- lege\n- {'hjelp ' * TARGET_WORDS}"
    assert any("Vi tilbyr:\n- lege" in passage.text for passage in cut(page(body)))


def test_passages_are_not_much_longer_than_they_should_be() -> None:
    passages = cut(page("Dette er en setning på åtte ord her. " * 200))
    assert max(len(passage.text.split()) for passage in passages) <= MOST_WORDS
    assert len(passages) == 1600 // 112 + 1


def test_a_page_of_headings_only_is_one_passage() -> None:
    assert [passage.text for passage in cut(page("# Våre tilbud\n\n## Legevakt\n"))] == ["# Våre tilbud\n\n## Legevakt"]


def test_the_same_text_twice_on_a_page_gets_two_ids_and_keeps_them() -> None:
    passages = cut(page("## A\n\nRing.\n\n## A\n\nRing."))
    assert [passage.id for passage in passages] == [passages[0].id, f"{passages[0].id}-2"]
    assert passages == cut(page("## A\n\nRing.\n\n## A\n\nRing."))


def test_an_id_follows_file_title_headings_and_text() -> None:
    ids = {
        cut(page("## A\n\nRing."))[0].id,
        cut(page("## B\n\nRing."))[0].id,
        cut(page("## A\n\nVent."))[0].id,
        cut(page("## A\n\nRing.", file="annen.md"))[0].id,
    }
    assert len(ids) == 4
    assert cut(page("Først.\n\n## A\n\nRing."))[1].id in ids
