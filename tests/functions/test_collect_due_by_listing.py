"""collect-due: many invoices are settled by a few lists at Stripe, and what is in no list is asked for one by one."""

from typing import Any

import pytest
from builders.accounts import OTHER_KEY, connect_with_customer
from builders.debits import IBAN_THAT_FAILS, debit_customer, processing, put_invoices_of_customer
from builders.due import due_records
from builders.durations import DAY, HOUR, MINUTE
from builders.read import NOTIFIED_OF_SUCCESS, count_by_status
from builders.stripe_requests import (
    CREATE_INTENT,
    FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY,
    LIST_INTENTS,
    RETRIEVE_INTENT,
    break_stripe,
)
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment
from world.world import SECRET_KEY, World


def unknown(world: World, number: int, fault: str = "cut_after_commit") -> list[str]:
    """So many invoices of a new customer whose payments were sent, and Stripe's answers lost."""
    connect_with_customer(world)
    world.stripe.control.disrupt_webhooks("drop", count=None)
    return sent_without_answers(world, number, fault)


def pay_otherwise(world: World, number: int, customer: str, **metadata: str) -> None:
    """So many payments in the same account that are none of ours."""
    for _ in range(number):
        world.stripe_client.v1.payment_intents.create(
            {"amount": 100, "currency": "eur", "customer": customer, "metadata": metadata}
        )


def calls(world: World) -> tuple[int, int]:
    """How often Stripe was asked for a list, and how often for one intent."""
    return world.stripe_calls(LIST_INTENTS), world.stripe_calls(RETRIEVE_INTENT)


@pytest.fixture
def debtor(world: World) -> str:
    """The Stripe customer of `acme`."""
    world.connect()
    return debit_customer(world)


@pytest.fixture
def pages_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe's lists in small, so that a test needs few invoices."""
    monkeypatch.setattr("paystream.adapters.stripe.gateway.PAGE", 10)


def test_210_debits_whose_events_were_lost_are_settled_by_three_lists(world: World, debtor: str) -> None:
    processing(world, 210)
    sent = world.stripe_calls()
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert count_by_status(world) == {"succeeded": 210}
    assert calls(world) == (3, 0)
    assert world.stripe_calls() == sent
    assert world.notified() == sorted(NOTIFIED_OF_SUCCESS * 210)
    assert world.hand_out_due()["handed_out"] == 0


def test_debits_that_bounced_count_for_the_limit_of_their_account(world: World) -> None:
    """Some that are settled at once may count as one."""
    world.connect()
    debit_customer(world, iban=IBAN_THAT_FAILS)
    processing(world, 12)
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert calls(world) == (1, 0)
    (customer,) = world.items("customers")
    (account,) = customer["card_declines"]
    assert len(account["declined_at"]) > 1


def test_debits_that_are_still_on_their_way_are_postponed_by_the_same_lists(world: World, debtor: str) -> None:
    world.stripe.control.set_settlement_delay(DAY)
    processing(world, 12)
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert count_by_status(world) == {"pending": 12}
    assert calls(world) == (1, 0)
    assert world.hand_out_due()["handed_out"] == 0
    world.pass_time(5 * MINUTE)
    assert world.hand_out_due()["handed_out"] == 12


def test_a_few_are_asked_for_one_by_one(world: World, debtor: str) -> None:
    processing(world, 9)
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert count_by_status(world) == {"succeeded": 9}
    assert calls(world) == (0, 9)


@pytest.mark.usefixtures("pages_of_ten")
def test_payments_of_others_in_between_cost_pages_as_long_as_listing_serves(world: World, debtor: str) -> None:
    processing(world, 8)
    pay_otherwise(world, 13, debtor)
    debit_customer(world, "beta")
    processing(world, 8, "beta")
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert count_by_status(world) == {"succeeded": 16}
    assert calls(world) == (3, 0)


@pytest.mark.usefixtures("pages_of_ten")
def test_a_list_that_finds_too_few_is_given_up_after_three_pages(world: World, debtor: str) -> None:
    processing(world, 12)
    pay_otherwise(world, 35, debtor)
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert count_by_status(world) == {"succeeded": 12}
    assert calls(world) == (3, 12)


