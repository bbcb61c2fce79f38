"""Users, sessions, guesses and views on each database that they may lie in."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from helseassistent.errors import ReviewError
from helseassistent.review.access import AccessRules, record_view, views_of
from helseassistent.review.access.attempts import BY_NAME, Attempts
from helseassistent.review.access.rules import Identity
from helseassistent.review.access.sessions import SessionBook
from helseassistent.review.access.users import UserBook
from helseassistent.review.store import Store, open_store
from review.access.fakes import LOCAL, PASSWORD, Clock, browser, guard, log_in, person
from review.fakes import DAY

pytestmark = pytest.mark.slow


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    opened = open_store(place)
    yield opened
    opened.close()


def test_people_come_and_go(store: Store) -> None:
    book = UserBook(store)
    kari = book.add("Kari", role="administrator", password=PASSWORD, display_name=" Kari  Nordmann ")
    assert (kari.name, kari.display_name, kari.active) == ("kari", "Kari Nordmann", True)
    with pytest.raises(ReviewError, match="allerede"):
        book.add("KARI", role="leser", password=PASSWORD)
    with pytest.raises(ReviewError, match="eneste administratoren"):
        book.remove("kari")
    with pytest.raises(ReviewError, match="eneste administratoren"):
        book.set_role("kari", "leser")
    book.add("ola", role="administrator", password=PASSWORD)
    assert not book.remove("kari").active
    assert book.find("kari") == book.everybody()[0]
    back = book.add("kari", role="leser", password=PASSWORD)
    assert (back.id, back.role, back.active) == (kari.id, "leser", True)
    for name in ("", "a b", "a\0b", "x" * 101, "ola'; DROP TABLE users; --", "<b>"):
        assert book.find(name) is None
        with pytest.raises(ReviewError):
            book.add(name, role="leser", password=PASSWORD)


def test_who_is_known_elsewhere_is_the_same_person_at_each_login(store: Store) -> None:
    book = UserBook(store)
    who = Identity("https://i.example", "s-1", ("ola@by.example",), "Ola", "leser")
    first, again = book.from_elsewhere(who), book.from_elsewhere(who)
    assert (first, first.name) == (again, "ola@by.example")
    other = book.from_elsewhere(Identity("https://annen.example", "s-1", ("ola@by.example",), "", "fagperson"))
    assert other.id != first.id
    assert other.name.startswith("oidc-")
    for refused in (lambda: book.set_role(first.name, "fagperson"), lambda: book.set_password(first.name, PASSWORD)):
        with pytest.raises(ReviewError, match="virksomhetens innlogging"):
            refused()


def test_a_session_is_found_by_its_token_and_by_nothing_else(store: Store) -> None:
    user = UserBook(store).find(person(store, "leser"))
    assert user is not None
    book = SessionBook(store, AccessRules(LOCAL), Clock())
    token, session = book.begin(user)
    visit = book.find(token)
    assert visit is not None
    assert (visit.user, visit.session) == (user, session)
    assert book.find(session.digest) is book.find("") is book.find(token + "x") is None
    book.forget(session)
    assert book.find(token) is None


def test_of_many_guesses_at_once_no_more_are_let_in(store: Store) -> None:
    attempts, name = Attempts(store, Clock()), person(store, "leser")
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda number: attempts.take(name, place=f"sted {number}", known=True), range(25)))
    assert waits.count(0) == BY_NAME


def test_views_are_kept_in_order(store: Store) -> None:
    ola = UserBook(store).find(person(store, "leser", "ola"))
    assert ola is not None
    for case in ("a", "b", "a"):
        record_view(store, user=ola, exchange=case, what="sak", day=DAY)
    assert [view.exchange for view in views_of(store)] == ["a", "b", "a"]
    assert [view.seq for view in views_of(store, exchange="a")] == [3, 1]
    assert views_of(store, user="kari") == []
    assert len(views_of(store, limit=1)) == 1


def test_what_is_typed_does_nothing_to_the_database(store: Store) -> None:
    client = browser(guard(store))
    for name in ("' OR 1=1 --", "'; DROP TABLE users; --", "a\0b", "{{7*7}}", "${7*7}", "*)(uid=*"):
        assert log_in(client, name, name) == 401
    assert log_in(client, person(store, "leser")) == 303
