"""What a value has against a JSON Schema, as far as the description of the service uses the language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}
_KNOWN = {"type", "enum", "anyOf", "properties", "required", "additionalProperties", "items", "minItems", "pattern"}


def violations(value: object, schema: dict[str, Any], *, at: str = "$") -> list[str]:
    """Each place where `value` is not as `schema` says; a word of the schema that is not known is a fault of ours."""
    assert not schema.keys() - _KNOWN, schema
    return list(_violations(value, schema, at))


def _violations(value: object, schema: dict[str, Any], at: str) -> Iterator[str]:
    if "type" in schema and not isinstance(value, _KINDS[schema["type"]]):
        yield f"{at} is no {schema['type']}"
        return
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{at} does not look like {schema['pattern']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is {value!r}"
    if "anyOf" in schema and all(violations(value, choice, at=at) for choice in schema["anyOf"]):
        yield f"{at} fits no choice"
    if isinstance(value, dict):
        yield from (f"{at} lacks {name}" for name in schema.get("required", ()) if name not in value)
        known = schema.get("properties", {})
        for name, inner in value.items():
            if name in known:
                yield from violations(inner, known[name], at=f"{at}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{at}.{name} is not described"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{at} is too short"
        for number, item in enumerate(value):
            yield from violations(item, schema.get("items", {}), at=f"{at}[{number}]")
