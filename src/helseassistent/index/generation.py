"""One opened generation: pages, passages, sentences, their vectors and the lexical indexes. It never changes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from helseassistent.errors import BrokenIndexError
from helseassistent.index.bm25 import Bm25
from helseassistent.index.in_context import WordsInContext
from helseassistent.index.late import analyser
from helseassistent.index.manifest import CURRENT, REBUILD, Manifest, read_manifest, verify_files
from helseassistent.index.passage_tokens import PassageTokens
from helseassistent.index.questions import QuestionVectors
from helseassistent.index.spelling import Spelling
from helseassistent.index.vectors import EXACT, FAISS, VectorSearch, open_vectors
from helseassistent.index.word_table import WordTable, words_of
from helseassistent.index.word_tokens import Tokens
from helseassistent.types import Page, Passage, Vectors

PAGES, PASSAGES, SENTENCES = "pages.jsonl", "passages.jsonl", "sentences.npy"
VECTORS, CONTEXT_VECTORS, SENTENCE_VECTORS = "vectors.npy", "context_vectors.npy", "sentence_vectors.npy"
CONTEXTUAL_VECTORS = "contextual_vectors.npy"
PIECES, PIECE_SENTENCES, PIECE_BOUNDS = "pieces.npy", "piece_sentences.npy", "piece_bounds.npy"
TOKENS, TOKEN_BOUNDS, SENTENCE_TOKENS = "tokens.npy", "token_bounds.npy", "sentence_tokens.npy"
SAID, SAID_STEMS, SAID_WORDS, SAID_BOUNDS = "words.txt", "word_stems.npy", "passage_words.npy", "word_bounds.npy"
SAID_TOKENS, SAID_TOKEN_BOUNDS = "word_tokens.npy", "word_token_bounds.npy"
QUESTION_VECTORS, QUESTION_ROWS = "question_vectors.npy", "question_rows.npy"
FAISS_FILE, CONTEXTUAL_FAISS = "vectors.faiss", "contextual_vectors.faiss"
WORDS, GRAMS, CONTEXT = "bm25-words", "bm25-grams", "bm25-context"

# int64, shape (n, 3): row of the passage, and start and end of the sentence in its page's body.
SentenceTable: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Generation:
    """Read-only view of one generation; row i of every per-passage array belongs to `passages[i]`."""

    manifest: Manifest
    folder: Path
    pages: Mapping[str, Page]
    passages: Sequence[Passage]
    sentences: SentenceTable
    vectors: Vectors
    context_vectors: Vectors  # of title and headings alone
    sentence_vectors: Vectors  # one row a sentence
    tokens: PassageTokens  # of title, headings and text, for late interaction
    said: WordTable
    contextual_vectors: Vectors | None = None  # by the second encoder, of the same texts as `vectors`
    in_context: WordsInContext | None = None  # its word pieces, of the same texts
    vector_store: str = FAISS
    contextual_proposes: bool = True  # whether the second encoder may propose passages, beside judging those of others
    written: QuestionVectors | None = None  # of questions that stand beside the pages

    @cached_property
    def dense(self) -> VectorSearch:
        """Nearest passages by vector."""
        ids = [passage.id for passage in self.passages]
        return open_vectors(self.vector_store, path=self.folder / FAISS_FILE, ids=ids, vectors=self.vectors)

    @cached_property
    def dense_contextual(self) -> VectorSearch | None:
        """Nearest passages by the second encoder's vector; its own file even where another store holds the others."""
        if self.contextual_vectors is None or not self.contextual_proposes:
            return None
        name = EXACT if self.vector_store == EXACT else FAISS
        path = self.folder / CONTEXTUAL_FAISS
        return open_vectors(name, path=path, ids=(), vectors=self.contextual_vectors)

    @cached_property
    def words(self) -> Bm25:
        """BM25 over the stems, and the parts of compounds, of headings and text."""
        return Bm25.open(self.folder / WORDS, documents=len(self.passages))

    @cached_property
    def grams(self) -> Bm25:
        """BM25 over the character 4-grams of headings and text."""
        return Bm25.open(self.folder / GRAMS, documents=len(self.passages))

    @cached_property
    def context(self) -> Bm25:
        """BM25 over the stems, and the parts of compounds, of title and headings alone."""
        return Bm25.open(self.folder / CONTEXT, documents=len(self.passages))

    @cached_property
    def spelling(self) -> Spelling:
        """Corrections of a question towards the words of the index."""
        return Spelling(self.words.vocabulary)

    @cached_property
    def sentence_bounds(self) -> NDArray[np.int64]:
        """Shape (passages + 1,): rows bounds[i]:bounds[i + 1] of `sentences` belong to passage i."""
        return np.searchsorted(self.sentences[:, 0], np.arange(len(self.passages) + 1))

    def open_files(self) -> None:
        """Open everything now: once open, the files go on being read even when a later build has swept them away."""
        _ = (self.dense, self.dense_contextual, self.words, self.grams, self.context, self.sentence_bounds)

    def sentences_of(self, row: int) -> Iterator[tuple[int, int, int]]:
        """(row of the sentence, start, end) of each sentence of passage `row`, in reading order."""
        for index in range(self.sentence_bounds[row], self.sentence_bounds[row + 1]):
            yield index, int(self.sentences[index, 1]), int(self.sentences[index, 2])


