"""What code does that uses Lago's Python client today: the same calls, and its own typed answers and errors.

Run by `python -m compatibility`, in an environment that holds the client and nothing of ours.
"""

import os
import time
from collections.abc import Callable
from typing import Any

from lago_python_client import Client
from lago_python_client.exceptions import LagoApiError
from lago_python_client.models import (
    Customer,
    CustomerBillingConfiguration,
    Invoice,
    InvoiceFee,
    InvoiceFeesList,
    InvoiceMetadata,
    InvoiceMetadataList,
    OneOffInvoice,
    Payment,
    WebhookEndpoint,
)
from lago_python_client.models.payment_method import PaymentMethod
from lago_python_client.services.request import make_headers, send_get_request

lago: Any = Client(api_key=os.environ["LAGO_API_KEY"], api_url=os.environ["LAGO_URL"])
CODE = "stripe"
AMOUNT = 4200


def step(what: str, is_so: bool) -> None:
    """One line a step. Ends with the first that is not so."""
    print(f"{'ok' if is_so else 'NOT ok'}: {what}", flush=True)
    if not is_so:
        raise SystemExit(1)


def refused(call: Callable[[], object], status: int, code: str) -> bool:
    """Whether the client raises its own error with our words."""
    try:
        call()
    except LagoApiError as error:
        return (error.status_code, error.response["code"]) == (status, code)
    return False


def upsert(external_id: str, provider_customer_id: str | None = None) -> Any:
    billing = CustomerBillingConfiguration(
        payment_provider="stripe", payment_provider_code=CODE, provider_customer_id=provider_customer_id
    )
    customer = Customer(external_id=external_id, name="Acme", email="ap@acme.test", currency="EUR")
    if provider_customer_id:
        customer.billing_configuration = billing
    return lago.customers.create(customer)


def invoice(external_id: str, payment_method: PaymentMethod | None = None) -> Any:
    fees = InvoiceFeesList(__root__=[InvoiceFee(add_on_code="setup", unit_amount_cents=AMOUNT, units=1)])
    wanted = OneOffInvoice(external_customer_id=external_id, currency="EUR", fees=fees, payment_method=payment_method)
    return lago.invoices.create(wanted)


def becomes(lago_id: str, status: str) -> bool:
    """Whether the invoice comes to this payment status within a minute."""
    for _ in range(300):
        if lago.invoices.find(lago_id).payment_status == status:
            return True
        time.sleep(0.2)
    return False


def customers() -> None:
    step("a customer without Stripe is created", upsert("plain").external_id == "plain")
    good = upsert("good", os.environ["GOOD_CUSTOMER"])
    step("one with Stripe is linked", good.billing_configuration.provider_customer_id == os.environ["GOOD_CUSTOMER"])
    upsert("bad", os.environ["BAD_CUSTOMER"])
    renamed = lago.customers.create(Customer(external_id="good", name="Acme SAS"))
    step("an update changes what was sent and nothing else", (renamed.name, renamed.email) == ("Acme SAS", good.email))
    step("a customer is found", lago.customers.find("good").lago_id == good.lago_id)
    listed = lago.customers.find_all({"per_page": 2})
    step("customers are listed page by page", len(listed["customers"]) == 2 and listed["meta"]["next_page"] == 2)
    step("a checkout page is made", lago.customers.checkout_url("good").startswith("http"))


def payments() -> None:
    paid, declined = invoice("good"), invoice("bad")
    step("an invoice is created", (paid.total_amount_cents, paid.status) == (AMOUNT, "finalized"))
    step("it is collected", becomes(paid.lago_id, "succeeded"))
    step("another one is declined", becomes(declined.lago_id, "failed"))
    step("a failed payment is retried", lago.invoices.retry_payment(declined.lago_id) is None)
    step("and declined again", _has_attempts(declined.lago_id, 2) and becomes(declined.lago_id, "failed"))
    (one,) = lago.payments.find_all({"invoice_id": paid.lago_id})["payments"]
    step("its payment is listed", (one.payment_status, one.amount_cents) == ("succeeded", AMOUNT))
    step("and found", lago.payments.find(one.lago_id).invoice_ids == [paid.lago_id])
    manual = lago.payments.create(Payment(invoice_id=declined.lago_id, amount_cents=1200, reference="transfer 1"))
    step("a manual payment is recorded", (manual.type, manual.reference) == ("manual", "transfer 1"))
    step("it lowers what is owed", lago.invoices.find(declined.lago_id).total_due_amount_cents == AMOUNT - 1200)
    listed = lago.invoices.find_all({"payment_status": "failed", "external_customer_id": "bad", "per_page": 1})
    step("invoices are listed with filters", [one.lago_id for one in listed["invoices"]] == [declined.lago_id])
    several = lago.invoices.find_all({"payment_statuses[]": ["failed", "succeeded"], "page": 1, "per_page": 1})
    step("and page by page", (several["meta"]["total_count"], several["meta"]["next_page"]) == (2, 2))
    pairs = InvoiceMetadataList(__root__=[InvoiceMetadata(key="order", value="8812")])
    step(
        "an invoice gets metadata", lago.invoices.update(Invoice(metadata=pairs), paid.lago_id).lago_id == paid.lago_id
    )
    page = lago.invoices.payment_url(declined.lago_id)
    step("a page is made on which it is paid", page.startswith("http"))
    step("the same page, while it is open", lago.invoices.payment_url(declined.lago_id) == page)
    step("a failed invoice is voided", lago.invoices.void(declined.lago_id).status == "voided")


