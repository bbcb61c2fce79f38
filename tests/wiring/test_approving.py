"""From a verdict to the answer that people are given, and to the gold set, in the chat and on the command line."""

from __future__ import annotations

import json
import shutil
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from conftest import SHIPPED
from helseassistent.chat.markup import show
from helseassistent.cli import main
from helseassistent.review.approvals import all_approved
from helseassistent.review.cases import Approved, Judgement, NewExchange, NewVerdict, Quote, Verdict
from helseassistent.review.exchanges import write
from helseassistent.review.settle import Settled, settle
from helseassistent.review.store import open_store
from helseassistent.review.verdicts import judge
from helseassistent.settings import Settings
from helseassistent.types import Answer, Checked, Page, Urgent, unwatched
from helseassistent.wiring import Parts, build_index, build_parts, encoder_of
from helseassistent.wiring.approving import approvals_of, has_log, keep_true, with_approved
from helseassistent.wiring.live import Live
from review.fakes import DAY, holding

QUESTION = "Hvor mange plasser har Storetveit sykehjem til pasienter fra sykehuset?"
FILE = "bergen-kommune/vare-satsinger.md"


def kept(
    settings: Settings, parts: Parts, judgement: Judgement = "approved", *, words: str = "", question: str = QUESTION
) -> Settled:
    """What follows when somebody asks, and a reviewer judges the answer, choosing `words` of the page if any."""
    store, pages = open_store(settings.log), parts.assistant.retriever.generation.pages
    record = parts.record([question])
    id = f"reply-{question}"
    kind = "answer" if record["kind"] == "answer" else "abstention"
    write(store, [NewExchange(id, DAY, question, "nb", kind, None, None, 0.8, 0.5, "g", "extractive", 1, record)])
    start = pages[FILE].body.index(words)
    right = (Quote(FILE, start, start + len(words), words),) if words else ()
    said = judge(store, NewVerdict(id, question, "kari", judgement, DAY, right=right), seen=0)
    assert isinstance(said, Verdict)
    settled = settle(store, said, pages=pages, generation="g")
    store.close()
    return settled


def checked_of(parts: Parts, question: str = QUESTION) -> Checked | None:
    reply = parts.ask([question]).reply
    return reply.checked if isinstance(reply, Answer) else None


@pytest.fixture
def settings(tmp_path: Path, parts: Parts) -> Settings:
    generation = parts.assistant.retriever.generation
    log, gold = tmp_path / "review" / "log.sqlite", tmp_path / "review" / "gold.jsonl"
    return Settings(corpus=SHIPPED, index=generation.folder.parent, log=str(log), gold=str(gold))


def test_without_a_log_nothing_is_made_and_nothing_changes(settings: Settings, parts: Parts) -> None:
    assert with_approved(parts, settings) is parts
    assert keep_true(settings, pages={}, generation="g") is None
    assert not has_log(replace(settings, log=""))
    assert approvals_of(replace(settings, log="")) is None
    assert not Path(settings.log).parent.exists()


def test_an_approved_answer_is_given_and_says_who_checked_it_in_every_form(settings: Settings, parts: Parts) -> None:
    assert checked_of(parts) is None
    kept(settings, parts)
    told = with_approved(parts, replace(settings, checked_by="Helseetaten i <Bergen>"))
    record = told.record([QUESTION])
    assert record["checked"] == {"by": "Helseetaten i <Bergen>", "date": "2026-03-01"}
    assert "27 plasser" in record["claims"][0]["text"]
    assert "kontrollert av Helseetaten i <Bergen> 01.03.2026." in record["text"]
    exchange = told.ask([QUESTION], "nn")
    shown = show(exchange, turn=1, today=DAY, numbers={})
    assert '<p class="ha-checked">Svaret er kontrollert av Helseetaten i &lt;Bergen&gt; 01.03.2026.</p>' in shown.html
    assert "kontrollert av Helseetaten" in shown.spoken
    plain = with_approved(parts, settings)
    assert "kontrollert av en fagperson 01.03.2026" in plain.text(plain.ask([QUESTION], "nb"))
    assert "kontrollert av ein fagperson 01.03.2026" in plain.text(plain.ask([QUESTION], "nn"))


def test_words_that_a_reviewer_chose_are_given_instead(settings: Settings, parts: Parts) -> None:
    page = parts.assistant.retriever.generation.pages[FILE]
    words = next(line for line in page.body.splitlines() if "27 plasser" in line).strip()
    assert kept(settings, parts, "corrected", words=words).problem is None
    reply = with_approved(parts, settings).ask([QUESTION]).reply
    assert isinstance(reply, Answer)
    assert [citation.quote for claim in reply.claims for citation in claim.citations] == [words]


