"""What a round makes of the corpus: each visit as it comes, and at the end the pages that have gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from helseassistent.corpus import PageProblem, parse_page, render_page
from helseassistent.ingest.found import Document, Fetched, Gone, Known, Moved, Read, Refused, Unchanged, Visit
from helseassistent.ingest.stored import Stored, page_digest, same
from helseassistent.ingest.visits import Outcome, Round, Visited, Visits
from helseassistent.types import Page

BELIEVED = 0.2  # of a source's pages may go in one round; more is more likely a fault or a new site (row A18)


@dataclass(frozen=True, slots=True)
class _Found:
    """A page of the web that may be kept, and what the server said of it."""

    page: Page
    etag: str | None = None
    last_modified: str | None = None
    links: tuple[str, ...] = ()


class Keeper:
    """Applies the visits of one round, in any order; killed at any point, the next run does the rest."""

    def __init__(
        self,
        corpus: Path,
        *,
        visits: Visits,
        one: Round,
        now: Callable[[], datetime],
        publisher: str | None = None,  # of every page; None: each page says its own
        fetched: bool = True,  # whether a page was seen at its address; False for files from a disk
    ) -> None:
        self._visits = visits
        self._round = one
        self._publisher = publisher
        self._fetched = fetched
        self._now = now
        self._stored = Stored(corpus)
        self._copies: list[_Found] = []  # of pages that may turn out to be gone

    def known(self, *, belongs: Callable[[str], bool]) -> dict[str, Known]:
        """What a crawl should know of the addresses that have a page, or were visited in this round.

        Pages that lay in the corpus before anybody visited them are among them, if their address `belongs`.
        """
        known = {url: Known() for url in self._stored.addresses() if belongs(url)}
        for url, record in self._visits.records.items():
            if record.stands and self._stored.page(record.file):
                known[url] = Known(record.etag, record.last_modified, record.links)
            elif record.round == self._round.id and (record.links or record.to):
                known[url] = Known(links=record.links or (record.to or "",))
        return known

    def apply(self, visit: Visit) -> None:
        """Make the corpus say what the visit found."""
        match visit:
            case Read():
                self._read(visit)
            case Unchanged():
                self._seen(visit)
            case Gone():
                self._missing(visit.url, f"Nettstedet svarer {visit.status}: siden finnes ikke.")
            case Moved():
                self._missing(visit.url, f"Adressen fører nå til {visit.to}.", to=visit.to)
            case Refused():
                self._refuse(visit)

    def finish(self, *, force: bool) -> bool:
        """Withdraw what has gone and end the round; False, and nothing withdrawn, if too much has gone at once."""
        self._settle_copies()
        believed = force or not self._too_many()
        if believed:
            for record in self._vanished():
                if record.stands and record.file:
                    self._stored.withdraw(record.file)
                    self._visits.put(replace(record, withdrawn=self._now(), failures=0))
        for copy in self._copies:
            self._settle(copy)
        self._visits.end(self._round, now=self._now())
        return believed

    def _settle_copies(self) -> None:
        """Refuse the copies of pages that go on; those of pages that have gone wait for what is believed."""
        going = {record.file for record in self._vanished()}
        waiting = []
        for copy in self._copies:
            twin = self._stored.twin(copy.page)
            if twin and twin.file in going:
                waiting.append(copy)
            else:
                self._settle(copy)
        self._copies = waiting

    def _read(self, visit: Read) -> None:
        fetched, document = visit.fetched, visit.document
        links = document.links if document.follow else ()
        why = _unwanted(document)
        page = self._page(fetched, document)
        if why or isinstance(page, PageProblem):
            self._refuse(Refused(fetched.url, why or f"Siden kan ikke lagres: {page}", keep=False), links=links)
            return
        found = _Found(page, fetched.etag, fetched.last_modified, links)
        twin = self._stored.twin(page)
        if twin and not self._confirmed(twin):
            self._copies.append(found)
        else:
            self._settle(found)

    def _page(self, fetched: Fetched, document: Document) -> Page | PageProblem:
        """The page as a corpus gives it back, so that it can be compared with a stored one."""
        publisher = self._publisher or document.publisher or ""
        page = Page(
            file=self._file(fetched.url, publisher=publisher),
            title=document.title,
            url=fetched.url,
            publisher=publisher,
            language="nn" if document.language == "nn" else "nb",
            last_updated=document.last_updated,
            fetched_at=self._now().replace(microsecond=0) if self._fetched else None,
            body=document.body,
        )
        return parse_page(render_page(page), file=page.file)

    def _file(self, url: str, *, publisher: str) -> str:
        before = self._visits.records.get(url)
        if before and before.file:
            return before.file
        taken = {record.file or "" for record in self._visits.records.values()}
        return self._stored.file_of(url) or self._stored.new_file(url, publisher=publisher, taken=taken)

    def _settle(self, found: _Found) -> None:
        """Keep the page, or refuse it if another says the same."""
        twin = self._stored.twin(found.page)
        if twin:
            self._copy(found, twin)
            return
        page, now, before = found.page, self._now(), self._record(found.page.url)
        outcome = self._outcome(page, before)
        if outcome != "unchanged" or not self._stored.page(page.file):
            self._stored.put(page)
        changed = before.changed if outcome == "unchanged" else now
        self._visits.put(
            replace(
                self._visited(before, outcome),
                file=page.file,
                digest=page_digest(page),
                etag=found.etag,
                last_modified=found.last_modified,
                links=found.links,
                first_seen=before.first_seen or now,
                last_seen=page.fetched_at,
                changed=changed,
                failures=0,
                withdrawn=None,
            )
        )

    def _outcome(self, page: Page, before: Visited) -> Outcome:
        """By what the address gave at its last visit, so that a round that was cut off between file and record
        still says what it did; by the file where there is no record."""
        if before.stands and before.digest:
            return "unchanged" if before.digest == page_digest(page) else "changed"
        standing = self._stored.page(page.file)
        if standing is None or (standing.fetched_at and standing.fetched_at >= self._begun()):
            return "new"
        return "unchanged" if same(standing, page) else "changed"

    def _begun(self) -> datetime:
        return self._round.begun.replace(microsecond=0)

    def _seen(self, visit: Unchanged) -> None:
        before = self._record(visit.url)
        if not self._stored.page(before.file):
            self._refuse(Refused(visit.url, "Nettstedet svarer at siden er uendret, men den er ikke lagret."))
            return
        self._visits.put(replace(self._visited(before, "unchanged"), last_seen=self._now(), failures=0))

    def _missing(self, url: str, why: str, *, to: str | None = None) -> None:
        before = self._record(url)
        if before.stands:
            outcome: Outcome = "moved" if to else "gone"
            self._visits.put(replace(self._visited(before, outcome, why), to=to, failures=before.failures + 1))
        elif to:
            self._visits.put(replace(self._visited(before, "moved", why), to=to))
        else:
            self._visits.put(self._visited(before, "refused", why))

    def _refuse(self, visit: Refused, *, links: tuple[str, ...] = ()) -> None:
        before = self._record(visit.url)
        if before.stands and not visit.keep:
            self._missing(visit.url, visit.reason)
            return
        refused = self._visited(before, "refused", visit.reason)
        self._visits.put(replace(refused, failures=before.failures + 1, links=before.links or links))

    def _copy(self, found: _Found, twin: Page) -> None:
        self._refuse(Refused(found.page.url, f"Samme innhold som {twin.url}.", keep=False), links=found.links)

    def _confirmed(self, page: Page) -> bool:
        """Whether this round has seen the page at its address."""
        record = self._visits.records.get(page.url)
        return bool(record and record.round == self._round.id and record.outcome in ("new", "changed", "unchanged"))

    def _record(self, url: str) -> Visited:
        """What is known of the address; a page that nobody has visited yet counts by its file."""
        known = self._visits.records.get(url)
        if known and (known.stands or known.withdrawn):
            return known
        blank = known or Visited(url, self._round.id, "refused", self._now())
        return replace(blank, file=self._stored.file_of(url))

    def _visited(self, before: Visited, outcome: Outcome, reason: str = "") -> Visited:
        return replace(before, round=self._round.id, outcome=outcome, at=self._now(), reason=reason, to=None)

    def _vanished(self) -> list[Visited]:
        """The pages that this round has found gone, also those that it has withdrawn already."""
        return [
            record
            for record in self._visits.of_round(self._round)
            if record.outcome in ("gone", "moved") and (record.stands or self._just_withdrawn(record))
        ]

    def _too_many(self) -> bool:
        """Whether more than `BELIEVED` of the pages before the round have gone, and not to a new address."""
        fresh = {record.url for record in self._visits.of_round(self._round) if record.outcome == "new"}
        fresh |= {copy.page.url for copy in self._copies}
        copied = {twin.file for copy in self._copies if (twin := self._stored.twin(copy.page))}
        before = [
            record
            for record in self._visits.records.values()
            if (record.stands and record.url not in fresh) or self._just_withdrawn(record)
        ]
        lost = [record for record in self._vanished() if record.file not in copied]
        followed = {record.to for record in lost if record.to in fresh}
        return len(lost) - len(followed) > BELIEVED * len(before)

    def _just_withdrawn(self, record: Visited) -> bool:
        return record.withdrawn is not None and record.withdrawn >= self._round.begun


def _unwanted(document: Document) -> str | None:
    """Why the page is not for a corpus."""
    if not document.index:
        return "Siden ber om å ikke bli lagret (noindex)."
    if document.language == "other":
        return "Siden er ikke på norsk."
    return None if document.body.strip() else "Siden har ingen tekst."
