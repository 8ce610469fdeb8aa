"""An organization's Stripe accounts: which is taken where none is named, and what each is known by."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.records import RECORDED_AT, customer_record, integration_record
from hypothesis import given
from hypothesis import strategies as st
from paystream.model.identifiers import integration_id
from paystream.model.integration import NOWHERE, AccountCheck, Attention, Credentials, Integration, default_of
from paystream.model.rate_limit import RateLimit


def integration(code: str, *, made: int = 0, default: int | None = None) -> Integration:
    """Connected and made the default so many seconds after the start."""
    return integration_record(
        code=code,
        lago_id=code,
        created_at=RECORDED_AT + timedelta(seconds=made),
        default_since=None if default is None else RECORDED_AT + timedelta(seconds=default),
    )


def test_without_any_there_is_none() -> None:
    assert default_of([]) is None


def test_a_single_one_is_the_default() -> None:
    only = integration("only")
    assert default_of([only]) is only


def test_the_oldest_is_the_default_until_another_is_made_it() -> None:
    oldest, newest = integration("a", made=1), integration("b", made=2)
    assert default_of([newest, oldest]) is oldest
    assert default_of([oldest, replace(newest, default_since=RECORDED_AT)]) != oldest


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


def test_one_that_is_disconnecting_is_not_taken() -> None:
    newest = integration("b", made=2)
    disconnecting = replace(integration("a", made=1, default=5), disconnecting_since=RECORDED_AT)
    assert default_of([disconnecting, newest]) is newest
    assert default_of([disconnecting]) is None


def test_what_was_sent_to_its_account_leads_there_under_whatever_code() -> None:
    known = integration_record(account_id="acct_1", livemode=True)
    before = integration_id("organization", "old", "acct_1", livemode=True)
    sent = customer_record(payment_provider_code="old", integration_id=before)

    assert known.leads_to(sent)
    assert not replace(known, account_id="acct_2").leads_to(sent)
    assert not replace(known, livemode=False).leads_to(sent)
    assert not replace(known, organization_id="another").leads_to(sent)


@pytest.mark.parametrize("another", ["", "00000000", "ffffffff"])
def test_an_id_that_does_not_follow_from_its_account_leads_elsewhere(another: str) -> None:
    sent = customer_record(payment_provider_code="stripe", integration_id=another)

    assert not integration_record().leads_to(sent)


def test_its_own_id_leads_to_it_without_a_code() -> None:
    assert integration_record().leads_to(customer_record(integration_id="integration"))
    assert not integration_record().leads_to(customer_record())
    assert not integration_record().leads_to(customer_record(integration_id="another"))


@pytest.mark.parametrize(("livemode", "key"), [(True, "acct_1#live"), (False, "acct_1#test")])
def test_an_account_is_another_one_in_the_other_mode(livemode: bool, key: str) -> None:
    assert integration_record(livemode=livemode).account_key == key


@pytest.mark.parametrize(("livemode", "total"), [(True, 100), (False, 25)])
def test_stripes_limits_hold_where_none_was_set(livemode: bool, total: int) -> None:
    assert integration_record(livemode=livemode).rate_limit == RateLimit(endpoint=25, total=total)
    limited = integration_record(endpoint_rate_limit_per_second=7, global_rate_limit_per_second=9)
    assert limited.rate_limit == RateLimit(endpoint=7, total=9)


def test_nothing_but_payment_links_follows_automatically_unless_it_was_set() -> None:
    new = integration_record()

    assert (new.refund_second_payments, new.authentication_links, new.version) == (False, True, 0)


def test_credentials_never_show_themselves() -> None:
    credentials = Credentials("sk_test_secret", ("whsec_secret",), "we_1")
    assert "secret" not in f"{credentials!r} {credentials} {[credentials]}"


def test_a_customer_is_led_back_to_where_the_organization_wants_or_nowhere() -> None:
    assert integration_record(success_redirect_url="https://acme.test/paid").return_url == "https://acme.test/paid"
    assert integration_record(success_redirect_url=None).return_url == NOWHERE


class TestWhatTheScheduleHasToDo:
    CHECK = AccountCheck(due_at=RECORDED_AT + timedelta(days=1))

    def test_an_account_that_was_never_looked_at_is_left_alone(self) -> None:
        assert integration_record().is_looked_at_at is None

    def test_a_try_and_a_resumption_come_before_the_daily_look(self) -> None:
        probe_at = RECORDED_AT + timedelta(minutes=15)
        pauses = (
            Attention(since=RECORDED_AT, message="", probe_at=probe_at),
            Attention(since=RECORDED_AT, message=""),
        )
        assert integration_record(check=self.CHECK).is_looked_at_at == self.CHECK.due_at
        assert integration_record(check=self.CHECK, pauses=pauses).is_looked_at_at == probe_at
        assert integration_record(check=self.CHECK, resumes=True).is_looked_at_at == RECORDED_AT

    def test_a_refused_key_is_shown_before_a_pause_and_the_oldest_pause_before_another(self) -> None:
        late, early = (Attention(since=RECORDED_AT + timedelta(days=days), message="") for days in (2, 1))
        assert integration_record().attention is None
        assert integration_record(pauses=(late, early)).attention == early
        assert integration_record(pauses=(early,), needs_attention=late).attention == late
