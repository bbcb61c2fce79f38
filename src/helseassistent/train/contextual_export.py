"""Writes the transformer's folder: a graph in 8 bits that pools by itself, word pieces, sizes, card, checksums."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from tokenizers import Tokenizer

from helseassistent.index.encode_onnx import GRAPH
from helseassistent.index.model_folder import TOKENIZER
from helseassistent.train.card import write_checksums
from helseassistent.train.contextual_model import ContextualEncoder, Pooled
from helseassistent.train.contextual_recipe import Architecture, ContextualRecipe
from helseassistent.train.measure import Figures

_INPUTS, _OUTPUT = ("input_ids", "attention_mask"), "sentence_embedding"
_OPERATORS = 17  # version of ONNX's set
_IN_8_BITS = ["MatMul", "Gather"]  # the layers' products and the token table
_DEPRECATED = ("You are using the legacy TorchScript-based ONNX export", "The feature will be removed")
_EXAMPLE = (2, 20)  # texts and tokens that the graph is traced with; it takes any numbers


def write_contextual(folder: Path, encoder: ContextualEncoder, *, tokenizer: Tokenizer, card: str) -> None:
    """A folder that `index.encode_onnx.load_onnx` reads, about one byte a weight."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as passing:
        whole = Path(passing) / GRAPH
        _write_graph(whole, encoder)
        quantize_dynamic(
            whole,
            folder / GRAPH,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,  # else sums overflow on processors without VNNI
            op_types_to_quantize=_IN_8_BITS,
        )
    tokenizer.save(str(folder / TOKENIZER))
    (folder / "config.json").write_text(json.dumps(_sizes(encoder.size), indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")
    write_checksums(folder)


def _write_graph(path: Path, encoder: ContextualEncoder) -> None:
    ids, mask = torch.ones(_EXAMPLE, dtype=torch.long), torch.ones(_EXAMPLE, dtype=torch.long)
    texts_and_tokens = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings():
        # The exporter that is to replace this one needs onnxscript as well.
        for message in _DEPRECATED:
            warnings.filterwarnings("ignore", message, DeprecationWarning)
        torch.onnx.export(
            Pooled(encoder).cpu().eval(),
            (ids, mask),
            str(path),
            input_names=list(_INPUTS),
            output_names=[_OUTPUT],
            dynamic_axes=dict.fromkeys(_INPUTS, texts_and_tokens) | {_OUTPUT: {0: "texts"}},
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
        last=" og ".join(str(lesson.steps) for lesson in recipe.last),
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
siden av den statiske setningskoderen. Vektoren er snittet av ordbitene i siste lag, med lengde 1.

| | |
|---|---|
| ordbiter | {recipe.architecture.pieces} (WordPiece, små bokstaver, NFC, sifre hver for seg) |
| lag, bredde, hoder | {size.layers}, {size.width}, {size.heads} |
| leser | {size.window} ordbiter |
| format | ONNX, vekter i 8 bits |
| start | naboord (PPMI, SVD) |
| skjulte ord | {recipe.masked.steps} steg |
| par | {recipe.base.steps} steg på tekst, {recipe.fine.steps} på spørsmål |
| vanskelige feilsvar | {last} steg hver for seg, snittet er modellen |
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
NAV (MIT), Common Voice (CC0). Par: NorQuAD, WordNet, GiellaLT, egne hverdagsspørsmål og egen synonymordbok. Ingen
avsnitt fra evalueringssettene er med i merkede par.

## Grenser

Modellen er laget for søk i norske offentlige tekster og er ikke prøvd på annet. Det som står etter de første
{size.window} ordbitene, leser den ikke.
"""
