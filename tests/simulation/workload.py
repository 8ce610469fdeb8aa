"""The people of one world: organizations that bill, customers with cards, operators who rotate keys."""

import contextlib
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import stripe
from paystream.model.identifiers import payment_id
from sandbox.stripe.accounts import Account
from sandbox.stripe.errors import ApiError

from .world import World

BY_TRANSFER = "customer_balance"
_CUSTOMER_KINDS = (
    ("pm_card_visa", 60),
    ("pm_card_chargeCustomerFail", 12),
    ("pm_card_authenticationRequired", 6),
    ("pm_usBankAccount_success", 8),
    ("pm_usBankAccount_insufficientFunds", 4),
    (BY_TRANSFER, 5),
    ("", 4),
    ("unlinked", 1),
    ("created", 3),
)
"""What a customer pays with: a token of Stripe's testing pages; a bank transfer; nothing yet; nobody at Stripe; made by
Paystream.
"""

_TYPES = ["card", "us_bank_account"]
_INVOICE_KINDS = (
    ("api", 50),
    ("put", 34),
    ("put twice", 4),
    ("put over", 5),
    ("malformed", 3),
    ("nothing owed", 2),
    ("too small", 1),
    ("for nobody", 1),
)
_DISTURBANCES = (
    ("card", 20),
    ("gone", 10),
    ("relink", 10),
    ("rename", 10),
    ("rotate", 10),
    ("refuse", 10),
    ("reconnect", 10),
    ("retry", 30),
    ("link", 15),
    ("page", 30),
    ("void", 3),
    ("refund", 20),
    ("transfer", 20),
)
_NEW_CARDS = ("pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_mastercard", "pm_card_authenticationRequired")
_PAYS_UP = 0.85
_MOST_TRIES = 60


@dataclass(slots=True)
class Payer:
    """A customer of an organization, and who that is at Stripe."""

    organization_id: str
    external_id: str
    code: str
    kind: str
    provider_customer_id: str | None = None


@dataclass(slots=True)
class Connection:
    """A Stripe account that an organization has connected, and the key it uses now."""

    organization_id: str
    code: str
    account: Account
    secret_key: str
    refused_until: float = 0.0


