"""The gateway to Stripe: what each of Stripe's errors means, and what each answer says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe
from paystream.adapters.stripe import lookups
from paystream.adapters.stripe.errors import translated
from paystream.adapters.stripe.gateway import StripeGateway
from paystream.adapters.stripe.gateways import StripeGateways
from paystream.adapters.stripe.intents import outcome_from_error
from paystream.adapters.stripe.rate_limiter import RateLimiter, Reservation
from paystream.errors import (
    KeyRefusedError,
    OutcomeUnknownError,
    ParametersChangedError,
    PaystreamError,
    PermissionMissingError,
    ProviderRefusedError,
    ResourceMissingError,
)
from paystream.model.integration import Credentials, Integration
from paystream.model.key_permissions import Permission
from paystream.model.outcome import PayableStatus
from paystream.ports.stripe import PaymentLinkRequest, PaymentRequest
from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.clock import ManualClock
from sandbox.stripe.engine import StripeSandbox

KEY = "sk_test_gateway00000000000"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class SecretsInMemory:
    """Implements the port `Secrets`: what was put first is remembered, what was put last is read afresh."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], list[Credentials]] = {}

    def get(self, integration: Integration, *, fresh: bool = False) -> Credentials | None:
        kept = self._kept.get((integration.organization_id, integration.lago_id))
        return kept[-1 if fresh else 0] if kept else None

    def put(self, organization_id: str, integration_id: str, credentials: Credentials) -> None:
        self._kept.setdefault((organization_id, integration_id), []).append(credentials)

    def remove(self, organization_id: str, integration_id: str) -> None:
        del self._kept[organization_id, integration_id]


class TimetableInMemory:
    """Implements the protocol `Timetable`."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], int] = {}

    def reserve(
        self, integration: Integration, steps: Mapping[str, int], *, start: int, latest: int, seen: Mapping[str, int]
    ) -> Reservation:
        known = {line: self._lines.get((integration.lago_id, line), seen.get(line, 0)) for line in steps}
        free_from = {line: max(start, time) for line, time in known.items()}
        granted = max(free_from.values()) <= latest
        if granted:
            self._lines |= {(integration.lago_id, line): free_from[line] + step for line, step in steps.items()}
        return Reservation(free_from, granted)


class Shop:
    """A Stripe account of the sandbox, and the gateway to it."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOW.timestamp())
        self.sandbox = StripeSandbox(self.clock)
        self.account = self.sandbox.add_account(KEY)
        self.secrets = SecretsInMemory()
        self.limiter = RateLimiter(
            TimetableInMemory(), longest_wait=2.0, clock=self.clock.now, sleep=self.clock.advance, random=lambda: 0.5
        )
        self.gateway = self.gateway_with(KEY)
        self.client = stripe.StripeClient(KEY, http_client=InProcessHTTPClient(self.sandbox)).v1

    def gateways(self) -> StripeGateways:
        http_client = InProcessHTTPClient(self.sandbox)
        return StripeGateways(
            self.secrets, api_base="https://api.stripe.com", http_client=http_client, limiter=self.limiter
        )

    def gateway_with(self, key: str) -> StripeGateway:
        return self.gateways().with_key(key)

    def payer(self, card: str = "pm_card_visa") -> tuple[str, str]:
        customer = self.client.customers.create({"name": "Acme"}).id
        return customer, self.client.payment_methods.attach(card, {"customer": customer}).id

    def request(self, card: str = "pm_card_visa", **changes: Any) -> PaymentRequest:
        customer, method = self.payer(card)
        values: dict[str, Any] = {
            "key": "payment-1",
            "amount_cents": 4200,
            "currency": "EUR",
            "provider_customer_id": customer,
            "payment_method_id": method,
            "payment_method_types": ("card",),
            "description": "Acme Billing - Invoice ACM-0042-003",
            "metadata": {"lago_payment_id": "payment-1"},
            "return_url": "https://stripe.com/",
        }
        return PaymentRequest(**(values | changes))


@pytest.fixture
def shop() -> Shop:
    return Shop()


