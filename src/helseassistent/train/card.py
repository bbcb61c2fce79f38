"""Writes the model folder: a sentence-transformers StaticEmbedding, its card and the checksums of its files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from helseassistent.index.encode import CHECKSUMS
from helseassistent.train.late import LateTable
from helseassistent.train.measure import Figures
from helseassistent.train.recipe import Recipe

LATE = "late.safetensors"
_SPECIAL_TOKENS = 2  # padding and unknown, which carry no meaning


def write_model(folder: Path, *, table: torch.Tensor, late: LateTable, tokenizer: Tokenizer, card: str) -> None:
    """A folder that `SentenceTransformer(folder)` and `load_encoder(folder)` read, in float16."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    table = table.clone()
    table[:_SPECIAL_TOKENS] = 0
    table /= table[_SPECIAL_TOKENS:].norm(dim=1).mean()
    folder.mkdir(parents=True, exist_ok=True)
    module = StaticEmbedding(tokenizer, embedding_weights=table.half())
    SentenceTransformer(modules=[module], device="cpu").save(str(folder), create_model_card=False)
    save_file(late_arrays(late), folder / LATE)
    (folder / "README.md").write_text(card, encoding="utf-8")
    write_checksums(folder)


def late_arrays(late: LateTable) -> dict[str, torch.Tensor]:
    """Rows as whole numbers of 8 bits, to be brought to length 1 again, and the weights of the tokens."""
    largest = late.vectors.abs().amax(dim=1, keepdim=True).clamp(min=1e-9)
    return {"vectors": (late.vectors / largest * 127).round().to(torch.int8), "weights": late.weights.half()}


def write_checksums(folder: Path) -> None:
    """SHA-256 of every file that decides the vectors, as `sha256sum` writes it."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".safetensors", ".json", ".onnx"))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def card_text(recipe: Recipe, *, figures: Figures, rows: dict[str, int]) -> str:
    """The card in Norwegian, with what the model was made from and how good it is."""
    sources = "\n".join(f"| {name} | {count:,} |".replace(",", " ") for name, count in rows.items())
    return _CARD.format(
        recipe=recipe,
        members=len(recipe.members),
        sources=sources,
        questions=figures.questions,
        passages=figures.passages,
        hit_1=f"{figures.hit_1:.3f}",
        hit_10=f"{figures.hit_10:.3f}",
        ndcg_10=f"{figures.ndcg_10:.3f}",
    )


_CARD = """---
library_name: sentence-transformers
pipeline_tag: sentence-similarity
language: [nb, nn]
license: mit
---
# Helseassistent: statisk setningskoder for norsk

Snittet av ordbitvektorer (`StaticEmbedding`), laget med `helseassistent train`. Den møter hverdagsspråk og
forvaltningsspråk, bokmål og nynorsk, og leses uten nevrale biblioteker.

| | |
|---|---|
| ordbiter | {recipe.vocabulary} (WordPiece, små bokstaver, NFC, sifre hver for seg) |
| dimensjoner | {recipe.dimensions}, float16 |
| start | naboord (PPMI, SVD) eller tekstvinduer (LSA), vektet etter hvor sjelden ordbiten er, eller tilfeldig |
| tap | MultipleNegativesRankingLoss, to veier, skala 20, bunker på {recipe.batch}, til sist med vanskelige feilsvar |
| deltakere | {members}, slått sammen med prinsipalkomponenter |
| frø | {recipe.seed} |

## Mål

{questions} spørsmål til dokumenter som er holdt utenfor treningen, mot alle {passages} avsnitt som har spørsmål:
hit@1 {hit_1}, hit@10 {hit_10}, nDCG@10 {ndcg_10}. Tall på utviklingssettene står i `docs/training.md`.

## Data

| kilde | rader |
|---|---|
{sources}

Tekster: Lovdatas åpne data (NLOD 2.0), NoReC (CC BY-NC 4.0; lisensen frir modeller laget av dem, også til
kommersiell bruk), GiellaLT-korpus (frie dokumenter), Norsk dependenstrebank/NorNE, NAV (MIT), Common Voice
(CC0). Par: NorQuAD, WordNet,
GiellaLT, egne hverdagsspørsmål og egen synonymordbok. Ingen avsnitt fra evalueringssettene er med i merkede par.

## Grenser

Modellen kjenner ikke ordrekkefølge. Den er laget for søk i norske offentlige tekster og er ikke prøvd på annet.
"""
