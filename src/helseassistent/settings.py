"""One frozen Settings, from defaults, a TOML file and the environment; it builds nothing."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from helseassistent.errors import SettingsError

PREFIX = "HELSEASSISTENT_"
_NUMBERS = {
    "port": range(1, 65536),
    "off": range(2),
    "per_minute": range(100_001),
    "at_once": range(1, 257),
    "waiting": range(10_001),
    "keep_days": range(1, 3651),
    "review_port": range(1, 65536),
    "review_idle_minutes": range(1, 1441),
    "review_longest_minutes": range(1, 1441),
    "llm_timeout": range(1, 121),
    "llm_tokens": range(1, 4001),
}
_PATHS = ("corpus", "index", "off_file")
_SECRETS = ("llm_key", "oidc_client_secret")  # never repeated
_NOT_IN_FILES = ("oidc_client_secret",)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator can set; each field is also HELSEASSISTENT_<NAME> in the environment."""

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    encoder: str = ""  # "" is the shipped model; else a folder or a hub name
    contextual: str = ""  # "" is the shipped second encoder; "ingen" for none; else a folder or a hub name
    vector_store: str = "faiss"  # or "module:Class" of a LlamaIndex vector store
    thesaurus: str = ""  # a folder with .tsv files of the operator's own words, read beside the shipped ones
    calibration: str = ""  # "" is the shipped confidence model; else a file that `evaluate --calibrate` wrote
    host: str = "127.0.0.1"
    port: int = 7860
    root_path: str = ""
    frame_ancestors: str = "'self'"  # which sites may show the chat in a frame
    trusted_proxies: str = "127.0.0.0/8, ::1"  # whose X-Forwarded-For is believed: addresses and networks
    per_minute: int = 20  # questions from one address a minute; 0 means no limit
    at_once: int = 2  # questions answered at the same time
    waiting: int = 120  # questions that may wait; the next one is told to come back
    llm_url: str = ""  # of an OpenAI-compatible server, for example http://127.0.0.1:11434/v1; "" is none
    llm_model: str = ""
    llm_key: str = field(default="", repr=False)  # shown nowhere
    llm_timeout: int = 20  # seconds for one question, a second try included
    llm_tokens: int = 900  # the longest draft
    off: int = 0  # 1: only the numbers and the fixed texts about danger
    off_file: Path = Path("helseassistent.av")  # as `off`, for as long as this file is there
    log: str = "review/log.sqlite"  # a file, or a database's address such as postgresql://host/name; "" is no log
    keep_days: int = 90  # how long what was asked stays in the log
    gold: str = "review/gold.jsonl"  # where the questions that staff have judged are put for `evaluate`; "" is nowhere
    checked_by: str = ""  # who has checked an approved answer, as people read it; "" is «en fagperson»
    review_host: str = "127.0.0.1"  # of the page for staff
    review_port: int = 7861
    review_address: str = ""  # what stands in the browser of staff, such as https://gjennomgang.kommunen.no
    review_idle_minutes: int = 30  # a login ends after so long without a request
    review_longest_minutes: int = 480  # and after so long in any case
    oidc_issuer: str = ""  # of the organisation's own login; "" is none
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)  # in the environment only
    oidc_role_claim: str = "roles"  # which claim says the role; "a.b" reaches into an object
    oidc_roles: str = "leser=leser, fagperson=fagperson, administrator=administrator"  # value=role


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Defaults, overridden by the file that HELSEASSISTENT_CONFIG names, overridden by the environment.

    Raises:
        SettingsError: at the first name or value that cannot be used.
    """
    environment = os.environ if environment is None else environment
    given: dict[str, object] = {}
    if path := environment.get(f"{PREFIX}CONFIG"):
        given |= _from_file(Path(path))
    known = {field.name for field in fields(Settings)}
    for variable, value in environment.items():
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or name == "config":
            continue
        if name not in known:
            raise SettingsError(f"Ukjent innstilling {variable}. Kjente: {', '.join(sorted(known))}.")
        given[name] = value
    return _checked(given)


def corpus_settings(settings: Settings, *, corpus: Path | None, index: Path | None) -> Settings:
    """The settings with another corpus; without an index of its own that gets one beside the default one."""
    if corpus is not None and index is None and corpus.resolve() != settings.corpus.resolve():
        whole = corpus.resolve()
        digest = hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]  # two folders may have the same name
        index = settings.index / "andre" / f"{whole.name[:50]}-{digest}"
    return replace(settings, corpus=corpus or settings.corpus, index=index or settings.index)


def _from_file(path: Path) -> dict[str, object]:
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"Kan ikke lese innstillingsfilen «{path}»: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"Innstillingsfilen «{path}» er ikke gyldig TOML: {error}.") from error
    known = {field.name for field in fields(Settings)}
    for name in content:
        if name not in known:
            raise SettingsError(f"Ukjent innstilling «{name}» i «{path}». Kjente: {', '.join(sorted(known))}.")
        if name in _NOT_IN_FILES:
            raise SettingsError(
                f"«{name}» er hemmelig. Ta den ut av «{path}», og sett {PREFIX}{name.upper()} i miljøet."
            )
    return dict(content)


def _checked(given: Mapping[str, object]) -> Settings:
    values: dict[str, object] = {}
    for name, value in given.items():
        if name in _NUMBERS:
            values[name] = checked_number(name, value)
        elif not isinstance(value, str) and name in _SECRETS:
            raise SettingsError(f"Innstillingen «{name}» må være tekst.")
        elif not isinstance(value, str):
            raise SettingsError(f"Innstillingen «{name}» må være tekst, men er {value!r}.")
        elif not value.strip() and name in (*_PATHS, "host", "review_host", "vector_store"):
            raise SettingsError(f"Innstillingen «{name}» er tom. Fjern den, eller gi den en verdi.")
        else:
            values[name] = Path(value) if name in _PATHS else value
    return replace(Settings(), **values)  # type: ignore[arg-type]


def checked_port(value: object) -> int:
    """A port number from 1 to 65535.

    Raises:
        SettingsError: for anything else.
    """
    return checked_number("port", value)


def checked_number(name: str, value: object) -> int:
    """A whole number that the setting `name` can have.

    Raises:
        SettingsError: for anything else.
    """
    text, allowed = str(value), _NUMBERS[name]
    if not text.isascii() or not text.isdigit() or len(text) > 6 or int(text) not in allowed:
        raise SettingsError(
            f"Innstillingen «{name}» må være et tall fra {allowed[0]} til {allowed[-1]}, men er «{value}»."
        )
    return int(text)
