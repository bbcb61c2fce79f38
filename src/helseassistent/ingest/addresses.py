"""Addresses on the web: read by one strict parser for check and connection alike, and written in one way."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Literal, TypeAlias
from urllib.parse import quote, unquote, urljoin

import idna

from helseassistent.ingest.found import Refused

IP: TypeAlias = IPv4Address | IPv6Address
LONGEST = 2_000  # characters; a longer address is made by a machine that goes round in circles

_SHAPE = re.compile(r"(https?)://([^/?#]+)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@%]+)(?::([0-9]{0,5}))?", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")  # what some resolvers take for an IPv4 address or a part of one
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\\]")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_IN_PATH = "/%!$&'()*+,;=:@-._~"
# Added by the server or by a letter with a link in it; the page is the same without.
_SESSION = re.compile(
    r"(?:j?session_?id|phpsessid|aspsessionid\w*|cfid|cftoken)=.*|s(?:es)?s?id=\w{16,}", re.IGNORECASE
)
_CAMPAIGN = re.compile(r"(?:utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|_ga)=.*", re.IGNORECASE)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*|/\(S\([a-z0-9]+\)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """One http or https address in its normal form; `str` gives it back in full."""

    scheme: Literal["http", "https"]
    host: str  # lower case, ASCII, without a last full stop; an IPv6 address without brackets
    port: int
    path: str  # begins with "/", percent-encoded, without dot segments
    query: str  # without "?", "" if none

    @property
    def site(self) -> str:
        """The host as an address writes it, with the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _usual_port(self.scheme) else f"{host}:{self.port}"

    @property
    def target(self) -> str:
        """What the request line asks for."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def ip(self) -> IP | None:
        """The host as a number, if it is written as one."""
        return _as_ip(self.host)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.site}{self.target}"


def parse_address(text: str, *, seen_from: Address | None = None) -> Address | Refused:
    """The address that `text` means, alone or as a link on the page at `seen_from`, or why it is none."""
    stripped = text.strip(" \t\r\n\f")
    if _UNSEEN.search(stripped):
        return Refused(text, "Adressen har omvendt skråstrek eller usynlige tegn.")
    if len(stripped) > LONGEST:
        return Refused(text[:LONGEST], f"Adressen er lengre enn {LONGEST} tegn.")
    try:
        whole = urljoin(str(seen_from), stripped) if seen_from and not _SCHEME.match(stripped) else stripped
    except ValueError:  # brackets that hold no IPv6 address
        whole = stripped
    shape = _SHAPE.fullmatch(whole)
    if not shape:
        return Refused(text, "Adressen begynner ikke med http:// eller https:// og et vertsnavn.")
    scheme, authority, path, query = shape.groups()
    return _build(text, "https" if scheme.lower() == "https" else "http", authority, _path(path), _query(query or ""))


def _build(text: str, scheme: Literal["http", "https"], authority: str, path: str, query: str) -> Address | Refused:
    parts = _AUTHORITY.fullmatch(authority)
    if not parts:
        return Refused(text, "Adressen har brukernavn, prosenttegn eller andre ugyldige tegn i vertsnavnet.")
    host = _host(parts[1])
    if host is None:
        return Refused(text, f"Vertsnavnet «{parts[1][:80]}» er ugyldig eller skrevet på en uvanlig måte.")
    port = int(parts[2]) if parts[2] else _usual_port(scheme)
    if not 0 < port < 65_536:
        return Refused(text, f"Portnummeret {port} finnes ikke.")
    return Address(scheme, host, port, path, query)


def _host(text: str) -> str | None:
    """The host in its one normal form, or None if it has none."""
    if text.startswith("["):
        return None if (ip := _as_ip(text[1:-1].lower())) is None else str(ip)
    name = text.lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True, transitional=False).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    name = name.removesuffix(".")
    if len(name) > 253 or not _NAME.fullmatch(name):
        return None
    if _NUMBER.fullmatch(name.rpartition(".")[2]) and _as_ip(name) is None:
        return None  # 2130706433, 0x7f.1, 0177.0.0.1, 127.1: an address, but in disguise
    return name


def _as_ip(text: str) -> IP | None:
    try:
        return IPv6Address(text) if ":" in text else IPv4Address(text)
    except AddressValueError:
        return None


def _path(text: str) -> str:
    """Percent-encoding in one form, dot segments resolved, session ids left out."""
    escaped = _SESSION_IN_PATH.sub("", _escape(text))
    kept: list[str] = []
    segments = escaped.split("/")[1:] or [""]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _query(text: str) -> str:
    parts = [part for part in _escape(text, safe="?").split("&") if part]
    return "&".join(part for part in parts if not _is_passing(unquote(part)))


def _is_passing(parameter: str) -> bool:
    return bool(_SESSION.fullmatch(parameter) or _CAMPAIGN.fullmatch(parameter))


def _escape(text: str, *, safe: str = "") -> str:
    encoded = quote(text, safe=_IN_PATH + safe, errors="replace")
    encoded = re.sub(r"%(?![0-9a-fA-F]{2})", "%25", encoded)
    return _ESCAPE.sub(_one_form, encoded)


def _one_form(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _usual_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
