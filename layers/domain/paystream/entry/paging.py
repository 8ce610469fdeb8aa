"""Pages of lists: as many as were asked for, and the cursor that leads on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from paystream.errors import InvalidInputError
from paystream.ports import Page

_MOST = 100
_USUAL = 20
_NUMBER = re.compile(r"[0-9]{1,3}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paging:
    """What a request asks for."""

    per_page: int
    cursor: str | None


def paging(query: Mapping[str, str]) -> Paging:
    """`per_page` from 1 to 100, and `cursor`. Raises InvalidInputError."""
    text = query.get("per_page", str(_USUAL))
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= _MOST:
        raise InvalidInputError({"per_page": ["value_is_out_of_range"]})
    return Paging(int(text), query.get("cursor"))


def meta(page: Page[T]) -> dict[str, Any]:
    """The part of the answer that leads on; no cursor on the last page."""
    return {"meta": {"next_cursor": page.next_cursor}}
