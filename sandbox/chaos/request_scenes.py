"""The functions that answer a request: each is killed, and the caller asks again."""

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from sandbox.aws import REPOSITORY
from sandbox.chaos.endings import Ending, settled
from sandbox.chaos.points import Point, control
from sandbox.chaos.violations import expect
from sandbox.chaos.world import Chaos
from sandbox.stack import SECRET_KEY, Answer, request

_CARD = "pm_card_visa"
_CREATION = "POST /v1/customers"
_TRIES_OF_TWO = 4
"""Stripe's library repeats what was cut off once."""


def customer_created(chaos: Chaos, function: str, point: Point) -> Ending:
    """A customer that is to be created at Stripe."""
    external_id = f"customer-{uuid4()}"
    body = {"customer": {"external_id": external_id, "name": "Anna"}}
    answer = chaos.repeated(point, function, partial(chaos.stage.try_call, "POST", "customers", body))
    customer = answer.body["customer"]
    listed = chaos.stage.stripe.v1.customers.list({"limit": 100}).auto_paging_iter()
    ours = [one.id for one in listed if one.to_dict()["metadata"].get("customer_id") == external_id]
    linked = customer["billing_configuration"]["provider_customer_id"]
    expect(ours == [linked], f"Stripe has {ours} for a customer that is linked to {linked}")
    notified = chaos.stack.wait_for(
        "the notifications about the customer", lambda: chaos.stage.subscriber.about_customer(external_id)
    )
    expect(notified == ["customer.payment_provider_created"], f"notified of the customer: {notified}")
    return Ending("1 customer", "linked to it", notified[0])


def account_connected(chaos: Chaos, function: str, point: Point) -> Ending:
    """An account connected under one more code. The endpoint whose secret was lost is replaced."""
    code = f"code-{uuid4()}"
    chaos.repeated(point, function, partial(_connect, chaos, code))
    endpoints = _endpoints(chaos, code)
    expect(len(endpoints) == 1, f"{len(endpoints)} webhook endpoints lead to {code}")
    _disconnect(chaos, code)
    return Ending("1 webhook endpoint, its events are taken", "1 integration")


def key_replaced(chaos: Chaos, function: str, point: Point) -> Ending:
    """An invoice waits for its integration's key, which Stripe refuses. Connecting with a new one resumes it."""
    code = f"code-{uuid4()}"
    account = chaos.stage.call("GET", "integrations/stripe/stripe")["integration"]["account_id"]
    old, new = (control(chaos.stack, "POST", "keys", {"account_id": account})["key"] for _ in range(2))
    expect(_connect(chaos, code, old).status == 200, "connecting failed")
    customer = chaos.customer(_CARD, code=code)
    control(chaos.stack, "POST", "keys/expire", {"key": old})
    with chaos.results_kept_back():
        lago_id = chaos.invoice(customer)
        chaos.stack.wait_for("the invoice to wait for its key", lambda: "paused_key" in chaos.item(lago_id))
        chaos.repeated(point, function, partial(_connect, chaos, code, new))
        chaos.stack.wait_for("the invoice to be due", lambda: _is_resumed(chaos, lago_id))
        chaos.run_schedule()
        ending = settled(chaos, lago_id)
    _disconnect(chaos, code)
    return ending


def account_disconnected(chaos: Chaos, function: str, point: Point) -> Ending:
    """The endpoint is removed, then the secret, then the integration."""
    code = f"code-{uuid4()}"
    expect(_connect(chaos, code).status == 200, "connecting failed")
    chaos.repeated(point, function, partial(chaos.stage.try_call, "DELETE", f"integrations/stripe/{code}"))
    endpoints = _endpoints(chaos, code)
    expect(not endpoints, f"{len(endpoints)} webhook endpoints are left of {code}")
    found = chaos.stage.try_call("GET", f"integrations/stripe/{code}")
    expect(found.status == 404, f"a disconnected account is answered {found.status}")
    return Ending("no webhook endpoint", "no integration")


def endpoint_made_again(chaos: Chaos, function: str, point: Point) -> Ending:
    """The webhook endpoint of a connected account was deleted at Stripe. An operator invokes the function again."""
    code = f"code-{uuid4()}"
    expect(_connect(chaos, code).status == 200, "connecting failed")
    (endpoint,) = _endpoints(chaos, code)
    chaos.stage.stripe.v1.webhook_endpoints.delete(endpoint.id)
    chaos.invoked_again(point, function, json.loads((REPOSITORY / "events" / "check-accounts.json").read_text()))
    known = chaos.stage.call("GET", f"integrations/stripe/{code}")["integration"]["webhook_endpoint_id"]
    made = [one.id for one in _endpoints(chaos, code)]
    expect(made == [known], f"{made} lead to {code}, {known} is known")
    _disconnect(chaos, code)
    return Ending("1 webhook endpoint", "it is known")


