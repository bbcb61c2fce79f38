"""What a request says, read with care: where it comes from, which cookies and fields it carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from helseassistent.review.access.rules import READING, AccessRules, is_loopback

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope

FORM_LIMIT = 16 * 1024  # bytes of a form of the guard's own
APP_FORM_LIMIT = 1024 * 1024  # bytes of a form of the app that carries the token as a field
_FORM = "application/x-www-form-urlencoded"


class FormTooLargeError(Exception):
    """The form is longer than any person's."""


def path_below(scope: Scope, rules: AccessRules) -> str:
    """The path below the place where the app is mounted, as the app itself will read it."""
    path: str = scope["path"]
    return path[len(rules.prefix) :] if path.startswith(f"{rules.prefix}/") else path


def is_for_us(request: Request, rules: AccessRules) -> bool:
    """Whether the host that is asked can be meant: a name that leads to this machine by a trick is not, without TLS."""
    if rules.secure:
        return True
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        return False
    return is_loopback(host or "")


def comes_from_elsewhere(request: Request, rules: AccessRules) -> bool:
    """Whether the browser says that another site made it change something. It cannot lie about either header."""
    if request.method in READING:
        return False
    if (fetched := request.headers.get("sec-fetch-site")) is not None:
        return fetched not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and origin.lower() != rules.origin


def cookie_name(kind: str, rules: AccessRules) -> str:
    """With the prefix that lets no other site of the domain set it, where there is TLS."""
    start = "" if not rules.secure else "__Secure-" if rules.prefix else "__Host-"
    return f"{start}gjennomgang-{kind}"


def cookie_header(kind: str, value: str, *, rules: AccessRules, strict: bool = False, seconds: int = -1) -> str:
    """A cookie that no script reads; until the browser is closed if `seconds` is negative."""
    age = f"; Max-Age={seconds}" if seconds >= 0 else ""
    secure = "; Secure" if rules.secure else ""
    site = "Strict" if strict else "Lax"  # lax: who comes from the login of the organisation, or a link, is known
    return f"{cookie_name(kind, rules)}={value}; Path={rules.prefix}/; HttpOnly; SameSite={site}{secure}{age}"


def without_cookies(scope: Scope) -> Scope:
    """The request as the app sees it, which has no use for the keys to it."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"cookie"]}


def local_path(wanted: str) -> str:
    """The page to go to after login, if it is one of ours."""
    odd = "\\" in wanted or any(ord(character) < 33 for character in wanted)
    return wanted if wanted.startswith("/") and not wanted.startswith("//") and not odd else "/"


async def form_of(request: Request, *, limit: int = FORM_LIMIT) -> tuple[Mapping[str, str], bytes]:
    """The fields of a plain form, and its bytes; of anything else nothing is read.

    Raises: FormTooLargeError as soon as it is known to be.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return {}, b""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise FormTooLargeError
    text = body.decode("utf-8", "replace")
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=2000)), bytes(body)
    except ValueError:
        raise FormTooLargeError from None


def has_form(request: Request) -> bool:
    """Whether it sends a plain form."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM


def again(body: bytes, receive: Receive) -> Receive:
    """`body` once more, then what is still to come."""
    waiting = [body]

    async def receive_again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return receive_again
