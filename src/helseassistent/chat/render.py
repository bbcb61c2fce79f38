"""Exchange -> what a citizen reads: plain text for the terminal and the record, and HTML for the page.

Both are pure. The HTML holds our own markup only: every other character is escaped.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from helseassistent.chat.sources import Source, as_written, freshness, is_old, is_verbatim, publishers, sources
from helseassistent.chat.strings import Strings, fill, strings
from helseassistent.text.heard import QUESTION_LIMIT
from helseassistent.types import Abstention, Answer, Claim, EmergencyNumber, Exchange, Topic, Urgent

_NO_PAGES: frozenset[str] = frozenset()


def plain_text(
    exchange: Exchange,
    *,
    today: date,
    numbers: Mapping[str, EmergencyNumber],
    being_updated: Collection[str] = _NO_PAGES,
) -> str:
    """What the citizen reads, without markup; `being_updated` names files whose page says it is being updated."""
    reply = _plain_reply(exchange, today=today, numbers=numbers, being_updated=being_updated)
    caution = exchange.caution.text if exchange.caution else ""
    # What was removed comes last, so that an emergency number is still the first thing read.
    return "\n\n".join(part for part in (caution, reply, removal(exchange)) if part)


def removal(exchange: Exchange) -> str:
    """The sentence that tells what was masked in the question; "" when nothing was."""
    words = strings(exchange.language)
    kinds = [words.removed_kinds[kind] for kind in exchange.removed]
    if not kinds:
        return ""
    listed = kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} {words.conjunction} {kinds[-1]}"
    return fill(words.removed, {"kinds": listed})


def _plain_reply(
    exchange: Exchange, *, today: date, numbers: Mapping[str, EmergencyNumber], being_updated: Collection[str]
) -> str:
    words = strings(exchange.language)
    understood = understood_line(exchange, words)
    match exchange.reply:
        case Answer() as answer:
            told = _plain_answer(answer, today=today, words=words, being_updated=being_updated)
            return "\n\n".join([*understood, told, *_plain_more(exchange, words)])
        case Abstention() as abstention:
            shown = {name: number.number for name, number in numbers.items()}
            paragraphs = abstention_paragraphs(abstention, question=exchange.question, words=words)
            blocks = [fill(paragraph, shown) for paragraph in paragraphs]
            return "\n\n".join([*understood, *blocks, *_plain_topics(abstention.topics, words)])
        case Urgent() as urgent:
            lines = [_plain_number(number, words) for number in urgent.numbers]
            return "\n\n".join([urgent.text, "\n".join(lines)]).strip()


def _plain_answer(answer: Answer, *, today: date, words: Strings, being_updated: Collection[str]) -> str:
    found = sources(answer)
    number_of = {source.page.file: source.number for source in found}
    claims = [_plain_claim(claim, number_of) for claim in answer.claims]
    cards = [_plain_source(source, today=today, words=words, being_updated=being_updated) for source in found]
    blocks = [
        *checked_line(answer, words),
        lead(answer, found, words),
        *claims,
        "\n".join([f"{words.sources}:", *cards]),
    ]
    if any(is_old(source, today=today) for source in found):
        blocks.append(words.check_page)
    return "\n\n".join(blocks)


def _plain_claim(claim: Claim, number_of: Mapping[str, int]) -> str:
    marks = "".join(f"[{number}]" for number in claim_numbers(claim, number_of))
    return f"{_in_quotes(as_written(claim))} {marks}" if is_verbatim(claim) else f"{claim.text} {marks}"


def _in_quotes(text: str) -> str:
    """`text` between «»; where it begins or ends within a quotation of the page's own, that one's mark serves."""
    unclosed = text.count("«") - text.count("»")
    first = "" if text.startswith("«") and unclosed > 0 else "«"
    last = "" if text.endswith("»") and unclosed < 0 else "»"
    return f"{first}{text}{last}"


def _plain_source(source: Source, *, today: date, words: Strings, being_updated: Collection[str]) -> str:
    page = source.page
    fresh = freshness(page, today=today, words=words, being_updated=being_updated)
    facts = [page.title, page.publisher, *fresh]
    return "\n".join([f"[{source.number}] {'. '.join(facts)}.", *(f"    {quote.link}" for quote in source.quotes)])


def _plain_number(number: EmergencyNumber, words: Strings) -> str:
    return f"{number.number}  {said(number.name, words)} ({said(number.hours, words)})"


def _plain_topics(topics: tuple[Topic, ...], words: Strings) -> list[str]:
    if not topics:
        return []
    lines = []
    for topic in topics:
        covers = [f"  {text}" for text in topic_covers(topic, words)]
        lines.append("\n".join([f"- {topic_title(topic)}", *covers, f"  {topic.page_url}"]))
    return ["\n".join([f"{words.topics}:", *lines])]


def _plain_more(exchange: Exchange, words: Strings) -> list[str]:
    if exchange.next_questions:
        return ["\n".join([words.next_questions_plain, *(f"- {question}" for question in exchange.next_questions)])]
    lines = [f"- {topic.section}\n  {topic.page_url}" for topic in exchange.more]
    return ["\n".join([words.more, *lines])] if lines else []


def understood_line(exchange: Exchange, words: Strings) -> tuple[str, ...]:
    """How the question was understood, if earlier ones were added to it; at most one line."""
    return (fill(words.understood, {"question": exchange.understood}),) if exchange.understood else ()


def topic_covers(topic: Topic, words: Strings) -> tuple[str, ...]:
    """What the page of `topic` is about, if its headings say it; at most one line."""
    return (fill(words.topic_covers, {"sections": "; ".join(topic.covers)}),) if topic.covers else ()


def said(phrase: str, words: Strings) -> str:
    """A phrase of the numbers file in the language of `words`."""
    return words.phrases.get(phrase, phrase)


def lead(answer: Answer, found: Collection[Source], words: Strings) -> str:
    """The line that says whose words the answer is made of."""
    template = words.answer_lead if answer.engine == "extractive" else words.answer_lead_model
    return fill(template, {"publishers": publishers(found, words)})


def checked_line(answer: Answer, words: Strings) -> tuple[str, ...]:
    """Who has approved the answer, and when; at most one line."""
    if answer.checked is None:
        return ()
    values = {"by": answer.checked.by or words.checked_by, "date": answer.checked.day.strftime("%d.%m.%Y")}
    return (fill(words.checked, values),)


def claim_numbers(claim: Claim, number_of: Mapping[str, int]) -> list[int]:
    """The numbers of the pages that carry the claim, rising, each once."""
    return sorted({number_of[citation.file] for citation in claim.citations})


def topic_title(topic: Topic) -> str:
    """Title, section and publisher of a page that may be about the subject."""
    return ", ".join(dict.fromkeys(part for part in (topic.title, topic.section, topic.publisher) if part))


def abstention_paragraphs(abstention: Abstention, *, question: str, words: Strings) -> tuple[str, ...]:
    """What to say when there is no answer, with numbers still as `{names}`; a notice goes before the reason."""
    if abstention.notice:
        return _notice_paragraphs(abstention.notice, question=question, words=words)
    if abstention.reason == "near_miss" and not abstention.topics:
        return (*words.reasons["near_miss_bare"], words.call)
    if abstention.reason == "out_of_scope":
        return words.reasons["out_of_scope"]
    return (*words.reasons[abstention.reason], words.call)


def _notice_paragraphs(notice: str, *, question: str, words: Strings) -> tuple[str, ...]:
    if notice != "too_long":
        return words.notices[notice]
    over = len(question) - QUESTION_LIMIT
    key, values = ("too_long", {"over": str(over)}) if over > 0 else ("too_long_bare", {})
    return tuple(fill(paragraph, {**values, "limit": str(QUESTION_LIMIT)}) for paragraph in words.notices[key])
