"""What questions written beside the pages give: `python benchmarks/written_questions.py`.

The questions below were written from the passages alone, three for each, and are put beside a copy of the two source
pages; the development questions are then asked with and without them.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import yaml

from helseassistent.evaluate.questions import read_questions
from helseassistent.evaluate.run import run_questions
from helseassistent.evaluate.summary import means
from helseassistent.settings import Settings
from helseassistent.wiring import build_parts

ROOT = Path(__file__).parents[1]
ASKED = ROOT / "benchmarks" / "questions" / "kilder-utvikling.jsonl"
FIGURES = ("right", "answered_right", "declined", "recall@1", "recall@3", "mrr@10")
WRITTEN = {
    "bergen-kommune/vare-satsinger.questions.yaml": {
        "Bergen Legevakt er i praksis": [
            "Hvem driver legevakten og hvem betaler for den?",
            "Hva kan jeg få undersøkt på legevakten, blodprøve eller røntgen?",
            "Kan legevakten ta seg av en brukket arm, et sår eller psykiske problemer?",
        ],
        "Bergen kommune har utviklet et godt": [
            "Hvor kommer gamle når de er ferdige på sykehuset, men ikke kan reise hjem?",
            "Hvor mange plasser er det på mottaksavdelingen på Storetveit?",
            "Hvor stor del av sykehjemsplassene er for korte opphold?",
        ],
        "Bystyret har vedtatt": [
            "Hva gjør byen med steder der det selges og brukes narkotika åpent?",
            "Når ble parken på Nygård stengt?",
            "Hvem samarbeider om tiltak mot rusmiljøene?",
        ],
    },
    "saman/helsefellesskap.questions.yaml": {
        "Gjennom helsefellesskapet skal": [
            "Hva er vitsen med helsefellesskapet, og hvem er med?",
            "Hvilke kommuner og sykehus samarbeider?",
            "Hva vil det si at det er innbyggerens helsetjeneste?",
        ],
        "«Regjeringen ønsker å etablere": [
            "Hvor mange helsefellesskap ønsker regjeringen?",
            "Hva skal staten gjøre for helsefellesskapene?",
            "Hvilken rolle får fastlegene?",
        ],
    },
}


def main() -> None:
    """Ask every development question with and without the written ones."""
    with tempfile.TemporaryDirectory() as folder:
        plain, written = (Path(folder) / name for name in ("uten", "med"))
        for corpus in (plain, written):
            shutil.copytree(ROOT / "corpus", corpus)
        for file, entries in WRITTEN.items():
            listed = [{"begins": begins, "questions": questions} for begins, questions in entries.items()]
            (written / file).write_text(yaml.safe_dump(listed, allow_unicode=True), encoding="utf-8")
        print(json.dumps({corpus.name: _figures(corpus) for corpus in (plain, written)}, indent=2))


def _figures(corpus: Path) -> dict[str, float]:
    parts = build_parts(replace(Settings(), corpus=corpus, index=corpus.with_suffix(".indeks")))
    generation = parts.assistant.retriever.generation
    asked = read_questions(ASKED, pages=generation.pages)
    cases = run_questions(asked, ask=lambda question: parts.record([question.question]), pages=generation.pages)
    written = {"written": float(len(generation.written.rows)) if generation.written else 0.0}
    return written | {name: round(value.mean, 3) for name, value in means(cases, FIGURES).items()}


if __name__ == "__main__":
    main()