def test_danger_comes_before_any_approved_answer(settings: Settings, parts: Parts) -> None:
    message = "Faren min har falt om og puster ikke"
    page = parts.assistant.retriever.generation.pages[FILE]
    words = next(line for line in page.body.splitlines() if "27 plasser" in line).strip()
    kept(settings, parts)
    store = open_store(settings.log)
    said = judge(store, NewVerdict(None, message, "kari", "corrected", DAY, right=(_quote(page, words),)), seen=0)
    assert isinstance(said, Verdict)
    assert settle(store, said, pages={FILE: page}, generation="g").approved
    store.close()
    told = with_approved(parts, settings)
    assert checked_of(told)
    assert isinstance(told.ask([message]).reply, Urgent)


def test_a_log_that_cannot_be_read_costs_no_answer(settings: Settings, parts: Parts) -> None:
    Path(settings.log).parent.mkdir()
    Path(settings.log).write_text("Dette er et brev. " * 100)
    told = with_approved(parts, settings)
    assert isinstance(told.ask([QUESTION]).reply, Answer)
    approvals = approvals_of(settings)
    assert approvals
    approvals.look_after(parts)
    assert "Kan ikke åpne loggen" in (approvals.problem() or "")


@pytest.mark.slow
def test_a_page_edit_flags_the_answer_in_the_chat_that_is_being_served(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "corpus")
    log, gold = tmp_path / "review" / "log.sqlite", tmp_path / "review" / "gold.jsonl"
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", log=str(log), gold=str(gold))
    encoder = encoder_of(settings)
    parts = build_parts(settings, encoder=encoder)
    kept(settings, parts)
    approvals = approvals_of(settings)
    live = Live(index=settings.index, build=partial(build_parts, settings, encoder=encoder), approvals=approvals)
    live.watch(every=60)
    assert _until(lambda: _checked(live))
    page = settings.corpus / FILE
    page.write_text(
        page.read_text(encoding="utf-8").replace("opprettet 27 plasser", "opprettet 31 plasser"), encoding="utf-8"
    )
    build_index(settings)
    assert live.refresh()
    assert not _checked(live)
    (flagged,) = _approved(settings)
    assert flagged.state == "flagged"
    assert ("27 plasser" in flagged.changes[0].before, "31 plasser" in flagged.changes[0].now) == (True, True)
    assert gold.read_text() == ""
    live.stop()


@pytest.mark.slow
def test_the_commands_tell_what_waits_write_the_set_and_run_it(
    settings: Settings,
    parts: Parts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HELSEASSISTENT_LOG", settings.log)
    monkeypatch.setenv("HELSEASSISTENT_GOLD", settings.gold)
    places = ["--corpus", str(SHIPPED), "--index", str(settings.index)]
    assert main(["review", *places, "gold"]) == 1
    assert "ingen logg ennå" in capsys.readouterr().err
    kept(settings, parts)
    kept(settings, parts, "dangerous", question="Hvem er ordfører i byen?")
    assert main(["review", *places, "gold"]) == 0
    assert "versjon 2" in capsys.readouterr().out
    assert stat.S_IMODE(Path(settings.gold).stat().st_mode) == 0o600
    run = tmp_path / "run"
    gates = tmp_path / "gates.toml"
    gates.write_text("")
    main(["evaluate", settings.gold, "--out", str(run), "--gates", str(gates), *places])
    assert "2" in capsys.readouterr().out
    records = [json.loads(line) for line in (run / "records.jsonl").read_text().splitlines()]
    assert {record["outcome"] for record in records} == {"right"}
    assert main(["review", *places, "gold", "--run", str(run)]) == 0
    assert "forbli det: 1." in capsys.readouterr().out
    lines = [json.loads(line) for line in Path(settings.gold).read_text().splitlines()]
    assert [line["approved"] for line in lines] == [True, True]
    assert main(["ask", QUESTION, "--json", *places]) == 0
    assert json.loads(capsys.readouterr().out)["checked"] == {"by": "", "date": "2026-03-01"}
    assert main(["index", *places]) == 0
    assert "venter på at noen ser" not in capsys.readouterr().out
    assert main(["review", *places, "gold", "--forget", lines[0]["id"]]) == 0
    assert main(["review", *places, "gold", "--forget", "gull-x"]) == 1
    assert "ikke noe spørsmål med id «gull-x»" in capsys.readouterr().err
    left = [json.loads(line)["id"] for line in Path(settings.gold).read_text().splitlines()]
    assert left == [lines[1]["id"]]
    assert not holding(lines[0]["question"], Path(settings.log).parent)


def _quote(page: Page, words: str) -> Quote:
    start = page.body.index(words)
    return Quote(page.file, start, start + len(words), words)


def _until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def _checked(live: Live) -> bool:
    reply = live.edition().ask([QUESTION], None, watch=unwatched).reply
    return isinstance(reply, Answer) and reply.checked is not None


def _approved(settings: Settings) -> tuple[Approved, ...]:
    store = open_store(settings.log)
    try:
        return all_approved(store)
    finally:
        store.close()
