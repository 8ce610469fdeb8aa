"""collect-due: an open invoice is settled though nobody says a word about it."""

from datetime import timedelta
from typing import Any

import pytest
from builders.customers import becomes_default
from builders.debits import IBAN_THAT_FAILS, bank_debit
from builders.due import due_in_whole_seconds, due_records
from builders.durations import DAY, HOUR, MINUTE
from builders.invoices import INVOICE_OF_EVENTS, invoice_of_begun_customer, unknown_invoice
from builders.stripe_requests import FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY, LIST_INTENTS, RETRIEVE_INTENT
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment
from world.world import SECRET_KEY, START, World, load_event


def status(world: World, lago_id: str) -> str:
    return str(world.invoice(lago_id)["payment_status"])


def invoice_of_no_customer(world: World) -> str:
    """An invoice that waits for a customer who is not there yet."""
    world.connect()
    world.put_invoice_item()
    world.collect_new_invoices()
    return INVOICE_OF_EVENTS


def test_a_debit_that_settled_is_found_though_stripes_event_was_lost(world: World) -> None:
    invoice_id = bank_debit(world, settles_after=3 * MINUTE)
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert status(world, invoice_id) == "succeeded"
    assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]
    assert (world.stripe_calls(), world.stripe_calls(RETRIEVE_INTENT), world.stripe_calls(LIST_INTENTS)) == (1, 1, 0)
    assert world.hand_out_due()["handed_out"] == 0


def test_a_payment_that_failed_is_notified_though_stripes_event_was_lost(world: World) -> None:
    invoice_id = bank_debit(world, settles_after=3 * MINUTE, iban=IBAN_THAT_FAILS)
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert status(world, invoice_id) == "failed"
    assert world.notified() == ["invoice.payment_failure", "invoice.payment_status_updated"]


def test_a_debit_that_is_processing_for_days_is_asked_for_ever_more_rarely(world: World) -> None:
    invoice_id = bank_debit(world, net_payment_term=30)
    pauses = []

    while status(world, invoice_id) == "pending":
        pauses.append(due_in_whole_seconds(world, invoice_id))
        world.pass_time(pauses[-1].total_seconds())
        assert world.look_again() == 0

    minutes, hours = timedelta(minutes=1), timedelta(hours=1)
    assert pauses[:15] == [5 * minutes] * 3 + [15 * minutes] * 3 + [1 * hours] * 5 + [6 * hours] * 3 + [24 * hours]
    assert set(pauses[15:]) == {24 * hours}
    assert len(pauses) == world.stripe_calls(RETRIEVE_INTENT)
    assert world.stripe_calls() == 1
    assert world.charged() == [4200]


@pytest.mark.parametrize("fault", ["cut_after_commit", "cut_before_commit", "truncated_body"])
def test_an_unknown_outcome_is_known_when_it_is_due(world: World, fault: str) -> None:
    invoice_id = unknown_invoice(world, fault)
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert status(world, invoice_id) == "succeeded"
    assert world.charged() == [4200]


def test_an_invoice_that_is_unknown_three_times_is_looked_up_and_not_sent_again(world: World) -> None:
    invoice_id = unknown_invoice(world, "500_after_commit")
    for _ in range(2):
        world.pass_time(due_in_whole_seconds(world, invoice_id).total_seconds())
        assert world.look_again() == 1
    sent = world.stripe_calls()
    world.pass_time(due_in_whole_seconds(world, invoice_id).total_seconds())

    world.look_again()

    assert status(world, invoice_id) == "succeeded"
    assert (world.stripe_calls(), world.stripe_calls(LIST_INTENTS)) == (sent, 1)
    assert world.charged() == [4200]


@pytest.mark.parametrize("first", ["old", "new"])
def test_an_old_message_of_an_invoice_does_not_fail_with_the_new_one_whichever_came_first(
    world: World, first: str
) -> None:
    invoice_id = unknown_invoice(world, "500_after_commit")
    messages = []
    for message_id in ("old", "new"):
        world.pass_time(due_in_whole_seconds(world, invoice_id).total_seconds())
        messages += [record | {"messageId": message_id} for record in due_records(world)]
        in_order = sorted(messages, key=lambda record: record["messageId"] != first)
        answer = world.invoke("collect-due", {"Records": in_order})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "new"}]}


def test_an_unknown_attempt_of_yesterday_is_looked_up_before_anything_is_sent(world: World) -> None:
    invoice_id = unknown_invoice(world)
    sent = world.stripe_calls()
    world.pass_time(2 * DAY)

    assert world.look_again() == 0

    assert status(world, invoice_id) == "succeeded"
    assert (world.stripe_calls(), world.stripe_calls(LIST_INTENTS)) == (sent, 1)
    assert world.charged() == [4200]


