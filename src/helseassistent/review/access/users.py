"""The people who may log in; a name that was used once stands for the same person for ever."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, func, select, update

from helseassistent.errors import ReviewError
from helseassistent.review.access.passwords import check_new, hash_of
from helseassistent.review.access.rules import Identity
from helseassistent.review.cases import Role, User
from helseassistent.review.schema import sessions, users
from helseassistent.review.store import Store

_NAME = re.compile(r"[\w.@+-]{1,100}")
_LONGEST_DISPLAY = 100  # characters


def name_from(typed: str) -> str:
    """The form of a name that is kept and compared: lower case, without spaces around."""
    return unicodedata.normalize("NFC", typed).strip().lower()


@dataclass(frozen=True, slots=True)
class UserBook:
    """Everybody in one store. ReviewError when somebody is not there, or what is wanted cannot be."""

    store: Store

    def everybody(self) -> list[User]:
        """Also who may no longer log in, by name."""
        with self.store.reading() as connection:
            return [_user(row) for row in connection.execute(select(users).order_by(users.c.name))]

    def find(self, name: str) -> User | None:
        """The person with that name as `name_from` writes it."""
        if not _NAME.fullmatch(name):
            return None
        with self.store.reading() as connection:
            return _named(connection, name)

    def add(self, typed: str, *, role: Role, password: str, display_name: str = "") -> User:
        """A new person with a password, or one who comes back."""
        name = name_from(typed)
        if not _NAME.fullmatch(name):
            raise ReviewError(f"Navnet «{typed[:100]}» kan ikke brukes. Bruk bokstaver, tall og tegnene . - _ @ +")
        check_new(password, name=name)
        values = {"display_name": _display(display_name, name=name), "role": role, "active": True}
        values["password_hash"] = hash_of(password)
        with self.store.writing() as connection:
            found = _named(connection, name)
            if found and (found.active or found.oidc_subject):
                raise ReviewError(f"Det er allerede en bruker som heter «{name}».")
            change = users.insert().values(name=name) if not found else update(users).where(users.c.id == found.id)
            connection.execute(change.values(values))
            return _surely(connection, name)

    def set_role(self, typed: str, role: Role) -> User:
        """What the person may do from the next request on; somebody must be left to be administrator."""
        with self.store.writing() as connection:
            user = _surely(connection, typed)
            if user.oidc_subject:
                raise ReviewError(f"Rollen til «{user.name}» blir satt i virksomhetens innlogging.")
            if role != "administrator":
                _refuse_the_last(connection, user)
            connection.execute(update(users).where(users.c.id == user.id).values(role=role))
            return _surely(connection, typed)

    def set_password(self, typed: str, password: str) -> User:
        """Give a new password, and end the person's sessions."""
        check_new(password, name=name_from(typed))
        kept = hash_of(password)
        with self.store.writing() as connection:
            user = _surely(connection, typed)
            if not user.active or user.oidc_subject:
                why = "vedkommende logger inn med virksomhetens innlogging" if user.active else "brukeren er fjernet"
                raise ReviewError(f"«{user.name}» kan ikke ha passord her: {why}.")
            connection.execute(update(users).where(users.c.id == user.id).values(password_hash=kept))
            connection.execute(delete(sessions).where(sessions.c.user == user.id))
            return _surely(connection, typed)

    def remove(self, typed: str) -> User:
        """Take away access and password at once; the name stays, since verdicts and views stand under it."""
        with self.store.writing() as connection:
            user = _surely(connection, typed)
            _refuse_the_last(connection, user)
            gone = {"active": False, "password_hash": None}
            connection.execute(update(users).where(users.c.id == user.id).values(gone))
            connection.execute(delete(sessions).where(sessions.c.user == user.id))
            return _surely(connection, typed)

    def keep_stronger(self, user: User, password: str) -> None:
        """Hash the right password anew, with today's settings."""
        unchanged, kept = (users.c.id == user.id) & (users.c.password_hash == user.password_hash), hash_of(password)
        with self.store.writing() as connection:
            connection.execute(update(users).where(unchanged).values(password_hash=kept))

    def from_elsewhere(self, who: Identity) -> User:
        """The person whom the organisation's login knows, with the role and the name it says now."""
        theirs = (users.c.oidc_issuer == who.issuer) & (users.c.oidc_subject == who.subject)
        with self.store.writing() as connection:
            row = connection.execute(select(users).where(theirs)).one_or_none()
            name = _user(row).name if row else _free_name(connection, who)
            values = {"role": who.role, "display_name": _display(who.display_name, name=name)}
            if row:
                connection.execute(update(users).where(theirs).values(values))
            else:
                values |= {"name": name, "oidc_issuer": who.issuer, "oidc_subject": who.subject}
                connection.execute(users.insert().values(values | {"active": True}))
            return _surely(connection, name)


def _free_name(connection: Connection, who: Identity) -> str:
    for name in map(name_from, who.names):
        if _NAME.fullmatch(name) and not _named(connection, name):  # else somebody would act under another's name
            return name
    return f"oidc-{hashlib.sha256(f'{who.issuer} {who.subject}'.encode()).hexdigest()[:16]}"


def _display(wanted: str, *, name: str) -> str:
    return " ".join(wanted.split())[:_LONGEST_DISPLAY] or name


def _refuse_the_last(connection: Connection, user: User) -> None:
    others = (users.c.role == "administrator") & users.c.active & (users.c.id != user.id)
    count = connection.execute(select(func.count()).select_from(users).where(others)).scalar_one()
    if user.active and user.role == "administrator" and not count:
        raise ReviewError(f"«{user.name}» er den eneste administratoren. Legg til en annen først.")


def _named(connection: Connection, name: str) -> User | None:
    row = connection.execute(select(users).where(users.c.name == name)).one_or_none()
    return _user(row) if row else None


def _surely(connection: Connection, typed: str) -> User:
    user = _named(connection, name_from(typed))
    if user is None:
        raise ReviewError(f"Det er ingen bruker som heter «{typed[:100]}». Se: helseassistent review user list")
    return user


def _user(row: Row[tuple[object, ...]]) -> User:
    return User(**row._mapping)
