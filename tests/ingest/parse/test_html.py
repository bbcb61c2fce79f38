"""What is kept of a page's structure, what it says about itself, and what is no page at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from helseassistent.ingest.found import Document, Refused

Read = Callable[..., Document]
Refuse = Callable[..., Refused]
WORDS = "<p>Kommunen har ansvar for at alle som bor her, får den helsehjelpen de trenger.</p>"


def _body(found: Document) -> list[str]:
    return found.body.rstrip("\n").split("\n\n")


def test_words_are_not_cut_or_joined_where_markup_ends(read: Read) -> None:
    found = read(
        "<main><h1>Vann, H<sub>2</sub>O</h1><p>Ring <b>116</b>117.<br>Eller<em> kom</em> innom<span>.</span></p></main>"
    )
    assert _body(found) == ["# Vann, H2O", "Ring 116117.\nEller kom innom."]


def test_lists_keep_their_order_marks_and_depth(read: Read) -> None:
    found = read(
        f"<main><h1>Pakk</h1>{WORDS}<ol start=3><li>kort<ul><li>pass</ul><li>sko</ol><ul><li><p>en</p></li></ul></main>"
    )
    assert _body(found)[2:] == ["3. kort\n  - pass\n4. sko", "- en"]


def test_cards_in_a_list_keep_their_headings(read: Read) -> None:
    found = read(
        f"<main><h1>Tilbud</h1>{WORDS}<ul><li><h2>Kor</h2><p>Hver tirsdag.</p></li><li><h2>Bad</h2><p>Hver fredag.</p></li></ul></main>"
    )
    assert _body(found)[2:] == ["## Kor", "Hver tirsdag.", "## Bad", "Hver fredag."]


def test_a_bar_in_a_cell_does_not_end_it(read: Read) -> None:
    found = read(
        f"<main><h1>Tid</h1>{WORDS}<table><tr><th>a|b</th><th>c</th></tr><tr><td>1</td><td></td></tr></table></main>"
    )
    assert _body(found)[2] == "| a\\|b | c |\n| 1 |  |"


def test_spans_of_a_table_are_bounded(read: Read) -> None:
    found = read(
        f'<main><h1>Tid</h1>{WORDS}<table><tr><td colspan="99999999" rowspan="1000000">x</td><td>y</td></tr><tr><td>z</td></tr></table></main>'
    )
    assert len(found.body) < 1_000


def test_headings_can_be_linked_to(read: Read) -> None:
    found = read(
        f"<main><h1>Lege</h1>{WORDS}<h2 id=pris>Pris</h2>{WORDS}<a name=tid></a><h2>Tid</h2>{WORDS}"
        f"<h2><a id=sted></a>Sted</h2>{WORDS}<section id=klage><h2>Klage</h2>{WORDS}</section><h2>Annet</h2>{WORDS}</main>"
    )
    assert found.anchors == (("Pris", "pris"), ("Tid", "tid"), ("Sted", "sted"), ("Klage", "klage"))


def test_links_are_absolute_in_order_once_and_without_fragment(read: Read) -> None:
    found = read(
        f'<html><head><base href="/om/"></head><body><nav><a href="/">Hjem</a></nav><main><h1>Lege</h1>{WORDS}'
        '<a href="a.html#x">a</a><a href="a.html">a</a><a href="//b.example/c?d=1">b</a><a href="mailto:a@b.no">c</a><a href="#x">x</a>'
        '<a href="javascript:alert(1)">d</a><a href="http://[::1">e</a><a href="http://h:port/">f</a><a rel=nofollow href="/felle">g</a>'
        '<a style="display:none" href="/skjult-felle">h</a><a href=" \n/rom ">i</a></main></body></html>'
    )  # fmt: skip
    site = "https://www.fjordvik.kommune.example"
    assert found.links == (f"{site}/", f"{site}/om/a.html", "https://b.example/c?d=1", f"{site}/rom")


@pytest.mark.parametrize(
    ("content", "index", "follow"),
    [
        ("noindex", False, True),
        ("nofollow", True, False),
        ("none", False, False),
        ("NOINDEX, NOFOLLOW", False, False),
        ("all", True, True),
    ],
)
def test_robots_are_heard(content: str, index: bool, follow: bool, read: Read) -> None:
    found = read(
        f'<html><head><meta name="robots" content="{content}"></head><body><main><h1>L</h1>{WORDS}</main></body></html>'
    )
    assert (found.index, found.follow) == (index, follow)


def test_canonical_is_made_absolute_and_must_be_a_web_address(read: Read) -> None:
    page = '<html><head><link rel="canonical" href="{}"></head><body><main><h1>L</h1>' + WORDS + "</main></body></html>"
    assert read(page.format("/a?b=1#c")).canonical == "https://www.fjordvik.kommune.example/a?b=1"
    assert read(page.format("javascript:alert(1)")).canonical is None


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<title>Legevakt - Fjordvik kommune</title>", "", "Legevakt"),
        ("<title>Legevakt | Portalen</title><meta property='og:site_name' content='Portalen'>", "", "Legevakt"),
        ("<title>Noe annet</title>", "<h1>Legevakt</h1>", "Legevakt"),
        ("<title>Råd – for deg som venter</title>", "", "Råd – for deg som venter"),
        ("<title> </title>", "", "Kommunen har ansvar for at alle som bor her, får den helsehjelpen de trenger."),
        ("<title>a](javascript:alert(1))</title>", "", "a](javascript:alert(1))"),
    ],
)
def test_b17_the_title_is_the_heading_or_the_title_without_the_site(
    head: str, heading: str, title: str, read: Read
) -> None:
    assert read(f"<html><head>{head}</head><body><main>{heading}{WORDS}</main></body></html>").title == title


def test_b17_a_title_of_five_thousand_characters_is_cut_at_a_word(read: Read) -> None:
    found = read(f"<main><h1>{'langt ord ' * 500}</h1>{WORDS}</main>")
    assert len(found.title) <= 82
    assert found.title.endswith(("ord …", "langt …"))
    found = read(f"<html><head><title>{'langt ord ' * 500}</title></head><body><main>{WORDS}</main></body></html>")
    assert len(found.title) <= 302


def test_the_publisher_is_none_unless_the_page_names_one(read: Read) -> None:
    page = "<html><head>{}</head><body><main><h1>L</h1>" + WORDS + "</main></body></html>"
    assert read(page.format("<title>L - Fjordvik kommune</title>")).publisher is None
    assert (
        read(page.format('<meta property="og:site_name" content=" Fjordvik\u200b  kommune ">')).publisher
        == "Fjordvik kommune"
    )


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Du kan ringe oss hvis du ikke vet hva du skal gjøre, og vi hjelper deg videre.", "nn", "nb"),
        ("Du kan ringje oss dersom du ikkje veit kva du skal gjere, og vi hjelper deg vidare.", "nb", "nn"),
        ("You can call us if you do not know what to do, and we will help you find the right place.", "nb", "other"),
        ("Możesz do nas zadzwonić, jeśli nie wiesz, co robić. Lekarz jest w domu i pomoże ci jutro rano.", "nb", "other"),
        ("Mun lean davvisápmelaš ja hálidan gullat movt dearvvasvuođabálvalusat doibmet min suohkanis odne ja ihttin maŋŋil go "
         "doavttir lea boahtán ruoktot ja sáhttá veahkehit min buohkaid geat dárbbašit", "nb", "other"),
        ("Du kan ringa oss om du inte vet vad du ska göra, och vi hjälper dig vidare.", "sv", "other"),
    ],
)  # fmt: skip
def test_the_language_is_that_of_the_text_and_not_of_the_template(
    text: str, declared: str, language: str, read: Read
) -> None:
    found = read(f'<html lang="{declared}"><body><main><h1>Info</h1><p>{text}</p></main></body></html>')
    assert found.language == language


NO_PAGES = {
    "soft 404": ("<h1>Siden finnes ikke</h1><p>Beklager, vi fant ikke siden du leter etter. Prøv søket.</p>", False),
    "soft 404 in nynorsk": ("<h1>Fann ikkje sida</h1><p>Sida du leita etter, finst ikkje lenger.</p>", False),
    "soft 404 in English": ("<h1>404</h1><p>The page could not be found.</p>", False),
    "moved away": ("<h1>Oi!</h1><p>Siden er flyttet eller slettet.</p>", False),
    "log in": ("<h1>Logg inn</h1><form><label>Brukernavn<input></label><input type=password></form><p>For ansatte i kommunen.</p>", True),
    "BankID": ("<h1>Innlogging</h1><p>Velg BankID eller Buypass for å fortsette.</p>", True),
    "captcha": ("<h1>Vent litt</h1><p>Vi må vite at du er et menneske.</p><div class='g-recaptcha'></div>", True),
    "browser check": ("<h1>Just a moment...</h1><p>Checking your browser before accessing the site.</p>", True),
    "server error": ("<h1>Det oppstod en feil</h1><p>Noe gikk galt hos oss. Prøv igjen senere.</p>", True),
    "503": ("<h1>503 Service Unavailable</h1><p>No server is available to handle this request.</p>", True),
    "maintenance": ("<h1>Midlertidig utilgjengelig</h1><p>Tjenesten er under vedlikehold.</p>", True),
    "script only": ("<div id=root></div><script src=app.js></script><noscript>Du må slå på JavaScript.</noscript>", True),
    "empty": ("<p>&nbsp;</p>", True),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_PAGES)
def test_what_a_server_sends_in_place_of_a_page_is_refused(name: str, refuse: Refuse) -> None:
    body, keep = NO_PAGES[name]
    found = refuse(f"<html><head><title>Fjordvik kommune</title></head><body><main>{body}</main></body></html>")
    assert found.keep == keep
    assert found.reason.endswith(".")


@pytest.mark.parametrize(
    "heading",
    [
        "Logg inn på Helsenorge",
        "Feil på telefonen",
        "Siden du får svar på prøven",
        "Når tjenesten er nede",
        "Slik melder du feil",
    ],
)
def test_pages_about_log_ins_and_errors_are_pages(heading: str, read: Read) -> None:
    assert read(f"<main><h1>{heading}</h1>{WORDS * 8}</main>").title == heading


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Bytte fastlege</h1><p>Logg inn på Helsenorge med BankID og velg en ny lege på lista over ledige.</p>",
        "<h1>Erstatning</h1><p>Hvis noe gikk galt i behandlingen, kan du søke om erstatning hos pasientskadenemnda.</p>",
        "<h1>Kontakt oss</h1><p>Ring 55 97 404 eller skriv til oss i skjemaet under, så svarer vi innen tre dager.</p>"
        "<form><div class='g-recaptcha'></div></form>",
        "<form class='innlogging'><input type='password'></form><h1>Frisør</h1><p>Frisøren er på sykehjemmet hver onsdag"
        " fra klokka ti til to. Bestill time hos personalet på avdelingen.</p>",
        "<h1>Når prøven ikke er tatt</h1><p>Får du ikke svar, er prøven kanskje ikke sendt. Ring oss, så sjekker vi det.</p>",
    ],
)
def test_short_pages_that_speak_of_such_things_are_pages(body: str, read: Read) -> None:
    assert "<h1>" + read(f"<main>{body}</main>").title in body


def test_a_short_page_is_a_page(read: Read) -> None:
    assert read("<main><h1>Apotek</h1><p>Apoteket er åpent fra ti til fire.</p></main>").title == "Apotek"


def test_a_menu_of_food_and_a_share_of_the_cost_are_no_furniture(read: Read) -> None:
    found = read(
        f'<main><h1>Mat</h1>{WORDS}<p class="menu">Mandag: Fisk</p><table class="share"><tr><td>Andel</td><td>10 %</td></tr><tr><td>Tak</td><td>5 G</td></tr></table></main>'
    )
    assert "Mandag: Fisk" in found.body
    assert "| Andel | 10 % |" in found.body
