"""Pictures of the page with the shipped assistant behind it. `make screenshots` puts them into docs/images."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from selenium import webdriver

from chat.browser import Browser
from chat.conftest import served
from conftest import SHIPPED
from helseassistent.settings import Settings
from helseassistent.wiring.serving import build_chat

PHONE, DESKTOP = (390, 844), (1280, 900)
ARM = "Kan legevakten ta røntgen av en brukket arm?"


@dataclass(frozen=True, slots=True)
class Picture:
    """One file: which questions were asked, and how the page was looked at."""

    name: str
    questions: tuple[str, ...] = ()
    size: tuple[int, int] = PHONE
    scheme: str = "light"
    unfolded: bool = False


PICTURES = (
    Picture("start-390"),
    Picture("svar-390", (ARM,)),
    Picture("sitat-390", ("Hva er et helsefellesskap?",), unfolded=True),
    Picture("oppfolging-390", ("Hva er et helsefellesskap?", "og hvilke pasientgrupper skal det prioritere?")),
    Picture("ikke-svar-390", ("Hva koster det å ligge på Storetveit sykehjem?",)),
    Picture("nod-390", ("Jeg har vondt i brystet og får ikke puste",)),
    Picture("mork-390", ("Hvilke prøver kan legevakten i Bergen ta?",), scheme="dark"),
    Picture("start-1280", size=DESKTOP),
    Picture("svar-1280", (ARM,), size=DESKTOP),
    Picture("mork-1280", (ARM,), size=DESKTOP, scheme="dark"),
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from served(build_chat(Settings(corpus=SHIPPED, index=tmp_path_factory.mktemp("bilde-indeks"))))


@pytest.fixture
def seen(chrome: webdriver.Chrome, address: str) -> Iterator[Browser]:
    opened = Browser(chrome, address, axe="")
    opened.reset()
    yield opened
    opened.command("Emulation.setTouchEmulationEnabled", enabled=False)
    opened.reset()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_of_the_page_is_taken(seen: Browser, picture: Picture, tmp_path: Path) -> None:
    width, height = picture.size
    phone = picture.size == PHONE
    seen.command("Emulation.setTouchEmulationEnabled", enabled=phone)
    seen.command(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=height,
        deviceScaleFactor=2 if phone else 1,
        mobile=phone,
    )
    seen.media(scheme=picture.scheme)
    seen.open("/?sprak=nb")
    for question in picture.questions:
        seen.ask(question)
    if picture.unfolded:
        seen.click("summary")
    seen.run("document.fonts.ready; return document.body.offsetHeight")
    taken = base64.b64decode(seen.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    (folder / f"{picture.name}.png").write_bytes(taken)

    image = Image.open(io.BytesIO(taken)).convert("L")
    assert image.width == width * (2 if phone else 1)
    ground = 40 if picture.scheme == "dark" else 240
    assert abs(image.getpixel((2, image.height // 2)) - ground) < 30
    assert len(image.getcolors(256) or []) > 100, "letters are there"
