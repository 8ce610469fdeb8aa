"""Stripe's rate limits of one account."""

from paystream.model.rate_limit import (
    ENDPOINT_DEFAULT,
    GLOBAL_DEFAULT_LIVE,
    GLOBAL_DEFAULT_TEST,
    HIGHEST,
    RateLimit,
)


def test_they_are_stripes_and_no_more_than_half_of_what_an_item_of_a_table_takes() -> None:
    assert (ENDPOINT_DEFAULT, GLOBAL_DEFAULT_LIVE, GLOBAL_DEFAULT_TEST, HIGHEST) == (25, 100, 25, 500)


def test_an_endpoint_gets_no_more_than_there_is_in_total() -> None:
    assert RateLimit(endpoint=25, total=100).slower == 25
    assert RateLimit(endpoint=100, total=25).slower == 25
