import pytest
import stripe
from unit.stripe_sandbox.shop import Shop


def test_an_off_session_charge_of_a_saved_card_succeeds(shop: Shop) -> None:
    intent = shop.charge(metadata={"invoice_id": "inv_1"})

    charge = shop.stripe.v1.charges.retrieve(str(intent.latest_charge))
    assert (intent.status, intent.amount_received, intent.metadata.to_dict()) == (
        "succeeded",
        1000,
        {"invoice_id": "inv_1"},
    )
    assert (charge.status, charge.paid, charge.payment_intent) == ("succeeded", True, intent.id)
    assert shop.event_types()[-3:] == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
        ("pm_card_radarBlock", "card_declined", "fraudulent"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ],
)
def test_a_declined_card_answers_402_with_its_codes_and_the_intent(
    shop: Shop, token: str, code: str, decline_code: str | None
) -> None:
    error = shop.declined(token)

    assert error.error is not None
    intent = error.error.payment_intent
    assert (error.http_status, error.code, error.error.decline_code) == (402, code, decline_code)
    assert intent is not None
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.charge == intent.latest_charge == error.error.charge
    assert shop.event_types()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_a_card_that_attaches_fine_may_still_decline_when_charged(shop: Shop) -> None:
    with pytest.raises(stripe.CardError, match="declined"):
        shop.charge("pm_card_chargeCustomerFail")


def test_a_declining_card_cannot_be_saved(shop: Shop) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shop.saved_card("pm_card_visa_chargeDeclinedInsufficientFunds")

    assert caught.value.error is not None
    assert caught.value.error.decline_code == "insufficient_funds"


def test_an_intent_can_be_confirmed_with_another_card_after_a_decline(shop: Shop) -> None:
    error = shop.declined("pm_card_visa_chargeDeclined")
    assert error.error is not None
    assert error.error.payment_intent is not None

    intent = shop.stripe.v1.payment_intents.confirm(
        error.error.payment_intent.id, {"payment_method": "pm_card_visa", "return_url": "https://shop.example"}
    )

    assert (intent.status, intent.last_payment_error) == ("succeeded", None)


def test_off_session_a_3_d_secure_card_is_declined_with_authentication_required(shop: Shop) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shop.charge("pm_card_authenticationRequired")

    assert caught.value.error is not None
    assert caught.value.error.payment_intent is not None
    assert (caught.value.code, caught.value.error.decline_code) == ("authentication_required",) * 2
    assert caught.value.error.payment_intent.status == "requires_payment_method"


def test_on_session_a_3_d_secure_card_asks_for_a_redirect(shop: Shop) -> None:
    intent = shop.pay(payment_method="pm_card_authenticationRequired", return_url="https://shop.example/back")

    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    assert intent.next_action.redirect_to_url.return_url == "https://shop.example/back"
    assert shop.sandbox.control.authenticate(intent.id)["status"] == "succeeded"


def test_failed_authentication_awaits_another_method(shop: Shop) -> None:
    intent = shop.pay(payment_method="pm_card_authenticationRequired", return_url="https://shop.example/back")

    failed = shop.sandbox.control.authenticate(intent.id, succeeds=False)

    assert failed["status"] == "requires_payment_method"
    assert failed["last_payment_error"]["code"] == "payment_intent_authentication_failure"


def test_error_on_requires_action_turns_the_redirect_into_a_402(shop: Shop) -> None:
    error = shop.declined(
        "pm_card_authenticationRequired", error_on_requires_action=True, allowed_payment_method_types=["card"]
    )

    assert error.error is not None
    assert (error.code, error.error.decline_code) == ("authentication_required", "authentication_not_handled")


def test_a_card_that_was_set_up_needs_no_authentication_off_session(shop: Shop) -> None:
    customer = shop.customer()
    setup = shop.stripe.v1.setup_intents.create(
        {
            "customer": customer.id,
            "payment_method": "pm_card_authenticationRequiredOnSetup",
            "confirm": True,
            "return_url": "https://shop.example",
        }
    )
    assert setup.status == "requires_action"
    method_id = shop.sandbox.control.authenticate(setup.id)["payment_method"]

    intent = shop.pay(customer=customer.id, payment_method=method_id, off_session=True)

    assert intent.status == "succeeded"


