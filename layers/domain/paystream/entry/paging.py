"""Pages of lists: which one is asked for, and the part of the answer that leads on."""

import re
from collections.abc import Collection, Mapping
from math import ceil
from typing import Any, TypeVar

from paystream.errors import InvalidInputError
from paystream.ports.pages import Count, Page, PageRequest

MOST = 100
"""As many as one BatchGetItem reads; a request for more gets so many, as a page that leads on."""

_NUMBER = re.compile(r"[0-9]{1,9}")

_OF_LAGO = frozenset(
    """
    account_type active_subscriptions_count_from active_subscriptions_count_to amount_from amount_to
    billing_entity_codes billing_entity_id billing_entity_ids countries currencies currency customer_external_id
    customer_id customer_type external_customer_id external_id external_subscription_id has_customer_type
    has_tax_identification_number invoice_id invoice_type issuing_date_from issuing_date_to metadata partially_paid
    payment_dispute_lost payment_overdue payment_status payment_statuses positive_due_amount purchase_order_number
    search_term self_billed settlements states status statuses subscription_id with_deleted zipcodes
    """.split()
)
"""The filters that Lago's clients may send, without the brackets of those that are lists or have keys.

Source: https://github.com/getlago/lago-api/tree/main/app/queries
"""

T = TypeVar("T")


def page_request(query: Mapping[str, str], *, filters: Collection[str] = ()) -> PageRequest:
    """`page` and `per_page`, or `cursor`. Without any, the first page.

    Raises InvalidInputError, as `check_filters` does, too.
    """
    check_filters(query, filters)
    limit = min(_counted(query, "per_page", MOST), MOST)
    if "cursor" in query:
        return PageRequest(limit, cursor=query["cursor"] or None)
    return PageRequest(limit, number=_counted(query, "page", 1))


def check_filters(query: Mapping[str, str], filters: Collection[str] = ()) -> None:
    """Raises InvalidInputError for a filter of Lago's that is not there, one in brackets that is unknown, or an empty
    one: ignoring it would answer with what was not asked for.
    """
    wrong = {name for name in query if name not in filters and (name.partition("[")[0] in _OF_LAGO or "[" in name)}
    wrong |= {name for name in filters if query.get(name) == ""}
    if wrong:
        raise InvalidInputError({name: ["value_is_invalid"] for name in sorted(wrong)})


def meta(page: Page[T], request: PageRequest) -> dict[str, Any]:
    """What Lago's clients count pages by, and the cursor; no cursor on the last page.

    Where not all was read for this page, the totals are what is known: at least one page more than this one.
    """
    count, number = page.count, request.number
    total_pages = None if count is None else ceil(count.at_least / request.limit)
    leads_on = count is not None and number is not None and count.at_least > number * request.limit
    return {
        "meta": {
            "current_page": number,
            "next_page": number + 1 if leads_on and number else None,
            "prev_page": number - 1 if number and number > 1 else None,
            "total_pages": total_pages,
            "total_count": None if count is None else count.at_least,
            "next_cursor": page.next_cursor,
        }
    }


def whole(number: int) -> dict[str, Any]:
    """The same, for a list that is answered as a whole."""
    request = PageRequest(max(number, 1), number=1)
    return meta(Page((), None, Count(number, is_exact=True)), request)


def _counted(query: Mapping[str, str], name: str, usual: int) -> int:
    text = query.get(name, str(usual))
    if not _NUMBER.fullmatch(text) or int(text) < 1:
        raise InvalidInputError({name: ["value_is_out_of_range"]})
    return int(text)