class TestWhatErrorsMean:
    """One test for each row of Stripe's errors: https://docs.stripe.com/error-handling."""

    @pytest.mark.parametrize(
        "fault", ["500_before_commit", "500_after_commit", "cut_before_commit", "truncated_body", "429"]
    )
    def test_whatever_leaves_the_outcome_open_is_unknown(self, shop: Shop, fault: str) -> None:
        shop.sandbox.control.add_fault(fault, times=9)
        with pytest.raises(OutcomeUnknownError):
            shop.gateway.account()

    def test_a_key_in_use_by_a_request_under_way_is_unknown(self, shop: Shop) -> None:
        request = shop.request()
        shop.sandbox.control.add_fault("hold", path="/v1/payment_intents")
        with pytest.raises(OutcomeUnknownError, match="409"):
            shop.gateway.collect(request)

    def test_a_key_known_with_other_parameters_is_notified_apart(self, shop: Shop) -> None:
        request = shop.request()
        shop.gateway.collect(request)
        with pytest.raises(ParametersChangedError):
            shop.gateway.collect(shop.request())

    def test_an_unknown_api_key_is_refused(self, shop: Shop) -> None:
        with pytest.raises(KeyRefusedError, match="does not accept") as refused:
            shop.gateway_with("sk_test_nobodys000000000").account()
        assert "sk_test" not in str(refused.value)

    def test_an_expired_api_key_is_refused_with_stripes_code(self, shop: Shop) -> None:
        shop.sandbox.control.expire_key(KEY)
        with pytest.raises(KeyRefusedError) as refused:
            shop.gateway.account()
        assert refused.value.code == "api_key_expired"

    def test_a_restricted_key_without_the_permission_is_refused(self, shop: Shop) -> None:
        restricted = shop.sandbox.control.add_key(shop.account.id, kind="rk", permissions=["rak_customer_read"])
        with pytest.raises(PermissionMissingError, match="permission") as refused:
            shop.gateway_with(restricted).create_customer({"name": "Acme"}, "key-1")
        assert restricted not in str(refused.value)
        assert refused.value.permissions == ("rak_customer_write",)
        assert refused.value.account_id == shop.account.id

    @pytest.mark.parametrize("permission", Permission)
    def test_each_permission_is_there_or_lacks(self, shop: Shop, permission: Permission) -> None:
        keys = [
            shop.sandbox.control.add_key(shop.account.id, kind="rk", permissions=granted)
            for granted in ([permission.value], [])
        ]
        shop.gateway_with(keys[0]).permissions.check(permission)
        with pytest.raises(PermissionMissingError) as refused:
            shop.gateway_with(keys[1]).permissions.check(permission)
        assert refused.value.permissions == (permission.value,)

    def test_an_answer_that_does_not_tell_of_a_permission_leaves_it_open(self, shop: Shop) -> None:
        shop.sandbox.control.add_fault("500_before_commit", times=9)
        with pytest.raises(OutcomeUnknownError):
            shop.gateway.permissions.check(Permission.REFUNDS)

    def test_values_that_stripe_does_not_take_are_refused_without_repeating_an_email(self, shop: Shop) -> None:
        with pytest.raises(ProviderRefusedError) as refused:
            shop.gateway.create_customer({"email": "not-an@e-mail@x"}, "key-1")
        assert refused.value.param == "email"
        assert "not-an" not in str(refused.value)

    def test_what_stripe_does_not_have_is_refused(self, shop: Shop) -> None:
        with pytest.raises(ResourceMissingError) as refused:
            shop.gateway.update_customer("cus_nobody", {"name": "Acme"})
        assert refused.value.code == "resource_missing"

    @pytest.mark.parametrize(
        ("kind", "values", "meaning"),
        [
            (stripe.StripeError, ["odd"], OutcomeUnknownError),
            (stripe.APIError, ["oops"], OutcomeUnknownError),
            (stripe.APIConnectionError, ["cut"], OutcomeUnknownError),
            (stripe.RateLimitError, ["slow down"], OutcomeUnknownError),
            (stripe.IdempotencyError, ["other parameters"], ParametersChangedError),
            (stripe.AuthenticationError, ["who?"], KeyRefusedError),
            (stripe.PermissionError, ["no"], PermissionMissingError),
            (stripe.InvalidRequestError, ["bad", "email"], ProviderRefusedError),
            (stripe.CardError, ["declined", "number", "card_declined"], ProviderRefusedError),
        ],
    )
    def test_each_kind_of_error_leaves_as_one_of_ours(
        self, kind: Callable[..., stripe.StripeError], values: list[str], meaning: type[PaystreamError]
    ) -> None:
        error = kind(*values)
        with pytest.raises(PaystreamError) as raised, translated():
            raise error
        assert type(raised.value) is meaning
        assert raised.value.__context__ is error
        assert raised.value.__suppress_context__

    def test_an_error_that_is_not_stripes_passes(self) -> None:
        with pytest.raises(KeyError), translated():
            raise KeyError