@pytest.mark.parametrize(
    ("iban", "status", "event"),
    [
        ("DE89370400440532013000", "succeeded", "payment_intent.succeeded"),
        ("DE62370400440532013001", "requires_payment_method", "payment_intent.payment_failed"),
    ],
)
def test_a_sepa_debit_is_processing_until_the_bank_answers(shop: Shop, iban: str, status: str, event: str) -> None:
    method = shop.stripe.v1.payment_methods.create(
        {
            "type": "sepa_debit",
            "sepa_debit": {"iban": iban},
            "billing_details": {"name": "Ada", "email": "ada@example.com"},
        }
    )
    customer = shop.customer()
    shop.stripe.v1.payment_methods.attach(method.id, {"customer": customer.id})

    intent = shop.pay(currency="eur", customer=customer.id, payment_method=method.id, off_session=True)
    assert intent.status == "processing"
    assert shop.event_types()[-1] == "payment_intent.processing"
    shop.clock.advance(3)

    assert shop.stripe.v1.payment_intents.retrieve(intent.id).status == status
    assert shop.event_types()[-1] == event


def test_a_us_bank_account_is_debited_later(shop: Shop) -> None:
    intent = shop.charge("pm_usBankAccount_insufficientFunds")
    shop.clock.advance(3)

    settled = shop.stripe.v1.payment_intents.retrieve(intent.id)

    assert settled.last_payment_error is not None
    assert (intent.status, settled.last_payment_error.code) == ("processing", "insufficient_funds")


def test_a_succeeded_intent_cannot_be_canceled(shop: Shop) -> None:
    intent = shop.charge()

    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.stripe.v1.payment_intents.cancel(intent.id)

    assert (caught.value.http_status, caught.value.code) == (400, "payment_intent_unexpected_state")


def test_an_open_intent_can_be_canceled(shop: Shop) -> None:
    intent = shop.stripe.v1.payment_intents.create({"amount": 1000, "currency": "usd"})

    canceled = shop.stripe.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "duplicate"})

    assert (intent.status, canceled.status) == ("requires_payment_method", "canceled")
    assert shop.event_types()[-1] == "payment_intent.canceled"


def test_an_authorized_intent_is_captured_later(shop: Shop) -> None:
    intent = shop.charge(capture_method="manual")
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 1000)

    captured = shop.stripe.v1.payment_intents.capture(intent.id, {"amount_to_capture": 600})

    assert (captured.status, captured.amount_received) == ("succeeded", 600)


def test_the_latest_charge_can_be_expanded(shop: Shop) -> None:
    intent = shop.charge(expand=["latest_charge", "customer"])

    assert isinstance(intent.latest_charge, stripe.Charge)
    assert isinstance(intent.customer, stripe.Customer)


def test_a_payment_method_is_kept_when_future_usage_is_set_up(shop: Shop) -> None:
    customer = shop.customer()

    intent = shop.pay(
        customer=customer.id,
        payment_method="pm_card_visa",
        setup_future_usage="off_session",
        return_url="https://shop.example",
    )

    saved = shop.stripe.v1.customers.payment_methods.list(customer.id)
    assert [method.id for method in saved.data] == [intent.payment_method]


def test_the_control_can_make_any_saved_card_decline(shop: Shop) -> None:
    customer, method = shop.saved_card()
    shop.sandbox.control.set_outcome(method.id, "insufficient_funds")

    with pytest.raises(stripe.CardError, match="insufficient funds"):
        shop.pay(customer=customer.id, payment_method=method.id, off_session=True)

    shop.sandbox.control.set_outcome(method.id, None)
    assert shop.pay(customer=customer.id, payment_method=method.id, off_session=True).status == "succeeded"
