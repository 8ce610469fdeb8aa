"""count-figures: what is counted is what the tables say, whatever comes twice, late, out of order or not at all."""

from typing import Any

import pytest
from builders.accounts import OTHER_ORGANIZATION, connect_with_customer
from builders.customers import DISPUTED, becomes_default, default_at_stripe
from builders.due import days_go_by
from builders.durations import DAY
from builders.figures import count_all_invoices, counted, figures, figures_in, miscounts, recovered_by
from builders.invoices import INVOICE_OF_EVENTS, failed_invoice, replace_item, waiting_invoice
from builders.links import pay_on_page, payment_url
from builders.payments import paid_payment, pay_by_hand, refund, void
from paystream.errors import InvalidInputError
from world.api_gateway import ORGANIZATION
from world.aws_calls import Call, Moment, lose_a_race
from world.redriving import Redriving
from world.world import TABLES, World, load_event


@pytest.fixture
def paying_world(world: World) -> World:
    """Whose customer `acme` can be charged."""
    connect_with_customer(world)
    return world


def open_now(world: World) -> tuple[int, int]:
    ages = figures_in(world)["open_by_age"]
    return sum(one["invoices"] for one in ages), sum(one["amount_cents"] for one in ages)


def stored_figures(world: World) -> list[dict[str, Any]]:
    return sorted(world.items("figures"), key=lambda item: str(item["name"]))


def figures_in_days(world: World) -> dict[str, Any]:
    """What is counted by day, once all was counted."""
    assert count_all_invoices(world) == []
    found = [item for item in world.items("figures") if str(item["name"]).startswith("day#")]
    return {name: number for item in found for name, number in item.items() if isinstance(number, int) and number}


def pay_after(world: World, reads: int) -> None:
    """After so many of the next reads of a function the invoice is paid, and counted by another function."""
    done = 0

    def read(call: Call, parameters: dict[str, Any]) -> Any:
        nonlocal done
        answer = call(parameters)
        done += 1
        if done == reads:
            world.run()
            count_all_invoices(world)
        return answer

    world.aws.around("BatchGetItem", read)


def confirm_late(world: World, invoice_id: str) -> None:
    """The customer confirms the intent of the failed attempt with another card."""
    intent_id = world.payments(invoice_id)[0]["provider_payment_id"]
    world.stripe_client.v1.payment_intents.confirm(intent_id, {"payment_method": "pm_card_visa"})
    world.run()