def test_an_invoice_whose_record_was_never_handled_is_collected_when_it_is_due(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.create_invoice()
    world.pass_time(15 * MINUTE)

    assert world.look_again() == 0

    assert status(world, invoice_id) == "succeeded"
    assert world.charged() == [4200]


def test_a_customer_who_came_without_an_event_is_collected(world: World) -> None:
    invoice_of_no_customer(world)
    world.customer()
    world.lose_messages()
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert status(world, INVOICE_OF_EVENTS) == "succeeded"
    assert world.charged() == [4200]


def test_an_invoice_that_waits_is_postponed_without_a_call_of_stripe(world: World) -> None:
    invoice_of_no_customer(world)
    calls = len(world.stripe.control.calls())
    world.pass_time(15 * MINUTE)

    answer = world.invoke("collect-due", load_event("collect-due"))

    assert answer == {"batchItemFailures": []}
    assert due_in_whole_seconds(world, INVOICE_OF_EVENTS) == timedelta(minutes=15)
    assert world.invoice(INVOICE_OF_EVENTS)["payment_status"] == "pending"
    assert len(world.stripe.control.calls()) == calls


def test_of_a_batch_the_one_that_is_unknown_fails_and_the_others_are_settled(world: World) -> None:
    world.connect()
    world.customer()
    first = world.put_invoice_item()
    other = world.put_invoice_item(lago_id="7c1e0000-0000-4000-8000-000000000011")
    world.stripe.control.add_fault(
        "cut_before_commit", path="/v1/payment_intents", times=2 * FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY
    )
    assert len(world.collect_new_invoices()) == 2
    world.pass_time(15 * MINUTE)
    world.stripe.control.add_fault(
        "cut_before_commit",
        path="/v1/payment_intents",
        metadata={"lago_invoice_id": other},
        times=FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY,
    )
    event = load_event("collect-due-batch")

    answer = world.invoke("collect-due", event)

    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][1]["messageId"]}]}
    assert [status(world, invoice_id) for invoice_id in (first, other)] == ["succeeded", "pending"]


def test_a_message_that_comes_again_after_it_was_dealt_with_asks_nobody(world: World) -> None:
    bank_debit(world)
    world.pass_time(5 * MINUTE)
    world.hand_out_due()
    world.pass_time(1)
    (body,) = world.take(world.due_queue_url)
    event = {"Records": [{"messageId": "1", "body": body}]}

    for _ in range(3):
        assert world.invoke("collect-due", event) == {"batchItemFailures": []}

    assert world.stripe_calls(RETRIEVE_INTENT) == 1


def test_a_message_that_failed_is_void_when_it_comes_back_because_the_invoice_has_a_new_time(world: World) -> None:
    invoice_id = unknown_invoice(world)
    world.pass_time(5 * MINUTE)
    world.stripe.control.add_fault(
        "cut_before_commit", path="/v1/payment_intents", times=FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY
    )
    world.hand_out_due()
    world.pass_time(1)
    assert world.collect_due() == 1
    sent = world.stripe_calls()
    world.pass_time(12 * MINUTE)

    assert world.collect_due() == 0

    assert world.stripe_calls() == sent
    assert status(world, invoice_id) == "pending"
    assert world.look_again() == 0
    assert status(world, invoice_id) == "succeeded"


def test_a_message_that_is_lost_is_made_good_when_the_lease_ends(world: World) -> None:
    invoice_id = bank_debit(world, settles_after=MINUTE)
    world.pass_time(5 * MINUTE)
    world.hand_out_due()
    world.lose_messages()
    world.pass_time(20 * MINUTE)

    world.look_again()

    assert status(world, invoice_id) == "succeeded"


def test_an_invoice_that_was_settled_since_it_was_handed_out_is_left_alone(world: World) -> None:
    invoice_id = bank_debit(world, settles_after=MINUTE)
    world.pass_time(5 * MINUTE)
    world.hand_out_due()
    world.deliver_stripe_events()
    assert status(world, invoice_id) == "succeeded"

    assert world.collect_due() == 0

    assert world.stripe_calls(RETRIEVE_INTENT) == 0


def test_stripes_event_may_be_faster_than_our_own_write(world: World) -> None:
    invoice_id = bank_debit(world, settles_after=MINUTE)
    world.pass_time(5 * MINUTE)
    world.aws.meanwhile("TransactWriteItems", world.deliver_stripe_events)

    assert world.look_again() == 0

    assert status(world, invoice_id) == "succeeded"
    assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]


