"""The assistant and its parts as the stage `evaluate` and the fitting of the confidence want them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from helseassistent.answer.confidence import ConfidenceModel
from helseassistent.answer.extract import choose
from helseassistent.answer.reading import read_question
from helseassistent.answer.scope import scope_text
from helseassistent.answer.support import features
from helseassistent.corpus import Corpus
from helseassistent.errors import QuestionSetError
from helseassistent.evaluate.calibrate import Calibration, calibrate, samples_of
from helseassistent.evaluate.engines import KEPT, Engines
from helseassistent.evaluate.methods import Search, SearchIds
from helseassistent.evaluate.questions import Question
from helseassistent.evaluate.run import run_questions
from helseassistent.index.build import build
from helseassistent.index.contextual import contextual_of
from helseassistent.index.generation import Generation, open_generation
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import AGAIN, LAST, RankWeights
from helseassistent.retrieve.signals import NAMES
from helseassistent.retrieve.thesaurus import Thesaurus
from helseassistent.text.bokmaal import in_bokmaal
from helseassistent.types import Claim, Encoder, Page
from helseassistent.wiring import Parts

# What each method weighs; None is the shipped ranking.
METHODS: Mapping[str, Mapping[str, float] | None] = {
    "hybrid": None,
    "dense": {"dense": 1},
    "context": {"context": 1},
    "sentence": {"sentence": 1},
    "bm25": {"words": 1},
    "grams": {"grams": 1},
    "headings": {"headings": 1},
    "contextual": {"contextual": 1},
}
_WITHOUT_THESAURUS = "without-thesaurus"
_WITHOUT_BOKMAAL = "without-bokmaal"  # nynorsk questions as they were typed alone
_WITHOUT_CANDIDATES = "without-contextual-candidates"  # the second encoder judges what other lists propose
SIGNALS = (*NAMES, *AGAIN[1:], *LAST[1:])
_PASSAGES_A_TEXT = 5  # several passages of one text count once, so that many more are asked for


def methods_of(generation: Generation, *, encoder: Encoder, names: Sequence[str]) -> dict[str, Search]:
    """A search function for each name; `without-NAME` is the shipped ranking without that signal.

    Raises:
        QuestionSetError: for a name that is no method.
    """
    return {name: _method(name, generation=generation, encoder=encoder) for name in names}


def search_over(texts: Sequence[str], *, encoder: Encoder, folder: Path, names: Sequence[str]) -> dict[str, SearchIds]:
    """Methods over plain texts, each a page in an index of its own; a text is found by its best passage."""
    files = [f"{number:07d}.md" for number in range(len(texts))]
    pages = {file: Page(file, "", "", "", "nb", None, None, text) for file, text in zip(files, texts, strict=True)}
    build(Corpus(pages, (), "retrieval"), folder, encoder=encoder)
    generation = open_generation(folder, fingerprint=encoder.fingerprint)
    methods = methods_of(generation, encoder=encoder, names=names)
    return {name: _by_text(search) for name, search in methods.items()}


def unthresholded(parts: Parts) -> Parts:
    """The assistant that answers whatever it can: what a calibration learns from."""
    fitted = parts.assistant.confidence
    return replace(parts, assistant=replace(parts.assistant, confidence=replace(fitted, threshold=-1.0)))


def with_confidence(parts: Parts, model: ConfidenceModel) -> Parts:
    """The same assistant with another confidence model."""
    return replace(parts, assistant=replace(parts.assistant, confidence=model))


def both_engines(parts: Parts, questions: Sequence[Question], *, pages: Mapping[str, Page]) -> Engines:
    """The questions answered without the language model of `parts` and with it.

    Raises:
        QuestionSetError: if the settings name no language model.
    """
    from helseassistent.answer.phrase import Phrasing

    phrasing = parts.assistant.phrasing
    if not isinstance(phrasing, Phrasing):
        raise QuestionSetError("Det er ikke satt opp noen språkmodell å sammenligne med. Sett HELSEASSISTENT_LLM_URL.")
    fates: list[str] = []

    def hear(found: Claim | str) -> None:
        fates.append(KEPT if isinstance(found, Claim) else found)

    alone = replace(parts, assistant=replace(parts.assistant, phrasing=None, rewriting=None))
    spoken = replace(parts, assistant=replace(parts.assistant, phrasing=replace(phrasing, heard=hear)))
    extractive = run_questions(questions, ask=lambda question: alone.record([question.question]), pages=pages)
    phrased = run_questions(questions, ask=lambda question: spoken.record([question.question]), pages=pages)
    return Engines(extractive, phrased, tuple(fates))


def calibrated(
    parts: Parts, questions: Sequence[Question], *, pages: Mapping[str, Page], error_budget: float
) -> Calibration:
    """A confidence model fitted on what the assistant would answer to `questions`."""
    free = unthresholded(parts)
    cases = run_questions(questions, ask=lambda question: free.record([question.question]), pages=pages)
    answered = [case.question for case in cases if case.reply and case.reply["kind"] == "answer"]
    samples = samples_of(cases, features={q.id: features_of(parts, q.question) for q in answered})
    fingerprint = parts.assistant.encoder.fingerprint
    return calibrate(samples, error_budget=error_budget, encoder=fingerprint, date=date.today().isoformat())


def features_of(parts: Parts, question: str) -> dict[str, float]:
    """The features that the confidence in an answer to `question` is computed from."""
    assistant = parts.assistant
    evidence = assistant.retriever.search(question)
    reading = read_question(question, encoder=assistant.encoder)
    return features(
        reading,
        evidence=evidence,
        choices=choose(reading, evidence=evidence, vectors=assistant.vectors),
        pages=assistant.retriever.generation.pages,
        vectors=assistant.vectors,
        off_topic=assistant.scope.off_topic(assistant.encoder.encode_questions([scope_text(question)])[0]),
    )


def _method(name: str, *, generation: Generation, encoder: Encoder) -> Search:
    shipped = RankWeights.shipped(contextual=contextual_of(encoder) is not None)
    left_out = name.removeprefix("without-")
    if left_out != name and left_out in SIGNALS:
        chosen = shipped.without(left_out)
    elif name in (_WITHOUT_THESAURUS, _WITHOUT_BOKMAAL, _WITHOUT_CANDIDATES):
        chosen = shipped
    elif name == f"bm25-{_WITHOUT_THESAURUS}":
        chosen = RankWeights.of({"words": 1})
    elif name == "without-own-words":
        chosen = RankWeights.of(**{part: w for part, w in shipped.by_name().items() if not part.endswith("own_words")})
    elif name in METHODS:
        given = METHODS[name]
        chosen = shipped if given is None else RankWeights.of(given)
    else:
        raise QuestionSetError(
            f"Ukjent metode: «{name}». Kjente: {', '.join(METHODS)}, without-own-words, without-thesaurus,"
            f" {_WITHOUT_BOKMAAL}, {_WITHOUT_CANDIDATES}, bm25-without-thesaurus, og without-SIGNAL med et av"
            f" signalene {', '.join(SIGNALS)}."
        )
    thesaurus = Thesaurus([]) if name.endswith(_WITHOUT_THESAURUS) else None
    judging = replace(generation, contextual_proposes=False) if name == _WITHOUT_CANDIDATES else generation
    retriever = HybridRetriever(
        judging,
        encoder=encoder,
        weights=chosen,
        thesaurus=thesaurus,
        reworded=str if name == _WITHOUT_BOKMAAL else in_bokmaal,
    )
    return lambda question, count: retriever.search(question, top_k=count)


def _by_text(search: Search) -> SearchIds:
    def ranked(query: str, count: int) -> list[int]:
        found = search(query, _PASSAGES_A_TEXT * count)
        return list(dict.fromkeys(int(scored.passage.file.removesuffix(".md")) for scored in found))[:count]

    return ranked
