"""How much of the hand-labelled pages our reader and trafilatura get right: prints a table, writes nothing.

`python benchmarks/parsing.py` prints F1 of words with a bootstrap interval, lines of menus and banners, pages with
every heading in its place and no other, and pages with the right date. `--kinds` adds a line a kind, `--pages` a line a
page; `--ablate` leaves out one part of our reader at a time instead.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import trafilatura

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from helseassistent.evaluate.bootstrap import estimate  # noqa: E402
from helseassistent.ingest.found import Document  # noqa: E402
from helseassistent.ingest.parse import dates, furniture, hidden, html, markdown, region  # noqa: E402
from helseassistent.ingest.parse.body import read_body  # noqa: E402
from helseassistent.ingest.parse.limits import Limits  # noqa: E402
from helseassistent.ingest.parse.worker import Worker  # noqa: E402
from ingest.parse.labels import TODAY, Labelled, Score, labelled_pages, score  # noqa: E402

Reader = Callable[[Labelled], Document | None]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", action="store_true", help="a line a page as well")
    parser.add_argument("--kinds", action="store_true", help="a line a kind as well")
    parser.add_argument("--ablate", action="store_true", help="our reader without one of its parts at a time")
    chosen = parser.parse_args()
    pages = labelled_pages()
    print("| reader | n | F1 of words (95 %) | lowest | foreign lines | headings right | date right |")
    print("|---|---|---|---|---|---|---|")
    for name, scores in _ablated(pages) if chosen.ablate else _compared(pages):
        print(_row(name, scores))
        for kind in sorted({one.kind for one in scores}) if chosen.kinds else ():
            print(_row(f"- {kind}", [one for one in scores if one.kind == kind]))
        for one in scores if chosen.pages else ():
            print(_row(f"- {one.name}", [one]))


def _compared(pages: Sequence[Labelled]) -> Iterator[tuple[str, list[Score]]]:
    worker = Worker()
    readers: dict[str, Reader] = {
        "ours": lambda page: _ours(page, worker),
        "trafilatura": lambda page: _trafilatura(page, recall=False),
        "trafilatura, favor_recall": lambda page: _trafilatura(page, recall=True),
    }
    for name, reader in readers.items():
        yield name, [_score(page, reader(page)) for page in pages]
    worker.close()


def _ablated(pages: Sequence[Labelled]) -> Iterator[tuple[str, list[Score]]]:
    yield "whole", [_score(page, _in_process(page)) for page in pages]
    for name, (owner, part, instead) in PARTS.items():
        with patch.object(owner, part, instead):
            yield f"without {name}", [_score(page, _in_process(page)) for page in pages]


# A part of the reader: where it is looked up, and what takes its place.
PARTS: dict[str, tuple[ModuleType, str, object]] = {
    "hiding what is hidden": (html, "remove_hidden", lambda root: None),
    "closed parts that can be opened": (hidden, "_can_be_opened", lambda element, *, opened: False),
    "all furniture": (html, "remove_furniture", lambda root: None),
    "names of classes and ids": (furniture, "_NAMES", frozenset()),
    "requests for feedback, help to get about": (furniture, "_remove_spoken", lambda root: None),
    "boxes of links": (furniture, "_remove_link_boxes", lambda root: None),
    "cookie boxes without a name": (furniture, "_is_cookie_box", lambda element, *, kept: False),
    "lines of furniture": (html, "is_furniture_line", lambda line: False),
    "a region (all of the body)": (html, "main_region", lambda root: next(root.iter("body"), root)),
    "marked regions (density alone)": (region, "_marked", lambda body: []),
    "regions by id": (region, "_named", lambda body: []),
    "a heading outside the region": (html, "outer_heading", lambda root, found: None),
    "the lead after it": (html, "lead_after", lambda heading, *, region: []),
    "the title as heading where none is marked": (html, "_promote", lambda name, written, *, body: None),
    "what opens a part as its heading": (markdown, "_is_opener", lambda element: False),
    "telling tables of facts from layout": (markdown, "is_data_table", lambda table: True),
    "a space between boxes in a row": (markdown, "is_apart", lambda element: False),
    "dates that readers see": (dates, "_shown", lambda root, *, order: ()),
    "dates in the head": (dates, "_told", lambda head, *, order: ()),
    "dates that microdata and time elements mark": (dates, "_marked", lambda root, *, order: ()),
}


def _in_process(page: Labelled) -> Document | None:
    found = read_body(page.fetched, limits=Limits(), today=TODAY)
    return found if isinstance(found, Document) else None


def _row(name: str, scores: Sequence[Score]) -> str:
    f1 = estimate([one.f1 for one in scores])
    assert f1 is not None
    foreign = sum(len(one.foreign) for one in scores)
    headings, dated = sum(one.headings for one in scores), sum(one.dated for one in scores)
    shown = f"{f1.mean:.3f} ({f1.low:.3f}–{f1.high:.3f})"
    return f"| {name} | {f1.n} | {shown} | {min(one.f1 for one in scores):.3f} | {foreign} | {headings} | {dated} |"


def _score(page: Labelled, document: Document | None) -> Score:
    if document is None:
        return Score(page.name, page.kind, 0.0, (), False, page.last_updated is None)
    return score(page, document)


def _ours(page: Labelled, worker: Worker) -> Document | None:
    found = worker.parse(page.fetched, limits=Limits(), today=TODAY)
    return found if isinstance(found, Document) else None


def _trafilatura(page: Labelled, *, recall: bool) -> Document | None:
    body, url = page.fetched.body, page.fetched.url
    text = trafilatura.extract(body, url=url, output_format="markdown", include_comments=False, favor_recall=recall)
    if text is None:
        return None
    stated = trafilatura.extract_metadata(body, default_url=url).date
    updated = date.fromisoformat(stated) if stated else None
    return Document("", text.replace("**", "").replace("|---", ""), "nb", None, updated, None, (), ())


if __name__ == "__main__":
    main()
