"""Rows C3, C8, C9, C10, C11 and C15 as a whole crawl keeps them: what is asked for, when, and what comes of it."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Mapping
from functools import partial

import pytest

from helseassistent.ingest.crawl import crawl
from helseassistent.ingest.fetch import Client, Limits
from helseassistent.ingest.found import Document, Fetched, Gone, Known, Moved, Read, Refused, Unchanged, Visit
from helseassistent.ingest.pace import Clock
from helseassistent.ingest.parse import Limits as ParseLimits
from helseassistent.ingest.parse import parse_document
from helseassistent.ingest.sources import Source
from ingest.loopback import AGENT, LOOPBACK, Served, Site, StoppedClock, page, parse, redirect, serve

CLIENT = Client(agent=AGENT, permitted=LOOPBACK, limits=Limits(seconds=1, decoded_bytes=1_000_000))


def source_at(site: Site, *, start: tuple[str, ...] = ("/",), sitemaps: tuple[str, ...] = (), **more: object) -> Source:
    return Source(
        "prøve",
        "Prøve kommune",
        hosts=(site.host,),
        start=tuple(site.root + path for path in start),
        sitemaps=tuple(site.root + path for path in sitemaps),
        **{"delay": 0.0, **more},  # type: ignore[arg-type]
    )


def visit_all(
    site: Site, *, source: Source | None = None, known: Mapping[str, Known] | None = None, **more: object
) -> list[Visit]:
    clock: Clock = StoppedClock()
    arguments = {"clock": clock, "parse": parse, **more}
    return list(crawl(source or source_at(site), client=CLIENT, known=known or {}, **arguments))  # type: ignore[arg-type]


def told(site: Site, visits: list[Visit]) -> list[tuple[str, str]]:
    """What became of each address, in order, without the site's root."""
    return [
        (type(visit).__name__, (visit.fetched.url if isinstance(visit, Read) else visit.url).removeprefix(site.root))
        for visit in visits
    ]


def reasons(visits: list[Visit]) -> list[str]:
    return [visit.reason for visit in visits if isinstance(visit, Refused)]


