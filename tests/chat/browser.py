"""What a test does in the browser: open the page, ask, wait, look."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from selenium.common.exceptions import TimeoutException
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import WebDriverWait

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0]}).then((result) => done(result.violations.map((violation) =>
  violation.id + ": " + violation.nodes.map((node) => node.html.slice(0, 160)).join(" || "))));
"""


@dataclass(frozen=True, slots=True)
class Browser:
    driver: Chrome
    site: str
    axe: str

    def open(self, path: str = "/") -> None:
        self.driver.get(self.site + path)
        self.until("document.querySelector('#ha-question') && !document.querySelector('#ha-loading')")

    def reset(self) -> None:
        """Forgets the page, the size, the colours and the log of requests."""
        self.command("Emulation.setScriptExecutionDisabled", value=False)
        self.driver.get("about:blank")
        self.size(1280, 900)
        self.media()
        self.driver.get_log("performance")
        self.driver.get_log("browser")

    def command(self, name: str, **arguments: object) -> None:
        self.driver.execute_cdp_cmd(name, arguments)

    def size(self, width: int, height: int, *, zoom: int = 1) -> None:
        """The window in pixels; at `zoom` 2 it holds half as many CSS pixels, as when a person sets it to 200 %."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width // zoom,
            height=height // zoom,
            deviceScaleFactor=zoom,
            mobile=False,
        )

    def media(self, *, scheme: str = "light", medium: str = "", forced: bool = False) -> None:
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "forced-colors", "value": "active" if forced else "none"},
            {"name": "prefers-reduced-motion", "value": "reduce"},  # so that a click never meets a moving page
        ]
        self.command("Emulation.setEmulatedMedia", media=medium, features=features)

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def until(self, condition: str, *, seconds: float = 30) -> None:
        WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(lambda _: self.run(f"return !!({condition})"))

    def arrives(self, address: str) -> None:
        """Waits for that address; it holds where scripts are switched off too."""
        try:
            WebDriverWait(self.driver, 30, poll_frequency=0.05).until(lambda driver: driver.current_url == address)
        except TimeoutException:
            raise AssertionError(f"at {self.driver.current_url}, not at {address}") from None

    def leave(self, *keys: str) -> None:
        """Presses keys that lead to another page, and waits until this one is gone."""
        page = self.find("html")
        self.press(*keys)
        WebDriverWait(self.driver, 30, poll_frequency=0.05).until(staleness_of(page))

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def click(self, selector: str) -> None:
        """Brings the last such element clear of what sticks to the edges, and clicks it."""
        element = self.all(selector)[-1]
        self.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        element.click()

    def press(self, *keys: str) -> None:
        self.driver.switch_to.active_element.send_keys(*keys)

    def ask(self, question: str) -> WebElement:
        """Types, sends with Enter and waits; the reply as shown."""
        before = len(self.all(".ha-reply"))
        self.run("const f = document.querySelector('#ha-question'); f.focus(); f.value = arguments[0];", question)
        self.press(Keys.ENTER)
        self.until(f"document.querySelectorAll('.ha-reply').length > {before}")
        self.until("!document.querySelector('#ha-send').hasAttribute('aria-disabled')")
        return self.all(".ha-reply")[-1]

    def focused(self) -> str:
        return str(self.run("return document.activeElement.id"))

    def violations(self) -> list[str]:
        self.run(self.axe)
        found: list[str] = self.driver.execute_async_script(RUN_AXE, TAGS)
        return found

    def hosts(self) -> set[str]:
        """Every host that the browser has asked for anything since the last reset."""
        found = set()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                parts = urlsplit(message["params"]["request"]["url"])
                if parts.scheme not in ("data", "blob", "about", "chrome"):
                    found.add(parts.netloc)
        return found

    def posted(self) -> list[str]:
        """What the page has sent in the bodies of its requests since the last reset, or since this was asked before."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [
            message["params"]["request"] for message in messages if message["method"] == "Network.requestWillBeSent"
        ]
        return [request["postData"] for request in sent if "postData" in request]

    def complaints(self) -> list[str]:
        """What the browser's console holds against the page."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
