"""Every word a citizen sees, read from `strings.toml`, and how its `{names}` are filled in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

from helseassistent.errors import SettingsError
from helseassistent.types import Language

_NAME = re.compile(r"\{(\w+)\}")
Paragraphs = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strings:
    """The words of one language; field names are the keys of `strings.toml`."""

    title: str
    tagline: str
    skip_link: str
    emergency_label: str
    emergency: Paragraphs
    notice_label: str
    notice: Paragraphs
    language_label: str
    language_names: Paragraphs
    log_label: str
    you: str
    assistant: str
    question_label: str
    question_help: str
    send: str
    clear: str
    cleared: str
    undo: str
    restored: str
    print: str
    copy: str
    copied: str
    copy_failed: str
    download: str
    download_head: str
    examples_label: str
    examples_help: str
    examples: Paragraphs
    working: Paragraphs
    working_long: str
    waiting: str
    ready_answer: Mapping[str, str]
    ready_abstention: str
    ready_urgent: str
    failed: str
    busy: str
    limited: str
    off: str
    offline: str
    failed_help: str
    loading: str
    without_script: str
    without_script_bare: str
    footer: Paragraphs
    footer_kept: str
    new_tab: str
    answer_lead: str
    answer_lead_model: str
    checked: str
    checked_by: str
    sources: str
    source_label: str
    back: str
    back_from: str
    searched_also: str
    understood: str
    updated: str
    updated_old: str
    unknown_date: str
    seen: str
    being_updated: str
    check_page: str
    quoted: str
    context: str
    open_at_quote: str
    open_page: str
    years: Paragraphs
    feedback_question: str
    feedback_yes: str
    feedback_no: str
    feedback_why: str
    feedback_reasons: Mapping[str, str]
    feedback_thanks: str
    feedback_failed: str
    more: str
    next_questions: str
    next_questions_plain: str
    topics: str
    topic_covers: str
    topic_section: str
    reasons: Mapping[str, Paragraphs]
    notices: Mapping[str, Paragraphs]
    api: Mapping[str, str]
    described: Mapping[str, str]
    phrases: Mapping[str, str]
    conjunction: str
    removed: str
    removed_kinds: Mapping[str, str]
    call: str


@cache
def strings(language: Language) -> Strings:
    """The words of `language`.

    Raises: SettingsError when `strings.toml` lacks a key or has one too many.
    """
    text = resources.files("helseassistent.chat").joinpath("strings.toml").read_text(encoding="utf-8")
    table = {key: _frozen(value) for key, value in tomllib.loads(text)[language].items()}
    wrong = table.keys() ^ {field.name for field in fields(Strings)}
    if wrong:
        raise SettingsError(f"chat/strings.toml har feil nøkler for {language}: {', '.join(sorted(wrong))}.")
    return Strings(**table)


def _frozen(value: Any) -> Any:
    match value:
        case list():
            return tuple(value)
        case dict():
            return {key: _frozen(inner) for key, inner in value.items()}
        case _:
            return value


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with each `{name}` replaced by its value, once; values are not searched for names."""
    return _NAME.sub(lambda match: values[match[1]], template)