class TestCollecting:
    def test_a_success_carries_the_intent(self, shop: Shop) -> None:
        outcome = shop.gateway.collect(shop.request())
        assert (outcome.status, outcome.intent_status) == (PayableStatus.SUCCEEDED, "succeeded")
        assert outcome.intent_id is not None
        assert outcome.failure is None

    def test_a_decline_is_an_outcome_with_its_codes_and_its_intent(self, shop: Shop) -> None:
        outcome = shop.gateway.collect(shop.request("pm_card_chargeCustomerFail"))
        assert outcome.status is PayableStatus.FAILED
        assert outcome.intent_status == "requires_payment_method"
        assert outcome.intent_id is not None
        assert outcome.failure
        assert (outcome.failure.code, outcome.failure.decline_code) == ("card_declined", "generic_decline")
        assert (outcome.failure.http_status, str(outcome.failure.request_id)[:4]) == (402, "req_")

    def test_a_customer_who_has_to_authenticate_is_a_decline(self, shop: Shop) -> None:
        outcome = shop.gateway.collect(shop.request("pm_card_authenticationRequired"))
        assert outcome.failure
        assert outcome.failure.code == "authentication_required"

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"amount_cents": 1}, "amount_too_small"),
            ({"payment_method_id": "pm_nobodys"}, "resource_missing"),
            ({"provider_customer_id": "cus_nobody"}, "resource_missing"),
        ],
    )
    def test_a_request_that_cannot_be_fulfilled_is_a_failure_without_an_intent(
        self, shop: Shop, changes: dict[str, Any], code: str
    ) -> None:
        outcome = shop.gateway.collect(shop.request(**changes))
        assert (outcome.status, outcome.intent_status, outcome.intent_id) == (PayableStatus.FAILED, "failed", None)
        assert outcome.failure
        assert outcome.failure.code == code

    def test_that_the_customer_is_gone_is_told_from_a_method_that_is(self, shop: Shop) -> None:
        without_method = shop.gateway.collect(shop.request(payment_method_id="pm_unknown"))
        gone = shop.request(key="payment-2")
        shop.client.customers.delete(gone.provider_customer_id)
        without_customer = shop.gateway.collect(gone)

        assert (without_method.is_method_gone, without_method.is_customer_gone) == (True, False)
        assert (without_customer.is_method_gone, without_customer.is_customer_gone) == (False, True)

    def test_an_answer_that_was_lost_is_fetched_again_under_the_same_key(self, shop: Shop) -> None:
        request = shop.request()
        shop.sandbox.control.add_fault("cut_after_commit", path="/v1/payment_intents")
        assert shop.gateway.collect(request).status is PayableStatus.SUCCEEDED
        assert len(shop.client.payment_intents.list().data) == 1

    def test_an_error_with_an_intent_that_succeeded_after_all_is_a_success(self) -> None:
        error = {
            "code": "lock_timeout",
            "payment_intent": {
                "id": "pi_1",
                "created": 1,
                "status": "succeeded",
                "amount": 4200,
                "amount_received": 4200,
                "currency": "eur",
            },
        }
        outcome = outcome_from_error(error, http_status=400, request_id="req_1")
        assert (outcome.status, outcome.intent_id, outcome.failure) == (PayableStatus.SUCCEEDED, "pi_1", None)

    def test_an_error_that_says_nothing_is_a_failure_all_the_same(self) -> None:
        outcome = outcome_from_error({}, http_status=402, request_id=None)
        assert outcome.failure
        assert (outcome.status, outcome.failure.code) == (PayableStatus.FAILED, "payment_failed")


