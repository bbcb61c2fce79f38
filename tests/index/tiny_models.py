"""Transformers small enough to be made in a test, with random weights."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path

import pytest


def tiny_transformer(folder: Path, *, prompts: Mapping[str, str] | None, pooling: str = "mean") -> Path:
    """A BERT of one layer with random weights, saved as a sentence-transformers folder."""
    library = pytest.importorskip("sentence_transformers", reason="needs the train extra")
    import torch
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    bert = folder / "bert"
    bert.mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyzæøå:", "fastlege", "query"]
    (bert / "vocab.txt").write_text("\n".join([*words, *(f"##{word}" for word in words[5:])]), encoding="utf-8")
    torch.manual_seed(1)
    config = BertConfig(vocab_size=2 * len(words) - 5, hidden_size=16, num_hidden_layers=1, num_attention_heads=2)
    BertModel(config).save_pretrained(bert)
    BertTokenizerFast(vocab=str(bert / "vocab.txt")).save_pretrained(bert)
    transformer = Transformer(str(bert), max_seq_length=32)
    pooled = Pooling(transformer.get_embedding_dimension(), pooling_mode=pooling)
    model = library.SentenceTransformer(modules=[transformer, pooled], prompts=dict(prompts or {}), device="cpu")
    model.save(str(folder / "tiny"), create_model_card=False)
    return folder / "tiny"


def as_onnx(source: Path, target: Path, *, below: str = "") -> Path:
    """The same model as a folder with `below/model.onnx`, without safetensors."""
    pytest.importorskip("onnxruntime", reason="needs the onnx extra")
    pytest.importorskip("onnx", reason="needs the dev extra")
    import torch
    from transformers import BertModel

    class Graph(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = BertModel.from_pretrained(source).eval()

        def forward(self, ids: torch.Tensor, mask: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
            return self.bert(ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state

    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.safetensors"))
    (target / below).mkdir(exist_ok=True)
    inputs, outputs = ["input_ids", "attention_mask", "token_type_ids"], ["last_hidden_state"]
    example = torch.ones(2, 7, dtype=torch.long)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that needs no further library is called deprecated
        torch.onnx.export(
            Graph(),
            (example, example, 0 * example),
            str(target / below / "model.onnx"),
            dynamo=False,
            input_names=inputs,
            output_names=outputs,
            dynamic_axes={name: {0: "texts", 1: "tokens"} for name in (*inputs, *outputs)},
        )
    return target
