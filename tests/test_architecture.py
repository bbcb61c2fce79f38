"""The layout is a promise; this file keeps it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "helseassistent"
LAYERS = [  # a part may import itself and any part on an earlier line
    {"types", "errors"},
    {"text", "durable", "faults", "reply", "colours"},
    {"corpus"},
    {"ingest", "index", "answer"},
    {"retrieve"},
    {"assistant"},
    {"chat", "review", "evaluate", "train"},
    {"settings"},  # late on purpose: no stage can reach it
    {"wiring"},
    {"cli"},
]
LAYER_OF = {part: number for number, parts in enumerate(LAYERS) for part in parts}
DOORS: dict[str, set[str]] = {  # the only modules that may import a heavy library; "train." stands for the whole stage
    "llama_index": {"index.vectors", "retrieve.llama", "answer.llm"},
    "sentence_transformers": {"index.encode", "train."},
    "torch": {"index.encode", "train."},
    "onnxruntime": {"index.encode_onnx", "train."},  # train writes graphs, index reads them
    "bm25s": {"index.bm25"},
    "faiss": {"index.vectors"},
    "gradio": {"chat.view"},
    "jinja2": {"review.page"},
    "httpx2": {"review.access.oidc"},
    "joserfc": {"review.access.oidc"},
    "httpx": {"answer.llm"},  # where nothing packed is taken: it decodes a body before anyone can stop it
    "openai": {"answer.llm"},
    "httpcore": {"ingest.connection"},
    "protego": {"ingest.robots"},
    "lxml": {"ingest.sitemap", "ingest.parse."},
    "pypdf": {"ingest.parse.pdf"},
    "mammoth": {"ingest.parse.docx"},
    "trafilatura": set(),  # measured against in benchmarks/parsing.py
    "argon2": {"review.access.passwords"},
    "authlib": {"review.access.oidc"},
    "sqlalchemy": {"review."},
    "alembic": {"review.store", "review.migrations."},
    "psycopg": set(),  # SQLAlchemy brings it in
    "sklearn": {"evaluate.", "train."},
    "scipy": {"index.lexical", "index.encode", "evaluate.", "train."},
    "Stemmer": set(),  # the analyser is our own
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write imports from the package name"
            if node.module == "helseassistent":
                yield from (f"helseassistent.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_point_down(path: Path) -> None:
    part = dotted(path).split(".")[0]
    for name in imported(path):
        root, _, rest = name.partition(".")
        if root == "helseassistent":
            assert rest, f"{dotted(path)}: import the module, not the package root"
            other = rest.split(".")[0]
            assert other == part or LAYER_OF[other] < LAYER_OF[part], f"{dotted(path)} imports {rest}"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_heavy_libraries_come_in_through_their_doors(path: Path) -> None:
    here = dotted(path)
    for name in imported(path):
        doors = DOORS.get(name.partition(".")[0], {here})
        assert any(here == door or (door.endswith(".") and here.startswith(door)) for door in doors), (
            f"{here} imports {name}"
        )


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_modules_stay_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_every_part_has_its_place() -> None:
    assert {dotted(path).split(".")[0] for path in MODULES} <= set(LAYER_OF)