def invoice_stored(chaos: Chaos, function: str, point: Point) -> Ending:
    """The same request under the same `Idempotency-Key`."""
    customer, key = chaos.payer(_CARD), str(uuid4())
    before = _invoices(chaos, customer)
    answer = chaos.repeated(point, function, partial(chaos.try_invoice, customer, key))
    lago_id = answer.body["invoice"]["lago_id"]
    chaos.invoices[lago_id] = "succeeded"
    made = _invoices(chaos, customer) - before
    expect(made == {lago_id}, f"{len(made)} invoices came of one request")
    return settled(chaos, lago_id)


def metadata_changed(chaos: Chaos, function: str, point: Point) -> Ending:
    """The same change again changes nothing more."""
    lago_id = chaos.invoice(chaos.payer(_CARD))
    ending = settled(chaos, lago_id)
    body = {"invoice": {"metadata": [{"key": "order", "value": str(uuid4())}]}}
    chaos.repeated(point, function, partial(chaos.stage.try_call, "PUT", f"invoices/{lago_id}", body))
    kept = [entry["value"] for entry in (chaos.stage.find_invoice(lago_id) or {})["metadata"]]
    expect(kept == [body["invoice"]["metadata"][0]["value"]], f"the metadata of {lago_id} are {kept}")
    return ending


def payment_recorded(chaos: Chaos, function: str, point: Point) -> Ending:
    """Money that came outside of Stripe: the same request under the same `Idempotency-Key`."""
    customer, key = chaos.customer(), str(uuid4())
    lago_id = chaos.stage.invoice(customer, 4200)
    chaos.stack.wait_for("the invoice to wait for a card", lambda: "waiting_for" in chaos.item(lago_id))
    payment = {"invoice_id": lago_id, "amount_cents": 4200, "reference": "a transfer"}
    chaos.repeated(point, function, partial(_record, chaos, payment, key))
    invoice = chaos.stage.find_invoice(lago_id) or {}
    paid = (invoice["payment_status"], invoice["total_paid_amount_cents"])
    expect(paid == ("succeeded", 4200), f"invoice {lago_id} was paid by hand, and is {paid}")
    return Ending("0 intents", "succeeded, 1 manual payment")


def page_made(chaos: Chaos, function: str, point: Point) -> Ending:
    """A page on which a customer saves a card: another request makes another page."""
    path = f"customers/{chaos.payer(_CARD)}/checkout_url"
    answer = chaos.repeated(point, function, partial(chaos.stage.try_call, "POST", path))
    return Ending("1 page more", f"linked to {answer.body['customer']['payment_provider_code']}")


def page_made_for_a_new_customer(chaos: Chaos, function: str, point: Point) -> Ending:
    """A customer whose creation at Stripe was cut off, twice: of the request, and of the queue's message. It is created
    before its page is made, and only once.
    """
    external_id, before = f"customer-{uuid4()}", _creations(chaos)
    chaos.fault("cut_before_commit", _CREATION, 100)
    chaos.stage.try_call("POST", "customers", {"customer": {"external_id": external_id, "name": "Anna"}})
    chaos.stack.wait_for("the queue's message to fail", lambda: _creations(chaos) >= before + _TRIES_OF_TWO)
    control(chaos.stack, "DELETE", "faults")
    page = partial(chaos.stage.try_call, "POST", f"customers/{external_id}/checkout_url")
    chaos.repeated(point, function, page)
    return Ending("1 customer, 1 page more", f"linked to {chaos.provider_id(external_id)}")


def default_chosen(chaos: Chaos, function: str, point: Point) -> Ending:
    """A customer with two cards, one of which is made the default."""
    customer = chaos.customer(_CARD)
    other = chaos.stage.stripe.v1.payment_methods.attach(
        "pm_card_mastercard", {"customer": chaos.provider_id(customer)}
    )
    listed = chaos.stage.call("GET", f"customers/{customer}/payment_methods")["payment_methods"]
    (lago_id,) = [method["lago_id"] for method in listed if method["provider_method_id"] == other.id]
    path = f"customers/{customer}/payment_methods/{lago_id}/set_as_default"
    chaos.repeated(point, function, partial(chaos.stage.try_call, "PUT", path))
    kept = chaos.stage.customer(customer)["payment_method_id"]
    expect(kept == other.id, f"the customer is charged to {kept}, not to {other.id}")
    return Ending("1 default", "the same")


