"""What a demo has: our API with a key, Stripe with a key, and a subscriber. Each step is a line with its time."""

import time
from typing import Any
from uuid import uuid4

import stripe
from botocore.exceptions import ClientError
from sandbox.deployment import STACK_NAME
from sandbox.stack import SECRET_KEY, Answer, Stack, request
from sandbox.subscriber import Subscriber

_REQUIRES_ACTION = "payment.requires_action"


class Stage:
    """One organization on a running stack."""

    def __init__(self, stack: Stack, started: float) -> None:
        self.stack = stack
        self.key = stack.issue_api_key()
        self.organization_id = self.key["organization_id"]
        self.subscriber = Subscriber(stack, self.organization_id)
        self.stripe = stripe.StripeClient(SECRET_KEY, base_addresses={"api": stack.stripe_url})
        self._started = started

    def say(self, text: str) -> None:
        """One line, with the seconds since the beginning."""
        print(f"{time.monotonic() - self._started:6.1f} s  {text}", flush=True)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the API that must succeed; its answer."""
        answer = self.try_call(method, path, body)
        if answer.status != 200:
            raise AssertionError(f"{method} {path} was answered {answer.status} {answer.body}")
        return answer.body

    def try_call(self, method: str, path: str, body: Any = None) -> Answer:
        """A request to the API; its answer, whatever it is."""
        return request(method, f"{self.stack.api_url}api/v1/{path}", body, api_key=self.key["api_key"])

    def customer(self, external_id: str) -> dict[str, Any]:
        """The customer's billing configuration."""
        found: dict[str, Any] = self.call("GET", f"customers/{external_id}")["customer"]["billing_configuration"]
        return found

    def save_card(self, provider_customer_id: str, payment_method: str) -> None:
        """What a checkout page does when a customer saves a card."""
        self.stripe.v1.setup_intents.create(
            {
                "customer": provider_customer_id,
                "payment_method": payment_method,
                "confirm": True,
                "usage": "off_session",
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )

    def set_default_card(self, provider_customer_id: str, payment_method: str) -> None:
        """What an application does that saves cards itself: attach one and make it the customer's default."""
        attached = self.stripe.v1.payment_methods.attach(payment_method, {"customer": provider_customer_id}).id
        self.stripe.v1.customers.update(
            provider_customer_id, {"invoice_settings": {"default_payment_method": attached}}
        )

    def wait_for_card(self, external_id: str) -> None:
        """Until Stripe's event about the customer's payment method has come."""
        self.stack.wait_for(f"{external_id}'s card", lambda: self.customer(external_id)["payment_method_id"])

    def invoice(self, external_id: str, amount: int, currency: str = "EUR") -> str:
        """An invoice made through the API; its id."""
        fee = {"add_on_code": "subscription", "units": 1, "unit_amount_cents": amount}
        body = {"invoice": {"external_customer_id": external_id, "currency": currency, "fees": [fee]}}
        lago_id: str = self.call("POST", "invoices", body)["invoice"]["lago_id"]
        return lago_id

    def put_item(self, external_id: str, **attributes: Any) -> str:
        """An invoice that the main application puts into the table itself; its id."""
        item = {
            "organization_id": {"S": self.organization_id},
            "lago_id": {"S": str(uuid4())},
            "external_customer_id": {"S": external_id},
            "currency": {"S": "EUR"},
        } | attributes
        self.stack.emulator.client("dynamodb").put_item(
            TableName=self.stack.outputs["InvoicesTable"],
            Item=item,
            ConditionExpression="attribute_not_exists(lago_id)",
        )
        return str(item["lago_id"]["S"])

    def is_refused_to_write_invoices(self, role: str) -> bool:
        """Whether IAM keeps this role of the template from putting an item into the invoices table."""
        emulator = self.stack.emulator
        arn = emulator.client("iam").get_role(RoleName=self._resource(role))["Role"]["Arn"]
        dynamodb = emulator.client("dynamodb", emulator.assume_role(arn))
        item = {"organization_id": {"S": self.organization_id}, "lago_id": {"S": "not-allowed"}}
        try:
            dynamodb.put_item(TableName=self.stack.outputs["InvoicesTable"], Item=item)
        except ClientError as error:
            return error.response["Error"]["Code"] == "AccessDeniedException"
        return False

    def run_the_schedule(self) -> None:
        """What happens each minute: what is due is handed out."""
        self.stack.emulator.client("lambda").invoke(FunctionName=self._resource("HandOutDueFunction"), Payload="{}")

    def _resource(self, logical_id: str) -> str:
        """The name of a resource of the template in the stack."""
        resource = self.stack.emulator.client("cloudformation").describe_stack_resource(
            StackName=STACK_NAME, LogicalResourceId=logical_id
        )
        name: str = resource["StackResourceDetail"]["PhysicalResourceId"]
        return name

    def pay_on_page(self, url: str, payment_method: str) -> None:
        """What a customer does who is led to a payment link: authenticate where the card wants it, and pay."""
        (page,) = [session for session in self.stripe.v1.checkout.sessions.list().data if session.url == url]
        path = f"_sandbox/checkout/{page.id}/complete"
        answer = request("POST", f"{self.stack.stripe_url}/{path}", {"payment_method": payment_method})
        if answer.status != 200:
            raise AssertionError(f"the page {page.id} was answered {answer.status} {answer.body}")

    def wait_for_page(self, lago_id: str) -> str:
        """The URL to which a subscriber is to lead the customer of an invoice."""

        def notified() -> str | None:
            asked = [body["payment"] for body in self.subscriber.received() if body["webhook_type"] == _REQUIRES_ACTION]
            urls = [one["next_action"]["redirect_to_url"]["url"] for one in asked if one["lago_payable_id"] == lago_id]
            return urls[0] if urls else None

        url: str = self.stack.wait_for(f"the page of invoice {lago_id}", notified)
        return url

    def find_invoice(self, lago_id: str) -> dict[str, Any] | None:
        """The invoice, or None if Paystream has not taken it in yet."""
        answer = self.try_call("GET", f"invoices/{lago_id}")
        return answer.body["invoice"] if answer.status == 200 else None

    def wait_for_status(self, lago_id: str, status: str) -> dict[str, Any]:
        """The invoice, once it has this payment status."""

        def reached() -> dict[str, Any] | None:
            invoice = self.find_invoice(lago_id)
            return invoice if invoice and invoice["payment_status"] == status else None

        found: dict[str, Any] = self.stack.wait_for(f"invoice {lago_id} to be {status}", reached)
        return found

    def payment(self, lago_id: str) -> dict[str, Any] | None:
        """The newest payment of an invoice."""
        payments: list[dict[str, Any]] = self.call("GET", f"payments?invoice_id={lago_id}")["payments"]
        return payments[0] if payments else None