def payment_methods() -> None:
    """The client has no `skip_psp`; the manual method says the same."""
    card = PaymentMethod(payment_method_type="provider", payment_method_id=_saved_method("good"))
    by_hand = invoice("good", PaymentMethod(payment_method_type="manual"))
    step("an invoice is charged to the method that it names", becomes(invoice("good", card).lago_id, "succeeded"))
    step("one with the manual method is not charged", _attempts(by_hand.lago_id) == 0)
    step("it is charged once that is asked for", lago.invoices.retry_payment(by_hand.lago_id, card) is None)
    step("to the method of the request", becomes(by_hand.lago_id, "succeeded") and _attempts(by_hand.lago_id) == 1)


def _saved_method(external_id: str) -> str:
    """Asked for as the client does otherwise, whose lists of what a customer has are sent without the key (1.55.0)."""
    url = f"{os.environ['LAGO_URL']}api/v1/customers/{external_id}/payment_methods"
    listed = send_get_request(url, headers=make_headers(api_key=os.environ["LAGO_API_KEY"])).json()
    return str(listed["payment_methods"][0]["lago_id"])


def webhook_endpoints() -> None:
    wanted = WebhookEndpoint(webhook_url=os.environ["WEBHOOK_URL"], event_types=["payment.succeeded"])
    made = lago.webhook_endpoints.create(wanted)
    step("a webhook endpoint is created", made.webhook_url == os.environ["WEBHOOK_URL"])
    step("and found", lago.webhook_endpoints.find(made.lago_id).event_types == ["payment.succeeded"])
    listed = lago.webhook_endpoints.find_all()["webhook_endpoints"]
    step("webhook endpoints are listed", [one.lago_id for one in listed] == [made.lago_id])
    changed = lago.webhook_endpoints.update(WebhookEndpoint(name="Books"), made.lago_id)
    step("one is changed", (changed.name, changed.webhook_url) == ("Books", made.webhook_url))
    lago.webhook_endpoints.destroy(made.lago_id)
    step("and destroyed", lago.webhook_endpoints.find_all()["webhook_endpoints"] == [])


def _attempts(lago_id: str) -> int:
    return len(lago.payments.find_all({"invoice_id": lago_id})["payments"])


def _has_attempts(lago_id: str, number: int) -> bool:
    for _ in range(300):
        if _attempts(lago_id) == number:
            return True
        time.sleep(0.2)
    return False


def errors() -> None:
    step("404 is its own error", refused(lambda: lago.customers.find("nobody"), 404, "customer_not_found"))
    step("405 is its own error", refused(lambda: lago.invoices.void(_paid()), 405, "not_voidable"))
    empty = OneOffInvoice(external_customer_id="good", currency="EUR")
    step("422 is its own error", refused(lambda: lago.invoices.create(empty), 422, "validation_errors"))
    step("nothing is paid twice", refused(lambda: lago.invoices.payment_url(_paid()), 422, "validation_errors"))
    step(
        "no linked provider is answered",
        refused(lambda: lago.customers.checkout_url("plain"), 422, "validation_errors"),
    )
    stranger: Any = Client(api_key="nobody's", api_url=os.environ["LAGO_URL"])
    try:
        stranger.customers.find("good")
    except LagoApiError as error:
        step("401 is its own error", error.status_code == 401)


def _paid() -> str:
    lago_id: str = lago.invoices.find_all({"payment_status": "succeeded"})["invoices"][0].lago_id
    return lago_id


if __name__ == "__main__":
    customers()
    payments()
    payment_methods()
    webhook_endpoints()
    errors()
