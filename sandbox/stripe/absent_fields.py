"""Fields that an account's objects come without, as new accounts and newer versions of the API have it."""

from collections.abc import Mapping
from typing import Any


def without_absent(value: Any, left_out: Mapping[str, frozenset[str]]) -> Any:
    """The value, and every object in it, without the fields that are left out of its kind."""
    if not any(left_out.values()):
        return value
    if isinstance(value, list):
        return [without_absent(entry, left_out) for entry in value]
    if not isinstance(value, dict):
        return value
    absent = left_out.get(str(value.get("object")), frozenset())
    return {name: without_absent(entry, left_out) for name, entry in value.items() if name not in absent}
