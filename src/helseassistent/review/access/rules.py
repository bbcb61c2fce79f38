"""What access goes by: where the page is, how long a login lasts, which role a request takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

from helseassistent.errors import ReviewError
from helseassistent.review.cases import Role

ROLES: tuple[Role, ...] = ("leser", "fagperson", "administrator")  # each may do what those before it may
READING = ("GET", "HEAD", "OPTIONS")
RoleOf: TypeAlias = Callable[[str, str], Role]  # method, path -> the least role that is let in
CaseOf: TypeAlias = Callable[[str], str | None]  # path -> the id of the exchange that it shows


@dataclass(frozen=True, slots=True)
class OidcRules:
    """The organisation's own login; `roles` tells which value of the claim gives which role."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    role_claim: str = "roles"  # "realm_access.roles" reaches into an object
    roles: Mapping[str, Role] = field(default_factory=lambda: {role: role for role in ROLES})

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        if not parts.hostname or not (parts.scheme == "https" or is_loopback(parts.hostname)):
            raise ReviewError(f"Innstillingen «oidc_issuer» må begynne med https://, men er «{self.issuer}».")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider knows, and what they may here."""

    issuer: str
    subject: str
    names: tuple[str, ...]  # what they may be called here, best first
    display_name: str
    role: Role


@dataclass(frozen=True, slots=True)
class AccessRules:
    """How the page is reached: `address` is what stands in the browser, and decides whether cookies need TLS."""

    address: str
    idle_minutes: int = 30
    longest_minutes: int = 8 * 60
    oidc: OidcRules | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        odd = set(self.address) & set(" ;,\"'<>") or parts.username is not None
        if parts.scheme not in ("http", "https") or odd or not parts.hostname or parts.query or parts.fragment:
            raise ReviewError(f"Adressen «{self.address}» må være som https://gjennomgang.kommunen.no.")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ReviewError(
                f"Adressen «{self.address}» går ut av maskinen uten kryptering. Bruk https, eller http://127.0.0.1."
            )

    @property
    def secure(self) -> bool:
        """Whether the page is reached by TLS."""
        return self.address.startswith("https:")

    @property
    def origin(self) -> str:
        """Scheme, host and port, as browsers write it."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @property
    def prefix(self) -> str:
        """The path below which a proxy shows the page; empty at the top, else without a last slash."""
        return urlsplit(self.address).path.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether only this machine can be meant."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def has_role(role: Role, least: Role) -> bool:
    """Whether `role` may do what `least` may."""
    return ROLES.index(role) >= ROLES.index(least)


def usual_role(method: str, path: str) -> Role:
    """Everybody who is logged in may read; to change something takes a fagperson."""
    return "leser" if method in READING else "fagperson"
