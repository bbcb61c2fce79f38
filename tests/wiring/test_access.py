"""From settings to who may see the page for staff."""

from __future__ import annotations

from pathlib import Path

import pytest

from helseassistent.errors import HelseassistentError
from helseassistent.settings import Settings
from helseassistent.wiring.access import access_rules, open_users, who_is_missing

OIDC = {"oidc_issuer": "https://login.example/v2.0", "oidc_client_id": "id", "oidc_client_secret": "ord"}


def test_without_settings_the_page_is_for_this_machine_only() -> None:
    rules = access_rules(Settings())
    assert (rules.address, rules.secure, rules.oidc) == ("http://127.0.0.1:7861", False, None)
    assert (rules.idle_minutes, rules.longest_minutes) == (30, 480)
    assert access_rules(Settings(review_host="::1", review_port=80)).address == "http://[::1]:80"


def test_the_address_decides_where_cookies_go() -> None:
    rules = access_rules(Settings(review_host="0.0.0.0", review_address="https://By.example/gjennomgang/"))
    assert (rules.secure, rules.prefix, rules.origin) == (True, "/gjennomgang", "https://by.example")


def test_each_value_of_the_claim_gives_its_role() -> None:
    oidc = access_rules(Settings(**OIDC, oidc_roles="b07a-11=fagperson, a=b=leser,administrator=administrator")).oidc
    assert oidc is not None
    assert oidc.roles == {"b07a-11": "fagperson", "a=b": "leser", "administrator": "administrator"}
    assert "ord" not in repr(oidc)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"review_host": "0.0.0.0"}, "review_address"),
        ({"review_address": "http://by.example"}, "uten kryptering"),
        ({"review_address": "by.example"}, "«by.example»"),
        ({"review_address": "https://"}, "«https:»"),
        ({**OIDC, "oidc_client_secret": ""}, "oidc_client_secret"),
        ({**OIDC, "oidc_roles": "sjef"}, "«sjef»"),
        ({**OIDC, "oidc_roles": "sjef=konge"}, "«sjef=konge»"),
        ({**OIDC, "oidc_issuer": "http://login.example"}, "«http://login.example»"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(given: dict[str, str], said: str) -> None:
    with pytest.raises(HelseassistentError, match=said):
        access_rules(Settings(**given))  # type: ignore[arg-type]


def test_when_nobody_can_log_in_yet_it_is_said_what_to_do(tmp_path: Path) -> None:
    settings = Settings(log=str(tmp_path / "log.sqlite"))
    with open_users(settings) as users:
        assert "review user add" in (who_is_missing(users.store, settings) or "")
        assert who_is_missing(users.store, Settings(**OIDC)) is None
        users.add("kari", role="administrator", password="fire tilfeldige ord")
        assert who_is_missing(users.store, settings) is None
