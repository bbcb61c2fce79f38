"""Owns the scoring of one reply against its key: which measures it is defined for, and what it gives on each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from helseassistent.evaluate.metrics import citation_precision, citation_recall, ndcg, recall, reciprocal_rank
from helseassistent.evaluate.questions import Question
from helseassistent.reply import CitationRecord, ClaimRecord, EvidenceRecord, ReplyRecord
from helseassistent.text.characters import fold
from helseassistent.text.sentences import sentence_spans
from helseassistent.types import Page

Outcome: TypeAlias = Literal["right", "wrong", "declined", "error"]
Span: TypeAlias = tuple[str, int, int]  # file, start, end

CUTOFFS = (1, 3, 5, 10)
DEPTH = 10
# A passage or a citation has found a quote when it holds at least this share of its characters.
ENOUGH = 0.5

_NUMBER = re.compile(r"\d+(?: \d{3})*(?:[.,:]\d+)*")
_QUOTE_MARKS = re.compile("[«»“”„\"'‘’]")


@dataclass(frozen=True, slots=True)
class Score:
    """How one reply did: a measure that is not defined for it is absent."""

    outcome: Outcome
    measures: Mapping[str, float]
    rank: int | None  # of the first passage that holds the quote, 1 to 10


def numbers(text: str) -> frozenset[str]:
    """Every number in `text` with its thousands run together, decimals kept as written."""
    return frozenset(match.group().replace(" ", "") for match in _NUMBER.finditer(fold(text)))


def has_fact(fact: str, text: str) -> bool:
    """Whether `fact` stands in `text`, case and white space folded; «5 mg» does not stand in «15 mg» or «2,5 mg»."""
    wanted = re.escape(fold(fact))
    before = r"(?<!\d)(?<!\d[.,])" if fold(fact)[:1].isdigit() else ""
    after = r"(?!\d)(?![.,]\d)" if fold(fact)[-1:].isdigit() else ""
    return bool(re.search(before + wanted + after, fold(text)))


def is_verbatim(citation: CitationRecord, pages: Mapping[str, Page]) -> bool:
    """Whether the page says exactly the quote at exactly the stated place."""
    page = pages.get(citation["file"])
    start, end = citation["start"], citation["end"]
    return page is not None and 0 <= start < end and page.body[start:end] == citation["quote"]


def gold_spans(question: Question, pages: Mapping[str, Page]) -> tuple[Span, ...]:
    """Every place where a relevant quote stands, in the order of the key."""
    found: list[Span] = []
    for relevant in question.relevant:
        body = pages[relevant.file].body if relevant.file in pages else ""
        start = body.find(relevant.quote)
        while start >= 0:
            found.append((relevant.file, start, start + len(relevant.quote)))
            start = body.find(relevant.quote, start + 1)
    return tuple(found)


def covered(span: Span, by: Iterable[Span]) -> float:
    """Share of the characters of `span` that the spans `by` hold together, in [0, 1]."""
    file, start, end = span
    held: set[int] = set()
    for other, first, last in by:
        if other == file:
            held.update(range(max(start, first), min(end, last)))
    return len(held) / (end - start) if end > start else 0.0


def _first_hit(hits: Sequence[bool]) -> int | None:
    return next((rank for rank, hit in enumerate(hits, 1) if hit), None)


def _any_of(rank: int | None, *, prefix: str) -> dict[str, float]:
    """The rank measures where any relevant passage will do: the first found counts as the only one there is."""
    ranked = [str(place) for place in range(1, DEPTH + 1)]
    wanted = str(rank) if rank is not None and rank <= DEPTH else "not found"
    measures = {f"{prefix}recall@{k}": recall(ranked, {wanted}, k=k) for k in CUTOFFS}
    measures[f"{prefix}mrr@10"] = reciprocal_rank(ranked, {wanted})
    measures[f"{prefix}ndcg@10"] = ndcg(ranked, {wanted: 1.0}, k=DEPTH)
    return measures


def passage_rank(spans: Sequence[Span], gold: Sequence[Span]) -> int | None:
    """Rank of the first of `spans` that holds enough of a gold quote."""
    return _first_hit([any(covered(wanted, [span]) >= ENOUGH for wanted in gold) for span in spans[:DEPTH]])


def rank_measures(spans: Sequence[Span], *, gold: Sequence[Span]) -> dict[str, float]:
    """Recall, MRR and nDCG by quote and by page; each page counts once, where its first passage stands."""
    files = list(dict.fromkeys(file for file, _, _ in spans))
    wanted = {file for file, _, _ in gold}
    by_page = _first_hit([file in wanted for file in files])
    return _any_of(passage_rank(spans, gold), prefix="") | _any_of(by_page, prefix="page_")


def evidence_spans(evidence: Sequence[EvidenceRecord]) -> list[Span]:
    """The spans of a reply's evidence, best first."""
    return [(e["file"], e["start"], e["end"]) for e in evidence]


def _plain(text: str) -> str:
    return _QUOTE_MARKS.sub("", fold(text))


