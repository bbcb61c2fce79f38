"""What copies in the retrieval sets cost: a text that stands there twice is right by one id and wrong by the other.

`python benchmarks/copies.py` prints, for each set of ../shared/bench/retrieval, how many questions have a right text
that stands there to the letter under another id too, and nDCG@10 of the search as it is and with copies taken for one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from helseassistent.evaluate.methods import SearchIds, evaluate_retrieval
from helseassistent.evaluate.questions import RetrievalSet, read_retrieval_set
from helseassistent.settings import load_settings
from helseassistent.wiring import encoder_of
from helseassistent.wiring.evaluation import search_over

SETS = Path(__file__).parents[2] / "shared" / "bench" / "retrieval"


def main() -> int:
    """Print the table; 1 where the sets are missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=SETS, help="a folder of retrieval sets")
    folders = sorted(path for path in parser.parse_args().sets.glob("*") if path.is_dir())
    if not folders:
        print(f"Fant ingen sett i «{SETS}».", file=sys.stderr)
        return 1
    encoder = encoder_of(load_settings())
    print("| set | questions | with a copy | nDCG@10 | copies taken for one |\n|---|---|---|---|---|")
    for folder in folders:
        data = read_retrieval_set(folder)
        with tempfile.TemporaryDirectory() as index:
            search = search_over(data.texts, encoder=encoder, folder=Path(index), names=["hybrid"])
            plain = _ndcg(search, data)
            once = _ndcg({name: _once(found, data) for name, found in search.items()}, _named_by_text(data))
        print(f"| {folder.name} | {len(data.queries)} | {_with_copy(data)} | {plain:.3f} | {once:.3f} |", flush=True)
    return 0


def _ndcg(search: Mapping[str, SearchIds], data: RetrievalSet) -> float:
    return evaluate_retrieval(search, data=data)[0].measures["ndcg@10"].mean


def _once(search: SearchIds, data: RetrievalSet) -> SearchIds:
    """The same search, each text at the first place where it is found."""
    first: dict[str, int] = {}
    same = [first.setdefault(text, row) for row, text in enumerate(data.texts)]

    def found(text: str, depth: int) -> list[int]:
        return list(dict.fromkeys(same[row] for row in search(text, depth)))

    return found


def _named_by_text(data: RetrievalSet) -> RetrievalSet:
    """The same set with one id for one text."""
    names: dict[str, str] = {}
    ids = tuple(names.setdefault(text, id_) for id_, text in zip(data.ids, data.texts, strict=True))
    name_of = dict(zip(data.ids, ids, strict=True))
    queries = tuple(
        replace(query, relevant=tuple(dict.fromkeys(name_of[id_] for id_ in query.relevant))) for query in data.queries
    )
    return RetrievalSet(ids, data.texts, queries)


def _with_copy(data: RetrievalSet) -> int:
    ids_of = defaultdict(set)
    for id_, text in zip(data.ids, data.texts, strict=True):
        ids_of[text].add(id_)
    text_of = dict(zip(data.ids, data.texts, strict=True))
    return sum(any(ids_of[text_of[id_]] - set(query.relevant) for id_ in query.relevant) for query in data.queries)


if __name__ == "__main__":
    sys.exit(main())