@dataclass(slots=True)
class Workload:
    """Brings `invoices` invoices into the world, and now and then a disturbance."""

    world: World
    invoices: int
    connections: list[Connection] = field(default_factory=list)
    payers: list[Payer] = field(default_factory=list)
    brought: int = 0
    expected: dict[tuple[str, str], str] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)
    open_requests: int = 0
    put_items: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=200))
    recent: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=200))
    name: str = "application"
    _own_keys: set[str] = field(default_factory=set)

    def next_at(self, now: float) -> float | None:
        return now if self.brought < self.invoices and self.open_requests < 8 else None

    def start(self) -> None:
        """One thing that an application does: a new invoice, mostly."""
        self.bring_invoice(self._drawn(_INVOICE_KINDS))

    def set_up(self) -> None:
        """Connect the accounts and store the customers, in calm weather."""
        random = self.world.random
        organizations = [self.world.new_id() for _ in range(random.randint(1, 2))]
        for organization_id in organizations:
            for number in range(random.randint(1, 2)):
                self.connect(organization_id, f"stripe-{number}")
        for number in range(max(8, min(400, self.invoices // 12))):
            self.add_payer(random.choice(self.connections), f"customer-{number}", self._drawn(_CUSTOMER_KINDS))
        self.settle()

    def settle(self) -> None:
        self.world.run(self.world.clock.now() + 60)

    def bring_invoice(self, kind: str) -> None:
        self.brought += 1
        payer = self.world.random.choice(self.payers)
        match kind:
            case "api":
                self.request_invoice(payer, self._amount())
            case "nothing owed":
                self.request_invoice(payer, 0)
            case "too small":
                self.request_invoice(payer, 10)
            case "for nobody":
                self.put(self.item(payer) | {"external_customer_id": {"S": "nobody"}}, "for nobody")
            case "malformed":
                self.put(self.item(payer) | self._mistake(), "malformed")
            case "put twice":
                item = self.item(payer)
                self.put(item, "put")
                self.put(item, "put")
            case "put over" if self.put_items:
                self.put(self.world.random.choice(self.put_items), "put", over=True)
            case _:
                item = self.item(payer)
                self.put_items.append(item)
                self.put(item, "put")

    def disturb(self) -> None:
        """One thing that happens to a customer, to an account, or to an invoice that failed."""
        random = self.world.random
        payer, connection = random.choice(self.payers), random.choice(self.connections)
        what = self._drawn(_DISTURBANCES)
        self.world.trace.note("disturb", what)
        self.world.weather.counts[f"disturbance: {what}"] += 1
        happen: dict[str, Callable[[], None]] = {
            "card": lambda: self.change_card(payer, random.choice(_NEW_CARDS)),
            "gone": lambda: self.remove_cards(payer),
            "relink": lambda: self.link(payer, self.stripe_customer(payer, "pm_card_visa")),
            "rename": lambda: self.rename(payer),
            "rotate": lambda: self.rotate(connection),
            "refuse": lambda: self.refuse_key(connection, for_seconds=random.random() * 6 * 3600),
            "reconnect": lambda: self.put_connection(connection),
            "retry": lambda: self._of_a_failed_invoice("retry_payment"),
            "link": lambda: self._of_a_failed_invoice("payment_url"),
            "page": lambda: self._use_some_page(connection),
            "void": lambda: self._of_a_failed_invoice("void"),
            "refund": self._refund_some_payment,
            "transfer": self._transfer_something,
        }
        happen[what]()

    def rename(self, payer: Payer) -> None:
        """The application changes a customer of its own."""
        name = f"Name {self.world.random.randrange(1000)}"
        body = {"customer": self._customer(payer) | {"name": name}}
        self.request("POST", "/api/v1/customers", payer.organization_id, body)

    def _of_a_failed_invoice(self, action: str) -> None:
        """Ask for something to be done about one of the invoices that were brought lately and failed."""
        table = self.world.database.tables["InvoicesTable"]
        for key in self.world.random.sample(self.recent, min(20, len(self.recent))):
            item = table.get(key)
            if item and item.get("payment_status") == {"S": "failed"}:
                resource = f"/api/v1/invoices/{{lago_id}}/{action}"
                self.request("POST", resource, key[0], None, parameters={"lago_id": key[1]})
                return

    def _refund_some_payment(self) -> None:
        """All, or a part, of the last payment of one of the invoices that were brought lately and paid."""
        table = self.world.database.tables["InvoicesTable"]
        for key in self.world.random.sample(self.recent, min(20, len(self.recent))):
            item = table.get(key) or {}
            is_paid = item.get("payment_status") == {"S": "succeeded"} and item["total_amount_cents"] != {"N": "0"}
            if is_paid and item["attempt"] != {"N": "0"}:
                share = self.world.random.choice((None, 0.3, 0.6))
                amount = int(share * int(item["total_amount_cents"]["N"])) if share else None
                self.refund(key[0], payment_id(*key, int(item["attempt"]["N"])), amount)
                return

    def refund(self, organization_id: str, lago_id: str, amount: int | None) -> None:
        """Ask for a refund of a payment, and again under the same key until there is an answer."""
        body = {"refund": {"amount_cents": amount, "reason": "requested_by_customer"}}
        resource = "/api/v1/payments/{lago_id}/refunds"
        headers = {"Idempotency-Key": self.world.new_id()}
        self.request("POST", resource, organization_id, body, parameters={"lago_id": lago_id}, headers=headers)

    def change_card(self, payer: Payer, token: str) -> None:
        """The customer saves another method and makes it the default."""
        if payer.provider_customer_id is None:
            return
        client = self.client(payer)
        method = client.v1.payment_methods.attach(token, {"customer": payer.provider_customer_id})
        client.v1.customers.update(
            payer.provider_customer_id, {"invoice_settings": {"default_payment_method": method.id}}
        )

    def _use_some_page(self, connection: Connection) -> None:
        """Somebody who was led to a page tries to pay there, with a card that may be declined."""
        is_open = [
            page
            for page in connection.account.checkout_sessions
            if page["status"] == "open" and page["mode"] == "payment"
        ]
        if is_open:
            page, card = self.world.random.choice(is_open), self.world.random.choice(_NEW_CARDS)
            by_transfer = page["payment_method_types"] == [BY_TRANSFER]
            self._try_on_page(page["id"], "pm_customerBalance" if by_transfer else card)

    def _try_on_page(self, page_id: str, token: str) -> None:
        with contextlib.suppress(ApiError):
            self.world.stripe.control.complete_checkout(page_id, token)

    def use_page(self, payer: Payer, token: str) -> None:
        """The customer tries to pay on the page that is open, if there is one; a card may be declined there."""
        sessions = self.client(payer).v1.checkout.sessions.list({"customer": str(payer.provider_customer_id)}).data
        for page in [session for session in sessions if session.status == "open"][:1]:
            self._try_on_page(page.id, token)

    def _transfer_something(self) -> None:
        by_transfer = [payer for payer in self.payers if payer.kind == BY_TRANSFER]
        if by_transfer:
            self.transfer(self.world.random.choice(by_transfer), self._amount())

    def transfer(self, payer: Payer, amount: int) -> None:
        """Money of the customer arrives at Stripe, in cents."""
        if payer.provider_customer_id is not None:
            self.world.stripe.control.fund_customer_balance(payer.provider_customer_id, amount, "usd")

    def remove_cards(self, payer: Payer) -> None:
        if payer.provider_customer_id is None:
            return
        client = self.client(payer)
        for method in client.v1.customers.payment_methods.list(payer.provider_customer_id).data:
            client.v1.payment_methods.detach(method.id)

    def rotate(self, connection: Connection) -> None:
        """A new key; the old one ends in an hour, whether the new one is stored by then or not."""
        old = connection.secret_key
        connection.secret_key = self.world.stripe.control.add_key(connection.account.id)
        self.world.stripe.control.expire_key(old, expires_in=3600.0)
        self.put_connection(connection)

    def refuse_key(self, connection: Connection, *, for_seconds: float) -> None:
        """The key is revoked; the operator notices after a while and connects again with a new one."""
        self.world.stripe.control.expire_key(connection.secret_key)
        connection.secret_key = self.world.stripe.control.add_key(connection.account.id)
        self.world.scheduler.at(self.world.clock.now() + for_seconds, lambda: self.put_connection(connection))

    def pay_up(self) -> None:
        """Most customers who have no card by now save one: some never do."""
        for payer in self.payers:
            if payer.kind == BY_TRANSFER:
                self.transfer(payer, self._amount())
            elif self.world.random.random() < _PAYS_UP and not self._has_card(payer):
                self.change_card(payer, "pm_card_visa")

    def _has_card(self, payer: Payer) -> bool:
        """Whether somebody at Stripe has a default method; true of who is nobody there."""
        if payer.provider_customer_id is None:
            return True
        customer = self.client(payer).v1.customers.retrieve(payer.provider_customer_id)
        return bool(customer.invoice_settings and customer.invoice_settings.default_payment_method)

    def reconnect_all(self) -> None:
        for connection in self.connections:
            self.put_connection(connection)

    def connect(self, organization_id: str, code: str) -> Connection:
        """Connect a new account, in calm weather."""
        secret_key = f"sk_test_{self.world.random.getrandbits(96):024x}"
        account = self.world.add_account(secret_key)
        connection = Connection(organization_id, code, account, secret_key)
        self.connections.append(connection)
        self.put_connection(connection)
        self.settle()
        return connection

    def put_connection(self, connection: Connection) -> None:
        body = {"integration": {"secret_key": connection.secret_key, "name": "Acme Billing"}}
        resource = "/api/v1/integrations/stripe/{code}"
        self.request("PUT", resource, connection.organization_id, body, parameters={"code": connection.code})

    def add_payer(self, connection: Connection, external_id: str, kind: str) -> Payer:
        """Store a new customer, in calm weather."""
        payer = Payer(connection.organization_id, external_id, connection.code, kind)
        self.payers.append(payer)
        if kind in ("unlinked", "created"):
            body = self._customer(payer)
            if kind == "created":
                body["email"] = f"{external_id}@example.com"
                body["billing_configuration"] = self._billing(payer) | {"sync_with_provider": True}
            self.request("POST", "/api/v1/customers", payer.organization_id, {"customer": body})
        else:
            self.link(payer, self.stripe_customer(payer, "" if kind == BY_TRANSFER else kind))
        self.settle()
        return payer

    def link(self, payer: Payer, provider_customer_id: str) -> None:
        payer.provider_customer_id = provider_customer_id
        billing = self._billing(payer) | {"provider_customer_id": provider_customer_id}
        body = self._customer(payer) | {"billing_configuration": billing}
        self.request("POST", "/api/v1/customers", payer.organization_id, {"customer": body})

    def _billing(self, payer: Payer) -> dict[str, Any]:
        types = [BY_TRANSFER] if payer.kind == BY_TRANSFER else _TYPES
        return {"payment_provider": "stripe", "payment_provider_code": payer.code, "provider_payment_methods": types}

    def _customer(self, payer: Payer) -> dict[str, Any]:
        return {"external_id": payer.external_id, "name": "Acme"}

    def stripe_customer(self, payer: Payer, token: str) -> str:
        client = self.client(payer)
        customer = client.v1.customers.create({"name": "Acme"}).id
        if token:
            method = client.v1.payment_methods.attach(token, {"customer": customer})
            client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})
        return customer

    def client(self, payer: Payer) -> stripe.StripeClient:
        """As somebody of the company itself uses Stripe, whose own key is always good."""
        return self.world.stripe_as(self._own_key(payer))

    def _own_key(self, payer: Payer) -> str:
        connection = next(
            one for one in self.connections if (one.organization_id, one.code) == (payer.organization_id, payer.code)
        )
        key = f"sk_test_own{connection.account.id}"
        if key not in self._own_keys:
            self._own_keys.add(key)
            self.world.stripe.control.add_key(connection.account.id, value=key)
        return key

    def request_invoice(self, payer: Payer, amount: int, **more: Any) -> None:
        """Create an invoice through the API."""
        owed = {"external_customer_id": payer.external_id, "currency": "USD", "total_amount_cents": amount}
        body = {"invoice": owed | more}
        headers = {"Idempotency-Key": self.world.new_id()}

        def answered(status: int, text: str) -> None:
            if status == 200:
                lago_id = json.loads(text)["invoice"]["lago_id"]
                self._note((payer.organization_id, lago_id), "api")

        self.request("POST", "/api/v1/invoices", payer.organization_id, body, headers=headers, answered=answered)

    def request(
        self,
        method: str,
        resource: str,
        organization_id: str,
        body: Any,
        *,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        answered: Callable[[int, str], None] | None = None,
        tries: int = 0,
    ) -> None:
        """Send a request, and again until there is an answer that says that sending it again is no use."""
        self.open_requests += 1

        def done(status: int | None, text: str) -> None:
            self.open_requests -= 1
            if status in (200, 201) and answered is not None:
                answered(status, text)
            elif status is None or status in (409, 429) or status >= 500 or "third_party_error" in text:
                if tries >= _MOST_TRIES:
                    self.world.invariants.complain(f"{method} {resource} was answered with {status} {tries} times")
                    return
                pause = min(3600.0, 2.0**tries) * (0.5 + self.world.random.random())
                again = self.world.clock.now() + pause
                self.world.scheduler.at(
                    again,
                    lambda: self.request(
                        method, resource, organization_id, body,
                        parameters=parameters, headers=headers, answered=answered, tries=tries + 1,
                    ),
                )  # fmt: skip
            elif status >= 400:
                self.refused[status] = self.refused.get(status, 0) + 1

        self.world.request(
            method, resource, done, organization_id=organization_id, body=body, parameters=parameters, headers=headers
        )

    def item(self, payer: Payer) -> dict[str, Any]:
        return {
            "organization_id": {"S": payer.organization_id},
            "lago_id": {"S": self.world.new_id()},
            "external_customer_id": {"S": payer.external_id},
            "currency": {"S": "USD"},
            "total_amount_cents": {"N": str(self._amount())},
        }

    def _mistake(self) -> dict[str, Any]:
        return self.world.random.choice(
            (
                {"currency": {"S": "dollars"}},
                {"total_amount_cents": {"N": "12.5"}},
                {"total_amount_cents": {"S": "4200"}},
                {"total_amount_cents": {"N": "-1"}},
                {"external_customer_id": {"NULL": True}},
                {"fees": {"M": {}}},
            )
        )

    def put(self, item: dict[str, Any], kind: str, *, over: bool = False) -> None:
        """What an application does without Paystream: it writes the table itself."""
        key = (item["organization_id"]["S"], item["lago_id"]["S"])
        condition = {} if over else {"ConditionExpression": "attribute_not_exists(lago_id)"}
        database = self.world.database
        try:
            database.put_item(TableName="InvoicesTable", Item=item, **condition)
        except database.exceptions.ConditionalCheckFailedException:
            return
        self._note(key, kind)

    def _note(self, key: tuple[str, str], kind: str) -> None:
        self.expected[key] = kind
        self.recent.append(key)

    def _amount(self) -> int:
        return self.world.random.randint(100, 100_000)

    def _drawn(self, kinds: tuple[tuple[str, int], ...]) -> str:
        names, weights = zip(*kinds, strict=True)
        drawn: str = self.world.random.choices(names, weights)[0]
        return drawn