def test_two_messages_at_once_make_one_payment(world: World) -> None:
    world.connect()
    world.customer()
    world.put_invoice_item()
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.stripe.control.disrupt_webhooks("drop", count=None, types=["payment_intent.succeeded"])
    world.collect_new_invoices()
    world.pass_time(15 * MINUTE)
    event = load_event("collect-due")
    world.aws.meanwhile("TransactWriteItems", lambda: world.invoke("collect-due", event))

    assert world.invoke("collect-due", event) == {"batchItemFailures": []}

    assert status(world, INVOICE_OF_EVENTS) == "succeeded"
    assert world.charged() == [4200]
    assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]


@pytest.mark.parametrize("moment", Moment)
def test_a_crash_around_the_write_of_an_outcome_never_charges_or_notifies_twice(world: World, moment: Moment) -> None:
    invoice_id = unknown_invoice(world)
    world.pass_time(5 * MINUTE)
    world.aws.crash("TransactWriteItems", moment)
    assert world.look_again() == 1

    assert world.collect_due() == 0

    assert status(world, invoice_id) == "succeeded"
    assert world.charged() == [4200]
    assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]


@pytest.mark.parametrize("moment", Moment)
def test_a_crash_around_putting_an_invoice_off_is_made_good_by_the_lease(world: World, moment: Moment) -> None:
    invoice_id = bank_debit(world, settles_after=30 * MINUTE)
    world.pass_time(5 * MINUTE)
    world.hand_out_due()
    world.aws.crash("UpdateItem", moment, TableName="InvoicesTable")
    assert world.collect_due() == 1
    world.lose_messages()
    for _ in range(2):
        world.pass_time(20 * MINUTE)
        world.look_again()

    assert status(world, invoice_id) == "succeeded"


def test_a_lookup_that_fails_puts_the_invoice_off_and_is_made_again(world: World) -> None:
    invoice_id = bank_debit(world, settles_after=MINUTE)
    world.pass_time(5 * MINUTE)
    world.stripe.control.add_fault("500_before_commit", method="GET", path="/v1/payment_intents/*")

    assert world.look_again() == 1

    assert status(world, invoice_id) == "pending"
    assert due_in_whole_seconds(world, invoice_id) == timedelta(minutes=5)
    world.pass_time(5 * MINUTE)
    assert world.look_again() == 0
    assert status(world, invoice_id) == "succeeded"


@pytest.mark.parametrize("make", [bank_debit, unknown_invoice])
def test_a_refused_key_is_notified_once_and_the_invoice_is_settled_when_it_is_a_valid_one_again(
    world: World, make: Any
) -> None:
    invoice_id = make(world)
    world.stripe.control.expire_key(SECRET_KEY)
    for _ in range(3):
        world.pass_time(due_in_whole_seconds(world, invoice_id).total_seconds())
        assert world.look_again() == 0
        assert status(world, invoice_id) == "pending"
    assert world.notified() == ["payment_provider.error"]
    world.pass_time(15 * DAY)
    world.connect(secret_key=world.stripe.control.add_key(world.account.id))
    world.collect_waiting()
    world.pass_time(1)

    world.look_again()

    assert status(world, invoice_id) == "succeeded"
    assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200


def test_a_payment_whose_account_was_disconnected_stays_open_until_it_is_connected_again(world: World) -> None:
    invoice_id = bank_debit(world, settles_after=MINUTE)
    world.api("DELETE", "/api/v1/integrations/stripe/stripe?force=true")
    world.pass_time(5 * MINUTE)
    assert world.look_again() == 0
    assert status(world, invoice_id) == "pending"
    world.connect()
    world.pass_time(DAY)

    world.look_again()

    assert status(world, invoice_id) == "succeeded"


def test_a_payment_that_another_account_does_not_know_is_never_assumed_to_have_failed(world: World) -> None:
    invoice_id = bank_debit(world, settles_after=MINUTE)
    world.api("DELETE", "/api/v1/integrations/stripe/stripe?force=true")
    world.stripe.add_account("sk_test_other000000000000000")
    world.connect(secret_key="sk_test_other000000000000000")
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert status(world, invoice_id) == "pending"
    assert due_in_whole_seconds(world, invoice_id) == timedelta(minutes=5)


def test_an_item_that_was_replaced_gets_its_state_back_and_nothing_is_sent(world: World) -> None:
    invoice_id = bank_debit(world, settles_after=HOUR)
    world.put_invoice_item(lago_id=invoice_id)
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    images = world.all_images("invoices")
    world.invoke("invoice-created", world.stream_event(images))
    world.pass_time(15 * MINUTE)
    assert world.look_again() == 0
    assert status(world, invoice_id) == "pending"
    world.pass_time(HOUR)

    assert world.look_again() == 0

    assert status(world, invoice_id) == "succeeded"
    assert world.stripe_calls() == 1
    assert world.charged() == [4200]


