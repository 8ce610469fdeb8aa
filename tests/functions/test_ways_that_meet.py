"""Where ways to pay meet: a page that comes automatically, a voucher, a transfer, a new card, an account that goes."""

from builders.accounts import INTEGRATION_PATH
from builders.customers import UNAUTHENTICATED, becomes_default, customer_who_pays_with
from builders.due import look_a_minute_later
from builders.durations import DAY
from builders.invoices import collected, unauthenticated_invoice
from builders.links import REQUIRES_ACTION, invoice_with_page, sessions
from builders.payments import paid_once, pay_again, payment, refund
from builders.read import intents
from world.world import SECRET_KEY, World


def test_a_voucher_that_is_chosen_on_the_page_is_notified_besides_the_page(world: World) -> None:
    world.connect()
    world.stripe.control.set_settlement_delay(3 * DAY)
    customer_who_pays_with(world, "card", "boleto", payment_method=UNAUTHENTICATED)
    collected(world, currency="BRL")
    look_a_minute_later(world)
    world.publish_new_notifications()

    world.stripe.control.complete_checkout(sessions(world)[0].id, "pm_boleto_success")
    world.run()
    for _ in range(8):
        look_a_minute_later(world)

    assert world.notified().count(REQUIRES_ACTION) == 2
    published = [one["MessageAttributes"]["webhook_type"]["Value"] for one in world.publish_new_notifications()]
    assert REQUIRES_ACTION in published


def test_a_retry_that_was_asked_for_follows_though_the_customer_fails_first(world: World) -> None:
    world.connect()
    customer_who_pays_with(world, "card", payment_method=UNAUTHENTICATED, country="IN")
    invoice_id = collected(world)
    assert world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment").status == 200
    world.stripe.control.authenticate(intents(world)[0].id, succeeds=False)
    world.deliver_stripe_events()

    world.collect_due()
    for _ in range(2):
        look_a_minute_later(world)

    assert [one["attempt"] for one in world.payments(invoice_id)] == [2, 1]


def test_a_page_stays_open_where_nothing_else_could_be_charged(world: World) -> None:
    invoice_id = invoice_with_page(world)
    assert world.api("DELETE", INTEGRATION_PATH).body["integration"]["disconnecting_since"]

    becomes_default(world)
    world.run()
    for _ in range(2):
        look_a_minute_later(world)

    assert sessions(world)[0].status == "open"
    assert world.invoice(invoice_id)["payment_status"] == "pending"


def test_a_page_that_waits_for_a_key_is_made_soon_after_it(world: World) -> None:
    invoice_id = unauthenticated_invoice(world)
    world.pass_time(2 * DAY)
    world.stripe.control.expire_key(SECRET_KEY)
    for _ in range(3):
        world.pass_time(1200)
        world.look_again()
    assert REQUIRES_ACTION not in world.notified()

    world.connect(secret_key=world.stripe.control.add_key(world.account.id))
    world.pass_time(1200)
    world.look_again()
    look_a_minute_later(world)

    assert world.notified().count(REQUIRES_ACTION) == 1
    assert world.invoice(invoice_id)["payment_status"] == "pending"


def test_a_refund_that_is_on_record_is_sent_in_time_though_a_second_payment_comes_meanwhile(world: World) -> None:
    first = paid_once(world)
    world.stripe.control.add_fault("cut_before_commit", method="POST", path="/v1/refunds", times=2)
    refund(world, first, 1000)
    pay_again(world, first)
    world.run()

    world.pass_time(1200)
    world.look_again()

    assert payment(world, first)["refunded_amount_cents"] == 1000
    assert [one["status"] for one in payment(world, first)["refunds"]] == ["succeeded"]


def test_an_item_that_is_replaced_while_a_page_is_open_knows_what_was_charged_without_success(world: World) -> None:
    world.connect()
    world.customer(payment_method=UNAUTHENTICATED)
    invoice_id = world.put_invoice_item()
    world.run()
    look_a_minute_later(world)
    assert len(sessions(world)) == 1
    world.put_invoice_item()
    world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))

    world.pass_time(DAY + 120)
    world.look_again()
    for _ in range(2):
        world.run()
        look_a_minute_later(world)

    assert world.stripe_calls() == 1
    assert len(world.payments(invoice_id)) == 2
