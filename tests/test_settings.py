"""Settings from defaults, a file and the environment; mistakes are named."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from helseassistent.errors import SettingsError
from helseassistent.settings import Settings, checked_port, corpus_settings, load_settings


def test_nothing_given_means_the_defaults() -> None:
    assert load_settings({"PATH": "/bin", "HELSE": "x"}) == Settings()


def test_the_environment_beats_the_file_and_the_file_beats_the_defaults(tmp_path: Path) -> None:
    config = tmp_path / "innstillinger.toml"
    config.write_bytes(b"\xef\xbb\xbfhost = '0.0.0.0'\r\nport = 8000\r\ncorpus = 'sider/p\xc3\xa5 nett'\r\n")
    found = load_settings({"HELSEASSISTENT_CONFIG": str(config), "HELSEASSISTENT_PORT": "9000"})
    assert found == Settings(host="0.0.0.0", port=9000, corpus=Path("sider/på nett"))


def test_every_setting_can_be_set_in_the_environment() -> None:
    given = {f"HELSEASSISTENT_{field.name.upper()}": "1" for field in fields(Settings)}
    found = load_settings(given)
    assert {str(getattr(found, field.name)) for field in fields(Settings)} == {"1"}


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"HELSEASSISTENT_PROT": "1"}, "HELSEASSISTENT_PROT"),
        ({"HELSEASSISTENT_PORT": "0"}, "«0»"),
        ({"HELSEASSISTENT_PORT": "65536"}, "«65536»"),
        ({"HELSEASSISTENT_PORT": "åtti"}, "«åtti»"),
        ({"HELSEASSISTENT_PORT": "٣"}, "«٣»"),
        ({"HELSEASSISTENT_PORT": ""}, "«»"),
        ({"HELSEASSISTENT_PORT": "9" * 5000}, "tall fra 1 til 65535"),
        ({"HELSEASSISTENT_CORPUS": " "}, "«corpus» er tom"),
        ({"HELSEASSISTENT_INDEX": ""}, "«index» er tom"),
        ({"HELSEASSISTENT_HOST": ""}, "«host» er tom"),
        ({"HELSEASSISTENT_CONFIG": "finnes-ikke.toml"}, "finnes-ikke.toml"),
    ],
)
def test_a_bad_value_is_named(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load_settings(environment)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"prot = 1", "«prot»"),
        (b"host = 1", "«host» må være tekst"),
        (b"port = true", "«True»"),
        (b"port = 1.5", "«1.5»"),
        (b"host = ['a']", "«host»"),
        (b"[host]\na = 1", "«host»"),
        (b"corpus = ''", "«corpus» er tom"),
        (b"host\nport = 1\n", "gyldig TOML.*line 1"),
        (b"host = 'a'\nhost = 'b'\n", "gyldig TOML.*line 2"),
        (b"host = '\xe6'", "gyldig TOML"),
    ],
)
def test_a_bad_file_is_named_with_its_mistake(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "innstillinger.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=words) as caught:
        load_settings({"HELSEASSISTENT_CONFIG": str(tmp_path / "innstillinger.toml")})
    assert "\n" not in str(caught.value)


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "tom.toml").touch()
    assert load_settings({"HELSEASSISTENT_CONFIG": str(tmp_path / "tom.toml")}) == Settings()


def test_ports_may_be_numbers_or_text() -> None:
    assert checked_port("7860") == checked_port(7860) == 7860


def test_another_corpus_gets_an_index_of_its_own(tmp_path: Path) -> None:
    one = corpus_settings(Settings(), corpus=tmp_path / "a" / "b", index=None)
    other = corpus_settings(Settings(), corpus=tmp_path / "a-b", index=None)
    again = corpus_settings(Settings(), corpus=tmp_path / "a" / "x" / ".." / "b", index=None)
    assert len({one.index, other.index, Settings().index}) == 3
    assert one.index == again.index
    assert one.index.is_relative_to("index")


def test_a_long_corpus_path_still_gives_a_name_that_a_folder_can_have() -> None:
    found = corpus_settings(Settings(), corpus=Path("/".join(["en lang mappe"] * 40)), index=None)
    assert all(len(part.encode()) <= 255 for part in found.index.parts)


def test_a_named_index_is_used_as_named() -> None:
    found = corpus_settings(Settings(), corpus=Path("andre"), index=Path("indeks"))
    assert (found.corpus, found.index) == (Path("andre"), Path("indeks"))
    assert corpus_settings(Settings(), corpus=Path("corpus"), index=None) == Settings()


def test_the_secret_of_the_organisations_login_stands_in_no_file_and_is_not_shown(tmp_path: Path) -> None:
    config = tmp_path / "innstillinger.toml"
    config.write_text("oidc_client_secret = 'hemmelig-ord'", encoding="utf-8")
    with pytest.raises(SettingsError, match="HELSEASSISTENT_OIDC_CLIENT_SECRET i miljøet") as refused:
        load_settings({"HELSEASSISTENT_CONFIG": str(config)})
    assert "hemmelig-ord" not in str(refused.value)
    assert "hemmelig-ord" not in repr(load_settings({"HELSEASSISTENT_OIDC_CLIENT_SECRET": "hemmelig-ord"}))
