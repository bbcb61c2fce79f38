"""From settings to working parts; the only reader of settings besides the command line."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from helseassistent.answer.confidence import ConfidenceModel, read_model
from helseassistent.answer.reading import WordVectors
from helseassistent.answer.safety import Safety
from helseassistent.answer.safety_numbers import load_numbers
from helseassistent.answer.scope import Scope
from helseassistent.assistant import Assistant
from helseassistent.chat.render import plain_text
from helseassistent.corpus import QUESTIONS, load_corpus, page_paths, says_under_update
from helseassistent.errors import SettingsError
from helseassistent.index.contextual import PairedEncoder, contextual_of, shipped_contextual, words_of
from helseassistent.index.encode import load_encoder
from helseassistent.index.generation import Generation, open_generation
from helseassistent.index.manifest import CURRENT
from helseassistent.ingest.visits import last_seen
from helseassistent.reply import ReplyRecord, reply_record
from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.retrieve.rank import RankWeights
from helseassistent.retrieve.thesaurus import shipped_thesaurus
from helseassistent.settings import Settings
from helseassistent.text.redact import public_in
from helseassistent.types import Encoder, Exchange, Language, Watcher, unwatched
from helseassistent.wiring.language_model import phrasing_of, rewriting_of
from helseassistent.wiring.next_questions import TriedQuestions, tried_out

if TYPE_CHECKING:
    from helseassistent.index.build import BuildReport


NO_CONTEXTUAL = "ingen"
CONFIDENCE = {True: "confidence.json", False: "confidence-static.json"}  # with the second encoder, and without


@dataclass(frozen=True, slots=True)
class Parts:
    """The assistant, and its exchanges as records with the words that the citizen reads."""

    assistant: Assistant
    being_updated: frozenset[str]
    tried: TriedQuestions

    def ask(self, turns: Sequence[str], language: Language | None = None, *, watch: Watcher = unwatched) -> Exchange:
        """See `Assistant.ask`."""
        return self.assistant.ask(turns, language, watch=watch)

    def text(self, exchange: Exchange) -> str:
        """What the citizen reads, plain."""
        return plain_text(exchange, today=date.today(), numbers=load_numbers(), being_updated=self.being_updated)

    def record(self, turns: Sequence[str], language: Language | None = None) -> ReplyRecord:
        """Ask, and give the reply as JSON-ready record."""
        exchange = self.ask(turns, language)
        return reply_record(exchange, self.text(exchange))


def encoder_of(settings: Settings) -> Encoder:
    """The encoder that the settings name, with the second one unless they want none."""
    words = load_encoder(settings.encoder or None)
    if settings.contextual == NO_CONTEXTUAL:
        return words
    second = load_encoder(settings.contextual) if settings.contextual else shipped_contextual()
    return PairedEncoder(words, second)


def build_index(settings: Settings, *, progress: bool = False, encoder: Encoder | None = None) -> BuildReport:
    """Bring the index up to date with the corpus."""
    from helseassistent.index.build import build

    name = settings.encoder or "den som følger med"
    corpus = load_corpus(settings.corpus, last_seen=last_seen(settings.corpus))
    return build(corpus, settings.index, encoder=encoder or encoder_of(settings), encoder_name=name, progress=progress)


def is_outdated(generation: Generation, settings: Settings) -> bool:
    """Whether the corpus says something else now; read only if a file is new, gone or written after the index."""
    if not settings.corpus.is_dir():  # an index goes on answering without it
        return False
    paths = page_paths(settings.corpus)
    made = datetime.fromisoformat(generation.manifest.created).timestamp()
    # A folder tells of files that came and went, and questions beside a page are files as well.
    looked_at = {*paths.values(), *(path.parent for path in paths.values()), *settings.corpus.rglob(f"*{QUESTIONS}")}
    if paths.keys() == generation.pages.keys() and all(_written(path) <= made for path in looked_at):
        return False
    return (
        load_corpus(settings.corpus, last_seen=last_seen(settings.corpus)).digest != generation.manifest.corpus_digest
    )


def _written(path: Path) -> float:
    # Also the time of the last change by any name: a copy that keeps its old date is new here.
    try:
        stat = path.stat()
    except OSError:
        return math.inf
    return max(stat.st_mtime, stat.st_ctime)


def build_parts(
    settings: Settings,
    *,
    announce: Callable[[str], None] = lambda _: None,
    encoder: Encoder | None = None,
    generation: str | None = None,
) -> Parts:
    """Everything that answers a question; builds the index first if there is none at all.

    `generation` names an earlier one that is still in the index folder.
    """
    encoder = encoder or encoder_of(settings)
    if not (settings.index / CURRENT).exists():
        announce(f"Bygger indeksen i «{settings.index}» første gang ...")
        build_index(settings, encoder=encoder)
    opened = open_generation(
        settings.index, fingerprint=encoder.fingerprint, vector_store=settings.vector_store, id=generation
    )
    vectors = WordVectors(encoder)
    thesaurus = shipped_thesaurus(Path(settings.thesaurus) if settings.thesaurus else None)
    retriever = HybridRetriever(
        opened,
        encoder=encoder,
        weights=RankWeights.shipped(contextual=contextual_of(encoder) is not None),
        vectors=vectors,
        thesaurus=thesaurus,
    )
    updating = frozenset(file for file, page in opened.pages.items() if says_under_update(page))
    known = (number.number for number in load_numbers().values())
    public = public_in([*known, *(page.body for page in opened.pages.values())])
    tried = TriedQuestions(settings.index, generation=opened.manifest.generation, settled=_settled(settings))
    phrasing = phrasing_of(settings, encoder=encoder, vectors=vectors)
    assistant = Assistant(
        Safety.load_or_numbers(),
        retriever,
        encoder,
        vectors,
        Scope.shipped(encoder=words_of(encoder)),
        load_confidence(settings, encoder=encoder).of_corpus(pages=len(opened.pages)),
        public,
        tried,
        phrasing,
        rewriting_of(phrasing, encoder=encoder),
    )
    return Parts(assistant, updating, tried)


def _settled(settings: Settings) -> str:
    """What an operator settled that decides how a question is answered, besides the index."""
    files = [Path(settings.calibration)] if settings.calibration else []
    files += sorted(Path(settings.thesaurus).glob("*.tsv")) if settings.thesaurus else []
    return "".join(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)


def try_questions(parts: Parts, *, progress: bool = False) -> int:
    """Try out what can be asked next, unless this program has done so on this index; how many questions there are."""
    if parts.tried.are_missing():
        alone = replace(
            parts.assistant, phrasing=None, rewriting=None
        )  # what is tried must not wait for a language model
        parts.tried.keep(list(tried_out(alone, progress=progress)))
    return sum(len(questions) for questions in parts.tried().values())


def load_confidence(settings: Settings, *, encoder: Encoder) -> ConfidenceModel:
    """The confidence model that the settings name, refused if another encoder made it."""
    if settings.calibration:
        return read_model(Path(settings.calibration), encoder=encoder.fingerprint)
    with resources.as_file(
        resources.files("helseassistent.answer").joinpath(CONFIDENCE[contextual_of(encoder) is not None])
    ) as path:
        if settings.encoder or settings.contextual not in ("", NO_CONTEXTUAL):
            raise SettingsError(
                "En annen språkmodell enn den som følger med, trenger sin egen kalibrering: kjør"
                " «helseassistent evaluate SPØRSMÅL --calibrate» og sett HELSEASSISTENT_CALIBRATION til filen."
            )
        return read_model(path, encoder=encoder.fingerprint)
