"""The organisation's own login: OpenID Connect's authorisation code with PKCE, by Authlib.

Authlib talks to the provider and checks the token it gives; what is decided here is whom the token makes of somebody.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError

from helseassistent.review.access.rules import ROLES, AccessRules, Identity, OidcRules, is_loopback

WAIT = 10  # minutes in which somebody must be back
_SECONDS = 10  # for each answer of the provider
_UNDER_WAY = 1000  # logins; the one begun first is forgotten when there are more
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_NAMES = ("preferred_username", "email", "upn")


class LoginRefusedError(Exception):
    """The provider, or what it said, lets nobody in; the text is for the person."""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A login that has been sent to the provider."""

    state: str
    nonce: str
    verifier: str
    following: str
    until: int  # minute


@dataclass(frozen=True, slots=True)
class OrganisationLogin:
    """One provider; logins under way are held in memory, by a word that only the browser has."""

    rules: OidcRules
    redirect_uri: str
    client: Any  # Authlib's, which is untyped
    clock: Callable[[], int]
    under_way: dict[str, _UnderWay] = field(default_factory=dict)

    async def begin(self, following: str) -> tuple[str, str]:
        """Where to send the browser, and the word that it must bring back in a cookie.

        Raises: LoginRefusedError if the provider cannot be used.
        """
        try:
            await self._learn()
            made = await self.client.create_authorization_url(self.redirect_uri)
        except (AuthlibBaseError, HTTPError, ValueError) as error:
            raise LoginRefusedError("Virksomhetens innlogging svarer ikke. Prøv igjen om litt.") from error
        word, until = secrets.token_urlsafe(32), self.clock() + WAIT
        login = _UnderWay(made["state"], made["nonce"], made["code_verifier"], following, until)
        self.under_way[word] = login
        while len(self.under_way) > _UNDER_WAY:
            del self.under_way[next(iter(self.under_way))]
        return made["url"], word

    async def finish(self, word: str, answer: Mapping[str, str]) -> tuple[Identity, str]:
        """Who came back, and where they were going; each word works once.

        Raises: LoginRefusedError for everything that is not a sound answer to the login that the word began.
        """
        login = self.under_way.pop(word, None)
        if login is None or login.until < self.clock():
            raise LoginRefusedError(
                "Innloggingen tok for lang tid, eller nettleseren tar ikke imot informasjonskapsler."
            )
        if "error" in answer or "code" not in answer:
            raise LoginRefusedError("Virksomhetens innlogging slapp deg ikke inn.")
        if not secrets.compare_digest(login.state.encode(), answer.get("state", "").encode()):
            raise LoginRefusedError("Innloggingen ble avbrutt. Prøv igjen.")
        try:
            claims = await self._claims(answer["code"], login)
        except (AuthlibBaseError, JoseError, HTTPError, ValueError) as error:
            raise LoginRefusedError("Svaret fra virksomhetens innlogging kan ikke brukes. Prøv igjen.") from error
        return identity(claims, rules=self.rules), login.following

    async def _learn(self) -> None:
        """Read once what the provider says of itself, and keep only what is sound of it.

        Raises: LoginRefusedError if it is another provider, or wants to be reached without TLS.
        """
        said = await self.client.load_server_metadata()
        if said.get("issuer", "").rstrip("/") != self.rules.issuer.rstrip("/"):
            self.client.server_metadata.clear()
            raise LoginRefusedError("Virksomhetens innlogging sier at den er en annen. Sjekk oidc_issuer.")
        parts = [urlsplit(said.get(name, "")) for name in _ENDPOINTS]
        if not all(part.scheme == "https" or is_loopback(part.hostname or "") for part in parts):
            self.client.server_metadata.clear()
            raise LoginRefusedError("Virksomhetens innlogging er ikke kryptert.")
        offered: Sequence[str] = said.get("id_token_signing_alg_values_supported") or ("RS256",)
        said["id_token_signing_alg_values_supported"] = [name for name in _ALGORITHMS if name in offered]

    async def _claims(self, code: str, login: _UnderWay) -> Mapping[str, object]:
        """What the checked token says: by that issuer, for us, of this login, not too old."""
        await self._learn()
        token = await self.client.fetch_access_token(
            redirect_uri=self.redirect_uri, code=code, code_verifier=login.verifier
        )
        wanted = {
            "iss": {"essential": True, "value": self.client.server_metadata["issuer"]},
            "aud": {"essential": True, "value": self.rules.client_id},
        }
        claims = await self.client.parse_id_token(token, nonce=login.nonce, claims_options=wanted)
        if not claims:
            raise LoginRefusedError("Svaret fra virksomhetens innlogging sier ikke hvem du er.")
        return dict(claims)


def organisation_login(rules: AccessRules, *, clock: Callable[[], int]) -> OrganisationLogin | None:
    """The login that the rules name, which has not been asked anything yet."""
    if rules.oidc is None:
        return None
    client = OAuth().register(
        "virksomhet",
        client_id=rules.oidc.client_id,
        client_secret=rules.oidc.client_secret,
        server_metadata_url=f"{rules.oidc.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": _SECONDS},
    )
    return OrganisationLogin(rules.oidc, f"{rules.address}/logg-inn/retur", client, clock)


def identity(claims: Mapping[str, object], *, rules: OidcRules) -> Identity:
    """Who it is by the claims of a token that was checked.

    Raises: LoginRefusedError if they give no role.
    """
    roles = {rules.roles[value] for value in _values(claims, rules.role_claim) if value in rules.roles}
    if not roles:
        raise LoginRefusedError("Du har ingen rolle her. Be den som styrer tilganger i virksomheten, om å få en.")
    subject, shown = claims.get("sub"), claims.get("name")
    if not isinstance(subject, str) or not subject:
        raise LoginRefusedError("Svaret fra virksomhetens innlogging sier ikke hvem du er.")
    names = tuple(name for name in map(claims.get, _NAMES) if isinstance(name, str))
    display_name = shown if isinstance(shown, str) else next(iter(names), "")
    return Identity(rules.issuer, subject, names, display_name, max(roles, key=ROLES.index))


def _values(claims: Mapping[str, object], claim: str) -> Sequence[str]:
    """The texts of a claim, which may be one or a list; "a.b" is b of the object a unless there is a claim "a.b"."""
    found: object = claims.get(claim)
    if found is None:
        found = claims
        for step in claim.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    return [value for value in values if isinstance(value, str)]
