"""Exchange -> HTML for the conversation: our own markup around escaped text, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

from helseassistent.chat.links import number_link, number_links, page_link
from helseassistent.chat.reactions import reactions
from helseassistent.chat.render import (
    abstention_paragraphs,
    checked_line,
    claim_numbers,
    lead,
    said,
    topic_covers,
    topic_title,
    understood_line,
)
from helseassistent.chat.sources import (
    Source,
    Surroundings,
    as_written,
    freshness,
    is_old,
    is_verbatim,
    sources,
    surroundings,
)
from helseassistent.chat.strings import Strings, fill, strings
from helseassistent.types import Abstention, Answer, Citation, Claim, EmergencyNumber, Exchange, Topic, Urgent

_NO_PAGES: frozenset[str] = frozenset()
_NO_BODIES: Mapping[str, str] = {}
_EXCERPT = 110  # characters of a quote on its card when the answer itself shows it in full
_HEADING = re.compile(r"#{1,6} +")
_ITEM = re.compile(r"[-*•] +")
_LINE = re.compile(r"[^\n]*\S[^\n]*")


@dataclass(frozen=True, slots=True)
class Shown:
    """A reply made ready for the page; `spoken` is what a screen reader is told, without the sources."""

    html: str
    spoken: str


@dataclass(frozen=True, slots=True)
class _Setting:
    """What every part of one reply needs to know."""

    exchange: Exchange
    turn: int
    today: date
    words: Strings
    numbers: Mapping[str, EmergencyNumber]
    being_updated: Collection[str]
    bodies: Mapping[str, str]
    reply_id: str


def show(
    exchange: Exchange,
    *,
    turn: int,
    today: date,
    numbers: Mapping[str, EmergencyNumber],
    being_updated: Collection[str] = _NO_PAGES,
    bodies: Mapping[str, str] = _NO_BODIES,
    reply_id: str = "",
) -> Shown:
    """The reply as one `article`.

    `turn` makes its ids unique on the page. `bodies` holds the stored pages by file, so that a quote can be shown in
    its surroundings. `reply_id` names the reply when people judge it; without one they are not asked.
    """
    words = strings(exchange.language)
    setting = _Setting(exchange, turn, today, words, numbers, being_updated, bodies, reply_id)
    match exchange.reply:
        case Answer() as answer:
            spoken = _spoken_answer(answer, words)
            html = _answer(answer, setting) + _more(exchange, words)
            return _shown(html, kind="answer", spoken=spoken, setting=setting)
        case Abstention() as abstention:
            paragraphs = abstention_paragraphs(abstention, question=exchange.question, words=words)
            language = ' lang="en"' if abstention.notice == "english" else ""
            body = "".join(f"<p{language}>{fill(escape(text), number_links(numbers))}</p>" for text in paragraphs)
            plain = {name: number.number for name, number in numbers.items()}
            told = [words.ready_abstention, *(fill(text, plain) for text in paragraphs)]
            html = body + _topics(abstention.topics, words) + _also(exchange, words)
            return _shown(html, kind="abstention", spoken=" ".join(told), setting=setting)
        case Urgent() as urgent:
            # role="alert" speaks for itself, so the status line stays silent.
            return _shown(_urgent(urgent, setting), kind="urgent", spoken="", setting=setting)


def _shown(body: str, *, kind: str, spoken: str, setting: _Setting) -> Shown:
    name = f"ha-{setting.turn}"
    understood = understood_line(setting.exchange, setting.words)
    shown = "".join(f'<p class="ha-understood">{escape(line)}</p>' for line in understood)
    role = ' role="alert"' if kind == "urgent" else ""
    if caution := setting.exchange.caution:
        body = f'<p class="ha-caution" role="note">{_with_links(caution.text, caution)}</p>{body}'
        spoken = f"{caution.text} {spoken}"
    reply_id = f' data-reply="{escape(setting.reply_id)}"' if setting.reply_id else ""
    below = reactions(setting.exchange.reply, name=name, words=setting.words, judged=bool(setting.reply_id))
    html = (
        f'<article class="ha-message ha-reply ha-{kind}" id="{name}" lang="{setting.exchange.language}"{reply_id}'
        f' aria-labelledby="{name}-who"><h3 class="ha-who" id="{name}-who">{escape(setting.words.assistant)}</h3>'
        f'<div class="ha-body"{role}>{shown}{body}</div>{below}</article>'
    )
    return Shown(html, " ".join([*understood, spoken]))


def _answer(answer: Answer, setting: _Setting) -> str:
    found = sources(answer)
    words, name = setting.words, f"ha-{setting.turn}"
    number_of = {source.page.file: source.number for source in found}
    claims, seen = "", set[int]()
    for claim in answer.claims:
        cited = set(claim_numbers(claim, number_of))
        claims += _claim(claim, number_of, first=cited - seen, setting=setting)
        seen |= cited
    quoted = frozenset(_flat(claim.text) for claim in answer.claims if is_verbatim(claim))
    cards = "".join(_card(source, quoted, setting=setting) for source in found)
    old = any(is_old(source, today=setting.today) for source in found)
    check = f'<p class="ha-check">{escape(words.check_page)}</p>' if old else ""
    approved = "".join(f'<p class="ha-checked">{escape(line)}</p>' for line in checked_line(answer, words))
    return (
        f'{approved}<p class="ha-lead">{escape(lead(answer, found, words))}</p>{claims}'
        f'<h4 class="ha-sources-title" id="{name}-sources">{escape(words.sources)}</h4>'
        f'<ol class="ha-sources" aria-labelledby="{name}-sources">{cards}</ol>{check}{_also(setting.exchange, words)}'
    )


def _also(exchange: Exchange, words: Strings) -> str:
    if not exchange.searched_also:
        return ""
    return f'<p class="ha-also">{escape(fill(words.searched_also, {"words": ", ".join(exchange.searched_also)}))}</p>'


def _claim(claim: Claim, number_of: Mapping[str, int], *, first: Collection[int], setting: _Setting) -> str:
    """The claim with its numbers; the cards lead back to those in `first`, which are mentioned here first."""
    titles = {number_of[citation.file]: citation.title for citation in claim.citations}
    marks = "".join(
        _mark(number, titles[number], first=number in first, setting=setting)
        for number in claim_numbers(claim, number_of)
    )
    text = f'<span class="ha-words">{escape(as_written(claim))}</span>{marks}'
    return f'<blockquote class="ha-claim"><p>{text}</p></blockquote>' if is_verbatim(claim) else f"<p>{text}</p>"


def _mark(number: int, title: str, *, first: bool, setting: _Setting) -> str:
    label = fill(setting.words.source_label, {"number": str(number), "title": title})
    own = f' id="ha-{setting.turn}-mention-{number}"' if first else ""
    target = f"#ha-{setting.turn}-source-{number}"
    return f'&nbsp;<a class="ha-mark"{own} href="{target}" aria-label="{escape(label)}">{number}</a>'


def _card(source: Source, quoted: Collection[str], *, setting: _Setting) -> str:
    page, words = source.page, setting.words
    fresh = freshness(page, today=setting.today, words=words, being_updated=setting.being_updated)
    facts = [page.publisher, *fresh]
    listed = "".join(f"<li>{escape(fact)}</li>" for fact in facts)
    quotes = "".join(_quote(citation, quoted, setting=setting) for citation in source.quotes)
    return (
        f'<li class="ha-card" id="ha-{setting.turn}-source-{source.number}" tabindex="-1">'
        f'<span class="ha-card-number" aria-hidden="true">{source.number}</span>'
        f'<div class="ha-card-text"><p class="ha-card-title">{escape(page.title)}</p>'
        f'<ul class="ha-facts">{listed}</ul>{quotes}{_back(source.number, setting)}</div></li>'
    )


def _back(number: int, setting: _Setting) -> str:
    words = setting.words
    origin = fill(words.back_from, {"number": str(number)})
    return (
        f'<p class="ha-return"><a class="ha-back" href="#ha-{setting.turn}-mention-{number}">{escape(words.back)}'
        f' <span class="ha-unseen">{escape(origin)}</span></a></p>'
    )


def _quote(citation: Citation, quoted: Collection[str], *, setting: _Setting) -> str:
    words = setting.words
    repeated = _flat(citation.quote) in quoted
    excerpt = _excerpt(citation.quote) if repeated else citation.quote
    return (
        f'<div class="ha-quoted"><p class="ha-quote"><q>{escape(excerpt)}</q></p>{_context(citation, setting)}'
        f'<p class="ha-open">{page_link(citation.link, words.open_at_quote, words)}</p></div>'
    )


def _context(citation: Citation, setting: _Setting) -> str:
    body = setting.bodies.get(citation.file)
    around = surroundings(citation, body=body, evidence=setting.exchange.evidence)
    if around is None:
        return ""
    lines = "".join(_context_lines(around))
    return f'<details><summary>{escape(setting.words.context)}</summary><div class="ha-context">{lines}</div></details>'


def _context_lines(around: Surroundings) -> Iterator[str]:
    """Each line that is not empty as a paragraph, without the signs of Markdown, with its part of the quote marked."""
    text = around.before + around.quote + around.after
    begins, ends = len(around.before), len(around.before) + len(around.quote)
    for line in _LINE.finditer(text):
        sign = _HEADING.match(line[0]) or _ITEM.match(line[0])
        start = line.start() + (sign.end() if sign else 0)
        opens, closes = (min(max(at, start), line.end()) for at in (begins, ends))
        before, quoted, after = (escape(text[a:b]) for a, b in ((start, opens), (opens, closes), (closes, line.end())))
        marked = f"{before}<mark>{quoted}</mark>{after}" if quoted else before + after
        heading, bullet = bool(sign and "#" in sign[0]), "• " if sign and "#" not in sign[0] else ""
        yield f'<p class="ha-context-heading">{marked}</p>' if heading else f"<p>{bullet}{marked}</p>"


def _excerpt(quote: str) -> str:
    if len(quote) <= _EXCERPT:
        return quote
    return quote[:_EXCERPT].rsplit(maxsplit=1)[0].rstrip(" ,.;:–-") + " …"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _topics(topics: tuple[Topic, ...], words: Strings) -> str:
    if not topics:
        return ""
    links = "".join(
        f"<li>{page_link(topic.page_url, topic_title(topic), words)}{_covers(topic, words)}</li>" for topic in topics
    )
    return f'<h4 class="ha-sources-title">{escape(words.topics)}</h4><ul class="ha-topics">{links}</ul>'


def _covers(topic: Topic, words: Strings) -> str:
    return "".join(f'<p class="ha-covers">{escape(text)}</p>' for text in topic_covers(topic, words))


def _more(exchange: Exchange, words: Strings) -> str:
    """What can be asked next; else links to other sections of the quoted page, in the page's own words."""
    questions = [
        f'<li><button type="button" class="ha-example ha-next">{escape(question)}</button></li>'
        for question in exchange.next_questions
    ]
    links = [f"<li>{page_link(topic.page_url, topic.section, words)}</li>" for topic in exchange.more]
    label, items = (words.next_questions, questions) if questions else (words.more, links)
    return f'<div class="ha-more"><p>{escape(label)}</p><ul>{"".join(items)}</ul></div>' if items else ""


