"""Owns how a fault is told in the log: what kind and where in the program, never its words, which may be a person's."""

from __future__ import annotations

import traceback


def fault(error: BaseException) -> str:
    """The kind of `error` and the lines of the program that led to it, without what the error says itself."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}".rstrip()
