"""The review's HTML and its files: the colours of the citizens' page, nothing inline, nothing from elsewhere."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from helseassistent.chat.page import asset as chat_asset
from helseassistent.colours import colours
from helseassistent.review.access.pages import login_page
from helseassistent.review.labels import KEYS
from helseassistent.review.page import ASSETS, asset, environment, render


@pytest.mark.parametrize(
    "style",
    [
        asset("review.css"),
        chat_asset("chat.css"),
        login_page(prefix="", csrf="a", following="/").body.decode(),
    ],
    ids=["staff", "citizens", "login"],
)
def test_every_page_has_the_same_colours_and_uses_none_that_is_not_there(style: str) -> None:
    assert style.count(colours()) == 1
    named = set(re.findall(r"(--ha-[\w-]+):", style))
    assert len(set(re.findall(r"--ha-[\w-]+", colours()))) > 12
    assert {used for used in re.findall(r"var\((--ha-[\w-]+)", style) if used not in named} == set()


@pytest.mark.parametrize("name", sorted(ASSETS))
def test_a_file_names_no_other_host(name: str) -> None:
    assert not re.search(r"https?:|url\(|@import|innerHTML|\beval\b", asset(name))


def test_no_template_has_a_script_a_style_or_a_handler_of_its_own_or_lets_text_through() -> None:
    folder = resources.files("helseassistent.review").joinpath("templates")
    for file in folder.iterdir():
        if file.name == "replay.html":  # not a page of the site: a file that is opened and printed alone
            continue
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"<script>|<style|\son\w+=|\sstyle=|\|\s*safe\b|autoescape", text), file.name


def test_every_template_can_be_read_and_what_it_is_not_given_is_an_error() -> None:
    for name in environment().list_templates():
        environment().get_template(name)
    with pytest.raises(Exception, match="undefined"):
        render("told.html")


def test_every_key_that_is_listed_is_one_that_the_script_knows() -> None:
    script = asset("review.js")
    known = {key for _, keys in KEYS for key, _ in keys}
    for key in known - {"1 – 6", "Enter", "Esc", "Mellomrom", "Ctrl Enter", "↓ ↑", "Shift ↓ ↑"}:
        assert re.search(rf'^    (?:"{re.escape(key)}"|{re.escape(key)}): ', script, re.MULTILINE), key
