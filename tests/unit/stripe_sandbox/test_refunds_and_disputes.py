import pytest
import stripe
from unit.stripe_sandbox.shop import Shop


def test_a_payment_is_refunded_in_parts(shop: Shop) -> None:
    intent = shop.charge()

    shop.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
    rest = shop.stripe.v1.refunds.create({"charge": str(intent.latest_charge)})

    charge = shop.stripe.v1.charges.retrieve(str(intent.latest_charge))
    assert (rest.amount, rest.status, charge.refunded, charge.amount_refunded) == (700, "succeeded", True, 1000)
    assert len(shop.stripe.v1.refunds.list({"payment_intent": intent.id}).data) == 2
    assert shop.event_types()[-2:] == ["refund.created", "charge.refunded"]


def test_no_more_than_was_paid_is_refunded(shop: Shop) -> None:
    intent = shop.charge()
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        shop.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 1001})
    shop.stripe.v1.refunds.create({"payment_intent": intent.id})

    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.stripe.v1.refunds.create({"payment_intent": intent.id})

    assert caught.value.code == "charge_already_refunded"


def test_the_network_confirms_a_refund_later(shop: Shop) -> None:
    intent = shop.charge("pm_card_pendingRefund")
    refund = shop.stripe.v1.refunds.create({"payment_intent": intent.id})

    shop.clock.advance(3)

    assert (refund.status, shop.stripe.v1.refunds.retrieve(refund.id).status) == ("pending", "succeeded")
    assert shop.event_types()[-2:] == ["refund.updated", "charge.refund.updated"]


def test_a_refund_may_fail_later(shop: Shop) -> None:
    intent = shop.charge("pm_card_refundFail")
    refund = shop.stripe.v1.refunds.create({"payment_intent": intent.id})

    shop.clock.advance(3)

    assert (refund.status, shop.stripe.v1.refunds.retrieve(refund.id).status) == ("succeeded", "failed")
    assert shop.stripe.v1.charges.retrieve(str(intent.latest_charge)).amount_refunded == 0
    assert shop.event_types()[-1] == "refund.failed"


@pytest.mark.parametrize(
    ("token", "currency", "status", "destination"),
    [
        ("pm_sepaDebit_success", "eur", "pending", "eu_bank_transfer"),
        ("pm_bacsDebit_success", "gbp", "pending", "gb_bank_transfer"),
        ("pm_crypto", "usd", "pending", "crypto"),
        ("pm_link", "usd", "succeeded", None),
    ],
)
def test_money_goes_back_the_way_it_came(
    shop: Shop, token: str, currency: str, status: str, destination: str | None
) -> None:
    kind = shop.stripe.v1.payment_methods.retrieve(token).type
    intent = shop.pay(payment_method=token, currency=currency, allowed_payment_method_types=[kind])
    shop.clock.advance(3)

    refund = shop.stripe.v1.refunds.create({"payment_intent": intent.id})

    details = refund.to_dict().get("destination_details", {"type": None})
    assert (refund.status, details["type"]) == (status, destination)


def test_a_boleto_does_not_go_back(shop: Shop) -> None:
    intent = shop.charge("pm_boleto_success", currency="brl", allowed_payment_method_types=["boleto"])
    shop.clock.advance(3)

    with pytest.raises(stripe.InvalidRequestError, match="does not support refunds"):
        shop.stripe.v1.refunds.create({"payment_intent": intent.id})


def test_a_failed_payment_has_nothing_to_refund(shop: Shop) -> None:
    error = shop.declined("pm_card_visa_chargeDeclined")
    assert error.error is not None
    assert error.error.payment_intent is not None

    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        shop.stripe.v1.refunds.create({"payment_intent": error.error.payment_intent.id})


def test_a_disputed_charge_is_lost(shop: Shop) -> None:
    intent = shop.charge("pm_card_createDispute")
    (dispute,) = shop.stripe.v1.disputes.list({"payment_intent": intent.id}).data
    assert (dispute.status, dispute.reason) == ("needs_response", "fraudulent")

    shop.sandbox.control.close_dispute(dispute.id, "lost")

    assert shop.stripe.v1.disputes.retrieve(dispute.id).status == "lost"
    assert shop.event_types()[-1] == "charge.dispute.closed"


def test_a_refund_says_why_it_is_pending_for_as_long_as_it_is(shop: Shop) -> None:
    intent = shop.charge("pm_usBankAccount_success")
    shop.clock.advance(3)

    pending = shop.stripe.v1.refunds.create({"payment_intent": intent.id})
    assert (pending.status, pending.pending_reason) == ("pending", "processing")
    shop.clock.advance(3)

    settled = shop.stripe.v1.refunds.retrieve(pending.id)
    (updated,) = shop.stripe.v1.events.list({"type": "refund.updated"}).data
    assert settled.destination_details is not None
    assert (settled.status, "pending_reason" in settled) == ("succeeded", False)
    assert settled.destination_details.type == "us_bank_transfer"
    assert updated.data.to_dict()["previous_attributes"]["pending_reason"] == "processing"
