"""A small public site on loopback, as a Norwegian municipality and its neighbours make them, with everything that goes
wrong on one: old HTML, attachments, redirects, pages that say they are none, robots rules, traps."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from helseassistent.ingest.sources import Source
from ingest.attachments import pdf, word_document
from ingest.loopback import Served, Site, redirect
from ingest.parse.labels import labelled_pages

SUBJECTS = (
    "legevakt", "hjemmesykepleie", "fastlege", "helsestasjon", "vaksine", "tannlege", "fysioterapi", "ergoterapi",
    "sykehjem", "omsorgsbolig", "trygghetsalarm", "psykolog", "rusomsorg", "jordmor", "skolehelse", "syn og hørsel",
    "hverdagsrehabilitering", "dagsenter", "matombringing", "støttekontakt", "avlastning", "demensteam",
    "kreftkoordinator", "frisklivssentral",
)  # fmt: skip
PLACES = ("Nordre bydel", "Søndre bydel", "Åsane", "Øvre torg", "Ytre ø", "Indre vik")


def sentences(subject: str, *, nynorsk: bool = False, amount: int = 0) -> tuple[str, ...]:
    """What a page says of a subject; another `amount` makes another text."""
    place = PLACES[(len(subject) + amount) % len(PLACES)]
    price = 100 + len(subject) * 7 + amount
    if nynorsk:
        return (
            f"Kommunen har tilbod om {subject} for alle som bur i {place}.",
            f"Du treng ikkje tilvising for å få hjelp med {subject}, men du må søkje innan fristen.",
            f"Tenesta kostar {price} kroner i månaden, og det er ikkje eigendel for born under 18 år.",
            f"Ta kontakt med oss dersom du lurer på noko om {subject}, eller om du vil klage på eit vedtak.",
        )
    return (
        f"Kommunen har tilbud om {subject} for alle som bor i {place}.",
        f"Du trenger ikke henvisning for å få hjelp med {subject}, men du må søke innen fristen.",
        f"Tjenesten koster {price} kroner i måneden, og det er ikke egenandel for barn under 18 år.",
        f"Ta kontakt med oss hvis du lurer på noe om {subject}, eller hvis du vil klage på et vedtak.",
    )


def furnished(title: str, main: str, *, lang: str = "nb", head: str = "", charset: str = "utf-8") -> bytes:
    """A whole page around its main part: cookie banner, menu, breadcrumbs and footer."""
    return f"""<!DOCTYPE html><html lang="{lang}"><head><meta charset="{charset}"><title>{title} - Kommunen</title>
{head}</head><body><div class="cookie-banner" role="dialog"><p>Vi bruker informasjonskapsler.</p>
<button>Godta alle</button></div><header><a href="/">Kommunen</a><nav><ul><li><a href="/tjenester">Tjenester</a></li>
<li><a href="/kontakt">Kontakt oss</a></li></ul></nav></header><nav aria-label="Brødsmulesti" class="breadcrumb">
<a href="/">Forside</a> / <span>{title}</span></nav><main><h1>{title}</h1>{main}</main><section class="feedback">
<h2>Fant du det du leita etter?</h2><button>Ja</button><button>Nei</button></section><footer><p>Telefon 55 00 00 00</p>
</footer></body></html>""".encode(charset)


def article(subject: str, *, amount: int = 0, nynorsk: bool = False, day: str = "") -> bytes:
    first, second, third, fourth = sentences(subject, nynorsk=nynorsk, amount=amount)
    asked = "Kva kostar det?" if nynorsk else "Hva koster det?"
    main = f"<p>{first} {second}</p><h2>{asked}</h2><p>{third}</p><p>{fourth}</p>"
    stated = f'<p class="dato">Sist oppdatert {day}</p>' if day else ""
    return furnished(subject.capitalize(), main + stated, lang="nn" if nynorsk else "nb")


def accordion(subject: str) -> bytes:
    parts = "".join(
        f"<details><summary>Del {number} om {subject}</summary><p>{said}</p></details>"
        for number, said in enumerate(sentences(subject, amount=300), start=1)
    )
    return furnished(f"Spørsmål om {subject}", parts)


def table(subject: str) -> bytes:
    rows = "".join(
        f"<tr><td>{place}</td><td>{subject} {number}</td><td>{number * 7 + len(subject)} kroner</td></tr>"
        for number, place in enumerate(PLACES, start=1)
    )
    said = sentences(subject, amount=500)
    heads = "<tr><th>Sted</th><th>Tilbud</th><th>Pris</th></tr>"
    return furnished(f"Priser for {subject}", f"<p>{said[0]} {said[2]}</p><table>{heads}{rows}</table><p>{said[3]}</p>")


def old_html(subject: str) -> bytes:
    """As it was written in 2004: tables for layout, no end tags, latin-1."""
    said = sentences(subject, amount=700)
    return (
        f"<HTML><HEAD><TITLE>Om {subject}</TITLE></HEAD><BODY BGCOLOR=white><TABLE><TR><TD><A HREF=/>Hjem</A><TD>"
        f"<H1>Om {subject}</H1><P>{said[0]} {said[1]}<P>{said[2]}<P>{said[3]} Åpent på lørdager, også i påsken.</TABLE>"
    ).encode("latin-1")


def listing(title: str, paths: Sequence[str]) -> bytes:
    links = "".join(
        f'<li><a href="{path}">{path.strip("/").replace("/", " ").replace("-", " ")}</a></li>' for path in paths
    )
    return furnished(title, f"<p>Her finner du alt som hører under {title.lower()} i kommunen.</p><ul>{links}</ul>")


HTML = {"Content-Type": "text/html; charset=utf-8"}


def html(body: bytes, *, etag: bool = True) -> Served:
    marks = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:12]}"'} if etag else {}
    return Served(body, headers={**HTML, **marks})


def sitemap(root: str, paths: Sequence[str], *, index: bool = False) -> Served:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    listed = "".join(f"<{inner}><loc>{root}{path}</loc></{inner}>" for path in paths)
    body = f'<?xml version="1.0"?><{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</{outer}>'
    return Served(body.encode(), headers={"Content-Type": "application/xml"})


ARTICLES = [f"/tjenester/{subject.replace(' ', '-').replace('ø', '%C3%B8')}" for subject in SUBJECTS]
NYNORSK = [f"/nynorsk/{subject}" for subject in SUBJECTS[:8]]
ACCORDIONS = [f"/sporsmal/{subject}" for subject in SUBJECTS[:7]]
TABLES = [f"/priser/{subject}" for subject in SUBJECTS[:7]]
OLD = [f"/arkivert/{subject}.htm" for subject in SUBJECTS[:5]]
PDFS = [f"/vedlegg/{subject}.pdf" for subject in SUBJECTS[:5]]
WORDS = [f"/vedlegg/{subject}.docx" for subject in SUBJECTS[5:9]]
LABELLED = {f"/andre/{page.name}": page for page in labelled_pages()}  # as other public sites make them
PAGES = [
    "/",
    "/tjenester",
    "/kontakt",
    "/andre",
    *LABELLED,
    *ARTICLES,
    *NYNORSK,
    *ACCORDIONS,
    *TABLES,
    *OLD,
    *PDFS,
    *WORDS,
]
FORBIDDEN = ("/internt/", "/sok", "/arkiv/")
_ROBOTS = b"User-agent: *\nDisallow: /internt/\nAllow: /internt/aapent/\nDisallow: /sok\n"
_NOT_PAGES: dict[str, str] = {  # by path: a word of the reason
    "/borte": "404",
    "/finnes-ikke": "ikke finnes",
    "/minside": "logg",
    "/english": "norsk",
    "/utskrift": "noindex",
    "/vedlegg/skannet.pdf": "tekst",
    "/kopi": "Samme innhold",
    "/nede": "500",
}


def refusals() -> dict[str, str]:
    """The paths that give no page, and a word that the reason holds."""
    return dict(_NOT_PAGES)


def fill(site: Site) -> None:
    """Put the whole site up as it is at the first visit."""
    put = site.pages
    put["/robots.txt"] = Served(_ROBOTS, headers={"Content-Type": "text/plain"})
    put["/sitemap.xml"] = sitemap(site.root, ["/sitemap-1.xml", "/sitemap-2.xml"], index=True)
    put["/sitemap-1.xml"] = sitemap(site.root, [*ARTICLES, "/internt/notat", "/arkiv/2009"])
    put["/sitemap-2.xml"] = sitemap(site.root, [*NYNORSK, *ACCORDIONS])
    for number, (path, subject) in enumerate(zip(ARTICLES, SUBJECTS, strict=True)):
        day = f"{number + 1:02d}.03.2024" if number % 3 else ""
        put[path] = html(article(subject, amount=number, day=day), etag=number % 2 == 0)
    for path in NYNORSK:
        put[path] = html(article(_subject(path), nynorsk=True, amount=40))
    for path in ACCORDIONS:
        put[path] = html(accordion(_subject(path)))
    for path in TABLES:
        put[path] = html(table(_subject(path)))
    for path in OLD:
        put[path] = Served(old_html(_subject(path)), headers={"Content-Type": "text/html; charset=iso-8859-1"})
    for path in PDFS:
        put[path] = Served(pdf(f"Om {_subject(path)}", sentences(_subject(path), amount=900)), headers=_type("pdf"))
    for path in WORDS:
        put[path] = Served(word_document(f"Skjema {_subject(path)}", sentences(_subject(path), amount=950)))
    for path, page in LABELLED.items():
        put[path] = Served(page.fetched.body, headers={"Content-Type": page.fetched.content_type})
    put["/andre"] = html(listing("Andre nettsteder", list(LABELLED)))
    _fill_the_rest(site)


def _fill_the_rest(site: Site) -> None:
    put = site.pages
    attached = [*TABLES, *OLD, *PDFS, *WORDS]
    odd = ["/internt/notat", "/sok?q=lege", "/arkiv/2009", "/gammel/legevakt", "/kalender?dag=1", *_NOT_PAGES]
    put["/"] = html(listing("Velkommen", ["/tjenester", "/kontakt", "/andre", *odd]))
    put["/tjenester"] = html(listing("Tjenester", attached))
    put["/kontakt"] = html(
        furnished("Kontakt oss", f"<p>{sentences('kontakt')[0]}</p><p>{sentences('kontakt')[3]}</p>")
    )
    put["/gammel/legevakt"] = redirect(ARTICLES[0], status=301)
    put["/finnes-ikke"] = html(furnished("Siden finnes ikke", "<p>Beklager, vi fant ikke siden du leter etter.</p>"))
    form = '<form method="post"><input name="user"><input type="password"><button>Logg inn</button></form>'
    put["/minside"] = html(furnished("Logg inn", f"<p>Du må logge inn for å se denne siden.</p>{form}"))
    english = (
        "The municipality offers help to everyone who lives here. You do not need a referral from your doctor. " * 3
    )
    put["/english"] = html(furnished("Services", f"<p>{english}</p>", lang="en"))
    noindex = '<meta name="robots" content="noindex">'
    put["/utskrift"] = html(furnished("Utskrift", f"<p>{' '.join(sentences('utskrift'))}</p>", head=noindex))
    put["/vedlegg/skannet.pdf"] = Served(pdf("Skannet", []), headers=_type("pdf"))
    put["/kopi"] = html(article(SUBJECTS[4], amount=4, day="05.03.2024"))
    put["/nede"] = Served(b"Vi er nede.", status=500)
    for path in ("/internt/notat", "/sok?q=lege", "/arkiv/2009"):
        put[path] = html(article("hemmelig"))
    site.otherwise = _endless


def _endless(path: str) -> Served:
    """A calendar that leads to the next day for ever; 404 for everything else."""
    day = re.fullmatch(r"/kalender\?dag=(\d+)", path)
    if day is None:
        return Served(b"<h1>404</h1>", status=404, headers=HTML)
    following = [f"/kalender?dag={int(day[1]) + step}" for step in (1, 7, 30)]
    return html(listing(f"Kalender for dag {day[1]}", following))


def _subject(path: str) -> str:
    return re.split(r"[/.]", path)[2]


def _type(kind: str) -> dict[str, str]:
    return {"Content-Type": f"application/{kind}"}


def source_at(site: Site, *, delay: float = 0.0, most: int = 400) -> Source:
    """The site as a source that may be fetched."""
    return Source(
        name="kommunen",
        publisher="Kommunen",
        hosts=(site.host,),
        start=(f"{site.root}/",),
        sitemaps=(f"{site.root}/sitemap.xml",),
        excluded=("/arkiv",),
        language="nb",
        delay=delay,
        max_pages=most,
        max_depth=4,
    )


@dataclass
class Change:
    """What the editors of the site did between two visits, and what a visit should then tell, by path."""

    new: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    standing: set[str] = field(default_factory=set)  # could not be read this time, and stand as they were


def edit(site: Site) -> Change:
    """Change the site in every way that a visit must tell apart."""
    put, done = site.pages, Change()
    for path, subject in list(zip(ARTICLES, SUBJECTS, strict=True))[:4]:
        put[path] = html(article(subject, amount=60, day="01.10.2026"))
        done.changed.add(path)
    put[OLD[0]] = Served(
        old_html("legevakt").replace(b"</TABLE>", b"<P>Stengt i juli.</TABLE>"),
        headers={"Content-Type": "text/html; charset=iso-8859-1"},
    )
    put[PDFS[0]] = Served(pdf("Om legevakt", sentences("legevakt", amount=901)), headers=_type("pdf"))
    done.changed |= {OLD[0], PDFS[0]}
    fresh = {"/nytt/vakttelefon": "vakttelefon", "/nytt/mammografi": "mammografi"}
    for path, subject in fresh.items():
        put[path] = html(article(subject))
        done.new.add(path)
    put["/kontakt"] = html(listing("Kontakt oss", list(fresh)))
    done.changed.add("/kontakt")
    del put[ARTICLES[10]]
    put[ARTICLES[11]] = Served(b"Gone", status=410)
    put[NYNORSK[0]] = html(furnished("Siden finnes ikke", "<p>Beklager, vi fant ikke siden du leter etter.</p>"))
    put[TABLES[0]] = redirect("/priser/nye", status=301)
    put["/priser/nye"] = html(table("legevakt og mer"))
    done.gone |= {ARTICLES[10], ARTICLES[11], NYNORSK[0], TABLES[0]}
    done.new.add("/priser/nye")
    whole = put[ARTICLES[12]]
    assert isinstance(whole, Served)
    put[ARTICLES[12]] = Served(whole.body[:400], headers={**HTML, "Content-Length": str(len(whole.body))})
    put[ARTICLES[13]] = Served(b"Feil", status=500)
    done.standing |= {ARTICLES[12], ARTICLES[13]}
    for path in (*NYNORSK[1:4], *ACCORDIONS[:2]):  # the same words in another template, with another ETag
        again = put[path]
        assert isinstance(again, Served)
        put[path] = html(again.body.replace(b"55 00 00 00", b"55 11 11 11"))
    return done
