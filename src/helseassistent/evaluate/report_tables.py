"""Owns the report's tables: slices, the gap between bokmål and nynorsk, abstention, emergencies and definitions."""

from __future__ import annotations

from helseassistent.evaluate.bootstrap import Estimate
from helseassistent.evaluate.emergency import EmergencyFigures
from helseassistent.evaluate.html import Markup, interval, paragraph, percent, section, shown, table, unit_of
from helseassistent.evaluate.measures import MEASURES
from helseassistent.evaluate.report_cases import KINDS
from helseassistent.evaluate.summary import SLICED, Summary

SLICES = {"language": "Målform", "style": "Stil", "kind": "Type", "publisher": "Utgiver"}
STYLES = {
    "everyday": "hverdagsspråk",
    "formal": "formelt",
    "keywords": "stikkord",
    "misspelt": "skrivefeil",
    "dialect": "dialekt",
    "compound": "sammensatte ord",
}
CAUSES = {
    "right": "riktig svar",
    "not_found": "gjenfinning: fasiten var ikke blant de ti første",
    "wrong_rank": "rangering: fasiten ble funnet, men ikke øverst, og svaret ble galt",
    "wrong_words": "utvalg: fasiten lå øverst, men svaret siterer andre ord",
    "held_back": "terskel: fasiten ble funnet, men svaret ble holdt tilbake",
    "error": "spørsmålet ga feil",
}
VALUES = KINDS | STYLES | {"nb": "bokmål", "nn": "nynorsk", "mixed": "blandet"}
LABELS = {
    "urgent": "fare for liv",
    "urgent_now_not_113": "haster, ikke 113",
    "crisis_mental": "psykisk krise",
    "not_urgent": "haster ikke",
}
URGENCIES = {
    "life": "liv",
    "doctor": "legevakt",
    "crisis": "krise",
    "poison": "gift",
    "violence": "vold",
    "child": "barn",
    "none": "ikke nødsvar",
}


def _cell(value: Estimate | None, name: str) -> str:
    return f"{shown(value.mean, unit=unit_of(name))} ({value.n})" if value else "–"


def slices_section(summary: Summary) -> Markup:
    """A table for each way of cutting the set, and the gap by itself."""
    head = ("Antall", *(MEASURES[name].label for name in SLICED))
    tables = [
        table(
            f"{words}, med antall spørsmål bak hvert tall",
            (words, *head),
            [
                (VALUES.get(part.value, part.value), str(part.n), *(_cell(part.measures.get(n), n) for n in SLICED))
                for part in summary.slices
                if part.by == by
            ],
        )
        for by, words in SLICES.items()
    ]
    return section("utsnitt", "Utsnitt", _gap(summary), *tables)


def causes_section(summary: Summary) -> Markup:
    """At which stage the questions with a key were lost."""
    total = sum(summary.causes.values())
    if not total:
        return Markup("")
    rows = [(CAUSES[name], str(count), percent(count / total)) for name, count in summary.causes.items()]
    caption = f"{total} spørsmål med fasit, etter det første steget som sviktet"
    return section("aarsaker", "Hvor det gikk galt", table(caption, ("Steg", "Antall", "Andel"), rows))


def _gap(summary: Summary) -> Markup:
    if not summary.gap:
        return paragraph("Forskjellen mellom bokmål og nynorsk er ikke målt: settet mangler en av målformene.")
    rows = [
        (MEASURES[name].label, shown(gap.mean, unit=unit_of(name)), interval(gap, unit=unit_of(name)), str(gap.n))
        for name, gap in summary.gap.items()
    ]
    caption = "Bokmål minus nynorsk; over null betyr at nynorsk får dårligere svar"
    return table(caption, ("Mål", "Forskjell", "95 %-intervall", "n"), rows)


def emergency_section(figures: EmergencyFigures | None) -> Markup:
    """The confusion table, its rates and every message that was misrouted; nothing when it was not run."""
    if figures is None:
        return Markup("")
    rates = [
        (words, shown(value.mean), interval(value), str(value.n))
        for words, value in (
            ("Meldinger som trenger nødsvar og fikk det", figures.recall),
            ("Fare for liv møtt med 113", figures.life_recall),
            ("Falske alarmer blant det som ikke haster", figures.false_alarms),
        )
        if value
    ]
    counts = [(LABELS[label], *(str(row[name]) for name in URGENCIES)) for label, row in figures.table.items()]
    wrong = [
        (item.message.id, item.message.text, LABELS[item.message.label], URGENCIES[item.urgency or "none"])
        for item in figures.wrong
    ]
    return section(
        "nodsituasjoner",
        "Nødsituasjoner",
        table("Rett vei i nødsituasjoner", ("Hva", "Andel", "95 %-intervall", "n"), rates),
        table("Hva meldingen gjaldt, og hva den ble møtt med", ("Gjaldt", *URGENCIES.values()), counts),
        table(
            f"Meldinger som gikk feil vei: {len(wrong)}", ("Id", "Melding", "Gjaldt", "Fikk"), wrong, numbers=range(0)
        ),
    )


def abstention_section(summary: Summary) -> Markup:
    """The 2x2 of answering, and what each kind of question was met with."""
    a = summary.abstention
    rows = [
        ("Kan besvares", str(a.answerable_answered), str(a.answerable_declined)),
        ("Kan ikke besvares", str(a.unanswerable_answered), str(a.unanswerable_declined)),
    ]
    kinds = [
        (KINDS[kind], *map(str, (row.n, row.answers, row.abstentions, row.urgent, row.errors)))
        for kind, row in summary.kinds.items()
        if row.n
    ]
    head = ("Type", "Antall", "Svar", "Avvist", "Nødsvar", "Feil")
    return section(
        "avvisning",
        "Svarte den når den skulle?",
        table("Svar og avvisning mot fasit", ("Fasit", "Fikk svar", "Ble avvist"), rows),
        table("Etter type spørsmål", head, kinds),
    )


def notes_section() -> Markup:
    """How to read the figures, and where each definition comes from."""
    sources = table(
        "Hvor definisjonene kommer fra",
        ("Mål", "Kilde"),
        [(m.label, m.source) for m in MEASURES.values()],
        numbers=range(0),
    )
    return section(
        "om",
        "Om tallene",
        paragraph(
            "Intervallene er 95 % bootstrap med fast frø: så mye kunne tallet variert med andre spørsmål av samme "
            "slag. Når alle spørsmål går likt, blir intervallet et punkt; da kan den sanne feilandelen likevel være "
            "opptil omtrent 3 delt på n."
        ),
        paragraph(
            "Et svar er riktig når det siterer minst halvparten av et fasitsitat, eller siterer en fasitside med alle "
            "fakta. Et spørsmål uten resultat teller som galt. Et spørsmål som ga feil, telles for seg og aldri "
            "som null."
        ),
        sources,
    )
