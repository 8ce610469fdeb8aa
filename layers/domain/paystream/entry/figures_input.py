"""Which figures a request is about: a period and a currency."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from paystream.entry.paging import check_filters
from paystream.errors import InvalidInputError

USUAL_DAYS = 30
MOST_DAYS = 366
_CURRENCY = re.compile(r"[A-Z]{3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Period(NamedTuple):
    """Days of UTC, those included, and the currency that is asked for; None is all."""

    first: date
    last: date
    currency: str | None


def period(query: Mapping[str, str], today: date) -> Period:
    """The period of a query, `from` and `to` included; the last 30 days where nothing is said. Raises InvalidInputError
    for what is no day, for more than a year, and for an end before the beginning.
    """
    check_filters(query, ("from", "to", "currency"))
    wrong: list[str] = []
    last = _day(query, "to", wrong) or today
    first = _day(query, "from", wrong) or last - timedelta(days=USUAL_DAYS - 1)
    currency = query.get("currency")
    if currency is not None and not _CURRENCY.fullmatch(currency):
        wrong.append("currency")
    if not wrong and not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        wrong.append("to")
    if wrong:
        raise InvalidInputError({name: ["value_is_invalid"] for name in wrong})
    return Period(first, last, currency)


def _day(query: Mapping[str, str], name: str, wrong: list[str]) -> date | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    wrong.append(name)
    return None
