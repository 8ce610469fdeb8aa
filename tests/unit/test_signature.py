"""Stripe's signature: exactly what Stripe's own library accepts, but nothing from the future."""

from datetime import UTC, datetime

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st
from paystream.adapters.stripe.signature import TOLERANCE_SECONDS, is_signed
from sandbox.stripe.webhooks import signature

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SECRET = "whsec_ours"

bodies = st.binary(max_size=200)
ages = st.integers(-2 * TOLERANCE_SECONDS, 2 * TOLERANCE_SECONDS)


def signed(body: bytes, age: int = 0, *secrets: str) -> str:
    return signature(list(secrets or [SECRET]), body, int(NOW.timestamp()) - age)


@given(bodies, ages)
def test_a_signature_counts_within_the_tolerance_in_both_directions(body: bytes, age: int) -> None:
    assert is_signed(body, signed(body, age), [SECRET], NOW) is (abs(age) <= TOLERANCE_SECONDS)


@given(bodies, bodies)
def test_a_signature_is_of_one_body_only(body: bytes, other: bytes) -> None:
    assert is_signed(other, signed(body), [SECRET], NOW) is (body == other)


@given(st.lists(st.sampled_from(["a", "b", "c"])), st.lists(st.sampled_from(["a", "b", "c"]), min_size=1))
def test_one_common_secret_suffices(known: list[str], used: list[str]) -> None:
    assert is_signed(b"{}", signed(b"{}", 0, *used), known, NOW) is bool(set(known) & set(used))


@given(st.text())
def test_any_text_is_refused_and_breaks_nothing(header: str) -> None:
    assert is_signed(b"{}", header, [SECRET], NOW) is False


@pytest.mark.parametrize("digits", [12, 13, 400, 5000])
def test_a_time_of_any_length_is_refused_and_breaks_nothing(digits: int) -> None:
    assert is_signed(b"{}", f"t={'9' * digits},v1=00", [SECRET], NOW) is False


@given(st.text(st.characters(codec="utf-8"), max_size=50))
def test_stripes_own_library_agrees(body: str) -> None:
    header = stripe_header(body)
    assert stripe.WebhookSignature.verify_header(body, header, SECRET, tolerance=None)
    assert is_signed(body.encode(), header, [SECRET], NOW)


def stripe_header(body: str) -> str:
    """A header with a scheme that is no longer used before the one that is, as Stripe's test mode sends them."""
    current = signed(body.encode())
    time, _, v1 = current.partition(",")
    return f"{time},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39,{v1}"
