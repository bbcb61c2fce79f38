"""Writes the transformer's folder: a graph in 8 bits that pools by itself, the reader's, word pieces, sizes, card."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn

from helseassistent.index.encode_onnx import GRAPH
from helseassistent.index.model_folder import TOKENIZER
from helseassistent.train.card import write_checksums
from helseassistent.train.contextual_heads import JointModel, Reader
from helseassistent.train.contextual_pool import SHARED
from helseassistent.train.contextual_recipe import Architecture, ContextualRecipe
from helseassistent.train.measure import Figures

READER, WORDS = "reader.onnx", "words.safetensors"
_OPERATORS = 17  # version of ONNX's set
_IN_8_BITS = ["MatMul", "Gather"]  # the layers' products and the token table
_DEPRECATED = ("You are using the legacy TorchScript-based ONNX export", "The feature will be removed")
_TEXTS, _TOKENS = 2, 20  # that the graphs are traced with; they take any numbers
_TEXT_AXES, _PASSAGE_AXES = {0: "texts", 1: "tokens"}, {0: "passages", 1: "places"}
_ENCODER_AXES = {
    "input_ids": _TEXT_AXES,
    "attention_mask": _TEXT_AXES,
    "sentence_embedding": {0: "texts"},
    "word_vectors": _TEXT_AXES,
    "word_weights": _TEXT_AXES,
}
_READER_AXES = {
    "question": {0: "words"},
    "weights": {0: "words"},
    "passages": _PASSAGE_AXES,
    "real": _PASSAGE_AXES,
    "sentence": _PASSAGE_AXES,
    "member": {0: "passages", 1: "sentences", 2: "places"},
    "scores": {0: "passages", 1: "sentences"},
}


def write_contextual(
    folder: Path, model: JointModel, *, counts: NDArray[np.uint8], tokenizer: Tokenizer, card: str
) -> None:
    """A folder that `index.encode_onnx.load_onnx` reads, about one byte a weight; `counts` says which pieces count."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    model = model.cpu().eval()
    with TemporaryDirectory() as passing:
        whole = Path(passing) / GRAPH
        ids = torch.ones(_TEXTS, _TOKENS, dtype=torch.long)
        _write_graph(whole, model, (ids, ids), axes=_ENCODER_AXES, outputs=3)
        quantize_dynamic(
            whole,
            folder / GRAPH,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,  # else sums overflow on processors without VNNI
            op_types_to_quantize=_IN_8_BITS,
        )
    _write_graph(folder / READER, OneQuestion(model.reader), _read(model.reader), axes=_READER_AXES, outputs=1)
    save_file({"counts": torch.from_numpy(counts)}, folder / WORDS)
    tokenizer.save(str(folder / TOKENIZER))
    sizes = json.dumps(_sizes(model.encoder.size), indent=1)
    (folder / "config.json").write_text(sizes + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")
    write_checksums(folder)


class OneQuestion(nn.Module):
    """The reader for one question, all of whose words are real, and several passages, as its graph has it."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(
        self,
        question: torch.Tensor,
        weights: torch.Tensor,
        passages: torch.Tensor,
        real: torch.Tensor,
        sentence: torch.Tensor,
        member: torch.Tensor,
    ) -> torch.Tensor:
        """Shape (passages, sentences)."""
        questions, shares = (part[None].expand(passages.shape[0], -1, -1) for part in (question, weights))
        asked = torch.ones_like(shares[..., 0], dtype=torch.bool)
        scores: torch.Tensor = self.reader(questions, asked, shares, passages, real, sentence, member)
        return scores


def _read(reader: Reader) -> tuple[torch.Tensor, ...]:
    """A question and passages to trace the graph with."""
    question = torch.ones(_TOKENS, reader.size.dimensions)
    places = torch.zeros(_TEXTS, _TOKENS, dtype=torch.long)
    passages = torch.ones(*places.shape, reader.size.dimensions)
    return question, question[:, :2], passages, places == 0, places, torch.ones(_TEXTS, 3, _TOKENS)


def _write_graph(
    path: Path,
    model: nn.Module,
    example: tuple[torch.Tensor, ...],
    *,
    axes: Mapping[str, Mapping[int, str]],
    outputs: int,
) -> None:
    """The graph of `model`; `axes` names inputs and, as the last ones, `outputs`, with the axes that may vary."""
    names = list(axes)
    with warnings.catch_warnings():
        # The exporter that is to replace this one needs onnxscript as well.
        for message in _DEPRECATED:
            warnings.filterwarnings("ignore", message, DeprecationWarning)
        torch.onnx.export(
            model.eval(),
            example,
            str(path),
            input_names=names[:-outputs],
            output_names=names[-outputs:],
            dynamic_axes=axes,
            opset_version=_OPERATORS,
            dynamo=False,
        )


def _sizes(size: Architecture) -> dict[str, int]:
    """The settings as other tools name them; `load_onnx` reads the first two."""
    return {
        "hidden_size": size.width,
        "max_position_embeddings": size.window,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "intermediate_size": size.inner,
        "vocab_size": size.vocabulary,
    }


def contextual_card(recipe: ContextualRecipe, *, figures: Figures, rows: dict[str, int]) -> str:
    """The card in Norwegian, with what the model was made from and how good it is."""
    sources = "\n".join(f"| {name} | {count:,} |".replace(",", " ") for name, count in rows.items())
    return _CARD.format(
        size=recipe.architecture,
        recipe=recipe,
        reader=recipe.reader,
        shared=SHARED,
        sources=sources,
        questions=figures.questions,
        passages=figures.passages,
        hit_1=f"{figures.hit_1:.3f}",
        hit_10=f"{figures.hit_10:.3f}",
        ndcg_10=f"{figures.ndcg_10:.3f}",
    )


_CARD = """---
library_name: onnx
pipeline_tag: sentence-similarity
language: [nb, nn]
license: mit
---
# Helseassistent: setningskoder for norsk som leser i sammenheng

En liten transformator, laget med `helseassistent train --contextual`. Den leser hvert ord i lys av de andre og står ved
siden av den statiske setningskoderen. Tekstens vektor er snittet av ordbitene i siste lag, med lengde 1. Hver ordbit
har også en vektor på {reader.dimensions} tall og to vekter, og `reader.onnx` leser ordbitene i et spørsmål og et
avsnitt: hvor sikkert hver setning svarer, målt mot at ingen gjør det.

| | |
|---|---|
| ordbiter | {recipe.architecture.pieces} (WordPiece, små bokstaver, NFC, sifre hver for seg) |
| lag, bredde, hoder | {size.layers}, {size.width}, {size.heads} |
| leser | {size.window} ordbiter |
| format | ONNX, vekter i 8 bits |
| start | naboord (PPMI, SVD) |
| skjulte ord | {recipe.masked.steps} steg |
| par | {recipe.base.steps} steg på tekst, {recipe.fine.steps} på spørsmål |
| skjulte ord igjen | {recipe.masked_again.steps} steg |
| alt på en gang | {recipe.joint.steps} steg med vanskelige feilsvar; snittet av de siste er modellen |
| leseren | {reader.layers} lag, bredde {reader.width}, 32 bits |
| leseren ser | {reader.question_words} ordbiter av spørsmålet, {reader.passage_words} av avsnittet |
| ordbiter som teller | de med bokstav eller siffer, i avsnitt ikke de {recipe.joint.common} vanligste |
| frø | {recipe.seed} |

## Mål

{questions} spørsmål til dokumenter som er holdt utenfor treningen, mot alle {passages} avsnitt som har spørsmål,
før vektene ble rundet til 8 bits: hit@1 {hit_1}, hit@10 {hit_10}, nDCG@10 {ndcg_10}. Tall på utviklingssettene
står i `docs/training.md`.

## Data

| kilde | rader |
|---|---|
{sources}

Tekster: Lovdatas åpne data (NLOD 2.0), NoReC (CC BY-NC 4.0; lisensen frir modeller laget av dem, også til
kommersiell bruk; halvparten av anmeldelsene), GiellaLT-korpus (frie dokumenter), Norsk dependenstrebank/NorNE,
NAV (MIT), Common Voice (CC0). Par: NorQuAD, WordNet, GiellaLT, egne hverdagsspørsmål og egen synonymordbok. Avsnitt
som er ord for ord like et i evalueringssettene, er ikke med i merkede par; utsnitt av NorQuAD er heller ikke med
hvis de deler {shared} ord på rad med et slikt avsnitt. Hele tekster fra NorQuAD i de første parene kan inneholde dem.

## Grenser

Modellen er laget for søk i norske offentlige tekster og er ikke prøvd på annet. Det som står etter de første
{size.window} ordbitene, leser den ikke. Hvor høyt leseren må sette et svar før det er til å stole på, må måles der den
brukes.
"""
