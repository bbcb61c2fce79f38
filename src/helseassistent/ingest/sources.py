"""What may be fetched: the sources of corpus/sources.toml, each a frozen value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from helseassistent.errors import SourcesError
from helseassistent.ingest.addresses import Address, parse_address
from helseassistent.ingest.found import Refused
from helseassistent.types import Language

_HIDDEN_STEP = re.compile(r"%(?:2f|5c|00)", re.IGNORECASE)  # what some servers read as a slash or an end


@dataclass(frozen=True, slots=True)
class Source:
    """A part of the web that one publisher answers for; only addresses that it names are ever asked for."""

    name: str
    publisher: str
    hosts: tuple[str, ...]  # exact, in lower case, with ":port" where it is not the usual one
    start: tuple[str, ...] = ()  # addresses to begin at, normalised
    sitemaps: tuple[str, ...] = ()
    paths: tuple[str, ...] = ("/",)  # a page's path begins with one of these
    excluded: tuple[str, ...] = ()  # and with none of these
    language: Language | None = None  # of pages that do not show it themselves
    delay: float = 1.0  # seconds between two requests to a host; robots.txt may ask for more
    licence: str = ""  # the licence or agreement that allows the use
    max_pages: int = 2_000
    max_depth: int = 8  # links from a start address


def outside(source: Source, address: Address) -> str | None:
    """Why `source` does not cover the address, in Norwegian, or None if it does."""
    if reason := outside_hosts(source, address):
        return reason
    path = _plain(address.path)
    if path is None:
        return "Adressen har en skjult skråstrek, og da kan ingen si hvilken mappe den peker på."
    if not any(_below(path, prefix) for prefix in source.paths):
        return f"Kilden «{source.name}» nevner ikke denne delen av nettstedet."
    if any(_below(path.casefold(), prefix.casefold()) for prefix in source.excluded):
        return f"Kilden «{source.name}» holder denne delen av nettstedet utenfor."
    return None


def outside_hosts(source: Source, address: Address) -> str | None:
    """Why the host is none of the source's, in Norwegian, or None if it is; for sitemaps and robots.txt."""
    return None if address.site in source.hosts else f"Kilden «{source.name}» nevner ikke vertsnavnet {address.site}."


def source_of(url: str, *, sources: Iterable[Source]) -> Source | None:
    """The first source that covers the address, if any."""
    address = parse_address(url)
    if isinstance(address, Refused):
        return None
    return next((source for source in sources if outside(source, address) is None), None)


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that the file names."""

    contact: str  # an e-mail or web address that stands in the User-Agent; "" if nobody has filled it in
    named: Mapping[str, Source]  # in the order of the file


def load_sources(path: Path) -> Sources:
    """The sources that a TOML file names.

    Raises:
        SourcesError: at the first key or value that cannot be used; names the file, the table and the key.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SourcesError(f"Kan ikke lese «{path}»: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourcesError(f"«{path}» er ikke gyldig TOML: {error}.") from error
    contact = tables.pop("contact", "")
    if not isinstance(contact, str):
        raise _wrong(path, table="", key="contact", why="må være en e-postadresse eller nettadresse i anførselstegn")
    named = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            why = f"er ukjent; skriv contact, eller en kilde som [{name}]"
            raise _wrong(path, table="", key=name, why=why)
        named[name] = _source(table, name=name, path=path)
    return Sources(contact, named)


def _plain(path: str) -> str | None:
    """The path as its letters, with single slashes; None where it hides a step."""
    if _HIDDEN_STEP.search(path):
        return None
    return re.sub(r"/{2,}", "/", unquote(path))


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix if prefix.endswith("/") else f"{prefix}/")


def _source(table: Mapping[str, object], *, name: str, path: Path) -> Source:
    values: dict[str, object] = {}
    for key, value in table.items():
        why = f"er ukjent; nøklene er {', '.join(_KEYS)}" if key not in _KEYS else _KEYS[key](value)
        if why:
            raise _wrong(path, table=name, key=key, why=why)
        values[key] = tuple(value) if isinstance(value, list) else value
    for key in ("publisher", "hosts", "licence"):
        if key not in values:
            raise _wrong(path, table=name, key=key, why="mangler")
    if not values.get("start") and not values.get("sitemaps"):
        raise _wrong(path, table=name, key="start", why="mangler; skriv start eller sitemaps med minst én adresse")
    source = Source(name=name, **values)  # type: ignore[arg-type]
    source = replace(source, hosts=tuple(host.lower() for host in source.hosts), delay=float(source.delay))
    return _with_addresses(source, path=path)


def _with_addresses(source: Source, *, path: Path) -> Source:
    """The source with its addresses in their normal form, each of them within it."""
    normal: dict[str, tuple[str, ...]] = {}
    for key, urls, check in (("start", source.start, outside), ("sitemaps", source.sitemaps, outside_hosts)):
        found = []
        for url in urls:
            address = parse_address(url)
            why = address.reason if isinstance(address, Refused) else check(source, address)
            if why:
                raise _wrong(path, table=source.name, key=key, why=f"har «{url}», som ikke kan hentes: {why}")
            found.append(str(address))
        normal[key] = tuple(found)
    return replace(source, start=normal["start"], sitemaps=normal["sitemaps"])


def _wrong(path: Path, *, table: str, key: str, why: str) -> SourcesError:
    where = f"i [{table}] " if table else ""
    return SourcesError(f"{path}: nøkkelen «{key}» {where}{why.removesuffix('.')}.")


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "må være tekst i anførselstegn, og ikke tom"


def _texts(value: object) -> str | None:
    if isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value):
        return None
    return 'må være en liste av tekster, som ["…", "…"]'


def _hosts(value: object) -> str | None:
    if why := _texts(value):
        return why
    for host in value if isinstance(value, list) else ():
        address = parse_address(f"https://{host}")
        if isinstance(address, Refused) or address.target != "/" or address.site != host.lower():
            return f"har «{host}», men må være vertsnavn som www.bergen.kommune.no, uten https:// og skråstrek"
    return None if value else "må ha minst ett vertsnavn"


def _paths(value: object) -> str | None:
    if why := _texts(value):
        return why
    wrong = [one for one in (value if isinstance(value, list) else ()) if not one.startswith("/")]
    return f"har «{wrong[0]}», men en del av et nettsted begynner med /" if wrong else None


def _language(value: object) -> str | None:
    return None if value in ("nb", "nn") else "må være «nb» eller «nn»"


def _number(low: float, high: float, *, whole: bool) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        kinds = (int,) if whole else (int, float)
        if isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high:
            return None
        return f"må være et {'helt ' if whole else ''}tall fra {low:g} til {high:g}"

    return check


_KEYS: Mapping[str, Callable[[object], str | None]] = {  # what is wrong with a value, in Norwegian, or None
    "publisher": _text,
    "hosts": _hosts,
    "start": _texts,
    "sitemaps": _texts,
    "paths": _paths,
    "excluded": _paths,
    "language": _language,
    "delay": _number(0.2, 600, whole=False),
    "licence": _text,
    "max_pages": _number(1, 100_000, whole=True),
    "max_depth": _number(0, 50, whole=True),
}
