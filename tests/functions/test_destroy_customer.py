"""A customer is deleted: found no more, and nothing is collected from it, but what is on its way comes to its end."""

from builders.customers import change_customer
from builders.debits import bank_debit
from builders.durations import DAY, HOUR
from world.api_gateway import Answer
from world.aws_calls import Moment
from world.world import World, load_event

CUSTOMER_PATH = "/api/v1/customers/acme"


def delete_customer(world: World) -> Answer:
    return world.api("DELETE", CUSTOMER_PATH)


def test_the_answer_is_the_customer_as_it_was(world: World) -> None:
    world.connect()
    provider_customer_id = world.customer()

    answer = world.call("upsert-customer", load_event("upsert-customer-destroy"))

    assert (answer.status, answer.body["customer"]["external_id"]) == (200, "acme")
    assert answer.body["customer"]["billing_configuration"]["provider_customer_id"] == provider_customer_id


def test_it_is_found_and_listed_no_more(world: World) -> None:
    world.connect()
    world.customer()
    world.customer("other")

    delete_customer(world)

    assert world.api("GET", CUSTOMER_PATH).body["code"] == "customer_not_found"
    listed = world.api("GET", "/api/v1/customers").body
    assert ([one["external_id"] for one in listed["customers"]], listed["meta"]["total_count"]) == (["other"], 1)
    assert delete_customer(world).body["code"] == "customer_not_found"
    for path in (f"{CUSTOMER_PATH}/payment_methods",):
        assert world.api("GET", path).status == 404
    assert world.api("POST", f"{CUSTOMER_PATH}/checkout_url").status == 404
    invoice = {"external_customer_id": "acme", "currency": "EUR", "total_amount_cents": 1}
    assert world.api("POST", "/api/v1/invoices", {"invoice": invoice}).body["code"] == "customer_not_found"


def test_its_open_invoices_wait_and_are_not_charged(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.create_invoice()
    delete_customer(world)

    world.run()
    world.pass_time(DAY)
    world.look_again()

    assert (world.stripe_calls(), world.invoice(invoice_id)["payment_status"]) == (0, "pending")


def test_what_is_on_its_way_comes_to_its_end(world: World) -> None:
    invoice_id = bank_debit(world, settles_after=HOUR)
    delete_customer(world)

    world.pass_time(HOUR + 1)
    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_what_was_sent_before_and_not_written_down_is_found_and_not_charged_again(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.create_invoice()
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    assert len(world.collect_new_invoices()) == 1
    world.stripe.due_deliveries()
    delete_customer(world)

    world.customer()
    world.run()
    world.pass_time(DAY)
    world.look_again()

    assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("succeeded", [4200])


def test_storing_it_again_brings_it_back_without_its_link(world: World) -> None:
    world.connect()
    world.customer()
    before = world.api("GET", CUSTOMER_PATH).body["customer"]["lago_id"]
    delete_customer(world)

    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "name": "Acme"}})

    found = world.api("GET", CUSTOMER_PATH).body["customer"]
    assert found["lago_id"] == before
    assert found["billing_configuration"]["provider_customer_id"] is None


def test_another_organizations_customer_is_not_found(world: World) -> None:
    world.connect()
    world.customer()

    assert (
        world.api("DELETE", CUSTOMER_PATH, organization_id="another-organization").body["code"] == "customer_not_found"
    )


def test_who_comes_back_has_not_agreed_to_be_charged_otherwise(world: World) -> None:
    """It may be somebody else whom the application knows under the same id."""
    consent = {"given_by": "Ann Acme", "given_at": "2026-11-20T08:30:00Z", "given_how": "terms of 2026-11"}
    change_customer(world, fallback_payment_consent=consent)
    delete_customer(world)

    change_customer(world)

    assert world.api("GET", CUSTOMER_PATH).body["customer"]["fallback_payment_consent"] is None