def _carries(claim: str, quotes: Sequence[str]) -> bool:
    """Whether every sentence of `claim` stands in the quotes, one after the other; ours in place of ALCE's NLI."""
    held = _plain(" ".join(quotes))
    sentences = [_plain(claim[start:end]).rstrip(" .:;,…") for start, end in sentence_spans(claim)]
    return bool(quotes and sentences) and all(sentence in held for sentence in sentences)


def _citation_measures(claims: Sequence[ClaimRecord], pages: Mapping[str, Page]) -> dict[str, float]:
    """ALCE recall over claims and precision over citations; a quote that is not verbatim carries nothing."""
    supported: list[bool] = []
    precisions: list[float] = []
    checked: list[bool] = []
    for claim in claims:
        valid = [is_verbatim(citation, pages) for citation in claim["citations"]]
        quotes = [c["quote"] if ok else "" for c, ok in zip(claim["citations"], valid, strict=True)]
        together = any(valid) and _carries(claim["text"], quotes)
        alone = [bool(quote) and _carries(claim["text"], [quote]) for quote in quotes]
        without = [_carries(claim["text"], quotes[:i] + quotes[i + 1 :]) for i in range(len(quotes))]
        supported.append(together)
        precisions += [citation_precision(alone, without, together=together)] * len(quotes)
        checked += valid
    measures = {"citation_recall": citation_recall(supported)}
    if precisions:
        measures["citation_precision"] = sum(precisions) / len(precisions)
        measures["verbatim"] = sum(checked) / len(checked)
    return measures


def _number_measures(question: Question, claims: Sequence[ClaimRecord]) -> dict[str, float]:
    known = numbers(" . ".join([question.question, question.answer, *(r.quote for r in question.relevant)]))
    said = [(numbers(c["text"]), numbers(" . ".join(x["quote"] for x in c["citations"]))) for c in claims]
    outside = set().union(*(text for text, _ in said)) - known
    return {
        "wrong_numbers": float(len(outside)),
        "unsupported_numbers": float(sum(len(text - quoted) for text, quoted in said)),
    }


def _key_measures(question: Question, claims: Sequence[ClaimRecord], *, pages: Mapping[str, Page]) -> dict[str, float]:
    """What a question with a key gives: facts found, quote covered and claims that touch the key; no claims give 0."""
    gold = gold_spans(question, pages)
    spans = [
        [(x["file"], x["start"], x["end"]) for x in claim["citations"] if is_verbatim(x, pages)] for claim in claims
    ]
    cited = [span for group in spans for span in group]
    quoted = " . ".join(pages[file].body[start:end] for file, start, end in cited)
    measures = {"quote_overlap": max((covered(span, cited) for span in gold), default=0.0)}
    if question.facts:
        measures["fact_recall"] = sum(has_fact(fact, quoted) for fact in question.facts) / len(question.facts)
    if claims:
        touching = [any(covered(wanted, group) > 0 for wanted in gold) for group in spans]
        measures["answer_precision"] = sum(touching) / len(claims)
    return measures


def _answers_the_key(question: Question, measures: Mapping[str, float], *, cited_files: set[str]) -> bool:
    """Enough of a relevant quote is cited, or a relevant page is, in words that hold every fact."""
    same_page = bool(cited_files & {relevant.file for relevant in question.relevant})
    return measures["quote_overlap"] >= ENOUGH or (same_page and measures.get("fact_recall", 0.0) == 1.0)


def _outcome(question: Question, reply: ReplyRecord, *, measures: Mapping[str, float]) -> Outcome:
    answered = reply["kind"] == "answer"
    if question.kind != "answerable":
        return "wrong" if answered else "right"
    if not answered:
        return "declined"
    cited = {citation["file"] for claim in reply["claims"] for citation in claim["citations"]}
    return "right" if _answers_the_key(question, measures, cited_files=cited) else "wrong"


def score_reply(question: Question, reply: ReplyRecord, *, pages: Mapping[str, Page]) -> Score:
    """The outcome and every measure that is defined for this kind of question and reply."""
    claims = reply["claims"] if reply["kind"] == "answer" else []
    gold = gold_spans(question, pages)
    spans = evidence_spans(reply["evidence"])
    measures: dict[str, float] = {}
    if question.kind == "answerable":
        measures |= rank_measures(spans, gold=gold) | _key_measures(question, claims, pages=pages)
    if claims:
        measures |= _citation_measures(claims, pages) | _number_measures(question, claims)
    outcome = _outcome(question, reply, measures=measures)
    measures |= _outcome_measures(question, outcome, answered=reply["kind"] == "answer")
    return Score(outcome, measures, passage_rank(spans, gold))


def _outcome_measures(question: Question, outcome: Outcome, *, answered: bool) -> dict[str, float]:
    measures = {"right": float(outcome == "right"), "wrong": float(outcome == "wrong")}
    if answered:
        measures["risk"] = measures["wrong"]
    if question.kind == "answerable":
        measures |= {"answered": float(answered), "answered_right": measures["right"]}
    else:
        measures["declined"] = float(not answered)
    return measures