class TestLookingUp:
    def test_the_intents_of_some_seconds_are_listed_page_by_page_newest_first(self, shop: Shop) -> None:
        made = []
        for second in range(4):
            requests = [shop.request(key=f"{second}-{number}") for number in range(60)]
            made += [(NOW + timedelta(seconds=second), shop.gateway.collect(request).intent_id) for request in requests]
            shop.clock.advance(1)
        wanted = [intent_id for at, intent_id in made if NOW + timedelta(seconds=1) <= at < NOW + timedelta(seconds=3)]

        span = {"since": NOW + timedelta(seconds=1), "until": NOW + timedelta(seconds=2.9)}
        first = shop.gateway.intents(**span, cursor=None)
        second_page = shop.gateway.intents(**span, cursor=first.next_cursor)

        assert (len(first.records), second_page.next_cursor) == (100, None)
        found = [intent.outcome.intent_id for intent in (*first.records, *second_page.records)]
        assert found == wanted[::-1]

    def test_a_listed_intent_says_whose_it_is_and_when_it_was_made(self, shop: Shop) -> None:
        request = shop.request()
        outcome = shop.gateway.collect(request)
        shop.client.payment_intents.create({"amount": 100, "currency": "eur"})

        foreign, ours = shop.gateway.intents(since=NOW, until=NOW, cursor=None).records

        assert (ours.payment_id, ours.provider_customer_id, ours.outcome) == (
            "payment-1",
            request.provider_customer_id,
            replace(outcome, charged=None),
        )
        assert outcome.intent_created_at == NOW
        assert (foreign.payment_id, foreign.provider_customer_id) == (None, None)

    def test_a_payment_is_found_among_others_by_its_metadata(self, shop: Shop) -> None:
        request = shop.request()
        other: Any = {"amount": 4200, "currency": "eur", "customer": request.provider_customer_id}
        shop.client.payment_intents.create(other)
        collected = shop.gateway.collect(request)
        shop.clock.advance(1)
        other["metadata"] = {"lago_payment_id": "payment-2"}
        shop.client.payment_intents.create(other)
        found = shop.gateway.find_payment(
            payment_id="payment-1", provider_customer_id=request.provider_customer_id, since=NOW
        )
        assert found == collected

    def test_a_payment_that_never_was_is_none(self, shop: Shop) -> None:
        customer, _ = shop.payer()
        assert shop.gateway.find_payment(payment_id="x", provider_customer_id=customer, since=NOW) is None

    def test_an_intent_that_is_known_is_retrieved(self, shop: Shop) -> None:
        sent = shop.gateway.collect(shop.request())
        assert shop.gateway.payment(str(sent.intent_id)) == sent

    @pytest.mark.parametrize("is_listed", [True, False])
    def test_what_a_deleted_customer_has_paid_is_found(self, shop: Shop, is_listed: bool) -> None:
        shop.gateway.collect(shop.request(key="payment-2", metadata={"lago_payment_id": "payment-2"}))
        request = shop.request()
        sent = shop.gateway.collect(request)
        shop.client.customers.delete(request.provider_customer_id)
        shop.sandbox.world.settings.lists_what_deleted_customers_have = is_listed

        found = shop.gateway.intents_of(request.provider_customer_id, since=NOW)

        assert [one.outcome for one in found] == [sent]

    def test_too_much_to_look_through_is_unknown(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lookups, "_MOST_OF_AN_ACCOUNT", 1)
        for number in range(2):
            shop.gateway.collect(shop.request(key=f"payment-{number}"))
        shop.sandbox.world.settings.lists_what_deleted_customers_have = False

        with pytest.raises(OutcomeUnknownError, match="more than 1 are listed"):
            shop.gateway.intents_of("cus_nobody", since=NOW)

    @pytest.mark.parametrize("is_listed", [True, False])
    def test_the_page_of_a_deleted_customer_is_found(self, shop: Shop, is_listed: bool) -> None:
        customer, _ = shop.payer()
        page = PaymentLinkRequest(
            key="page-1",
            amount_cents=4200,
            currency="EUR",
            provider_customer_id=customer,
            payment_method_types=("card",),
            item_name="Invoice",
            description="Invoice",
            metadata={"lago_payment_id": "payment-1"},
            success_url="https://stripe.com/",
            saves_method=True,
        )
        made = shop.gateway.checkout.create_link(page)
        shop.client.customers.delete(customer)
        shop.sandbox.world.settings.lists_what_deleted_customers_have = is_listed

        found = [
            shop.gateway.checkout.find_link(payment_id=name, provider_customer_id=customer, since=NOW)
            for name in ("payment-1", "payment-2")
        ]

        assert found == [made, None]

    def test_an_intent_is_retrieved_with_what_it_was_sent_with(self, shop: Shop) -> None:
        request = shop.request()
        sent = shop.gateway.collect(request)
        found = shop.gateway.intent(str(sent.intent_id))
        assert found
        assert (found.payment_id, found.outcome) == (request.metadata["lago_payment_id"], sent)

    def test_an_intent_that_this_account_does_not_have_is_none(self, shop: Shop) -> None:
        assert shop.gateway.payment("pi_of_another_account") is None

    def test_no_answer_about_an_intent_is_unknown(self, shop: Shop) -> None:
        shop.sandbox.control.add_fault("429", path="/v1/payment_intents/*")
        with pytest.raises(OutcomeUnknownError):
            shop.gateway.payment("pi_1")

    def test_the_clocks_may_differ_by_five_minutes(self, shop: Shop) -> None:
        request = shop.request()
        shop.gateway.collect(request)
        for minutes, is_found in ((4, True), (6, False)):
            since = NOW + timedelta(minutes=minutes)
            found = shop.gateway.find_payment(
                payment_id="payment-1", provider_customer_id=request.provider_customer_id, since=since
            )
            assert (found is not None) is is_found

    def test_a_customer_is_found_by_our_id(self, shop: Shop) -> None:
        shop.gateway.create_customer({"name": "Other"}, "key-0")
        made = shop.gateway.create_customer({"name": "Acme", "metadata": {"lago_customer_id": "ours"}}, "key-1")
        assert shop.gateway.find_customer(lago_customer_id="ours", since=NOW) == made
        assert shop.gateway.find_customer(lago_customer_id="theirs", since=NOW) is None


