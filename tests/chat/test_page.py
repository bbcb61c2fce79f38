"""Gradio's shell made ours, and which language a visitor meets."""

from __future__ import annotations

import re

import pytest

from chat import fakes
from helseassistent.chat.guard import is_open
from helseassistent.chat.page import Shell, Visit, asset, pick_language, spell, texts

SHELL = """<!doctype html><html
	lang="en"><head><base href="./"><meta property="og:image" content="https://a.example/b.png"></head>
<body style="x"><gradio-app></gradio-app><script>1</script></body></html>"""


@pytest.mark.parametrize("name", ["header.html", "chat.html", "footer.html"])
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_every_word_that_a_template_asks_for_exists(name: str, language: str) -> None:
    spelled = spell(asset(name), "nn" if language == "nn" else "nb", fakes.numbers())

    assert not re.search(r'data-t="[^"]*"[^>]*></', spelled)
    assert "{" not in spelled


def test_the_script_asks_only_for_words_that_exist() -> None:
    asked = re.findall(r'(?:words|filled)\("([\w.]+)"', asset("chat.js"))

    assert asked
    assert set(asked) <= texts("nb", fakes.numbers()).keys()


def test_the_shell_gets_language_numbers_and_a_nonce_and_loses_what_points_elsewhere() -> None:
    html = Shell(fakes.numbers()).rewrite(SHELL, Visit("nn", None, "abc"))

    assert 'lang="nn"' in html
    assert 'href="tel:113"' in html.split("<gradio-app>")[0]
    assert "a.example" not in html
    assert "<base" not in html
    assert html.count("<script") == html.count('<script nonce="abc"') == 2


def test_words_in_the_script_cannot_close_it() -> None:
    html = Shell(fakes.numbers()).rewrite(SHELL, Visit("nb", None, "abc"))
    script = html.split("window.helseassistent = ")[1].split("</script>")[0]

    assert "<" not in script


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        (None, "", "nb"),
        (None, "en-US,en;q=0.9", "nb"),
        (None, "nn-NO,nb;q=0.8", "nn"),
        (None, "nb-NO,nn;q=0.8", "nb"),
        (None, "en,no;q=0.5,nn;q=0.4", "nb"),
        ("nn", "nb", "nn"),
        ("nb", "nn", "nb"),
        ("en", "nn", "nn"),
    ],
)
def test_the_written_form_is_the_one_asked_for_else_the_browsers(
    query: str | None, accepted: str, language: str
) -> None:
    assert pick_language(query, accepted, default="nb") == language


@pytest.mark.parametrize(
    ("method", "path", "open_"),
    [
        ("GET", "/", True),
        ("GET", "/assets/index-abc.js", True),
        ("POST", "/gradio_api/queue/join", True),
        ("GET", "/gradio_api/info", True),
        ("GET", "/assets/../x", False),
        ("POST", "/", False),
        ("POST", "/gradio_api/upload", False),
        ("GET", "/gradio_api/file=/etc/passwd", False),
        ("GET", "//", False),
        ("OPTIONS", "/", False),
    ],
)
def test_only_what_the_page_needs_of_gradio_is_open(method: str, path: str, open_: bool) -> None:
    assert is_open(method, path) is open_
