"""Pages of lists: as many as were asked for, and the cursor that leads on."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from paystream.errors import InvalidInputError
from paystream.ports.pages import Page

_MOST = 100
_USUAL = 20
_NUMBER = re.compile(r"[0-9]{1,3}")

_OF_LAGO = frozenset(
    """
    page amount_from amount_to currency customer_external_id external_customer_id invoice_id invoice_type
    issuing_date_from issuing_date_to metadata payment_dispute_lost payment_overdue payment_status payment_statuses[]
    search_term self_billed settlements[] status statuses[] subscription_id partially_paid account_type[]
    billing_entity_codes[]
    """.split()
)
"""The filters that Lago's clients may send."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paging:
    """What a request asks for."""

    per_page: int
    cursor: str | None


def paging(query: Mapping[str, str], *, filters: Collection[str] = ()) -> Paging:
    """`per_page` from 1 to 100, and `cursor`.

    Raises InvalidInputError, also for a filter of Lago's that is not there yet, or an empty one: ignoring it would
    answer with what was not asked for.
    """
    wrong = {name for name in query if name in _OF_LAGO and name not in filters} - {"page"}
    wrong |= {name for name in filters if query.get(name) == ""}
    if query.get("page", "1") != "1":
        wrong.add("page")
    if wrong:
        raise InvalidInputError({name: ["value_is_invalid"] for name in wrong})
    text = query.get("per_page", str(_USUAL))
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= _MOST:
        raise InvalidInputError({"per_page": ["value_is_out_of_range"]})
    return Paging(int(text), query.get("cursor"))


def meta(page: Page[T]) -> dict[str, Any]:
    """The part of the answer that leads on; no cursor on the last page."""
    return {"meta": {"next_cursor": page.next_cursor}}
