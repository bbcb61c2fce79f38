"""What is known of each address of a source since it was last visited: one JSON Lines file a source, in `.visits`.

A line is the whole record of one address, on disk before the next address is asked for; the last line of an address
counts. A round is opened and ended by lines of its own, so that one that was cut off is gone on with. The file is
written anew, one line an address, when a round ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeAlias

from helseassistent import durable
from helseassistent.errors import CorpusError
from helseassistent.ingest.names import slug

VISITS = ".visits"
RESUMED_WITHIN = timedelta(hours=24)  # an older round that was cut off is begun anew
Outcome: TypeAlias = Literal["new", "changed", "unchanged", "gone", "moved", "refused"]


@dataclass(frozen=True, slots=True)
class Visited:
    """One address after its last visit."""

    url: str
    round: str  # the round of that visit
    outcome: Outcome
    at: datetime
    reason: str = ""  # of a page that is gone, moved or refused, in Norwegian
    to: str | None = None  # where an address that is moved leads
    file: str | None = None  # the name of its page in the corpus, kept when the page is withdrawn
    digest: str | None = None  # of that page as the site gave it
    etag: str | None = None
    last_modified: str | None = None
    links: tuple[str, ...] = ()
    first_seen: datetime | None = None
    last_seen: datetime | None = None  # when the page was there, changed or not
    changed: datetime | None = None  # when the page was last another than at the visit before
    failures: int = 0  # visits in a row that gave neither a page nor the word that it has gone
    withdrawn: datetime | None = None  # when the page was taken out of the corpus; None while it stands

    @property
    def stands(self) -> bool:
        """Whether the corpus has a page of this address."""
        return self.file is not None and self.withdrawn is None


@dataclass(frozen=True, slots=True)
class Round:
    """One run through a source, or through some addresses of it."""

    id: str
    begun: datetime
    whole: bool  # False: only some addresses, and no word about the others
    ended: datetime | None = None


class Visits:
    """The records of one source; every change is on disk when the call returns."""

    def __init__(self, corpus: Path, *, source: str) -> None:
        self._path = visits_file(corpus, source=source)
        durable.make_folders(self._path.parent)
        whole = _whole_lines(self._path)
        if self._path.exists() and self._path.stat().st_size > len(whole):
            durable.replace_file(self._path, whole)  # the line that was being written when the last run was killed
        self._records, self._rounds = _read(whole, path=self._path)

    @property
    def records(self) -> Mapping[str, Visited]:
        """The last record of each address."""
        return self._records

    def of_round(self, number: Round) -> Iterator[Visited]:
        """The records of the addresses visited in that round."""
        return (record for record in self._records.values() if record.round == number.id)

    def begin(self, *, whole: bool, now: datetime) -> Round:
        """A new round, or the last whole one if it was cut off lately."""
        cut_off = next((one for one in reversed(self._rounds.values()) if one.whole), None)
        if whole and cut_off and not cut_off.ended and timedelta() <= now - cut_off.begun < RESUMED_WITHIN:
            return cut_off
        begun = Round(now.astimezone(UTC).isoformat(timespec="microseconds"), now, whole)
        self._append(begun)
        return begun

    def put(self, record: Visited) -> None:
        """Remember the visit."""
        self._append(record)

    def end(self, one: Round, *, now: datetime) -> None:
        """Close the round, and write the file anew without addresses that nothing led to."""
        self._rounds[one.id] = Round(one.id, one.begun, one.whole, now)
        if one.whole:
            kept = (each for each in self._records.values() if each.round == one.id or each.file)
            self._records = {record.url: record for record in kept}
            self._rounds = {one.id: self._rounds[one.id]}
        entries: list[Round | Visited] = [*self._rounds.values(), *self._records.values()]
        durable.replace_file(self._path, b"".join(_line(entry) + b"\n" for entry in entries))

    def _append(self, entry: Visited | Round) -> None:
        new = not self._path.exists()
        durable.append_line(self._path, _line(entry))
        if new:
            durable.flush_folder(self._path.parent)
        if isinstance(entry, Visited):
            self._records[entry.url] = entry
        else:
            self._rounds[entry.id] = entry


def visits_file(corpus: Path, *, source: str) -> Path:
    """Where the visits of a source are written down."""
    return corpus / VISITS / f"{slug(source) or 'kilde'}.jsonl"


def all_visits(corpus: Path) -> dict[str, dict[str, Visited]]:
    """The records of every source below `corpus` by the name of its file, read without a lock."""
    found = {}
    for path in sorted((corpus / VISITS).glob("[!.]*.jsonl")):
        found[path.stem] = _read(_whole_lines(path), path=path)[0]
    return found


def last_seen(corpus: Path) -> dict[str, datetime]:
    """When each page was last seen at its address, by file; nothing for pages that were never fetched."""
    seen: dict[str, datetime] = {}
    for records in all_visits(corpus).values():
        for record in records.values():
            if record.file and record.stands and record.last_seen:
                seen[record.file] = max(record.last_seen, seen.get(record.file, record.last_seen))
    return seen


def _whole_lines(path: Path) -> bytes:
    content = path.read_bytes() if path.exists() else b""
    return content[: content.rfind(b"\n") + 1]


def _read(content: bytes, *, path: Path) -> tuple[dict[str, Visited], dict[str, Round]]:
    records: dict[str, Visited] = {}
    rounds: dict[str, Round] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            entry = _entry(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CorpusError(
                f"«{path}», linje {number}, kan ikke leses. Slett linja; adressen blir besøkt på nytt."
            ) from error
        if isinstance(entry, Visited):
            records[entry.url] = entry
        else:
            rounds[entry.id] = entry
    return records, rounds


_MOMENTS = {"at", "first_seen", "last_seen", "changed", "withdrawn", "begun", "ended"}


def _line(entry: Visited | Round) -> bytes:
    """The entry as JSON; what is empty is left out, so that a line can be read."""
    given = {name: value for name, value in asdict(entry).items() if value not in (None, "", (), 0) or name == "whole"}
    moments = {name: given[name].isoformat() for name in _MOMENTS & given.keys()}
    return json.dumps(given | moments, ensure_ascii=False).encode()


def _entry(given: dict[str, Any]) -> Visited | Round:
    values = dict(given)
    for name in _MOMENTS & given.keys():
        values[name] = datetime.fromisoformat(given[name])
    if "url" not in values:
        return Round(**values)
    return Visited(**values | {"links": tuple(values.get("links", ()))})
