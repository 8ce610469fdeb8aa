"""Form decoding: `a[b][c]=1`, `a[]=1` and `a[0]=1` become nested dictionaries, arrays keyed by their index."""

import re
from urllib.parse import parse_qsl

from .wire import JsonObject

_PART = re.compile(r"\[([^\]]*)\]")


def decode(form: str) -> JsonObject:
    """The form's fields as nested dictionaries of strings; `schema` gives them their types."""
    decoded: JsonObject = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        bracket = name.find("[")
        if bracket < 1:
            decoded[name] = value
            continue
        _insert(decoded, [name[:bracket], *_PART.findall(name[bracket:])], value)
    return decoded


def _insert(node: JsonObject, parts: list[str], value: str) -> None:
    for part in parts[:-1]:
        child = node.setdefault(part or "0", {})
        if not isinstance(child, dict):
            child = node[part or "0"] = {}
        node = child
    node[parts[-1] or str(len(node))] = value