def current_id(index: Path) -> str:
    """The id of the generation that `index` serves.

    Raises:
        BrokenIndexError: if there is none, or the pointer is damaged.
    """
    try:
        name = (index / CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise BrokenIndexError(f"Det er ikke bygget noen indeks i «{index}» ennå. {REBUILD}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenIndexError(f"Kan ikke lese «{index / CURRENT}»: {error}. {REBUILD}") from error
    if not name.isalnum() or not (index / name).is_dir():
        raise BrokenIndexError(f"«{index / CURRENT}» peker på en indeks som ikke finnes. {REBUILD}")
    return name


def stored_pages(index: Path, generation: str) -> Mapping[str, Page] | None:
    """The pages of that generation, the one in service or an earlier one; None when it is not kept."""
    if not generation.isalnum():
        return None
    try:
        return {page.file: page for page in map(_page, _lines(index / generation / PAGES))}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def open_generation(
    index: Path, *, fingerprint: str | None = None, vector_store: str = FAISS, id: str | None = None
) -> Generation:
    """Open the generation that CURRENT names, or the earlier one `id`, every file checked against the manifest.

    Raises:
        BrokenIndexError: if it is missing or damaged, or was made by an encoder with another fingerprint.
    """
    folder = index / (current_id(index) if id is None else _kept_id(index, id))
    manifest = read_manifest(folder)
    _refuse_other(manifest, fingerprint=fingerprint)
    verify_files(folder, manifest=manifest)
    try:
        generation = _load(folder, manifest=manifest, vector_store=vector_store)
        generation.open_files()
        return generation
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenIndexError(f"Indeksen «{folder.name}» kan ikke leses: {error}. {REBUILD}") from error


def _kept_id(index: Path, id: str) -> str:
    if not id.isalnum() or not (index / id).is_dir():
        raise BrokenIndexError(f"Generasjonen «{id}» ligger ikke i «{index}» lenger.")
    return id


def _refuse_other(manifest: Manifest, *, fingerprint: str | None) -> None:
    if fingerprint is not None and manifest.encoder_fingerprint != fingerprint:
        raise BrokenIndexError(
            f"Indeksen er laget med språkmodellen {manifest.encoder_fingerprint[:12]} ({manifest.encoder}), men nå er"
            f" {fingerprint[:12]} valgt. {REBUILD}"
        )
    if manifest.analyser != analyser():
        raise BrokenIndexError(
            f"Indeksen er laget med ordanalyse {manifest.analyser}, dette programmet bruker {analyser()}. {REBUILD}"
        )


def _load(folder: Path, *, manifest: Manifest, vector_store: str) -> Generation:
    pages = {page.file: page for page in map(_page, _lines(folder / PAGES))}
    passages = [_passage(fields, pages=pages) for fields in _lines(folder / PASSAGES)]
    second = _array(folder / CONTEXTUAL_VECTORS) if CONTEXTUAL_VECTORS in manifest.files else None
    pieces = [_array(folder / name) for name in (PIECES, PIECE_SENTENCES, PIECE_BOUNDS) if name in manifest.files]
    asked = QUESTION_VECTORS in manifest.files
    written = QuestionVectors(_array(folder / QUESTION_ROWS), _array(folder / QUESTION_VECTORS)) if asked else None
    tokens = Tokens(_array(folder / TOKENS), _array(folder / TOKEN_BOUNDS))
    return Generation(
        manifest,
        folder,
        pages,
        passages,
        sentences=_array(folder / SENTENCES),
        vectors=_array(folder / VECTORS),
        context_vectors=_array(folder / CONTEXT_VECTORS),
        sentence_vectors=_array(folder / SENTENCE_VECTORS),
        tokens=PassageTokens(tokens, _array(folder / SENTENCE_TOKENS)),
        said=_said(folder),
        contextual_vectors=second,
        in_context=WordsInContext(*pieces) if pieces else None,
        vector_store=vector_store,
        written=written,
    )


def _said(folder: Path) -> WordTable:
    return WordTable(
        words_of((folder / SAID).read_bytes()),
        stems=_array(folder / SAID_STEMS),
        tokens=Tokens(_array(folder / SAID_TOKENS), _array(folder / SAID_TOKEN_BOUNDS)),
        passages=Tokens(_array(folder / SAID_WORDS), _array(folder / SAID_BOUNDS)),
    )


def _array(path: Path) -> NDArray[Any]:
    """As a plain array over the pages of the file: indexing np.memmap costs more than the arithmetic."""
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray))


def page_lines(pages: Sequence[Page]) -> bytes:
    """The pages as JSON Lines."""
    return "".join(json.dumps(asdict(page), ensure_ascii=False, default=str) + "\n" for page in pages).encode()


def passage_lines(passages: Sequence[Passage]) -> bytes:
    """The passages as JSON Lines; their text and title stay with the page."""
    keys = ("id", "file", "headings", "start", "end")
    return "".join(
        json.dumps({key: getattr(passage, key) for key in keys}, ensure_ascii=False) + "\n" for passage in passages
    ).encode()


def array_bytes(array: NDArray[Any]) -> bytes:
    """The array in NumPy's own file format."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as handle:
        for line in handle:
            yield json.loads(line)


def _page(fields: dict[str, Any]) -> Page:
    updated, fetched = fields.pop("last_updated"), fields.pop("fetched_at")
    return Page(
        **fields,
        last_updated=date.fromisoformat(updated) if updated else None,
        fetched_at=datetime.fromisoformat(fetched) if fetched else None,
    )


def _passage(fields: dict[str, Any], *, pages: Mapping[str, Page]) -> Passage:
    page = pages[fields["file"]]
    start, end = fields["start"], fields["end"]
    text = page.body[start:end]
    return Passage(fields["id"], page.file, page.title, tuple(fields["headings"]), text, start, end)
