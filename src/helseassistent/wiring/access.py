"""From settings to who may see the page for staff."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast, get_args

from helseassistent.chat.visitors import Visitors, networks
from helseassistent.errors import ReviewError, SettingsError
from helseassistent.review.cases import Role
from helseassistent.settings import Settings
from helseassistent.wiring.keeping import open_log

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from helseassistent.review.access import AccessRules, OidcRules
    from helseassistent.review.access.rules import CaseOf, RoleOf
    from helseassistent.review.access.users import UserBook
    from helseassistent.review.store import Store

_MISSING = "Innloggingen trenger et tillegg: pip install 'helseassistent[review]'."


def behind_login(
    app: ASGIApp, *, store: Store, settings: Settings, role_of: RoleOf | None = None, case_of: CaseOf | None = None
) -> ASGIApp:
    """The page for staff as it is served: addresses become tokens, then nobody passes without a login.

    Raises: SettingsError or ReviewError if a setting cannot be used.
    """
    rules = access_rules(settings)
    from helseassistent.review.access import guarded
    from helseassistent.review.access.rules import usual_role

    guard = guarded(
        app, store=store, rules=rules, role_of=role_of or usual_role, case_of=case_of or (lambda path: None)
    )
    try:
        return cast("ASGIApp", Visitors(guard, networks(settings.trusted_proxies)))
    except ValueError as error:
        raise SettingsError(
            f"Innstillingen «trusted_proxies» må være adresser eller nett med komma mellom, men er"
            f" «{settings.trusted_proxies}»."
        ) from error


def access_rules(settings: Settings) -> AccessRules:
    """Raises: ReviewError or SettingsError if the address or the organisation's login cannot be used."""
    try:
        from helseassistent.review.access import AccessRules
    except ImportError as error:
        raise ReviewError(_MISSING) from error
    return AccessRules(
        address=_address(settings),
        idle_minutes=settings.review_idle_minutes,
        longest_minutes=settings.review_longest_minutes,
        oidc=_oidc(settings),
    )


def who_is_missing(store: Store, settings: Settings) -> str | None:
    """What to do when nobody can log in yet."""
    from helseassistent.review.access.users import UserBook

    if settings.oidc_issuer.strip() or any(user.active for user in UserBook(store).everybody()):
        return None
    return "Ingen får logge inn ennå. Legg til en: helseassistent review user add NAVN --role administrator"


@contextmanager
def open_users(settings: Settings) -> Iterator[UserBook]:
    """Who may log in, while the block lasts.

    Raises: ReviewError if there is no store to keep them in.
    """
    store = open_log(settings)
    try:
        from helseassistent.review.access.users import UserBook
    except ImportError as error:
        raise ReviewError(_MISSING) from error
    try:
        yield UserBook(store)
    finally:
        store.close()


def _address(settings: Settings) -> str:
    from helseassistent.review.access.rules import is_loopback

    if settings.review_address.strip():
        return settings.review_address.strip().rstrip("/")
    if not is_loopback(settings.review_host):
        raise SettingsError(
            f"Siden for ansatte kan ikke svare på {settings.review_host} uten at review_address er satt til adressen"
            " ansatte bruker, for eksempel https://gjennomgang.kommunen.no."
        )
    host = f"[{settings.review_host}]" if ":" in settings.review_host else settings.review_host
    return f"http://{host}:{settings.review_port}"


def _oidc(settings: Settings) -> OidcRules | None:
    from helseassistent.review.access import OidcRules

    if not settings.oidc_issuer.strip():
        return None
    if not settings.oidc_client_id or not settings.oidc_client_secret:
        raise SettingsError("Når oidc_issuer er satt, må også oidc_client_id og oidc_client_secret være det.")
    return OidcRules(
        issuer=settings.oidc_issuer.strip(),
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        role_claim=settings.oidc_role_claim,
        roles=_roles(settings.oidc_roles),
    )


def _roles(text: str) -> dict[str, Role]:
    """Raises: SettingsError at the first part that is not value=role."""
    known: dict[str, Role] = {role: role for role in get_args(Role)}
    found: dict[str, Role] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        value, _, role = (word.strip() for word in part.rpartition("="))
        if not value or role not in known:
            raise SettingsError(
                f"Innstillingen «oidc_roles» må være som «gruppe=fagperson, annen=leser», men har «{part}»."
            )
        found[value] = known[role]
    return found
