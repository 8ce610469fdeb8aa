"""Which of an organization's Stripe accounts is taken where none is named."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from paystream.model.integration import Credentials, Integration, default_of

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def integration(code: str, *, made: int = 0, default: int | None = None) -> Integration:
    """Connected and made the default so many seconds after the start."""
    return Integration(
        organization_id="0a1b2c3d-0000-4000-8000-000000000001",
        code=code,
        lago_id=code,
        name=code,
        account_id="acct_1",
        livemode=False,
        key_last4="0000",
        create_customers=False,
        webhook_endpoint_id="we_1",
        webhook_url="https://paystream.test/hook",
        created_at=START + timedelta(seconds=made),
        updated_at=START,
        default_since=None if default is None else START + timedelta(seconds=default),
    )


def test_without_any_there_is_none() -> None:
    assert default_of([]) is None


def test_a_single_one_is_the_default() -> None:
    only = integration("only")
    assert default_of([only]) is only


def test_the_oldest_is_the_default_until_another_is_made_it() -> None:
    oldest, newest = integration("a", made=1), integration("b", made=2)
    assert default_of([newest, oldest]) is oldest
    assert default_of([oldest, integration("b", made=2, default=3)]) != oldest


def test_the_last_that_was_made_the_default_is_it() -> None:
    first, last = integration("a", made=1, default=5), integration("b", made=2, default=9)
    assert default_of([last, first]) is last


@given(st.lists(st.none() | st.integers(0, 9), unique=True, min_size=1, max_size=5), st.data())
def test_the_order_in_which_they_are_read_does_not_matter(made_default: list[int | None], data: st.DataObject) -> None:
    every = [integration(str(number), made=number, default=since) for number, since in enumerate(made_default)]
    chosen = default_of(data.draw(st.permutations(every)))
    assert chosen is default_of(every)
    latest = max((since for since in made_default if since is not None), default=None)
    assert chosen == (every[0] if latest is None else every[made_default.index(latest)])


def test_credentials_never_show_themselves() -> None:
    credentials = Credentials("sk_test_secret", ("whsec_secret",), "we_1")
    assert "secret" not in f"{credentials!r} {credentials} {[credentials]}"