def forbidding(*paths: str) -> Served:
    return Served(("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in paths)).encode())


def sitemap(site_root: str, *paths: str) -> Served:
    entries = "".join(f"<url><loc>{site_root}{path}</loc></url>" for path in paths)
    return Served(f"<urlset>{entries}</urlset>".encode())


def test_every_page_is_asked_for_once_in_the_order_it_is_found() -> None:
    pages = {
        "/": page("/a", "/b", "/a#del", "/a?utm_source=x"),
        "/a": page("/c", "/", "/b"),
        "/b": page("/c"),
        "/c": page(),
    }
    with serve(pages) as site:
        visits = visit_all(site)
        assert told(site, visits) == [("Read", "/"), ("Read", "/a"), ("Read", "/b"), ("Read", "/c")]
        assert site.asked() == ["/", "/a", "/b", "/c"]
        assert [request.path for request in site.log].count("/robots.txt") == 1


def test_only_what_the_source_names_is_asked_for() -> None:
    """Row C7."""
    with serve(host="127.0.0.2") as other, serve() as site:
        site.pages = {
            "/helse": page(
                "/helse/a", "/barn", "/helse/intern/b", f"{other.root}/helse/a", "mailto:a@b.no", "/helse/kart.jpg"
            ),
            "/helse/a": page("//127.0.0.2/helse", "ftp://127.0.0.1/helse"),
        }
        visits = visit_all(
            site, source=source_at(site, start=("/helse",), paths=("/helse",), excluded=("/helse/intern",))
        )
        assert told(site, visits) == [("Read", "/helse"), ("Read", "/helse/a")]
        assert site.asked() == ["/helse", "/helse/a"]
        assert other.log == []


def test_a_redirect_out_of_the_source_is_not_followed() -> None:
    """Rows C3 and C7."""
    with serve(host="127.0.0.2") as other, serve() as site:
        site.pages = {
            "/": page("/a", "/b", "/c"),
            "/a": redirect(f"{other.root}/"),
            "/b": redirect("/intern/b"),
            "/c": redirect("http://evil.no/"),
        }
        visits = visit_all(site, source=source_at(site, excluded=("/intern",)))
        assert told(site, visits) == [("Read", "/"), ("Refused", "/a"), ("Refused", "/b"), ("Refused", "/c")]
        assert all("Viderefører til" in reason for reason in reasons(visits))
        assert other.log == []


def test_none_of_two_hundred_forbidden_links_is_fetched() -> None:
    """Row C8: forbidden fetched = 0 of 200."""
    forbidden = [f"/intern/{number}" for number in range(50)]
    forbidden += [f"/side-{number}/utskrift" for number in range(50)]
    forbidden += [f"/fil-{number}.pdf" for number in range(50)]
    forbidden += [f"/s%C3%B8k?q={number}" for number in range(50)]
    with serve() as site:
        site.pages = {
            "/robots.txt": forbidding("/intern/", "/*/utskrift$", "/*.pdf$", "/søk"),
            "/": page(*forbidden, "/intern", "/side-1/utskrift/mer", "/side.pdf?v=2"),
        }
        site.otherwise = lambda path: page(*forbidden, text=path)
        visits = visit_all(site)
        assert site.asked() == ["/", "/intern", "/side-1/utskrift/mer", "/side.pdf?v=2"]
        assert reasons(visits) == ["Nettstedets robots.txt ber roboter om ikke å hente adressen."] * 200


def test_a_redirect_to_a_forbidden_page_is_not_followed() -> None:
    """Row C8."""
    with serve({"/robots.txt": forbidding("/intern/"), "/": redirect("/intern/a"), "/intern/a": page()}) as site:
        visits = visit_all(site)
        assert told(site, visits) == [("Refused", "/")]
        assert site.asked() == ["/"]


@pytest.mark.parametrize(
    ("status", "fetched"), [(401, True), (403, True), (404, True), (429, False), (500, False), (503, False)]
)
def test_the_status_of_robots_decides(status: int, fetched: bool) -> None:
    """Row C8."""
    with serve({"/robots.txt": Served(b"Disallow: /", status=status), "/": page("/a"), "/a": page()}) as site:
        visits = visit_all(site)
        assert bool(site.asked()) == fetched
        assert all(isinstance(visit, Read) == fetched for visit in visits)
        assert all(visit.keep for visit in visits if isinstance(visit, Refused))


def test_robots_that_do_not_come_let_nothing_be_fetched() -> None:
    """Row C8."""
    with serve({"/robots.txt": lambda handler: time.sleep(2), "/": page("/a")}) as site:
        visits = visit_all(site)
        assert site.asked() == []
        assert "robots.txt kunne ikke leses" in reasons(visits)[0]


def test_robots_may_lie_behind_redirects_within_the_hosts() -> None:
    """Row C8."""
    with serve() as site:
        for number in range(5):
            site.pages[f"/r{number}"] = redirect(f"/r{number + 1}")
        site.pages |= {"/robots.txt": redirect("/r1"), "/r5": forbidding("/a"), "/": page("/a", "/b"), "/b": page()}
        assert told(site, visit_all(site)) == [("Read", "/"), ("Refused", "/a"), ("Read", "/b")]
        site.pages["/robots.txt"] = redirect("http://evil.no/robots.txt")
        assert told(site, visit_all(site)) == [("Refused", "/")]


def test_by_default_a_host_is_asked_once_a_second() -> None:
    """Row C9, in real time: robots.txt, a redirect and four pages."""
    pages = {"/": page("/a", "/b"), "/a": redirect("/c"), "/b": page(), "/c": page()}
    with serve(pages) as site:
        source = Source("prøve", "Prøve kommune", hosts=(site.host,), start=(f"{site.root}/",))
        assert len(list(crawl(source, client=CLIENT, parse=parse, known={}))) == 4
        moments = [request.moment for request in site.log]
    assert len(moments) == 5
    assert min(later - earlier for earlier, later in itertools.pairwise(moments)) >= 1.0
    assert {request.headers["User-Agent"] for request in site.log} == {AGENT}


@pytest.mark.parametrize(
    ("rules", "delay", "expected"), [("", 2.5, 2.5), ("Crawl-delay: 7", 2.5, 7), ("Crawl-delay: 1", 2.5, 2.5)]
)
def test_the_longer_of_two_delays_is_kept(rules: str, delay: float, expected: float) -> None:
    """Row C9."""
    clock = StoppedClock()
    robots = Served(f"User-agent: *\n{rules}".encode())
    with serve({"/robots.txt": robots, "/": page("/a"), "/a": page()}) as site:
        visit_all(site, source=source_at(site, delay=delay), clock=clock)
    assert clock.slept == [expected, expected]


def test_retry_after_is_waited_for() -> None:
    """Row C9."""
    clock, asked_at = StoppedClock(), []

    class Busy(dict[str, Served]):
        def get(self, path: str, otherwise: object = None) -> Served | None:  # type: ignore[override]
            if path != "/a":
                return super().get(path)
            asked_at.append(clock.now())
            return page() if len(asked_at) == 3 else Served(status=429, headers={"Retry-After": "40"})

    with serve() as site:
        site.pages = Busy({"/": page("/a", "/b"), "/b": page()})
        visits = visit_all(site, clock=clock, source=source_at(site, delay=1.0))
        assert told(site, visits) == [("Read", "/"), ("Read", "/a"), ("Read", "/b")]
    assert [round(later - earlier) for earlier, later in itertools.pairwise(asked_at)] == [40, 40]


@pytest.mark.parametrize(("header", "times"), [("20", 3), ("86400", 1)])
def test_a_server_that_stays_busy_is_left_for_the_next_crawl(header: str, times: int) -> None:
    """Row C9."""
    busy = Served(status=503, headers={"Retry-After": header})
    with serve({"/": page("/a", "/b", "/c"), "/a": busy, "/b": page(), "/c": page()}) as site:
        visits = visit_all(site)
        assert told(site, visits) == [("Read", "/"), ("Refused", "/a"), ("Refused", "/b"), ("Refused", "/c")]
        assert site.asked() == ["/"] + ["/a"] * times
        assert all(visit.keep for visit in visits if isinstance(visit, Refused))


def test_a_server_that_fails_again_and_again_is_left_for_the_next_crawl() -> None:
    """Row C10: the crawl goes on to its end."""
    links = [f"/{number}" for number in range(30)]
    with serve({"/": page(*links), **{link: Served(status=500) for link in links}}) as site:
        visits = visit_all(site)
        assert len(visits) == 31
        assert len(site.asked()) == 1 + 8
        assert "8 sider på rad" in reasons(visits)[-1]


def test_single_failures_do_not_stop_a_crawl() -> None:
    """Rows C10 and C15."""
    links = [f"/{number}" for number in range(40)]
    with serve({"/": page(*links)}) as site:
        site.pages |= {link: Served(status=500) if number % 2 else page(text=link) for number, link in enumerate(links)}
        site.pages["/4"] = lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nfor kort")
        site.pages["/6"] = Served(bytes(1_000_001))
        visits = visit_all(site)
        assert len(site.asked()) == 41
        assert [type(visit) for visit in visits].count(Read) == 1 + 18


def test_a_page_that_drips_costs_its_limit_and_the_crawl_goes_on() -> None:
    """Row C10, with a limit of one second."""

    def drip(handler: object) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")  # type: ignore[attr-defined]
        for _ in range(100):
            handler.wfile.write(b"x")  # type: ignore[attr-defined]
            time.sleep(0.05)

    with serve({"/": page("/a", "/b"), "/a": drip, "/b": page()}) as site:
        visits = visit_all(site)
        assert told(site, visits) == [("Read", "/"), ("Refused", "/a"), ("Read", "/b")]
        assert "ikke ferdig hentet" in reasons(visits)[0]


def test_the_page_cap_stops_and_is_reported() -> None:
    """Row C11: an endless site."""
    with serve() as site:
        site.otherwise = lambda path: page(*(f"{path}x{letter}" for letter in "abc"), text=path)
        visits = visit_all(site, source=source_at(site, max_pages=20, max_depth=50))
        assert len(site.asked()) == 20
        assert "Taket på 20 sider (max_pages) er nådd" in reasons(visits)[-1]


def test_the_depth_cap_stops_and_is_reported() -> None:
    """Row C11: infinite pagination."""

    def paged(path: str) -> Served:
        number = int(re.sub(r"\D", "", path) or 0)
        return page(f"/liste?side={number + 1}", text=path)

    with serve() as site:
        site.otherwise = lambda path: Served(status=404) if path == "/robots.txt" else paged(path)
        visits = visit_all(site, source=source_at(site, max_depth=5))
        assert len(site.asked()) == 6
        assert reasons(visits) == ["Mer enn 5 lenker fra startsiden (max_depth): én adresse ble ikke hentet."]


def test_a_source_of_single_pages_says_nothing_of_their_links() -> None:
    with serve({"/": page("/a")}) as site:
        assert told(site, visit_all(site, source=source_at(site, max_depth=0))) == [("Read", "/")]


def test_a_calendar_stops_long_before_the_page_cap() -> None:
    """Row C11."""

    def month(path: str) -> Served:
        found = re.fullmatch(r"/kalender/(\d+)/(\d+)", path)
        if not found:
            return page("/kalender/2026/11", "/helse", text=path)
        index = int(found[1]) * 12 + int(found[2]) - 1
        near = [f"/kalender/{at // 12}/{at % 12 + 1:02}" for at in (index - 1, index + 1)]
        return page(*near, f"/kalender?dato={found[1]}-{found[2]}-01", text=path)

    with serve() as site:
        site.otherwise = lambda path: Served(status=404) if path == "/robots.txt" else month(path)
        visits = visit_all(site, source=source_at(site, max_depth=50_000, max_pages=50_000))
        assert len(site.asked()) < 250
        assert "uten ende" in reasons(visits)[-1]
        assert "/helse" in site.asked()


@pytest.mark.parametrize("form", ["/side;jsessionid={}", "/side?PHPSESSID={}", "/side?sid={}&utm_campaign={}"])
def test_session_ids_make_no_new_pages(form: str) -> None:
    """Row C11."""
    with serve() as site:
        counter = iter(range(10_000))
        site.otherwise = lambda path: page(
            *(form.replace("{}", f"{next(counter):032}") for _ in range(20)), text="det samme"
        )
        assert told(site, visit_all(site)) == [("Read", "/"), ("Read", "/side")]


def test_paths_that_repeat_themselves_end() -> None:
    """Row C11: a relative link that the server answers at any depth."""
    with serve() as site:
        site.otherwise = lambda path: Served(status=404) if path == "/robots.txt" else page("helse/om/", text=path)
        visits = visit_all(site, source=source_at(site, max_depth=1_000))
        assert len(site.asked()) <= 4
        assert "uten ende" in reasons(visits)[-1]


def test_sitemaps_name_pages_that_nothing_links_to() -> None:
    with serve() as site:
        index = f"<sitemapindex><sitemap><loc>{site.root}/kart/1.xml</loc></sitemap></sitemapindex>"
        site.pages = {
            "/sitemap.xml": Served(index.encode()),
            "/kart/1.xml": sitemap(site.root, "/helse/a", "/barn/b", "/helse/c?utm_source=kart"),
            "/helse/a": page(),
            "/helse/c": page(),
        }
        source = source_at(site, start=(), sitemaps=("/sitemap.xml",), paths=("/helse",))
        assert told(site, visit_all(site, source=source)) == [("Read", "/helse/a"), ("Read", "/helse/c")]
        assert site.asked() == ["/sitemap.xml", "/kart/1.xml", "/helse/a", "/helse/c"]


def test_sitemaps_keep_to_the_hosts_and_to_robots() -> None:
    """Rows B8, C7 and C8."""
    with serve(host="127.0.0.2") as other, serve() as site:
        listed = "".join(
            f"<sitemap><loc>{url}</loc></sitemap>" for url in (f"{other.root}/s.xml", f"{site.root}/x/s.xml")
        )
        site.pages = {
            "/robots.txt": forbidding("/x/"),
            "/sitemap.xml": Served(f"<sitemapindex>{listed}</sitemapindex>".encode()),
            "/": page(),
        }
        visits = visit_all(site, source=source_at(site, sitemaps=("/sitemap.xml", "/mangler.xml")))
        assert [type(visit) for visit in visits] == [Refused, Refused, Refused, Read]
        assert site.asked() == ["/sitemap.xml", "/mangler.xml", "/"]
        assert other.log == []


def test_a_page_is_kept_at_the_address_it_calls_its_own() -> None:
    pages = {
        "/": page("/a?vis=1", "/a?vis=2"),
        "/a?vis=1": page(head='<link rel="canonical" href="/a">'),
        "/a?vis=2": page(head='<link rel="canonical" href="/a">'),
        "/a": page(text="her", head='<link rel="canonical" href="/a">'),
    }
    with serve(pages) as site:
        visits = visit_all(site)
        assert told(site, visits) == [("Read", "/"), ("Read", "/a"), ("Moved", "/a?vis=1"), ("Moved", "/a?vis=2")]
        assert site.asked() == ["/", "/a?vis=1", "/a", "/a?vis=2"]


@pytest.mark.parametrize(
    "canonical",
    ["/borte", "/rundt", "https://evil.no/a", "{https}/a", "/a", "/intern/a", "ikke en adresse:", "/a#del", ""],
)
def test_a_wrong_canonical_link_loses_no_page(canonical: str) -> None:
    with serve() as site:
        href = canonical.replace("{https}", site.root.replace("http:", "https:"))
        site.pages = {
            "/": page("/a"),
            "/a": page(head=f'<link rel="canonical" href="{href}">'),
            "/rundt": redirect("/a"),
        }
        visits = visit_all(site, source=source_at(site, excluded=("/intern",)))
        assert ("Read", "/a") in told(site, visits)


def test_pages_that_call_each_other_canonical_are_one_page() -> None:
    pages = {
        "/": page("/a", "/b"),
        "/a": page(head='<link rel="canonical" href="/b">'),
        "/b": page(head='<link rel="canonical" href="/a">'),
    }
    with serve(pages) as site:
        assert told(site, visit_all(site)) == [("Read", "/"), ("Read", "/b"), ("Moved", "/a")]


def test_an_address_that_redirects_is_moved_to_its_page() -> None:
    with serve(
        {
            "/": page("/gammel", "/ny", "/eldst"),
            "/gammel": redirect("/ny"),
            "/eldst": redirect("/gammel"),
            "/ny": page(),
        }
    ) as site:
        visits = visit_all(site)
        assert visits[1:] == [
            Read(Fetched(f"{site.root}/ny", "text/html", site.pages["/ny"].body), parse_of(visits[1])),  # type: ignore[union-attr]
            Moved(f"{site.root}/gammel", f"{site.root}/ny"),
            Moved(f"{site.root}/eldst", f"{site.root}/ny"),
        ]


def parse_of(visit: Visit) -> Document:
    assert isinstance(visit, Read)
    return visit.document


def test_an_address_that_leads_to_no_page_is_refused_and_its_page_stands() -> None:
    """Row C14: a redirect to a login page takes no page away."""

    def no_login(fetched: Fetched) -> Document | Refused:
        return Refused(fetched.url, "Siden krever innlogging.") if "logg-inn" in fetched.url else parse(fetched)

    with serve({"/": page("/a", "/b"), "/a": redirect("/logg-inn?fra=a"), "/b": redirect("/logg-inn?fra=a")}) as site:
        site.pages["/logg-inn?fra=a"] = page()
        visits = visit_all(site, known={f"{site.root}/a": Known()}, parse=no_login)
        assert told(site, visits) == [
            ("Read", "/"),
            ("Refused", "/logg-inn?fra=a"),
            ("Refused", "/a"),
            ("Refused", "/b"),
        ]
        assert all(visit.keep for visit in visits if isinstance(visit, Refused))


def test_what_the_parser_refuses_is_passed_on() -> None:
    """Rows C12 and C14: the parser knows a page that says that it is none."""

    def soft(fetched: Fetched) -> Document | Refused:
        gone = "finnes ikke" in fetched.body.decode()
        return Refused(fetched.url, "Siden sier at den ikke finnes.", keep=False) if gone else parse(fetched)

    with serve({"/": page("/a"), "/a": page(text="Siden finnes ikke")}) as site:
        visits = visit_all(site, parse=soft)
        assert visits[1] == Refused(f"{site.root}/a", "Siden sier at den ikke finnes.", keep=False)


@pytest.mark.parametrize(
    ("head", "headers", "index", "follow"),
    [
        ("", {}, True, True),
        ('<meta name="robots" content="noindex">', {}, False, True),
        ('<meta name="robots" content="nofollow">', {}, True, False),
        ("", {"X-Robots-Tag": "noindex"}, False, True),
        ("", {"X-Robots-Tag": "NoIndex, nofollow"}, False, False),
        ("", {"X-Robots-Tag": "helseassistent: none"}, False, False),
        ("", {"X-Robots-Tag": "noarchive"}, True, True),
    ],
)
def test_what_a_page_asks_of_robots_is_respected(head: str, headers: dict[str, str], index: bool, follow: bool) -> None:
    with serve({"/": Served(page("/a", head=head).body, headers=headers), "/a": page()}) as site:
        first, *rest = visit_all(site)
        assert isinstance(first, Read)
        assert (first.document.index, first.document.follow) == (index, follow)
        assert bool(rest) == follow


@pytest.mark.parametrize(("text", "language"), [("Legevakt 116117", "nn"), ("Vi kan ikke hjelpe hvis noe skjer", "nb")])
def test_a_page_that_shows_no_language_has_that_of_its_source(text: str, language: str) -> None:
    with serve({"/": page(text=text)}) as site:
        (visit,) = visit_all(site, source=source_at(site, language="nn"))
        assert isinstance(visit, Read)
        assert visit.document.language == language


ARTICLE = "<p>Legevakten i Bergen er åpen hele døgnet, og du bør ringe 116117 før du kommer. </p>" * 20
WALLS = {  # what servers send with status 200 in place of a page, and whether the page may still be there
    "/finnes-ikke": ("<h1>Siden finnes ikke</h1><p>Siden du leter etter er flyttet eller slettet.</p>", False),
    "/innlogging": ("<h1>Logg inn</h1><form><input name=u><input type=password name=p></form>", True),
    "/abonnent": ("<h1>Ny legevakt</h1><p>Saken er for abonnenter. Logg inn for å lese resten.</p>", True),
    "/robot": ("<h1>Er du et menneske?</h1><div class='g-recaptcha'></div>", True),
    "/feil": ("<h1>Det oppsto en feil</h1><p>Prøv igjen senere.</p>", True),
    "/skall": ("<div id=app></div><script src=app.js></script>", True),
}


def test_what_only_looks_like_a_page_is_none() -> None:
    """Rows C12 and C14, with the parser that is shipped; a page that writes about logging in is a page."""
    with serve() as site:
        site.pages["/"] = article(
            f"<h1>Forside</h1>{ARTICLE}" + "".join(f'<a href="{path}">x</a>' for path in (*WALLS, "/om"))
        )
        site.pages["/om"] = article(f"<h1>Slik logger du inn</h1>{ARTICLE}")
        site.pages |= {path: article(body) for path, (body, _) in WALLS.items()}
        visits = visit_all(site, parse=partial(parse_document, limits=ParseLimits()))
        assert told(site, visits) == [("Read", "/"), *(("Refused", path) for path in WALLS), ("Read", "/om")]
        found = {visit.url.removeprefix(site.root): visit.keep for visit in visits if isinstance(visit, Refused)}
        assert found == {path: stands for path, (_, stands) in WALLS.items()}
        assert all(reason.endswith(".") for reason in reasons(visits))


def article(body: str) -> Served:
    html = f"<!doctype html><html lang=nb><title>Bergen kommune</title><body><main>{body}</main></body></html>"
    return Served(html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def test_the_links_of_an_unchanged_page_are_followed() -> None:
    with serve({"/": Served(status=304), "/a": page("/b"), "/b": page()}) as site:
        known = {f"{site.root}/": Known('"1"', links=(f"{site.root}/a",))}
        visits = visit_all(site, known=known)
        assert visits[0] == Unchanged(f"{site.root}/")
        assert told(site, visits[1:]) == [("Read", "/a"), ("Read", "/b")]


def test_a_304_that_nobody_asked_for_is_no_page() -> None:
    with serve({"/": Served(status=304)}) as site:
        assert told(site, visit_all(site)) == [("Refused", "/")]


def test_known_pages_that_nothing_leads_to_are_asked_for_last() -> None:
    """So that a page that is gone is found to be gone, and one that only lost its links stands."""
    with serve({"/": page("/a"), "/a": page(), "/alene": page("/ny")}) as site:
        known = {site.root + path: Known() for path in ("/borte", "/alene", "/a")}
        known["https://evil.no/"] = Known()
        visits = visit_all(site, known=known)
        assert told(site, visits) == [("Read", "/"), ("Read", "/a"), ("Gone", "/borte"), ("Read", "/alene")]
        assert visits[2] == Gone(f"{site.root}/borte", 404)


def test_an_interrupted_round_is_gone_on_with() -> None:
    with serve({"/": page("/a", "/b"), "/a": page("/c"), "/b": page(), "/c": page()}) as site:
        whole = told(site, visit_all(site))
        site.log.clear()
        links = {"/": ("/a", "/b"), "/a": ("/c",)}
        known = {site.root + path: Known(links=tuple(site.root + to for to in links[path])) for path in links}
        rest = visit_all(site, known=known, finished=frozenset(known))
        assert told(site, rest) == whole[2:]
        assert site.asked() == ["/b", "/c"]


def test_single_addresses_can_be_visited_alone() -> None:
    with serve({"/": page("/a"), "/a": page("/b"), "/b": page()}) as site:
        known = {f"{site.root}/b": Known()}
        visits = visit_all(site, known=known, only=(f"{site.root}/a", "https://evil.no/", "tull"))
        assert told(site, visits)[-1] == ("Read", "/a")
        assert [type(visit) for visit in visits] == [Refused, Refused, Read]
        assert site.asked() == ["/a"]


def test_progress_is_heard_before_each_address() -> None:
    heard: list[tuple[int, int]] = []
    with serve({"/": page("/a", "/b"), "/a": page(), "/b": page()}) as site:
        visit_all(site, progress=lambda visited, waiting: heard.append((visited, waiting)))
    assert heard == [(0, 1), (1, 2), (2, 1)]


def test_visits_come_as_they_are_made() -> None:
    """Each can be written down before the next address is asked for."""
    with serve({"/": page("/a"), "/a": page()}) as site:
        visits = crawl(source_at(site), client=CLIENT, parse=parse, known={}, clock=StoppedClock())
        next(visits)
        assert site.asked() == ["/"]
        next(visits)
        assert site.asked() == ["/", "/a"]
