"""The guard's own pages: plain HTML that works without script, in Norwegian, from `templates`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib import resources
from string import Template
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import HTMLResponse

from helseassistent.colours import colours
from helseassistent.review.access.passwords import SHORTEST
from helseassistent.review.access.rules import ROLES
from helseassistent.review.access.visit import Visit, visit_of
from helseassistent.review.cases import User, View

if TYPE_CHECKING:
    from starlette.types import Scope

_NOTHING: Mapping[str, str] = MappingProxyType({})


def account_html(scope: Scope) -> str:
    """Who is logged in, with links to what only the guard shows, and the button that logs out."""
    return _account_bar(visit_of(scope))


def login_page(
    *,
    prefix: str,
    csrf: str,
    following: str,
    name: str = "",
    notice: str = "",
    oidc: bool = False,
    status: int = 200,
) -> HTMLResponse:
    """The form, and the way to the organisation's own login if there is one; `notice` says what went wrong."""
    elsewhere = _filled("elsewhere", {"prefix": prefix, "following": quote(following, safe="")}) if oidc else ""
    fields = {"prefix": prefix, "csrf": csrf, "following": following, "name": name}
    body = _filled("login", fields, html={"notice": _wrong(notice), "elsewhere": elsewhere})
    return _page("Logg inn", body, status=status, narrow=True)


def message_page(title: str, message: str, *, status: int, prefix: str, visit: Visit | None = None) -> HTMLResponse:
    """One sentence, and the way on."""
    return _page(
        title, _filled("message", {"message": message, "prefix": prefix}), status=status, narrow=True, visit=visit
    )


def account_page(visit: Visit, *, notice: str = "", status: int = 200) -> HTMLResponse:
    """Who the person is here, and a form for another password if it is kept here."""
    user = visit.user
    password = ""
    if user.password_hash:
        fields = {"prefix": visit.prefix, "csrf": visit.session.csrf, "name": user.name, "shortest": str(SHORTEST)}
        password = _filled("new_password", fields)
    html = {"notice": _wrong(notice), "password": password}
    body = _filled("account", {"display_name": user.display_name, "name": user.name, "role": user.role}, html=html)
    return _page("Min konto", body, status=status, narrow=True, visit=visit)


def users_page(visit: Visit, users: Sequence[User], *, notice: str = "", status: int = 200) -> HTMLResponse:
    """Everybody, with forms that change what they may."""
    rows = "".join(_user_row(visit, user) for user in users)
    html = {"notice": _wrong(notice), "rows": rows, "roles": _role_options("leser")}
    fields = {"prefix": visit.prefix, "csrf": visit.session.csrf, "shortest": str(SHORTEST)}
    return _page("Brukere", _filled("users", fields, html=html), status=status, visit=visit)


def views_page(visit: Visit, views: Sequence[View]) -> HTMLResponse:
    """Who saw what."""
    rows = "".join(
        f"<tr><td>{view.day.isoformat()}</td><td>{escape(view.user)}</td><td>{escape(view.exchange)}</td>"
        f"<td>{escape(view.what)}</td></tr>"
        for view in views
    )
    return _page("Hvem har sett hva", _filled("views", {"count": str(len(views))}, html={"rows": rows}), visit=visit)


def _page(
    title: str, body: str, *, status: int = 200, narrow: bool = False, visit: Visit | None = None
) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    header = _filled("header", {"prefix": visit.prefix}, html={"bar": _account_bar(visit)}) if visit else ""
    html = {"header": header, "narrow": ' class="narrow"' if narrow else "", "body": body}
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    )
    headers = {"content-security-policy": policy, "content-language": "nb"}
    return HTMLResponse(
        _filled("frame", {"title": title, "nonce": nonce}, html={**html, "colours": colours()}),
        status_code=status,
        headers=headers,
    )


def _account_bar(visit: Visit) -> str:
    administration = _filled("administration", {"prefix": visit.prefix}) if visit.user.role == "administrator" else ""
    fields = {"prefix": visit.prefix, "csrf": visit.session.csrf}
    fields |= {"display_name": visit.user.display_name, "role": visit.user.role}
    return _filled("account_bar", fields, html={"administration": administration})


def _user_row(visit: Visit, user: User) -> str:
    by = "passord" if user.password_hash else "virksomhetens innlogging" if user.oidc_subject else "ingenting"
    fields = {"name": user.name, "display_name": user.display_name, "by": by}
    if not user.active:
        return _filled("gone", fields | {"role": user.role})
    fields |= {"prefix": visit.prefix, "csrf": visit.session.csrf, "id": str(user.id)}
    return _filled("user", fields, html={"roles": _role_options(user.role)})


def _role_options(chosen: str) -> str:
    return "".join(f"<option{' selected' if role == chosen else ''}>{role}</option>" for role in ROLES)


def _wrong(notice: str) -> str:
    return f'<p class="wrong" role="alert">{escape(notice)}</p>' if notice else ""


def _filled(template: str, texts: Mapping[str, str] = _NOTHING, *, html: Mapping[str, str] = _NOTHING) -> str:
    """The template with `texts` escaped and `html` as it is."""
    return _template(template).substitute({key: escape(text) for key, text in texts.items()} | dict(html))


@cache
def _template(name: str) -> Template:
    folder = resources.files("helseassistent.review.access").joinpath("templates")
    return Template(folder.joinpath(f"{name}.html").read_text(encoding="utf-8"))