class TestCustomers:
    def test_the_default_method_is_the_one_that_is_charged(self, shop: Shop) -> None:
        customer, method = shop.payer()
        shop.client.payment_methods.attach("pm_card_mastercard", {"customer": customer})
        shop.gateway.set_default_payment_method(customer, method)
        found = shop.gateway.customer(customer)
        assert found
        assert found.payment_method_id == method

    def test_without_a_default_it_is_none_whatever_is_on_file(self, shop: Shop) -> None:
        customer, _ = shop.payer()
        found = shop.gateway.customer(customer)
        assert found
        assert found.payment_method_id is None

    def test_a_customer_without_any_method_is_found_all_the_same(self, shop: Shop) -> None:
        customer = shop.client.customers.create({"name": "Acme"}).id
        found = shop.gateway.customer(customer)
        assert found
        assert (found.id, found.payment_method_id) == (customer, None)

    def test_one_that_is_deleted_or_unknown_is_none(self, shop: Shop) -> None:
        customer, _ = shop.payer()
        shop.client.customers.delete(customer)
        assert shop.gateway.customer(customer) is None
        assert shop.gateway.customer("cus_nobody") is None

    def test_other_refusals_are_passed_on(self, shop: Shop) -> None:
        customer, _ = shop.payer()
        kind: Callable[..., stripe.StripeError] = stripe.InvalidRequestError
        refusal = kind("odd", "limit", code="parameter_invalid", http_status=400)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(InProcessHTTPClient, "request", _raising(refusal))
            with pytest.raises(ProviderRefusedError):
                shop.gateway.customer(customer)
            with pytest.raises(ProviderRefusedError):
                shop.gateway.delete_webhook_endpoint("we_1")


