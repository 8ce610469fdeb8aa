"""A refund that a person made in Stripe's dashboard, whose event is lost, is learnt before more money goes back."""

from builders.durations import MINUTE
from builders.payments import kept_at_stripe, paid_once, paid_payment, pay_again, payment, refund
from builders.read import notified_of
from world.world import World


def refund_in_dashboard(world: World, payment_id: str, amount: int = 4200) -> None:
    """A person gives so much back, in minor units; Stripe's events of it never arrive."""
    intent_id = payment(world, payment_id)["provider_payment_id"]
    world.stripe_client.v1.refunds.create({"payment_intent": intent_id, "amount": amount})
    world.stripe.due_deliveries()


def wait_for_collect_due(world: World) -> None:
    world.pass_time(MINUTE)
    assert world.look_again() == 0


class TestWhenARefundIsAskedFor:
    def test_all_that_is_left_is_what_the_person_left(self, world: World) -> None:
        payment_id = paid_once(world)
        refund_in_dashboard(world, payment_id, 1000)

        answer = refund(world, payment_id)

        assert (answer.body["refund"]["amount_cents"], answer.body["refund"]["status"]) == (3200, "succeeded")
        assert payment(world, payment_id)["refunded_amount_cents"] == 4200
        assert kept_at_stripe(world) == 0
        assert notified_of(world, "refund") == ["payment.refund_succeeded"] * 2

    def test_more_than_that_is_refused_and_nothing_goes_back(self, world: World) -> None:
        payment_id = paid_once(world)
        refund_in_dashboard(world, payment_id, 1000)

        answer = refund(world, payment_id, 3300)

        assert answer.body["error_details"] == {"amount_cents": ["value_is_out_of_range"]}
        assert payment(world, payment_id)["refunded_amount_cents"] == 1000
        assert kept_at_stripe(world) == 3200

    def test_where_stripe_lists_none_for_a_moment_the_request_is_taken_and_looked_at_later(self, world: World) -> None:
        payment_id = paid_once(world)
        world.stripe.control.add_fault("500_before_commit", method="*", path="/v1/refunds", times=4)

        assert refund(world, payment_id, 1000).body["refund"]["status"] == "pending"
        world.stripe.control.clear_faults()
        world.pass_time(16 * MINUTE)
        world.look_again()

        assert payment(world, payment_id)["refunded_amount_cents"] == 1000


class TestWhenASecondPaymentIsToGoBack:
    def test_nothing_does_where_the_first_one_has(self, world: World) -> None:
        first = paid_once(world)
        refund_in_dashboard(world, first)
        second = pay_again(world, first)

        world.run()
        wait_for_collect_due(world)

        assert kept_at_stripe(world) == 4200
        assert payment(world, second)["refunds"] == []
        assert payment(world, first)["refunded_amount_cents"] == 4200
        assert notified_of(world, "refund") == ["payment.refund_succeeded"]
        assert [item["refunding_payment_ids"] for item in world.items("invoices")] == [[]]

    def test_only_the_rest_does_where_a_part_of_the_first_one_has(self, world: World) -> None:
        first = paid_once(world)
        refund_in_dashboard(world, first, 1000)
        second = pay_again(world, first)

        world.run()
        wait_for_collect_due(world)

        assert kept_at_stripe(world) == 4200
        assert payment(world, second)["refunded_amount_cents"] == 3200

    def test_nothing_more_does_where_a_person_was_faster(self, world: World) -> None:
        first = paid_once(world)
        second = pay_again(world, first)
        world.run()
        refund_in_dashboard(world, second)

        wait_for_collect_due(world)

        assert kept_at_stripe(world) == 4200
        assert [one["status"] for one in payment(world, second)["refunds"]] == ["succeeded"]
        assert notified_of(world, "refund") == ["payment.refund_succeeded"]

    def test_it_waits_until_stripe_says_what_went_back(self, world: World) -> None:
        first = paid_once(world)
        refund_in_dashboard(world, first)
        pay_again(world, first)
        world.run()
        world.stripe.control.add_fault("500_before_commit", method="GET", path="/v1/refunds", times=4)

        world.pass_time(MINUTE)
        world.look_again()
        world.stripe.control.clear_faults()
        assert kept_at_stripe(world) == 4200
        world.pass_time(30 * MINUTE)
        world.look_again()

        assert kept_at_stripe(world) == 4200
        assert payment(world, first)["refunded_amount_cents"] == 4200


def test_is_found_by_the_intent_on_record_where_its_metadata_was_cleared(world: World) -> None:
    payment_id = paid_payment(world)
    intent_id = payment(world, payment_id)["provider_payment_id"]
    world.stripe_client.v1.payment_intents.update(intent_id, {"metadata": ""})

    world.stripe_client.v1.refunds.create({"payment_intent": intent_id, "amount": 1000})
    world.run()

    assert payment(world, payment_id)["refunded_amount_cents"] == 1000