def notified_again(chaos: Chaos, function: str, point: Point) -> Ending:
    """What was sent is sent again, under its own key."""
    lago_id = chaos.invoice(chaos.payer(_CARD))
    settled(chaos, lago_id)
    listed = chaos.stage.call("GET", "webhooks?event_types[]=payment.succeeded&per_page=1")["webhooks"]
    path = f"webhooks/{listed[0]['lago_id']}/retry"
    chaos.repeated(point, function, partial(chaos.stage.try_call, "POST", path))
    return settled(chaos, lago_id)


def records_found(chaos: Chaos, function: str, point: Point) -> Ending:
    """A page of invoices: reading changes nothing."""
    answer = chaos.repeated(point, function, partial(chaos.stage.try_call, "GET", "invoices"))
    return Ending("-", f"a page of {len(answer.body['invoices'])} invoices")


def request_authorized(chaos: Chaos, function: str, point: Point) -> Ending:
    """A request with a key that API Gateway has not seen yet."""
    key = chaos.stack.issue_api_key(chaos.stage.organization_id)["api_key"]
    chaos.repeated(point, function, partial(_find, chaos, key))
    return Ending("-", "the key's organization was found")


def key_issued(chaos: Chaos, function: str, point: Point) -> Ending:
    """An operator invokes the function again; a key that nobody saw is of no use to anybody."""
    payload = {"organization_id": chaos.stage.organization_id, "name": f"key-{uuid4()}"}
    issued = chaos.invoked_again(point, function, payload)["api_key"]
    expect(_find(chaos, issued).status == 200, "the key that was issued again is not known")
    return Ending("-", "the new key is known")


def _connect(chaos: Chaos, code: str, secret_key: str = SECRET_KEY) -> Answer:
    body = {"integration": {"secret_key": secret_key, "name": code, "create_customers": True}}
    return chaos.stage.try_call("PUT", f"integrations/stripe/{code}", body)


def _disconnect(chaos: Chaos, code: str) -> None:
    """Once its endpoint has taken what there is: its signing secret is the one we have."""
    _expect_signed_events_are_taken(chaos)
    answer = chaos.stage.try_call("DELETE", f"integrations/stripe/{code}")
    expect(answer.status == 200, f"disconnecting was answered {answer.status} {answer.body}")


def _is_resumed(chaos: Chaos, lago_id: str) -> bool:
    """It is due now, or the schedule was faster and it has ended."""
    item = chaos.item(lago_id)
    return "due_at" not in item or datetime.fromisoformat(item["due_at"]["S"]) <= datetime.now(UTC)


def _record(chaos: Chaos, payment: dict[str, Any], idempotency_key: str) -> Answer:
    return request(
        "POST",
        f"{chaos.stack.api_url}api/v1/payments",
        {"payment": payment},
        api_key=chaos.stage.key["api_key"],
        headers={"Idempotency-Key": idempotency_key},
    )


def _creations(chaos: Chaos) -> int:
    """How often Stripe was asked to create a customer."""
    return sum(call["endpoint"] == _CREATION for call in control(chaos.stack, "GET", "calls")["calls"])


def _find(chaos: Chaos, key: str) -> Answer:
    return request("GET", f"{chaos.stack.api_url}api/v1/customers", api_key=key)


def _invoices(chaos: Chaos, customer: str) -> set[str]:
    page = chaos.stage.call("GET", f"invoices?external_customer_id={customer}&per_page=100")
    return {one["lago_id"] for one in page["invoices"]}


def _endpoints(chaos: Chaos, code: str) -> list[Any]:
    listed = chaos.stage.stripe.v1.webhook_endpoints.list({"limit": 100}).data
    return [endpoint for endpoint in listed if endpoint.url.endswith(f"?code={code}")]


def _expect_signed_events_are_taken(chaos: Chaos) -> None:
    """Raises TimeoutError if one of the endpoints does not take a new event: then its secret is not the one we have."""
    chaos.stage.set_default_card(chaos.provider_id(chaos.payer(_CARD)), _CARD)
    newest = chaos.stage.stripe.v1.events.list({"limit": 10}).data

    def taken() -> bool:
        return all(chaos.stage.stripe.v1.events.retrieve(event.id).pending_webhooks == 0 for event in newest)

    chaos.stack.wait_for("every endpoint to take the newest events", taken)