@pytest.mark.usefixtures("pages_of_ten")
def test_nothing_is_listed_between_attempts_that_lie_hours_apart(world: World, debtor: str) -> None:
    world.stripe.control.set_settlement_delay(3 * HOUR)
    processing(world, 10)
    world.pass_time(2 * HOUR)
    pay_otherwise(world, 35, debtor)
    world.pass_time(2 * HOUR)
    debit_customer(world, "beta")
    processing(world, 10, "beta")
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert count_by_status(world) == {"succeeded": 20}
    assert calls(world) == (2, 0)


def test_two_accounts_of_an_organization_are_listed_apart(world: World, debtor: str) -> None:
    world.stripe.add_account(OTHER_KEY)
    world.connect("second", secret_key=OTHER_KEY)
    debit_customer(world, "beta", code="second", key=OTHER_KEY)
    put_invoices_of_customer(world, 10)
    processing(world, 10, "beta")
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert count_by_status(world) == {"succeeded": 20}
    assert calls(world) == (2, 0)
    listed = [call.account for call in world.stripe.control.calls() if call.endpoint == LIST_INTENTS]
    assert len(set(listed)) == 2


def test_an_account_that_became_another_one_is_not_listed(world: World, debtor: str) -> None:
    processing(world, 12)
    world.api("DELETE", "/api/v1/integrations/stripe/stripe?force=true")
    world.stripe.add_account(OTHER_KEY)
    world.connect(secret_key=OTHER_KEY)
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert count_by_status(world) == {"pending": 12}
    assert calls(world) == (0, 0)


def test_attempts_of_yesterday_whose_outcome_is_unknown_are_found_by_one_list_and_not_sent_again(world: World) -> None:
    unknown(world, 12)
    sent = world.stripe_calls()
    world.pass_time(2 * DAY)

    assert world.look_again() == 0

    assert count_by_status(world) == {"succeeded": 12}
    assert (world.stripe_calls(), calls(world)) == (sent, (1, 0))
    assert world.charged() == [4200] * 12
    assert world.notified() == sorted(NOTIFIED_OF_SUCCESS * 12)


def test_attempts_that_are_in_no_list_are_looked_up_one_by_one_and_then_sent_once(world: World) -> None:
    unknown(world, 12, "cut_before_commit")
    sent = world.stripe_calls()
    world.pass_time(2 * DAY)

    assert world.look_again() == 0

    assert count_by_status(world) == {"succeeded": 12}
    assert calls(world) == (1 + 12, 0)
    assert world.stripe_calls() == sent + 12
    assert world.charged() == [4200] * 12


@pytest.mark.parametrize("forged", ["its payment", "its intent"])
def test_metadata_that_another_system_wrote_are_not_believed(world: World, forged: str) -> None:
    world.connect()
    debtor = debit_customer(world)
    ids = processing(world, 12) if forged == "its intent" else sent_without_answers(world, 12)
    (payment,) = [item for item in world.items("payments") if item["invoice_id"] == ids[0]]
    named = str(payment["provider_payment_id"] if forged == "its intent" else payment["lago_id"])
    payer = debtor if forged == "its intent" else world.stripe_customer()
    world.stripe_client.v1.payment_intents.create(
        {
            "amount": 100,
            "currency": "eur",
            "allowed_payment_method_types": ["card"],
            "customer": payer,
            "payment_method": world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": payer}).id,
            "confirm": True,
            "off_session": True,
            "metadata": {"lago_payment_id": named, "lago_invoice_id": ids[0], "lago_organization_id": ORGANIZATION},
        }
    )
    world.pass_time(2 * DAY)

    assert world.look_again() == 0

    assert count_by_status(world) == {"succeeded": 12}
    assert {item["total_paid_amount_cents"] for item in world.items("invoices")} == {4200}


def sent_without_answers(world: World, number: int, fault: str = "cut_after_commit") -> list[str]:
    """So many invoices whose payments were sent, and Stripe's answers lost."""
    ids = put_invoices_of_customer(world, number)
    break_stripe(world, CREATE_INTENT, fault, times=FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY * number)
    assert len(world.collect_new_invoices()) == number
    world.stripe.control.clear_faults()
    return ids


@pytest.mark.parametrize("fault", ["429", "500_before_commit", "truncated_body"])
def test_a_list_that_fails_leaves_each_to_a_call_of_its_own(world: World, debtor: str, fault: str) -> None:
    processing(world, 12)
    world.pass_time(5 * MINUTE)
    world.stripe.control.add_fault(fault, method="GET", path="/v1/payment_intents", times=3 if fault == "429" else 2)

    assert world.look_again() == 0

    assert count_by_status(world) == {"succeeded": 12}
    assert world.stripe_calls(RETRIEVE_INTENT) == 12


