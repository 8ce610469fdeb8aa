"""Days in sentences: in English and in UTC, whatever the times are given in."""

from datetime import UTC, datetime, timedelta, timezone

from paystream.model.texts.days import day, day_and_year, time_of_day

BEFORE_MIDNIGHT = datetime(2026, 12, 31, 23, 5, tzinfo=UTC)
IN_TOKYO = BEFORE_MIDNIGHT.astimezone(timezone(timedelta(hours=9)))


def test_a_day_is_that_of_utc() -> None:
    assert day(IN_TOKYO) == day(BEFORE_MIDNIGHT) == "31 December"
    assert day(datetime(2027, 1, 1, tzinfo=UTC)) == "1 January"


def test_the_year_is_that_of_utc() -> None:
    assert day_and_year(IN_TOKYO) == "31 December 2026"


def test_a_time_says_that_it_is_in_utc() -> None:
    assert time_of_day(IN_TOKYO) == "31 December, 23:05 UTC"
