"""The cursor of a scan: the key of the last item that was read, of a table that is keyed by organization and id."""

import json
from collections.abc import Mapping
from typing import Any

from paystream.adapters.dynamodb.database import is_key
from paystream.adapters.dynamodb.items import attribute_values
from paystream.errors import InvalidInputError

SCANNED_KEY = ("organization_id", "lago_id")


def scan_cursor(item: Mapping[str, Any]) -> str:
    """What leads on from an item, or from its key."""
    return json.dumps([item[name]["S"] for name in SCANNED_KEY])


def scan_start(cursor: str | None) -> dict[str, Any]:
    """The parameters of a scan that goes on from there; from the beginning without one. Raises InvalidInputError for
    what is no cursor of a scan.
    """
    if not cursor:
        return {}
    try:
        values = json.loads(cursor)
    except (ValueError, RecursionError) as malformed:
        raise InvalidInputError({"cursor": ["value_is_invalid"]}) from malformed
    if not (isinstance(values, list) and len(values) == len(SCANNED_KEY) and all(map(is_key, values))):
        raise InvalidInputError({"cursor": ["value_is_invalid"]})
    return {"ExclusiveStartKey": attribute_values(dict(zip(SCANNED_KEY, values, strict=True)))}