def _urgent(urgent: Urgent, setting: _Setting) -> str:
    first, *rest = [line for line in urgent.text.splitlines() if line.strip()] or [""]
    lines = "".join(
        f"<li>{number_link(number)} <span>{escape(said(number.name, setting.words))}</span>"
        f' <span class="ha-hours">{escape(said(number.hours, setting.words))}</span></li>'
        for number in urgent.numbers
    )
    paragraphs = "".join(f"<p>{_with_links(line, urgent)}</p>" for line in rest)
    listed = f'<ul class="ha-numbers">{lines}</ul>' if lines else ""
    return f'<p class="ha-first">{_with_links(first, urgent)}</p>{listed}{paragraphs}'


def _with_links(line: str, urgent: Urgent) -> str:
    """The line escaped, with each number of the reply as a link; longest first, so that 116 123 is not cut."""
    numbers = {escape(number.number): number_link(number) for number in urgent.numbers}
    pattern = "|".join(re.escape(shown) for shown in sorted(numbers, key=len, reverse=True))
    if not pattern:
        return escape(line)
    return re.sub(rf"(?<!\d)(?:{pattern})(?!\d)", lambda match: numbers[match[0]], escape(line))


def _spoken_answer(answer: Answer, words: Strings) -> str:
    found = sources(answer)
    form = "one" if len(found) == 1 else "many"
    ready = fill(words.ready_answer[form], {"count": str(len(found))})
    return " ".join(
        [
            ready,
            *checked_line(answer, words),
            lead(answer, found, words),
            *(_flat(claim.text) for claim in answer.claims),
        ]
    )
