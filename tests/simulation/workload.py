"""The people of one world: organizations that bill, customers with cards, operators who rotate keys."""

import contextlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import stripe
from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item
from sandbox.stripe.accounts import Account
from sandbox.stripe.errors import ApiError

from .wallets import BESIDES, BY_TRANSFER, KINDS, SEVERAL, wallet_of
from .world import World

Answered = Callable[[int, str], None]

CODE = "/api/v1/integrations/stripe/{code}"

SCOPES = (
    "accounts_kyc_basic",
    "webhook",
    "customer",
    "payment_method",
    "setup_intent",
    "payment_intent",
    "checkout_session",
    "charge",
    "dispute",
    "event",
)
"""Of what a restricted key may do, all that the Stripe sandbox knows. Refunds go by that of charges."""
ALL_PERMISSIONS = tuple(f"rak_{scope}_write" for scope in SCOPES)

_INVOICE_KINDS = (
    ("api", 48),
    ("api twice at once", 2),
    ("put", 34),
    ("put twice", 4),
    ("replace", 5),
    ("malformed", 3),
    ("nothing owed", 2),
    ("too small", 1),
    ("for nobody", 1),
)
_BY_API: dict[str, tuple[int | None, int]] = {
    "api": (None, 1),
    "api twice at once": (None, 2),
    "nothing owed": (0, 1),
    "too small": (10, 1),
}
"""What is owed, if it is not drawn, and how often it is asked for at once."""
_REFUSED = (stripe.CardError, stripe.InvalidRequestError)
_PAYS_UP = 0.85
_AGREES = 0.7
_FALLS_BACK = 0.7
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
    """A Stripe account that an organization has connected, and the key it uses now. `is_moving`: its account goes
    from or to this code.
    """

    organization_id: str
    code: str
    account: Account
    secret_key: str
    refunds_second_payments: bool = False
    falls_back: bool = False
    is_moving: bool = False


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
    backup: dict[Key, tuple[Item, str]] = field(default_factory=dict)
    """Of the invoices table, as it was when it was taken; and what kind of invoice each was."""
    moves: int = 0
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
                goes_back, restricted = random.random() < 0.5, random.random() < 0.3
                self.connect(
                    organization_id,
                    f"stripe-{number}",
                    refunds_second_payments=goes_back,
                    falls_back=random.random() < _FALLS_BACK,
                    restricted=restricted,
                )
        for number in range(max(8, min(400, self.invoices // 12))):
            self.add_payer(random.choice(self.connections), f"customer-{number}", self._drawn(KINDS))
        self.settle()

    def settle(self) -> None:
        self.world.run(self.world.clock.now() + 60)

    def bring_invoice(self, kind: str) -> None:
        self.brought += 1
        payer = self.world.random.choice(self.payers)
        if kind in _BY_API:
            amount, times = _BY_API[kind]
            self.request_invoice(payer, self._amount() if amount is None else amount, times=times)
            return
        match kind:
            case "for nobody":
                self.put(self.item(payer) | {"external_customer_id": {"S": "nobody"}}, "for nobody")
            case "malformed":
                self.put(self.item(payer) | self.mistake(), "malformed")
            case "put twice":
                item = self.item(payer)
                self.put(item, "put")
                self.put(item, "put")
            case "replace" if self.put_items:
                self.put(self.world.random.choice(self.put_items), "put", over=True)
            case _:
                item = self.item(payer)
                self.put_items.append(item)
                self.put(item, "put")

    def rename(self, payer: Payer) -> None:
        """The application changes a customer of its own."""
        self._store(payer, name=f"Name {self.world.random.randrange(1000)}")

    def pay_by_hand(self, key: tuple[str, str], amount: int, *, times: int = 1) -> None:
        """Record money for an invoice that came outside of Stripe, in cents; so many times at once, under one key."""
        body = {"payment": {"invoice_id": key[1], "amount_cents": amount, "reference": "transfer 8812"}}
        headers = {"Idempotency-Key": self.world.new_id()}
        for _ in range(times):
            self.request("POST", "/api/v1/payments", key[0], body, headers=headers)

    def collect_again(self, intent_id: str, card: str = "pm_card_visa") -> None:
        """A holder of the account's key charges a card under the name of this intent's payment, or later."""
        connection = next(one for one in self.connections if one.account.payment_intents.get(intent_id))
        client = self.client_of(connection)
        known = client.v1.payment_intents.retrieve(intent_id)
        wanted: Any = {
            "amount": known.amount,
            "currency": known.currency,
            "customer": str(known.customer),
            "metadata": {**(known.metadata.to_dict() if known.metadata else {}), "made_by": "another system"},
        }
        charged = {"payment_method": card, "confirm": True, "off_session": True} if card else {}
        with contextlib.suppress(*_REFUSED):
            client.v1.payment_intents.create(wanted | charged)

    def collect_under(self, payer: Payer, name: Mapping[str, Any], amount: int) -> None:
        """A holder of the account's key charges the customer under a name of Paystream's."""
        wanted: Any = {
            "amount": amount,
            "currency": wallet_of(payer.kind).currency.lower(),
            "customer": str(payer.provider_customer_id),
            "metadata": {**name, "made_by": "another system"},
            "payment_method": "pm_card_visa",
            "confirm": True,
            "off_session": True,
        }
        with contextlib.suppress(*_REFUSED):
            self.client(payer).v1.payment_intents.create(wanted)

    def confirm(self, intent_id: str, token: str, *, takes: float = 3.0) -> None:
        """The customer, or another system, pays with an intent that is there; a debit takes so many seconds. What is
        declined can be tried again. A customer who is gone pays no more.
        """
        connection = next(one for one in self.connections if one.account.payment_intents.get(intent_id))
        client, settings = self.client_of(connection), self.world.stripe.world.settings
        customer = str(client.v1.payment_intents.retrieve(intent_id).customer)
        usual, settings.settlement_delay = settings.settlement_delay, takes
        with contextlib.suppress(*_REFUSED):
            method = client.v1.payment_methods.attach(token, {"customer": customer})
            terms: Any = {"payment_method": method.id, "return_url": "https://shop.example.com/"}
            client.v1.payment_intents.confirm(intent_id, terms)
        settings.settlement_delay = usual

    def refund(self, organization_id: str, lago_id: str, amount: int | None, *, times: int = 1) -> None:
        """Ask for a refund of a payment, and again under the same key until there is an answer; so many times
        at once.
        """
        body = {"refund": {"amount_cents": amount, "reason": "requested_by_customer"}}
        resource = "/api/v1/payments/{lago_id}/refunds"
        headers = {"Idempotency-Key": self.world.new_id()}
        for _ in range(times):
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

    def try_on_page(self, page_id: str, token: str) -> None:
        """What is declined there can be tried again."""
        with contextlib.suppress(ApiError):
            self.world.stripe.control.complete_checkout(page_id, token)

    def use_page(self, payer: Payer, token: str) -> None:
        """The customer tries to pay on the page that is open, if there is one; a card may be declined there."""
        sessions = self.client(payer).v1.checkout.sessions.list({"customer": str(payer.provider_customer_id)}).data
        for page in [session for session in sessions if session.status == "open"][:1]:
            self.try_on_page(page.id, token)

    def transfer(self, payer: Payer, amount: int | None = None) -> None:
        """Money of the customer arrives at Stripe, in cents; some, if it is not said how much."""
        if payer.provider_customer_id is not None:
            control, arriving = self.world.stripe.control, amount or self._amount()
            control.fund_customer_balance(payer.provider_customer_id, arriving, "usd")

    def remove_cards(self, payer: Payer) -> None:
        if payer.provider_customer_id is None:
            return
        client = self.client(payer)
        for method in client.v1.customers.payment_methods.list(payer.provider_customer_id).data:
            client.v1.payment_methods.detach(method.id)

    def rotate(self, connection: Connection) -> None:
        """A new key; the old one ends in an hour, whether the new one is stored by then or not."""
        old = connection.secret_key
        connection.secret_key = self._new_key(connection.account.id, old)
        self.world.stripe.control.expire_key(old, expires_in=3600.0)
        self.put_connection(connection)

    def refuse_key(self, connection: Connection, *, for_seconds: float) -> None:
        """The key is revoked; the operator notices after a while and connects again with a new one."""
        old = connection.secret_key
        self.world.stripe.control.expire_key(old)
        connection.secret_key = self._new_key(connection.account.id, old)
        later = self.world.clock.now() + for_seconds
        self.world.scheduler.at(later, lambda: None if connection.is_moving else self.put_connection(connection))

    def _new_key(self, account_id: str, old: str) -> str:
        """Of the kind of the one before; a restricted one may do all."""
        kind = old.partition("_")[0]
        return self.world.stripe.control.add_key(account_id, kind=kind, permissions=ALL_PERMISSIONS)

    def pay_up(self) -> None:
        """Most customers who have no card by now save one: some never do."""
        for payer in self.payers:
            if payer.kind == BY_TRANSFER:
                self.transfer(payer)
            elif self.world.random.random() < _PAYS_UP and not self._has_card(payer):
                self.change_card(payer, wallet_of(payer.kind).tokens[0])

    def _has_card(self, payer: Payer) -> bool:
        """Whether a customer of Stripe has a default method; true of one that is not there."""
        if payer.provider_customer_id is None:
            return True
        customer = self.client(payer).v1.customers.retrieve(payer.provider_customer_id)
        return bool(customer.invoice_settings and customer.invoice_settings.default_payment_method)

    def reconnect_all(self) -> None:
        for connection in self.connections:
            if not connection.is_moving:
                self.put_connection(connection)

    def are_all_connected(self) -> bool:
        """Whether each code that the operator wants is there: one that was left for a while comes back hours later."""
        connected = {key for key, _ in self.world.database.tables["IntegrationsTable"].items()}
        return all((one.organization_id, one.code) in connected for one in self.connections)

    def tidy_up(self) -> None:
        """A request that was sent again late may have connected a code again that had been left, or linked a customer
        there.
        """
        codes = {(one.organization_id, one.code) for one in self.connections}
        connected = {key for key, _ in self.world.database.tables["IntegrationsTable"].items()}
        for organization_id, code in sorted(connected - codes):
            self.request("DELETE", CODE, organization_id, None, parameters={"code": code})
        customers = self.world.database.tables["CustomersTable"]
        for payer in self.payers:
            stored = customers.get((payer.organization_id, payer.external_id)) or {}
            if stored.get("payment_provider_code", {"S": payer.code}) != {"S": payer.code}:
                self.link_again(payer)

    def connect(
        self,
        organization_id: str,
        code: str,
        *,
        refunds_second_payments: bool = False,
        falls_back: bool = False,
        restricted: bool = False,
    ) -> Connection:
        """Connect a new account, in calm weather, with a secret key or with a restricted one that may do all."""
        secret_key = f"sk_test_{self.world.random.getrandbits(96):024x}"
        account = self.world.add_account(secret_key)
        if restricted:
            secret_key = self._new_key(account.id, "rk_")
        connection = Connection(
            organization_id,
            code,
            account,
            secret_key,
            refunds_second_payments=refunds_second_payments,
            falls_back=falls_back,
        )
        self.connections.append(connection)
        self.put_connection(connection)
        self.settle()
        return connection

    def put_connection(self, connection: Connection, answered: Answered | None = None) -> None:
        values: dict[str, Any] = {"secret_key": connection.secret_key, "name": "Acme Billing"}
        if connection.refunds_second_payments:
            values["refund_second_payments"] = True
        if connection.falls_back:
            values["fallback_payment_methods"] = True
        self.request(
            "PUT",
            CODE,
            connection.organization_id,
            {"integration": values},
            parameters={"code": connection.code},
            answered=answered,
        )

    def add_payer(self, connection: Connection, external_id: str, kind: str) -> Payer:
        """Store a new customer, in calm weather."""
        payer = Payer(connection.organization_id, external_id, connection.code, kind)
        self.payers.append(payer)
        if kind == "unlinked":
            self._store(payer)
        elif kind == "created":
            self._link_by_creating(payer)
        else:
            self.link(payer, self.stripe_customer(payer, "" if kind == BY_TRANSFER else kind))
        if kind == SEVERAL:
            self._add_methods(payer)
            if connection.falls_back and self.world.random.random() < _AGREES:
                self.agree(payer)
        self.settle()
        return payer

    def _add_methods(self, payer: Payer) -> None:
        """Further methods on file. The invariant looks from then on: nobody has agreed yet."""
        customer = str(payer.provider_customer_id)
        for token in BESIDES:
            self.client(payer).v1.payment_methods.attach(token, {"customer": customer})
        self.world.invariants.money.fallbacks.agreed[customer] = False

    def agree(self, payer: Payer) -> None:
        """The customer agrees that another method is charged where one is declined."""
        self.world.invariants.money.fallbacks.agreed[str(payer.provider_customer_id)] = True
        consent = {"given_by": "Ann Acme", "given_at": "2026-11-20T09:30:00Z", "given_how": "terms of 2026-11"}
        self._store(payer, fallback_payment_consent=consent)
        self.settle()

    def link(self, payer: Payer, provider_customer_id: str) -> None:
        payer.provider_customer_id = provider_customer_id
        self._link(payer, provider_customer_id)

    def _link(self, payer: Payer, provider_customer_id: str) -> None:
        billing = self._billing(payer) | {"provider_customer_id": provider_customer_id}
        self._store(payer, billing_configuration=billing)

    def _link_by_creating(self, payer: Payer) -> None:
        """Paystream makes the customer at Stripe."""
        billing = self._billing(payer) | {"sync_with_provider": True}
        self._store(payer, email=f"{payer.external_id}@example.com", billing_configuration=billing)

    def _store(self, payer: Payer, **changes: Any) -> None:
        body = {"customer": {"external_id": payer.external_id, "name": "Acme"} | changes}
        self.request("POST", "/api/v1/customers", payer.organization_id, body)

    def switch_types(self, payer: Payer, *types: str) -> None:
        """The application says with what the customer pays from now on; without types, with the usual ones."""
        billing = self._billing(payer) | ({"provider_payment_methods": list(types)} if types else {})
        self._store(payer, billing_configuration=billing)

    def link_again(self, payer: Payer) -> None:
        """Under the code by which the customer's account goes; a customer who is made by Paystream may not be there
        yet.
        """
        stored = self.world.database.tables["CustomersTable"].get((payer.organization_id, payer.external_id)) or {}
        known = payer.provider_customer_id or stored.get("provider_customer_id", {}).get("S")
        if known:
            self._link(payer, known)
        elif payer.kind == "created":
            self._link_by_creating(payer)

    def _billing(self, payer: Payer) -> dict[str, Any]:
        types = list(wallet_of(payer.kind).types)
        return {"payment_provider": "stripe", "payment_provider_code": payer.code, "provider_payment_methods": types}

    def stripe_customer(self, payer: Payer, token: str) -> str:
        client = self.client(payer)
        customer = client.v1.customers.create({"name": "Acme"}).id
        if token:
            method = client.v1.payment_methods.attach(token, {"customer": customer})
            client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})
        return customer

    def client(self, payer: Payer) -> stripe.StripeClient:
        """Of the account through which the customer pays."""
        code = (payer.organization_id, payer.code)
        return self.client_of(next(one for one in self.connections if (one.organization_id, one.code) == code))

    def client_of(self, connection: Connection) -> stripe.StripeClient:
        """As a person of the company itself uses Stripe, whose own key is always good."""
        key = f"sk_test_own{connection.account.id}"
        if key not in self._own_keys:
            self._own_keys.add(key)
            self.world.stripe.control.add_key(connection.account.id, value=key)
        return self.world.stripe_as(key)

    def request_invoice(self, payer: Payer, amount: int, *, times: int = 1, **more: Any) -> None:
        """Create an invoice through the API; asked for so many times at once, under one key."""
        currency = wallet_of(payer.kind).currency
        owed = {"external_customer_id": payer.external_id, "currency": currency, "total_amount_cents": amount}
        body = {"invoice": owed | more}
        headers = {"Idempotency-Key": self.world.new_id()}

        def answered(status: int, text: str) -> None:
            if status == 200:
                lago_id = json.loads(text)["invoice"]["lago_id"]
                self._note((payer.organization_id, lago_id), "api")

        for _ in range(times):
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
        query: str = "",
        answered: Answered | None = None,
        tries: int = 0,
    ) -> None:
        """Send a request, and again until there is an answer that says that sending it again is no use."""
        self.open_requests += 1

        def done(status: int | None, text: str) -> None:
            self.open_requests -= 1
            is_gone_already = method == "DELETE" and status == 404
            if answered is not None and status is not None and (status in (200, 201) or is_gone_already):
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
                        parameters=parameters, headers=headers, query=query, answered=answered, tries=tries + 1,
                    ),
                )  # fmt: skip
            elif status >= 400:
                self.refused[status] = self.refused.get(status, 0) + 1

        self.world.request(
            method,
            resource,
            done,
            organization_id=organization_id,
            body=body,
            parameters=parameters,
            headers=headers,
            query=query,
        )

    def item(self, payer: Payer) -> dict[str, Any]:
        return {
            "organization_id": {"S": payer.organization_id},
            "lago_id": {"S": self.world.new_id()},
            "external_customer_id": {"S": payer.external_id},
            "currency": {"S": wallet_of(payer.kind).currency},
            "total_amount_cents": {"N": str(self._amount())},
        }

    def mistake(self) -> dict[str, Any]:
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
        self.world.invariants.put_by_applications.add(key)
        condition = {} if over else {"ConditionExpression": "attribute_not_exists(lago_id)"}
        database = self.world.database
        try:
            database.put_item(TableName="InvoicesTable", Item=item, **condition)
        except database.exceptions.ConditionalCheckFailedException:
            return
        finally:
            self.world.invariants.put_by_applications.discard(key)
        self._note(key, kind)

    def lately(self, *statuses: str) -> Iterator[tuple[Key, Item]]:
        """Some of the invoices that were brought lately, with such a payment status."""
        table = self.world.database.tables["InvoicesTable"]
        for key in self.world.random.sample(self.recent, min(20, len(self.recent))):
            item = table.get(key) or {}
            if item.get("payment_status", {}).get("S") in statuses and "problem" not in item:
                yield key, item

    def _note(self, key: tuple[str, str], kind: str) -> None:
        self.expected[key] = kind
        self.recent.append(key)

    def _amount(self) -> int:
        return self.world.random.randint(100, 100_000)

    def _drawn(self, kinds: tuple[tuple[str, int], ...]) -> str:
        names, weights = zip(*kinds, strict=True)
        drawn: str = self.world.random.choices(names, weights)[0]
        return drawn
