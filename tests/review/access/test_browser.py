"""The login in a real browser: seen by axe, by keyboard alone, without script, over TLS, and by way of a provider."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
import uvicorn
from selenium.webdriver import Chrome, Keys
from starlette.types import ASGIApp

from chat.browser import Browser
from chat.conftest import chrome  # noqa: F401
from helseassistent.review.access import AccessRules, OidcRules, record_view
from helseassistent.review.access.users import UserBook
from helseassistent.review.store import Store
from needed import AXE
from review.access.fakes import PASSWORD, Clock, guard, person
from review.access.provider import CLIENT, SECRET
from review.access.test_oidc import PROVIDER, free_port, started, tell
from review.fakes import DAY

pytestmark = pytest.mark.slow


@contextmanager
def served(make: Callable[[str], ASGIApp], *, certificate: Path | None = None) -> Iterator[str]:
    """The address of what `make` builds for it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http{'s' if certificate else ''}://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(make(address), log_level="error", ssl_certfile=certificate)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        yield address
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def look(chrome: Chrome) -> Callable[[str], Browser]:  # noqa: F811
    """A browser that has been nowhere."""

    def open_at(site: str) -> Browser:
        browser = Browser(chrome, site, AXE.read_text(encoding="utf-8"))
        browser.reset()
        chrome.execute_cdp_cmd("Network.clearBrowserCookies", {})
        return browser

    return open_at


def front(store: Store) -> Callable[[str], ASGIApp]:
    return lambda address: guard(store, rules=AccessRules(address), clock=Clock())


def go(browser: Browser, path: str) -> None:
    browser.driver.get(browser.site + path)


def fill_in(browser: Browser, name: str, password: str) -> None:
    """By keyboard alone, from the top of the page."""
    browser.find("body").send_keys(Keys.TAB)
    browser.press(Keys.CONTROL, "a")
    browser.press(Keys.DELETE, name, Keys.TAB, password)
    browser.leave(Keys.ENTER)


def test_every_page_of_the_guard_is_open_to_everybody(store: Store, look: Callable[[str], Browser]) -> None:
    person(store, "leser", "ola")
    UserBook(store).remove(person(store, "leser", "borte"))
    user = UserBook(store).find(person(store, "administrator"))
    assert user is not None
    record_view(store, user=user, exchange="case-1", what="/sak/case-1", day=DAY)
    with served(front(store)) as address:
        browser = look(address)
        found = {}
        for scheme in ("light", "dark"):
            browser.driver.delete_all_cookies()
            browser.media(scheme=scheme)
            go(browser, "/logg-inn")
            found[f"login, {scheme}"] = browser.violations()
            fill_in(browser, "ola", "feil")
            assert browser.find("[role=alert]").text == "Feil brukernavn eller passord."
            found[f"wrong, {scheme}"] = browser.violations()
            fill_in(browser, "ola", PASSWORD)
            go(browser, "/brukere")
            assert "rollen administrator" in browser.find("main").text
            found[f"refused, {scheme}"] = browser.violations()
            browser.driver.delete_all_cookies()
            go(browser, "/logg-inn?neste=/brukere")
            fill_in(browser, "administrator", PASSWORD)
            for path in ("/brukere", "/visninger", "/konto"):
                go(browser, path)
                found[f"{path}, {scheme}"] = browser.violations()
        assert {state: seen for state, seen in found.items() if seen} == {}
        assert len(found) == 12
        assert browser.hosts() <= {address.removeprefix("http://")}


def test_logging_in_and_out_takes_no_script_and_no_mouse(store: Store, look: Callable[[str], Browser]) -> None:
    person(store, "leser", "ola")
    with served(front(store)) as address:
        browser = look(address)
        browser.command("Emulation.setScriptExecutionDisabled", value=True)
        go(browser, "/sak/a?b=1")
        assert browser.driver.current_url.startswith(f"{address}/logg-inn?neste=")
        fill_in(browser, "ola", PASSWORD)
        browser.arrives(f"{address}/sak/a?b=1")
        go(browser, "/")
        browser.find("form button").send_keys(Keys.ENTER)
        browser.arrives(f"{address}/logg-inn")
        go(browser, "/sak/a")
        assert browser.driver.current_url.startswith(f"{address}/logg-inn?neste=")


def test_over_tls_the_cookies_are_bound_to_it(store: Store, look: Callable[[str], Browser], tmp_path: Path) -> None:
    person(store, "leser", "ola")
    certificate = tmp_path / "tls.pem"
    trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    with served(front(store), certificate=certificate) as address:
        browser = look(address)
        browser.command("Security.setIgnoreCertificateErrors", ignore=True)
        go(browser, "/logg-inn?neste=/sak/a")
        fill_in(browser, "ola", PASSWORD)
        browser.arrives(f"{address}/sak/a")
        (cookie,) = browser.driver.get_cookies()
        assert (cookie["name"], cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (
            "__Host-gjennomgang-session", True, True, "Lax",
        )  # fmt: skip
        browser.command("Security.setIgnoreCertificateErrors", ignore=False)


def test_who_comes_from_the_organisations_login_is_logged_in(store: Store, look: Callable[[str], Browser]) -> None:
    port = free_port()
    provider = started([sys.executable, str(PROVIDER), str(port)], port)
    tell(next(provider), groups=["gruppe-1"], preferred_username="ola")
    oidc = OidcRules(f"http://localhost:{port}", CLIENT, SECRET, role_claim="groups", roles={"gruppe-1": "leser"})
    with served(lambda address: guard(store, rules=AccessRules(address, oidc=oidc), clock=Clock())) as address:
        browser = look(address)
        go(browser, "/logg-inn?neste=/sak/a")
        assert browser.violations() == []
        browser.find("a.button").send_keys(Keys.ENTER)  # to another site, and back from there
        browser.until("location.pathname === '/sak/a'")
        assert '"user":"ola"' in browser.find("body").text
    next(provider, None)
