"""Owns the case list of the report: every question that went wrong, what was expected, found and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from helseassistent.evaluate.html import Markup, decimal, join, link, paragraph, section, table, text
from helseassistent.evaluate.run import Case
from helseassistent.evaluate.scoring import Outcome, evidence_spans
from helseassistent.reply import ReplyRecord
from helseassistent.types import Page

OUTCOMES: Mapping[Outcome, str] = {
    "right": "riktig",
    "wrong": "galt svar",
    "declined": "ikke besvart",
    "error": "feil i kjøringen",
}
KINDS = {"answerable": "kan besvares", "near_miss": "nesten", "out_of_scope": "utenfor tema"}
REPLIES = {"answer": "svar", "abstention": "avvist", "urgent": "nødsvar"}
REASONS = {
    "no_evidence": "fant ingenting sikkert",
    "near_miss": "siden handler om temaet, men svarer ikke",
    "out_of_scope": "utenfor tema",
    "unverified": "sitatet lot seg ikke bekrefte",
}
EXCERPT = 280
_WORST_FIRST: Mapping[Outcome, int] = {"error": 0, "wrong": 1, "declined": 2, "right": 3}


def worst_first(cases: Sequence[Case]) -> list[Case]:
    """Errors, wrong answers, declined and right, approved ones first within each, otherwise in the order of the set."""
    return sorted(cases, key=lambda case: (_WORST_FIRST[case.outcome], not case.question.approved))


def _excerpt(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= EXCERPT else flat[:EXCERPT].rsplit(" ", 1)[0] + " …"


def _expected(case: Case, pages: Mapping[str, Page]) -> list[tuple[str, Markup]]:
    """The quotes of the key with their pages, or that there should be none."""
    if not case.question.relevant:
        return [("Forventet", text(f"ikke noe svar ({KINDS[case.question.kind]})"))]
    return [
        (
            "Forventet sitat" if number == 0 else "eller",
            join([text(f"«{r.quote}» "), link(r.url, pages[r.file].title if r.file in pages else r.file)]),
        )
        for number, r in enumerate(case.question.relevant)
    ]


def _found(case: Case, pages: Mapping[str, Page]) -> list[tuple[str, Markup]]:
    """At which rank the key was found, and what came first."""
    if not case.reply:
        return []
    rank = case.score.rank if case.score else None
    rows: list[tuple[str, Markup]] = []
    if case.question.relevant:
        rows.append(("Funnet på plass", text(rank if rank else "ikke blant de ti første")))
    for file, start, end in evidence_spans(case.reply["evidence"])[:1]:
        page = pages.get(file)
        words = _excerpt(page.body[start:end]) if page else "(siden finnes ikke lenger)"
        rows.append(("Øverst i søket", text(f"«{words}» ({page.title if page else file})")))
    return rows


def _answered(reply: ReplyRecord) -> list[tuple[str, Markup]]:
    """What the citizen got: the claims with their quotes, or why there were none."""
    if reply["kind"] != "answer":
        why = REASONS.get(reply["reason"] or "", reply["urgency"] or "")
        return [("Assistenten", text(f"{REPLIES[reply['kind']]}: {why}"))]
    rows: list[tuple[str, Markup]] = []
    for claim in reply["claims"]:
        rows.append(("Svart", text(claim["text"])))
        rows += [("Sitert", join([text(f"«{c['quote']}» "), link(c["link"], c["title"])])) for c in claim["citations"]]
    return rows


def _wrong_case(case: Case, pages: Mapping[str, Page]) -> Markup:
    question, reply = case.question, case.reply
    rows = [("Spørsmål", text(question.question)), *_expected(case, pages), *_found(case, pages)]
    if reply:
        rows += [*_answered(reply), ("Sikkerhet", text(decimal(reply["confidence"], digits=2)))]
    else:
        rows.append(("Feil", text(case.error)))
    body = "".join(f"<dt>{escape(name)}</dt><dd>{value.html}</dd>" for name, value in rows)
    approved = " · godkjent svar" if question.approved else ""
    title = f"{question.id} · {OUTCOMES[case.outcome]} · {KINDS[question.kind]}{approved}"
    opening = f'<article class={case.outcome} data-case="{escape(question.id)}">'
    return Markup(f"{opening}<h3>{escape(title)}</h3><dl>{body}</dl></article>")


def _right_row(case: Case) -> tuple[Markup, str, str, str]:
    rank = str(case.score.rank) if case.score and case.score.rank else ""
    kind = REPLIES[case.reply["kind"]] if case.reply else ""
    return text(case.question.id), case.question.question, kind, rank


def case_list(cases: Sequence[Case], pages: Mapping[str, Page]) -> Markup:
    """Every case that is not right in full, worst first, and the right ones as a table that opens."""
    ordered = worst_first(cases)
    wrong = [case for case in ordered if case.outcome != "right"]
    right = [_right_row(case) for case in ordered if case.outcome == "right"]
    head = ("Id", "Spørsmål", "Assistenten ga", "Plass")
    listed = table(f"{len(right)} spørsmål som gikk riktig", head, right, numbers=range(3, 4))
    return section(
        "saker",
        "Sakene, de gale først",
        paragraph(f"{len(wrong)} av {len(cases)} spørsmål gikk ikke riktig."),
        *(_wrong_case(case, pages) for case in wrong),
        Markup(f"<details><summary>Vis de {len(right)} som gikk riktig</summary>{listed.html}</details>"),
    )