class TestAnInvoiceThatIsPaid:
    def test_is_invoiced_and_collected_on_its_day(self, paying_world: World) -> None:
        paying_world.create_invoice(amount=4200)
        paying_world.run()

        found = figures_in(paying_world)

        (today,) = [day for day in found["days"] if day["invoices"]]
        assert today["date"] == "2026-11-23"
        assert (today["invoiced_cents"], today["collected_cents"], today["payments"]) == (4200, 4200, 1)
        assert found["success_rate_of_attempts"] == found["success_rate_of_invoices"] == 1.0
        assert found["time_to_payment_seconds"] == {"median": 0, "p90": 0}
        assert open_now(paying_world) == (0, 0)
        assert miscounts(paying_world) == []

    def test_is_open_before_and_no_more_afterwards(self, paying_world: World) -> None:
        paying_world.create_invoice(amount=4200)

        assert open_now(paying_world) == (1, 4200)
        paying_world.run()
        assert open_now(paying_world) == (0, 0)

    def test_is_counted_once_however_often_it_comes(self, paying_world: World) -> None:
        paying_world.create_invoice()
        paying_world.run()
        count_all_invoices(paying_world)
        before = stored_figures(paying_world)

        count_all_invoices(paying_world)

        assert stored_figures(paying_world) == before

    def test_is_as_it_is_by_now_whatever_an_older_record_says(self, paying_world: World) -> None:
        paying_world.create_invoice()
        first = paying_world.stream_event(paying_world.all_images("invoices"))
        paying_world.run()
        count_all_invoices(paying_world)

        paying_world.invoke("count-figures", first)

        assert counted(paying_world, "invoices", "payments", "collected_cents") == [1, 1, 4200]
        assert miscounts(paying_world) == []

    @pytest.mark.parametrize("moment", Moment)
    def test_is_counted_once_if_the_function_dies_beside_the_write(self, paying_world: World, moment: Moment) -> None:
        paying_world.create_invoice()
        paying_world.run()
        paying_world.aws.crash("TransactWriteItems", moment)

        assert len(count_all_invoices(paying_world)) == 1

        assert counted(paying_world, "invoices", "payments", "collected_cents") == [1, 1, 4200]
        assert miscounts(paying_world) == []

    def test_is_counted_by_the_faster_of_two_functions_alone(self, paying_world: World) -> None:
        paying_world.create_invoice()
        paying_world.run()
        paying_world.aws.meanwhile("TransactWriteItems", lambda: count_all_invoices(paying_world))

        assert count_all_invoices(paying_world) == []

        assert counted(paying_world, "invoices", "payments", "collected_cents") == [1, 1, 4200]
        assert miscounts(paying_world) == []

    @pytest.mark.parametrize("reads", range(1, 5))
    def test_is_counted_as_paid_though_a_function_had_begun_to_read_it_before(
        self, paying_world: World, reads: int
    ) -> None:
        """Between two of its reads it is paid, and another function counts that."""
        paying_world.create_invoice()
        pay_after(paying_world, reads)

        assert count_all_invoices(paying_world) == []

        assert miscounts(paying_world) == []
        assert counted(paying_world, "payments") == [1]

    def test_is_delivered_again_if_others_are_always_faster(self, paying_world: World) -> None:
        paying_world.create_invoice()
        for _ in range(6):
            paying_world.aws.meanwhile("TransactWriteItems", lose_a_race)

        assert len(count_all_invoices(paying_world)) == 1
        assert count_all_invoices(paying_world) == []
        assert miscounts(paying_world) == []


class TestAnInvoiceThatFails:
    def test_is_open_and_its_attempt_a_failure(self, world: World) -> None:
        failed_invoice(world)

        assert counted(world, "failures", "failed_cents", "payments", "collected_cents") == [1, 4200, 0, 0]
        assert open_now(world) == (1, 4200)
        assert figures_in(world)["success_rate_of_attempts"] == figures_in(world)["success_rate_of_invoices"] == 0.0
        assert miscounts(world) == []

    def test_and_succeeds_late_has_failed_no_more(self, world: World) -> None:
        """The same attempt is confirmed at Stripe, a day later."""
        invoice_id = failed_invoice(world)
        count_all_invoices(world)
        world.pass_time(DAY)
        confirm_late(world, invoice_id)

        found = {day["date"]: day for day in figures_in(world)["days"]}

        assert (found["2026-11-23"]["failures"], found["2026-11-23"]["payments"]) == (0, 0)
        assert (found["2026-11-24"]["failures"], found["2026-11-24"]["payments"]) == (0, 1)
        assert open_now(world) == (0, 0)
        assert miscounts(world) == []

    def test_is_recovered_by_a_retry(self, world: World) -> None:
        world.connect()
        card = str(default_at_stripe(world, world.customer()))
        world.stripe.control.set_outcome(card, "insufficient_funds")
        world.create_invoice()
        world.run()
        world.stripe.control.set_outcome(card, None)
        days_go_by(world, 1)

        assert counted(world, "failures", "payments") == [1, 1]
        assert recovered_by(world) == {"retry": (1, 4200)}
        assert figures_in(world)["success_rate_of_attempts"] == 0.5
        assert figures_in(world)["time_to_payment_seconds"]["median"] == pytest.approx(DAY, rel=1 / 8)
        assert miscounts(world) == []

    def test_is_recovered_by_another_method(self, world: World) -> None:
        failed_invoice(world)
        becomes_default(world)
        world.run()
        days_go_by(world, 1)

        assert recovered_by(world) == {"another_method": (1, 4200)}
        assert miscounts(world) == []

    def test_is_recovered_by_a_payment_link(self, world: World) -> None:
        payment_url(world, failed_invoice(world))
        pay_on_page(world)
        world.run()

        assert recovered_by(world) == {"payment_link": (1, 4200)}
        assert miscounts(world) == []

    def test_is_recovered_by_hand(self, world: World) -> None:
        pay_by_hand(world, failed_invoice(world))

        assert recovered_by(world) == {"by_hand": (1, 4200)}
        assert counted(world, "payments", "payments_by_hand", "by_hand_cents", "collected_cents") == [1, 1, 4200, 4200]
        assert figures_in(world)["success_rate_of_attempts"] == 0.0
        assert miscounts(world) == []

    def test_has_not_failed_where_a_page_only_expired(self, world: World) -> None:
        payment_url(world, waiting_invoice(world))
        days_go_by(world, 2)

        assert counted(world, "failures") == [0]
        assert miscounts(world) == []