def test_a_key_that_is_refused_is_notified_once(world: World, debtor: str) -> None:
    processing(world, 12)
    world.pass_time(5 * MINUTE)
    world.stripe.control.expire_key(SECRET_KEY)

    assert world.look_again() == 0

    assert world.notified() == ["payment_provider.error"]


def test_a_message_that_comes_twice_costs_one_read(world: World, debtor: str) -> None:
    event = event_of_settled_debits(world, 12)
    assert world.invoke("collect-due", event) == {"batchItemFailures": []}
    before, notified, reads = calls(world), world.notified(), world.aws.count("BatchGetItem")

    assert world.invoke("collect-due", event) == {"batchItemFailures": []}

    assert (calls(world), world.notified()) == (before, notified)
    assert world.aws.count("BatchGetItem") - reads == 1


def event_of_settled_debits(world: World, number: int) -> dict[str, Any]:
    """The event that carries the messages of so many debits, which are settled at Stripe by now."""
    processing(world, number)
    world.pass_time(5 * MINUTE)
    records = due_records(world)
    world.pass_time(1)
    return {"Records": records}


def test_one_invoice_that_fails_brings_its_neighbours_again_for_nothing(world: World, debtor: str) -> None:
    event = event_of_settled_debits(world, 9)
    failing = world.items("payments")[4]["provider_payment_id"]
    world.stripe.control.add_fault("500_before_commit", path=f"/v1/payment_intents/{failing}", times=1)
    assert len(world.invoke("collect-due", event)["batchItemFailures"]) == 1
    assert count_by_status(world) == {"succeeded": 8, "pending": 1}
    asked = calls(world)
    world.pass_time(1)

    assert world.invoke("collect-due", event) == {"batchItemFailures": []}

    assert calls(world) == asked
    world.pass_time(5 * MINUTE)
    assert world.look_again() == 0
    assert count_by_status(world) == {"succeeded": 9}


@pytest.mark.parametrize("moment", Moment)
def test_a_write_that_fails_after_a_list_is_made_good_by_a_call_of_its_own(
    world: World, debtor: str, moment: Moment
) -> None:
    event = event_of_settled_debits(world, 12)
    world.aws.crash("TransactWriteItems", moment)

    assert world.invoke("collect-due", event) == {"batchItemFailures": []}

    assert count_by_status(world) == {"succeeded": 12}
    assert calls(world) == (1, 1 if moment is Moment.BEFORE else 0)
    assert world.notified() == sorted(NOTIFIED_OF_SUCCESS * 12)


@pytest.mark.parametrize("moment", Moment)
def test_a_read_that_fails_brings_the_message_again(world: World, debtor: str, moment: Moment) -> None:
    event = event_of_settled_debits(world, 12)
    world.aws.crash("BatchGetItem", moment)
    assert len(world.invoke("collect-due", event)["batchItemFailures"]) == 1

    assert world.invoke("collect-due", event) == {"batchItemFailures": []}

    assert count_by_status(world) == {"succeeded": 12}
    assert world.notified() == sorted(NOTIFIED_OF_SUCCESS * 12)


def test_the_same_message_at_the_same_time_notifies_nothing_twice(world: World, debtor: str) -> None:
    event = event_of_settled_debits(world, 12)
    world.aws.meanwhile("TransactWriteItems", lambda: world.invoke("collect-due", event))

    assert world.invoke("collect-due", event) == {"batchItemFailures": []}

    assert count_by_status(world) == {"succeeded": 12}
    assert world.notified() == sorted(NOTIFIED_OF_SUCCESS * 12)


@pytest.mark.usefixtures("pages_of_ten")
def test_no_page_is_listed_and_no_intent_retrieved_when_time_has_run_out(
    world: World, debtor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = event_of_settled_debits(world, 25)
    monkeypatch.setattr(
        "world.world.LambdaContext.get_remaining_time_in_millis",
        lambda _: 130_000 if world.stripe_calls(LIST_INTENTS) < 2 else 124_999,
    )

    assert world.invoke("collect-due", event) == {"batchItemFailures": []}

    assert count_by_status(world) == {"succeeded": 20, "pending": 5}
    assert calls(world) == (2, 0)