class TestWebhookEndpoints:
    URL = "https://paystream.test/hook"

    def test_the_signing_secret_is_in_the_answer_that_creates_it_only(self, shop: Shop) -> None:
        made = shop.gateway.create_webhook_endpoint(self.URL)
        (listed,) = shop.gateway.webhook_endpoints()
        assert str(made.signing_secret).startswith("whsec_")
        assert (listed.id, listed.url, listed.signing_secret) == (made.id, self.URL, None)

    def test_one_that_is_gone_already_is_deleted(self, shop: Shop) -> None:
        made = shop.gateway.create_webhook_endpoint(self.URL)
        shop.gateway.delete_webhook_endpoint(made.id)
        shop.gateway.delete_webhook_endpoint(made.id)
        assert shop.gateway.webhook_endpoints() == ()


def connected(shop: Shop) -> Integration:
    return Integration(
        organization_id="0a1b2c3d-0000-4000-8000-000000000001",
        code="stripe",
        lago_id="integration-1",
        name="Acme",
        account_id=shop.account.id,
        livemode=False,
        key_last4="0000",
        create_customers=False,
        webhook_endpoint_id="we_1",
        webhook_url="https://paystream.test/hook",
        created_at=NOW,
        updated_at=NOW,
    )


def store(shop: Shop, key: str) -> None:
    integration = connected(shop)
    shop.secrets.put(integration.organization_id, integration.lago_id, Credentials(key, ("whsec_1",), "we_1"))


def test_an_integration_without_credentials_has_to_be_connected_again(shop: Shop) -> None:
    with pytest.raises(KeyRefusedError, match="connect it again"):
        shop.gateways().of(connected(shop))
    store(shop, KEY)
    assert shop.gateways().of(connected(shop)).account().id == shop.account.id


class TestAKeyThatIsRefused:
    def test_is_replaced_by_the_one_that_is_stored_by_now_for_this_request_and_the_next(self, shop: Shop) -> None:
        store(shop, KEY)
        store(shop, shop.sandbox.control.add_key(shop.account.id))
        shop.sandbox.control.expire_key(KEY)
        gateway = shop.gateways().of(connected(shop))
        before = len(shop.sandbox.control.calls())

        assert gateway.account().id == shop.account.id
        assert gateway.account().id == shop.account.id

        assert len(shop.sandbox.control.calls()) - before == 3

    def test_for_lack_of_a_permission_is_replaced_too(self, shop: Shop) -> None:
        store(shop, shop.sandbox.control.add_key(shop.account.id, kind="rk"))
        store(shop, KEY)

        assert shop.gateways().of(connected(shop)).account().id == shop.account.id

    @pytest.mark.parametrize("stored_by_now", [KEY, "sk_test_another_that_is_refused"])
    def test_is_refused_after_one_more_request_at_most(self, shop: Shop, stored_by_now: str) -> None:
        store(shop, KEY)
        store(shop, stored_by_now)
        shop.sandbox.control.expire_key(KEY)
        before = len(shop.sandbox.control.calls())

        with pytest.raises(KeyRefusedError):
            shop.gateways().of(connected(shop)).account()

        assert len(shop.sandbox.control.calls()) - before == (1 if stored_by_now == KEY else 2)

    def test_holds_for_a_payment_which_is_made_once(self, shop: Shop) -> None:
        request = shop.request()
        rolled = shop.sandbox.control.add_key(shop.account.id)
        store(shop, KEY)
        store(shop, rolled)
        shop.sandbox.control.expire_key(KEY)

        outcome = shop.gateways().of(connected(shop)).collect(request)

        assert outcome.status is PayableStatus.SUCCEEDED
        client = stripe.StripeClient(rolled, http_client=InProcessHTTPClient(shop.sandbox)).v1
        assert len(client.payment_intents.list().data) == 1


def _raising(error: Exception) -> Callable[..., Any]:
    def request(*_: Any, **__: Any) -> Any:
        raise error

    return request
