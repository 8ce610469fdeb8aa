"""What has just paid on a page is what is charged from then on, and collects what had failed."""

from builders.customers import BLOCKED, attach, change_customer, default_at_stripe, make_default, provider_customer_id
from builders.due import look_a_minute_later
from builders.durations import MINUTE
from builders.invoices import collected, failed_invoice
from builders.links import pay_on_page, payment_url, sessions
from builders.read import invoice_statuses
from builders.stripe_events import events_due
from world.world import World


def paid_on_page(world: World, card: str = "pm_card_mastercard", **settings: object) -> str:
    """An invoice that was declined for good and is paid on its page a minute later; the events are still to come."""
    invoice_id = failed_invoice(world, card=BLOCKED, **settings)
    world.pass_time(MINUTE)
    payment_url(world, invoice_id)
    world.run()
    world.pass_time(MINUTE)
    pay_on_page(world, card)
    return invoice_id


def test_the_next_invoice_is_charged_to_it(world: World) -> None:
    first = paid_on_page(world)
    world.run()

    second = collected(world, amount=1000)

    assert invoice_statuses(world, [first, second]) == ["succeeded", "succeeded"]
    paid = world.stripe_client.v1.payment_intents.list().data[0]
    assert paid.payment_method == default_at_stripe(world, provider_customer_id(world))


def test_it_collects_what_had_failed_oldest_first_and_each_once(world: World) -> None:
    world.connect()
    world.customer(payment_method=BLOCKED)
    first, second, third = (collected(world, amount=amount) for amount in (1000, 2000, 3000))
    payment_url(world, third)
    world.run()
    pay_on_page(world)

    world.run()
    look_a_minute_later(world)

    assert invoice_statuses(world, [first, second, third]) == ["succeeded"] * 3
    assert sorted(world.charged()) == [1000, 2000, 3000]


def test_another_default_that_was_chosen_since_stays(world: World) -> None:
    paid_on_page(world)
    customer = provider_customer_id(world)
    world.pass_time(MINUTE)
    chosen = attach(world, customer, "pm_card_amex")
    make_default(world, customer, chosen)

    world.run()

    assert default_at_stripe(world, customer) == chosen == world.items("customers")[0]["payment_method_id"]


def test_one_that_was_chosen_and_heard_of_before_the_event_comes_stays_as_well(world: World) -> None:
    paid_on_page(world)
    (paid,) = events_due(world, "payment_intent.succeeded")
    customer = provider_customer_id(world)
    world.pass_time(MINUTE)
    chosen = attach(world, customer, "pm_card_amex")
    make_default(world, customer, chosen)
    world.run()

    assert world.deliver(paid) == 200

    assert default_at_stripe(world, customer) == chosen == world.items("customers")[0]["payment_method_id"]


def test_an_event_that_is_sent_again_changes_nothing(world: World) -> None:
    paid_on_page(world)
    (paid,) = events_due(world, "payment_intent.succeeded")

    assert [world.deliver(paid), world.deliver(paid)] == [200, 200]
    version = world.items("customers")[0]["version"]
    assert world.deliver(paid) == 200

    assert world.items("customers")[0]["version"] == version


def test_an_event_at_which_stripe_does_not_answer_is_sent_again_and_nothing_is_lost(world: World) -> None:
    paid_on_page(world)
    (paid,) = events_due(world, "payment_intent.succeeded")
    world.stripe.control.add_fault("500_before_commit", method="GET", path="/v1/customers/*", times=9)
    assert world.deliver(paid) == 503
    world.stripe.control.clear_faults()

    assert world.deliver(paid) == 200

    charged = default_at_stripe(world, provider_customer_id(world))
    assert charged == world.items("customers")[0]["payment_method_id"]
    card = world.stripe_client.v1.payment_methods.retrieve(str(charged)).card
    assert card
    assert card.brand == "mastercard"


def test_what_is_not_saved_on_the_page_is_not_charged_later(world: World) -> None:
    """Nothing is saved of a customer in India."""
    world.connect()
    world.customer(payment_method=BLOCKED)
    known = default_at_stripe(world, provider_customer_id(world))
    change_customer(world, country="IN")
    payment_url(world, collected(world))
    pay_on_page(world)

    world.run()

    assert sessions(world)[0].status == "complete"
    assert default_at_stripe(world, provider_customer_id(world)) == known