class TestWhatIsNotOwedAnyMore:
    def test_a_voided_invoice_counts_for_nothing(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        count_all_invoices(world)

        assert void(world, invoice_id).status == 200

        assert counted(world, "invoices", "invoiced_cents", "failures") == [0, 0, 1]
        assert open_now(world) == (0, 0)
        assert miscounts(world) == []

    def test_a_part_that_was_paid_is_open_no_more(self, world: World) -> None:
        invoice_id = failed_invoice(world)

        assert pay_by_hand(world, invoice_id, 1200).status == 200

        assert open_now(world) == (1, 3000)
        assert recovered_by(world) == {}
        assert miscounts(world) == []

    def test_a_parked_item_counts_for_nothing(self, world: World) -> None:
        world.put_invoice_item(total_amount_cents=-1)
        world.collect_new_invoices()

        assert count_all_invoices(world) == []

        assert figures(world)["currencies"] == []
        assert miscounts(world) == []


class TestMoneyThatGoesBack:
    def test_is_refunded_on_the_day_it_was_begun(self, world: World) -> None:
        payment_id = paid_payment(world)
        assert refund(world, payment_id, 1200).status == 200
        world.run()

        assert counted(world, "refunds", "refunded_cents", "collected_cents") == [1, 1200, 4200]
        assert miscounts(world) == []

    def test_is_disputed_on_the_day_the_dispute_was_heard_of_whatever_becomes_of_it(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=DISPUTED)
        world.create_invoice()
        world.run()
        assert counted(world, "disputes", "disputed_cents", "collected_cents") == [1, 4200, 4200]

        (dispute,) = world.account.disputes
        world.pass_time(40 * DAY)
        world.stripe.control.close_dispute(dispute["id"], status="lost")
        world.run()

        asked = "?from=2026-11-23&to=2026-11-23"
        assert figures_in(world, query=asked)["totals"]["disputes"] == 1
        assert figures(world)["currencies"] == []
        assert miscounts(world) == []


class TestAnItemThatIsReplaced:
    def test_counts_for_nothing_until_it_is_taken_in_and_for_what_it_says_then(self, world: World) -> None:
        connect_with_customer(world)
        world.put_invoice_item(total_amount_cents=4200)
        world.run()
        count_all_invoices(world)

        replace_item(world, total_amount_cents=5000)
        assert figures_in_days(world) == {}
        world.run()
        days_go_by(world, 2)

        assert counted(world, "invoices", "invoiced_cents", "collected_cents") == [1, 5000, 5000]
        assert miscounts(world) == []

    def test_counts_for_nothing_once_it_is_deleted(self, world: World) -> None:
        connect_with_customer(world)
        world.create_invoice()
        event = world.stream_event(world.all_images("invoices"))
        world.invoke("count-figures", event)
        (record,) = event["Records"]
        world.dynamodb.delete_item(TableName=TABLES["invoices"], Key=record["dynamodb"]["Keys"])
        assert len(miscounts(world)) == 1

        del record["dynamodb"]["NewImage"]
        world.invoke("count-figures", event | {"Records": [record | {"eventName": "REMOVE"}]})

        assert miscounts(world) == []
        assert figures(world)["currencies"] == []


class TestABatch:
    def test_of_many_invoices_writes_the_rows_they_share_once(self, world: World) -> None:
        connect_with_customer(world)
        for amount in range(1, 61):
            world.create_invoice(amount=100 * amount)
        world.run()
        before = world.aws.count("TransactWriteItems")

        assert count_all_invoices(world) == []

        assert world.aws.count("TransactWriteItems") - before == 3
        assert counted(world, "invoices", "collected_cents") == [60, 100 * 60 * 61 // 2]
        assert miscounts(world) == []

    def test_of_two_organizations_is_counted_for_each(self, world: World) -> None:
        for organization_id in (ORGANIZATION, OTHER_ORGANIZATION):
            world.put_invoice_item(organization_id=organization_id)
        world.collect_new_invoices()

        assert count_all_invoices(world) == []

        assert miscounts(world) == []
        owners = {item["organization_id"] for item in world.items("figures")}
        assert owners == {ORGANIZATION, OTHER_ORGANIZATION}

    def test_a_part_that_fails_is_reported_by_its_first_record(self, world: World) -> None:
        connect_with_customer(world)
        world.create_invoice()
        world.aws.crash("BatchGetItem", Moment.BEFORE)

        event = world.stream_event(world.all_images("invoices"))
        answer = world.invoke("count-figures", event)

        first = event["Records"][0]["dynamodb"]["SequenceNumber"]
        assert answer == {"batchItemFailures": [{"itemIdentifier": first}]}

    def test_is_not_begun_without_the_time_to_end_it(self, world: World) -> None:
        connect_with_customer(world)
        world.create_invoice()

        answer = world.invoke(
            "count-figures", world.stream_event(world.all_images("invoices")), remaining_milliseconds=9_999
        )

        assert len(answer["batchItemFailures"]) == 1
        assert world.items("figures") == []

    def test_of_streams_own_event_is_counted(self, world: World) -> None:
        connect_with_customer(world)
        world.put_invoice_item(lago_id=INVOICE_OF_EVENTS)
        world.run()

        assert world.invoke("count-figures", load_event("count-figures")) == {"batchItemFailures": []}

        assert figures(world)["currencies"][0]["totals"]["payments"] == 1


class TestWhatAnOperatorDoes:
    def test_all_invoices_are_counted_that_the_stream_has_forgotten(self, operator: Redriving) -> None:
        world = operator.world
        world.create_invoice()
        world.create_invoice()
        world.run()
        assert len(miscounts(world)) == 2

        answer = world.invoke("redrive-records", load_event("redrive-records-figures"), remaining_milliseconds=420_000)

        assert answer == {"handled": 2, "left": [], "done": True, "next_cursor": None}
        assert miscounts(world) == []
        assert figures(world)["currencies"][0]["totals"]["collected_cents"] == 8400

    def test_a_row_that_is_wrong_by_a_cent_is_found(self, world: World) -> None:
        connect_with_customer(world)
        world.create_invoice()
        world.run()
        count_all_invoices(world)
        (row,) = [item for item in world.items("figures") if str(item["name"]).startswith("day#")]
        world.put_item("figures", row | {"collected_cents": row["collected_cents"] + 1})

        assert world.invoke("check-figures", load_event("check-figures"))["miscounted"] == []
        (difference,) = world.invoke("check-figures", load_event("check-figures-rows"))["differences"]

        assert difference == {
            "organization_id": ORGANIZATION,
            "row": "day 2026-11-23 EUR",
            "measure": "collected_cents",
            "number": 1,
        }

    @pytest.mark.parametrize("order", [{}, {"part": "all"}, {"part": "rows", "cursor": ""}, {"part": "rows", "x": 1}])
    def test_an_order_that_is_none_is_refused(self, world: World, order: dict[str, Any]) -> None:
        with pytest.raises(InvalidInputError):
            world.invoke("check-figures", order)
