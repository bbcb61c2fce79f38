"""`helseassistent review user`: who may log in; a password is typed or piped in, never an argument."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import get_args

from helseassistent.errors import ReviewError
from helseassistent.review.cases import Role
from helseassistent.settings import Settings
from helseassistent.wiring.access import open_users

_ROLES = get_args(Role)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions; each sets `act`."""
    actions = parser.add_subparsers(title="handlinger", required=True, metavar="HANDLING")
    adding = _named(actions.add_parser("add", help="legg til en bruker; passordet blir spurt etter"))
    adding.add_argument("--role", required=True, choices=_ROLES, help="hva brukeren får gjøre")
    adding.add_argument("--display-name", default="", metavar="NAVN", help="navnet som vises")
    adding.set_defaults(act=_add)
    actions.add_parser("list", help="vis brukerne").set_defaults(act=_list)
    changing = _named(actions.add_parser("role", help="gi en annen rolle"))
    changing.add_argument("role", choices=_ROLES)
    changing.set_defaults(act=_set_role)
    _named(actions.add_parser("password", help="sett nytt passord")).set_defaults(act=_set_password)
    _named(actions.add_parser("remove", help="ta fra en bruker tilgangen")).set_defaults(act=_remove)


def _named(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("name", metavar="BRUKERNAVN")
    return parser


def _add(options: argparse.Namespace, settings: Settings) -> int:
    password = _new_password()
    with open_users(settings) as users:
        user = users.add(options.name, role=options.role, password=password, display_name=options.display_name)
    print(f"La til {user.name} som {user.role}.")
    return 0


def _list(options: argparse.Namespace, settings: Settings) -> int:
    with open_users(settings) as users:
        found = users.everybody()
    for user in found:
        by = "passord" if user.password_hash else "virksomhetens innlogging"
        print(f"{user.name}\t{user.display_name}\t{user.role}\t{by if user.active else 'fjernet'}")
    if not found:
        print("Ingen får logge inn ennå. Legg til en: helseassistent review user add NAVN --role administrator")
    return 0


def _set_role(options: argparse.Namespace, settings: Settings) -> int:
    with open_users(settings) as users:
        user = users.set_role(options.name, options.role)
    print(f"{user.name} er {user.role}.")
    return 0


def _set_password(options: argparse.Namespace, settings: Settings) -> int:
    password = _new_password()
    with open_users(settings) as users:
        user = users.set_password(options.name, password)
    print(f"{user.name} har fått nytt passord og er logget ut.")
    return 0


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    with open_users(settings) as users:
        user = users.remove(options.name)
    print(f"{user.name} får ikke logge inn lenger.")
    return 0


def _new_password() -> str:
    """Typed twice at a terminal; else the first line that is piped in.

    Raises: ReviewError if the two differ.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Passord: ")
    if getpass.getpass("En gang til: ") != password:
        raise ReviewError("De to passordene er ikke like. Prøv igjen.")
    return password