def test_a_claimed_invoice_is_left_to_the_function_that_collects_it(world: World) -> None:
    invoice_of_no_customer(world)
    world.pass_time(5 * MINUTE)
    world.hand_out_due()
    claimed_until = (world.now() + timedelta(minutes=2)).isoformat(timespec="milliseconds")
    world.dynamodb.update_item(
        TableName="InvoicesTable",
        Key={"organization_id": {"S": ORGANIZATION}, "lago_id": {"S": INVOICE_OF_EVENTS}},
        UpdateExpression="SET claimed_until = :until",
        ExpressionAttributeValues={":until": {"S": claimed_until}},
    )
    world.customer()

    assert world.collect_due() == 0

    assert world.stripe_calls() == 0
    world.pass_time(20 * MINUTE)
    world.look_again()
    assert status(world, INVOICE_OF_EVENTS) == "succeeded"


def test_an_invoice_whose_integration_is_gone_while_its_customer_was_begun_is_postponed(world: World) -> None:
    invoice_id = invoice_of_begun_customer(world)
    world.api("DELETE", "/api/v1/integrations/stripe/stripe?force=true")
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 1

    assert due_in_whole_seconds(world, invoice_id) == timedelta(minutes=5)


def test_a_stripe_customer_that_was_begun_is_made(world: World) -> None:
    invoice_id = invoice_of_begun_customer(world)
    world.pass_time(5 * MINUTE)

    assert world.look_again() == 0

    assert "provider_customer_id" in world.items("customers")[0]
    assert world.notified() == ["customer.payment_method_missing", "customer.payment_provider_created"]
    assert status(world, invoice_id) == "pending"


def test_what_there_is_too_little_time_for_is_due_again_in_a_minute(world: World) -> None:
    invoice_of_no_customer(world)
    world.pass_time(15 * MINUTE)

    answer = world.invoke("collect-due", load_event("collect-due"), remaining_milliseconds=49_999)

    assert answer == {"batchItemFailures": []}
    assert due_in_whole_seconds(world, INVOICE_OF_EVENTS) == timedelta(minutes=1)


def test_a_message_that_there_is_no_time_for_at_all_is_delivered_again(world: World) -> None:
    invoice_of_no_customer(world)

    answer = world.invoke("collect-due", load_event("collect-due"), remaining_milliseconds=9_999)

    assert len(answer["batchItemFailures"]) == 1


def test_a_message_that_cannot_be_read_fails_and_its_neighbours_are_dealt_with(world: World) -> None:
    invoice_of_no_customer(world)
    world.pass_time(15 * MINUTE)
    (record,) = load_event("collect-due")["Records"]
    unreadable = [{"messageId": str(position), "body": body} for position, body in enumerate(["{", "{}", "[]"])]

    answer = world.invoke("collect-due", {"Records": [*unreadable, record]})

    assert sorted(failure["itemIdentifier"] for failure in answer["batchItemFailures"]) == ["0", "1", "2"]
    assert due_in_whole_seconds(world, INVOICE_OF_EVENTS) == timedelta(minutes=15)


def test_an_invoice_that_is_gone_or_parked_or_closed_is_no_failure(world: World) -> None:
    world.connect()
    world.customer()
    world.put_invoice_item(currency="nothing")
    world.put_invoice_item(lago_id="7c1e0000-0000-4000-8000-000000000011")
    world.collect_new_invoices()
    sent = world.stripe_calls()

    answer = world.invoke("collect-due", load_event("collect-due-batch"))

    assert answer == {"batchItemFailures": []}
    assert world.stripe_calls() == sent
    assert world.now() - START < timedelta(seconds=1)


@pytest.mark.parametrize("hours", [1, 50])
def test_a_payment_method_is_found_though_its_event_was_lost(world: World, hours: float) -> None:
    world.connect()
    world.customer(payment_method=None)
    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    becomes_default(world)
    world.stripe.due_deliveries()
    world.pass_time(hours * HOUR)

    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_a_method_that_is_not_there_is_asked_for_once_a_look(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    world.create_invoice()
    world.collect_new_invoices()
    asked = world.stripe_calls("GET /v1/customers/*")
    for _ in range(3):
        world.pass_time(HOUR)
        world.look_again()

    assert world.stripe_calls("GET /v1/customers/*") == asked + 3
    assert world.notified() == ["customer.payment_method_missing"]
