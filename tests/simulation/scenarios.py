"""Small stories in which every call of AWS and of Stripe happens. The kill-point matrix crashes at each."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import stripe
from aws_in_memory.dynamodb.streams import Change
from paystream.model.identifiers import payment_id, saved_method_id
from paystream.use_cases.figures.check_figures import Part
from sandbox.failed_batch import failed_batch

from .effects import Fault
from .lambdas import Failed
from .operators import RESTRICTED
from .receivers import AWAY, SILENT
from .wallets import BY_TRANSFER
from .workload import ALL_PERMISSIONS, CODE, Connection, Payer, Workload

ORGANIZATION = "0a1b2c3d-0000-4000-8000-000000000001"
_ENDPOINTS = "/api/v1/webhook_endpoints"
_HOOK = "https://hooks.example.com/lago"
_OTHER_HOOK = "https://hooks.example.com/new"
_HOUR = 3600.0
_A_WHILE = 600.0
_A_FEW_MINUTES = 180.0
_KEY = ("organization_id", "lago_id")
_MOST_STEPS = 20_000

FaultOf = Callable[[str, str, Mapping[str, Any]], tuple[str, Fault] | None]


@dataclass(slots=True)
class Stage:
    """What a story is made of."""

    workload: Workload
    connection: Connection | None = None
    payers: dict[str, Payer] = field(default_factory=dict)

    def connect(self) -> Connection:
        self.connection = self.workload.connect(ORGANIZATION, "stripe")
        return self.connection

    def payer(self, token: str) -> Payer:
        connection = self.connection or self.connect()
        payer = self.workload.add_payer(connection, f"customer-{len(self.payers)}", token)
        self.payers[payer.external_id] = payer
        return payer

    def first_payer(self) -> Payer:
        return self.payers["customer-0"]

    def put_invoice(self, payer: Payer, **more: Any) -> None:
        self.workload.put(self.workload.item(payer) | more, "put")

    def wait(self, seconds: float) -> None:
        self.workload.world.run(self.workload.world.clock.now() + seconds)

    def pass_time(self, seconds: float) -> None:
        """So much, and no more: `wait` goes on to what is due next, which may be days later."""
        self.workload.world.run(self.workload.world.clock.now() + seconds, exactly=True)

    def step_until(self, has_happened: Callable[[], bool]) -> None:
        """Not a step further. Raises TimeoutError if it never happens."""
        for _ in range(_MOST_STEPS):
            if has_happened():
                return
            self.workload.world.step()
        raise TimeoutError(f"it has not happened in {_MOST_STEPS} steps")

    def first_intent(self) -> str:
        """The id of the first payment intent of the story."""
        ((first, *_),) = (account.payment_intents for account in self.workload.world.stripe.accounts.values())
        return str(first["id"])

    def ask(self, method: str, resource: str, body: Any = None, **parameters: str) -> None:
        self.workload.request(method, resource, ORGANIZATION, body, parameters=parameters)


@dataclass(frozen=True, slots=True)
class Scenario:
    """`prepare` happens in peace, `act` is what is crashed in.

    `leap` seconds go by after a crash, if it says so. A story in which a request is refused without any crash is not
    the one that was meant, unless it `refuses`. The daily look at accounts is left out unless it `looks_at_accounts`,
    and figures are counted after the story unless it `counts_figures`.
    """

    name: str
    prepare: Callable[[Stage], None]
    act: Callable[[Stage], None]
    fault_of: FaultOf = lambda service, operation, parameters: None
    webhooks_are_lost: bool = False
    leap: float = 0.0
    looks_at_accounts: bool = False
    counts_figures: bool = False
    refuses: bool = False


def _good(stage: Stage) -> None:
    stage.payer("pm_card_visa")


def _collect(stage: Stage) -> None:
    stage.workload.request_invoice(stage.first_payer(), 4200)
    stage.wait(_HOUR)


def _declined(stage: Stage) -> None:
    stage.payer("pm_card_chargeCustomerFail")


def _put(stage: Stage) -> None:
    stage.put_invoice(stage.first_payer())
    stage.wait(_HOUR)


def _declined_and_put(stage: Stage) -> None:
    _declined(stage)
    _put(stage)


def _wait_for_the_next_try(stage: Stage) -> None:
    stage.wait(25 * _HOUR)


def _two_failed(stage: Stage) -> None:
    _declined(stage)
    stage.put_invoice(stage.first_payer())
    _put(stage)


def _by_transfer(stage: Stage) -> None:
    stage.payer(BY_TRANSFER)


def _by_transfer_and_put(stage: Stage) -> None:
    _by_transfer(stage)
    _put(stage)


def _transfer_in_two_parts(stage: Stage) -> None:
    """The customer transfers too little at first."""
    stage.put_invoice(stage.first_payer(), total_amount_cents={"N": "4200"})
    for part in (1000, 3200):
        stage.wait(_A_WHILE)
        stage.workload.transfer(stage.first_payer(), part)
    stage.wait(_HOUR)


def _retry_and_transfer(stage: Stage) -> None:
    ((_, lago_id),) = stage.workload.expected
    stage.ask("POST", "/api/v1/invoices/{lago_id}/retry_payment", lago_id=lago_id)
    stage.wait(_A_WHILE)
    stage.workload.transfer(stage.first_payer(), 100_000)
    stage.wait(_HOUR)


def _in_india_and_put(stage: Stage) -> None:
    """A customer whose bank asks to authenticate."""
    payer = stage.payer("pm_card_authenticationRequired")
    body = {"customer": {"external_id": payer.external_id, "country": "IN"}}
    stage.ask("POST", "/api/v1/customers", body)
    _put(stage)


def _move_and_retry(stage: Stage) -> None:
    """The customer never authenticates, and lives elsewhere by now; a retry is asked for."""
    body = {"customer": {"external_id": stage.first_payer().external_id, "country": "DE"}}
    stage.ask("POST", "/api/v1/customers", body)
    ((_, lago_id),) = stage.workload.expected
    stage.ask("POST", "/api/v1/invoices/{lago_id}/retry_payment", lago_id=lago_id)
    stage.wait(_A_FEW_MINUTES)


def _another_card(stage: Stage) -> None:
    stage.workload.change_card(stage.first_payer(), "pm_card_visa")
    stage.wait(_A_WHILE)


def _another_card_and_a_day(stage: Stage) -> None:
    _another_card(stage)
    stage.wait(25 * _HOUR)


def _blocked_and_put(stage: Stage) -> None:
    """Nothing is tried again with this card."""
    stage.payer("pm_card_radarBlock")
    _put(stage)


def _unauthenticated_and_put(stage: Stage) -> None:
    stage.payer("pm_card_authenticationRequired")
    _put(stage)


def _authenticate_on_the_page(stage: Stage) -> None:
    """The page comes automatically, and the customer pays there with the card that was declined."""
    _put_and_be_led_to_a_page(stage)
    stage.workload.use_page(stage.first_payer(), "pm_card_authenticationRequired")
    stage.wait(_A_FEW_MINUTES)


def _unauthenticated(stage: Stage) -> None:
    stage.payer("pm_card_authenticationRequired")


def _put_and_be_led_to_a_page(stage: Stage) -> None:
    stage.put_invoice(stage.first_payer())
    stage.wait(_A_FEW_MINUTES)


def _let_the_page_expire(stage: Stage) -> None:
    _put_and_be_led_to_a_page(stage)
    stage.workload.world.jump(24 * _HOUR)
    stage.wait(_A_WHILE)


def _disputed(stage: Stage) -> None:
    stage.payer("pm_card_createDispute")


def _collect_and_lose_the_dispute(stage: Stage) -> None:
    _collect(stage)
    (account,) = stage.workload.world.stripe.accounts.values()
    for dispute in list(account.disputes):
        stage.workload.world.stripe.control.close_dispute(dispute["id"], "lost")
    stage.wait(_HOUR)


def _paid_by(token: str) -> Callable[[Stage], None]:
    def pay(stage: Stage) -> None:
        stage.payer(token)
        _put(stage)

    return pay


def _paid_payment(stage: Stage) -> str:
    ((_, lago_id),) = stage.workload.expected
    return payment_id(ORGANIZATION, lago_id, 1)


def _refund_a_part_and_the_rest(stage: Stage) -> None:
    for amount in (1000, None):
        stage.workload.refund(ORGANIZATION, _paid_payment(stage), amount)
        stage.wait(_HOUR)


def _refund_and_wait(stage: Stage) -> None:
    stage.workload.refund(ORGANIZATION, _paid_payment(stage), 1000)
    stage.wait(26 * _HOUR)


def _refund_twice_and_wait(stage: Stage) -> None:
    for amount in (1000, 500):
        stage.workload.refund(ORGANIZATION, _paid_payment(stage), amount)
    stage.wait(26 * _HOUR)


def _paid_and_what_comes_twice_goes_back(stage: Stage) -> None:
    _paid_by("pm_card_visa")(stage)
    _what_comes_twice_goes_back(stage)


def _what_comes_twice_goes_back(stage: Stage) -> None:
    connection = stage.connection
    assert connection
    body = {"integration": {"refund_second_payments": True}}
    stage.ask("PUT", CODE, body, code=connection.code)
    stage.pass_time(60)


def _another_system_collects_again(stage: Stage) -> None:
    """Under the name of the payment, as any holder of the account's key can."""
    (known,) = stage.workload.client(stage.first_payer()).v1.payment_intents.list().data
    stage.workload.collect_again(known.id)
    stage.wait(_HOUR)


def _refunded_then_collected_again(stage: Stage) -> None:
    """All goes back by hand, which takes the bank three days, and another system collects. So nothing is too much."""
    stage.put_invoice(stage.payer("pm_card_refundFail"), total_amount_cents={"N": "4200"})
    stage.pass_time(60)
    _what_comes_twice_goes_back(stage)
    stage.workload.world.stripe.control.set_settlement_delay(72 * _HOUR)
    stage.workload.refund(ORGANIZATION, _paid_payment(stage), 4200)
    stage.pass_time(60)
    stage.workload.collect_again(stage.first_intent())
    stage.pass_time(60)


def _the_refund_fails(stage: Stage) -> None:
    stage.wait(96 * _HOUR)


def _payer_with(token: str) -> Callable[[Stage], None]:
    def prepare(stage: Stage) -> None:
        stage.payer(token)

    return prepare


def _put_for(token: str) -> Callable[[Stage], None]:
    def put(stage: Stage) -> None:
        stage.workload.world.stripe.control.set_settlement_delay(24 * _HOUR)
        stage.put_invoice(stage.payer(token))
        stage.wait(30)

    return put


def _pay_by_hand(stage: Stage) -> None:
    (key,) = stage.workload.expected
    item = stage.workload.world.database.tables["InvoicesTable"].get(key) or {}
    stage.workload.pay_by_hand(key, int(item["total_amount_cents"]["N"]))
    stage.wait(_HOUR)


def _refund_at_stripe(stage: Stage) -> None:
    """A person does, in the dashboard, twice; the bank sends the money back."""
    client = stage.workload.client(stage.first_payer())
    (known,) = client.v1.payment_intents.list().data
    for amount in (1000, 500):
        client.v1.refunds.create({"payment_intent": known.id, "amount": amount})
    stage.wait(_HOUR)


def _put_with_a_taken_number(stage: Stage) -> None:
    stage.put_invoice(stage.first_payer(), number={"S": "2026-1"})
    stage.wait(60)
    stage.workload.request_invoice(stage.first_payer(), 4200, number="2026-1")
    stage.wait(60)


def _without_card(stage: Stage) -> None:
    stage.payer("")
    stage.put_invoice(stage.first_payer())
    stage.wait(120)


def _card_is_set_up(stage: Stage) -> None:
    payer = stage.first_payer()
    stage.workload.client(payer).v1.setup_intents.create(
        {
            "customer": str(payer.provider_customer_id),
            "payment_method": "pm_card_visa",
            "confirm": True,
            "usage": "off_session",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    stage.wait(600)


def _bank_debit(stage: Stage) -> None:
    stage.payer("pm_usBankAccount_success")


def _lost(creation: str) -> FaultOf:
    """Stripe's answers to these creations are lost: what became of them must be looked up."""

    def fault_of(service: str, operation: str, parameters: Mapping[str, Any]) -> tuple[str, Fault] | None:
        return ("answer lost", _lose) if operation == creation else None

    return fault_of


def _lose(perform: Callable[[], Any]) -> Any:
    perform()
    connection_error: Any = stripe.APIConnectionError
    raise connection_error("lost", should_retry=True)


def _nobody(stage: Stage) -> None:
    """Nothing is there yet."""


def _connect_rotate_disconnect(stage: Stage) -> None:
    connection = stage.connect()
    stage.workload.rotate(connection)
    stage.wait(60)
    for endpoint in list(connection.account.webhook_endpoints):
        connection.account.webhook_endpoints.change(endpoint["id"], status="disabled")
    stage.workload.put_connection(connection)
    stage.wait(60)
    stage.ask("DELETE", CODE, code=connection.code)
    stage.wait(60)


def _created_twice(service: str, operation: str, parameters: Mapping[str, Any]) -> tuple[str, Fault] | None:
    """botocore repeats a creation whose answer was lost, and finds its own secret."""
    if operation != "create_secret":
        return None
    return "sent twice", lambda perform: (perform(), perform())[1]


def _connected(stage: Stage) -> None:
    stage.connect()


def _create_at_stripe(stage: Stage) -> None:
    payer = stage.payer("created")
    stage.ask("POST", "/api/v1/customers", {"customer": {"external_id": payer.external_id, "name": "Renamed"}})
    stage.wait(_HOUR)


def _created(stage: Stage) -> None:
    stage.payer("created")
    stage.wait(_A_WHILE)


def _put_and_delete_the_customer_at_stripe(stage: Stage) -> None:
    """It is charged, deleted, and made again; the new one has a card in its turn."""
    _save_a_card_at_stripe(stage)
    stage.put_invoice(stage.first_payer())
    stage.wait(30)
    stage.workload.client(stage.first_payer()).v1.customers.delete(_id_at_stripe(stage))
    stage.wait(_HOUR)
    _save_a_card_at_stripe(stage)
    stage.put_invoice(stage.first_payer())
    stage.wait(_HOUR)


def _save_a_card_at_stripe(stage: Stage) -> None:
    customers = stage.workload.client(stage.first_payer()).v1.customers
    method = stage.workload.client(stage.first_payer()).v1.payment_methods.attach(
        "pm_card_visa", {"customer": _id_at_stripe(stage)}
    )
    customers.update(_id_at_stripe(stage), {"invoice_settings": {"default_payment_method": method.id}})
    stage.wait(_A_WHILE)


def _id_at_stripe(stage: Stage) -> str:
    key = (ORGANIZATION, stage.first_payer().external_id)
    return str((stage.workload.world.database.tables["CustomersTable"].get(key) or {})["provider_customer_id"]["S"])


def _begun_a_day_ago(stage: Stage) -> None:
    """A creation that never had an answer: its key may be forgotten by now."""
    effects = stage.workload.world.effects
    calm, effects.fault_of = effects.fault_of, _lost("POST /v1/customers")
    stage.payer("created")
    stage.wait(25 * _HOUR)
    effects.fault_of = calm


def _send_again(stage: Stage) -> None:
    body = {"customer": {"external_id": stage.first_payer().external_id, "name": "Renamed"}}
    stage.ask("POST", "/api/v1/customers", body)
    stage.wait(_HOUR)


def _put_and_wait(stage: Stage) -> None:
    stage.put_invoice(stage.first_payer())
    stage.wait(4 * _HOUR)


def _link_with_a_card_that_is_no_default(stage: Stage) -> None:
    payer = stage.payer("unlinked")
    customer = stage.workload.stripe_customer(payer, "")
    stage.workload.client(payer).v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    stage.workload.link(payer, customer)
    stage.wait(_HOUR)
    stage.put_invoice(payer)
    stage.wait(_HOUR)


def _issue_key_and_use_it(stage: Stage) -> None:
    """The operator calls again if no key came; the key then opens the door."""
    compute = stage.workload.world.compute

    def issued(answer: Any) -> None:
        if isinstance(answer, Failed):
            compute.invoke("IssueApiKeyFunction", {"organization_id": ORGANIZATION}, issued)
        else:
            _authorize(stage, answer["api_key"])

    compute.invoke("IssueApiKeyFunction", {"organization_id": ORGANIZATION}, issued)
    stage.wait(60)


def _authorize(stage: Stage, key: str) -> None:
    event = {"authorizationToken": f"Bearer {key}", "methodArn": "arn:aws:execute-api:us-east-1:1:api/live/GET/x"}

    def answered(answer: Any) -> None:
        if isinstance(answer, Failed) and answer.reason != "error":
            stage.workload.world.compute.invoke("AuthorizeRequestFunction", event, answered)
        elif isinstance(answer, Failed):
            stage.workload.world.invariants.complain(f"a key that was issued is refused: {answer.error}")

    stage.workload.world.compute.invoke("AuthorizeRequestFunction", event, answered)


def _an_invoice(stage: Stage) -> None:
    _good(stage)
    _collect(stage)


def _read(stage: Stage) -> None:
    kinds = ("customers", "invoices", "payments", "integrations", "webhooks", "webhook_endpoints")
    for resource in (f"/api/v1/{kind}" for kind in kinds):
        stage.ask("GET", resource)
        stage.wait(20)


def _read_and_check_figures(stage: Stage) -> None:
    """The operator invokes each function again if it gave no answer."""
    compute = stage.workload.world.compute

    def invoke(function: str, event: dict[str, str]) -> None:
        def answered(answer: Any) -> None:
            if isinstance(answer, Failed):
                invoke(function, event)

        compute.invoke(function, event, answered)
        stage.wait(60)

    stage.ask("GET", "/api/v1/figures")
    stage.wait(20)
    for part in Part:
        invoke("CheckFiguresFunction", {"part": part.value})
    invoke("RedriveRecordsFunction", {"what": "figures"})


def _replace_item(stage: Stage) -> None:
    table = stage.workload.world.database.tables["InvoicesTable"]
    (item,) = [item for _, item in table.items()]
    names = ("organization_id", "lago_id", "external_customer_id", "currency", "total_amount_cents")
    stage.workload.put({name: dict(item[name]) for name in names}, "put", over=True)
    stage.wait(2 * _HOUR)


def _key_is_refused_and_replaced(stage: Stage) -> None:
    connection = stage.connection
    assert connection
    stage.workload.refuse_key(connection, for_seconds=600)
    stage.put_invoice(stage.first_payer())
    stage.wait(_HOUR)


def _account_is_restricted_and_put_right(stage: Stage) -> None:
    """The first invoice is refused, the second is not even sent; the first try after it is put right ends the pause."""
    control = stage.workload.world.stripe.control
    (account_id,) = stage.workload.world.stripe.accounts
    control.refuse_charges(account_id, RESTRICTED)
    for _ in range(2):
        stage.put_invoice(stage.first_payer())
        stage.pass_time(30)
    control.take_charges(account_id)
    stage.pass_time(1500)


def _two_put(stage: Stage) -> None:
    """Time leaps, so that both are due in one run of the schedule."""
    stage.put_invoice(stage.first_payer())
    stage.put_invoice(stage.first_payer())
    stage.wait(60)
    stage.workload.world.jump(_HOUR)
    stage.wait(_HOUR)


def _a_record_failed(stage: Stage) -> None:
    """An invoice that was collected, whose record lies in the bucket as if it had failed."""
    _good(stage)
    _put(stage)
    world = stage.workload.world
    (item,) = [item for _, item in world.database.tables["InvoicesTable"].items()]
    change = Change(1, "INSERT", "InvoicesTable", {name: item[name] for name in _KEY}, item, world.clock.now(), 0)
    arn = "arn:aws:lambda:us-east-1:123456789012:function:InvoiceCreatedFunction"
    body = json.dumps(failed_batch(arn, {"Records": [change.shown()]}))
    world.buckets.put_object(Bucket=world.buckets.names[0], Key="aws/lambda/mapping/shard/failed", Body=body)


def _redrive(stage: Stage) -> None:
    """The operator invokes the function again until it is done."""
    compute = stage.workload.world.compute

    def order(what: str, **more: str) -> None:
        def answered(answer: Any) -> None:
            if isinstance(answer, Failed) or not answer["done"]:
                order(what, **more)

        compute.invoke("RedriveRecordsFunction", {"what": what, **more}, answered)
        stage.wait(600)

    order("failed-records")
    order("missed-invoices")
    order("refused-charges", code=RESTRICTED)


def _a_failed_invoice_and_money_again(stage: Stage) -> None:
    """The same card, which was declined, can be charged now."""
    payer = stage.payer("pm_card_visa")
    (method,) = stage.workload.client(payer).v1.customers.payment_methods.list(str(payer.provider_customer_id)).data
    control = stage.workload.world.stripe.control
    control.set_outcome(method.id, "insufficient_funds")
    _put(stage)
    control.set_outcome(method.id, None)


def _ask_of_the_invoice(action: str) -> Callable[[Stage], None]:
    def ask(stage: Stage) -> None:
        ((_, lago_id),) = stage.workload.expected
        stage.ask("POST", f"/api/v1/invoices/{{lago_id}}/{action}", lago_id=lago_id)
        stage.wait(_HOUR)

    return ask


def _endpoint_id(stage: Stage, url: str) -> str:
    """The id of the endpoint with this URL."""
    ((_, item),) = stage.workload.world.database.tables["WebhookEndpointsTable"].items()
    endpoints = [value["M"] for value in item["endpoints"]["L"]]
    (found,) = [str(one["lago_id"]["S"]) for one in endpoints if one["webhook_url"]["S"] == url]
    return found


def _post_webhooks(stage: Stage, *urls: str) -> None:
    for url in urls:
        stage.ask("POST", _ENDPOINTS, {"webhook_endpoint": {"webhook_url": url}})
        stage.wait(_A_WHILE)


def _change_webhook(stage: Stage, url: str, **changes: Any) -> None:
    body = {"webhook_endpoint": changes}
    stage.ask("PUT", f"{_ENDPOINTS}/{{lago_id}}", body, lago_id=_endpoint_id(stage, url))
    stage.wait(_A_WHILE)


def _destroy_webhook(stage: Stage, url: str) -> None:
    stage.ask("DELETE", f"{_ENDPOINTS}/{{lago_id}}", lago_id=_endpoint_id(stage, url))
    stage.wait(_A_WHILE)


def _subscribe_change_and_destroy(stage: Stage) -> None:
    """One URL confirms and is changed; one is silent; one is not there."""
    _post_webhooks(stage, _HOOK, f"https://{SILENT}/lago", f"https://{AWAY}/lago")
    _change_webhook(stage, _HOOK, webhook_url=_OTHER_HOOK)
    _change_webhook(stage, _OTHER_HOOK, event_types=["invoice.payment_failure"])
    _destroy_webhook(stage, f"https://{SILENT}/lago")
    _destroy_webhook(stage, f"https://{AWAY}/lago")


def _one_webhook(stage: Stage) -> None:
    _post_webhooks(stage, _HOOK)


def _destroy_it(stage: Stage) -> None:
    _destroy_webhook(stage, _HOOK)


def _manage_payment_methods(stage: Stage) -> None:
    """Another card is attached and made the default, and the first one taken away."""
    payer = stage.first_payer()
    client = stage.workload.client(payer)
    (first,) = client.v1.customers.payment_methods.list(str(payer.provider_customer_id)).data
    other = client.v1.payment_methods.attach("pm_card_mastercard", {"customer": str(payer.provider_customer_id)})
    resource = "/api/v1/customers/{external_id}/payment_methods"
    stage.ask("GET", resource, external_id=payer.external_id)
    for method, action in ((other.id, "PUT"), (first.id, "DELETE")):
        path = f"{resource}/{{lago_id}}{'/set_as_default' if action == 'PUT' else ''}"
        lago_id = saved_method_id(ORGANIZATION, method)
        stage.ask(action, path, external_id=payer.external_id, lago_id=lago_id)
        stage.wait(600)


def _check_out(stage: Stage) -> None:
    payer = stage.first_payer()
    stage.ask("POST", "/api/v1/customers/{external_id}/checkout_url", external_id=payer.external_id)
    stage.wait(60)


def _ask_for_a_link(stage: Stage) -> None:
    ((_, lago_id),) = stage.workload.expected
    stage.ask("POST", "/api/v1/invoices/{lago_id}/payment_url", lago_id=lago_id)
    stage.wait(60)


def _pay_by_link(stage: Stage) -> None:
    """The customer is declined on the page, then pays there."""
    _ask_for_a_link(stage)
    for token in ("pm_card_chargeCustomerFail", "pm_card_visa"):
        stage.workload.use_page(stage.first_payer(), token)
        stage.wait(60)
    stage.wait(_HOUR)


def _let_the_link_expire(stage: Stage) -> None:
    _ask_for_a_link(stage)
    stage.workload.world.jump(24 * _HOUR)
    stage.wait(_A_WHILE)


def _end_the_link(action: str) -> Callable[[Stage], None]:
    """It is decided otherwise while the page is open."""

    def act(stage: Stage) -> None:
        _ask_for_a_link(stage)
        _ask_of_the_invoice(action)(stage)

    return act


def _send_notifications_again(stage: Stage) -> None:
    """One by its id, then all."""
    table = stage.workload.world.database.tables["NotificationsTable"]
    lago_id = next(item["lago_id"]["S"] for _, item in table.items())
    stage.ask("POST", "/api/v1/webhooks/{lago_id}/retry", lago_id=lago_id)
    stage.wait(60)
    stage.ask("POST", "/api/v1/webhooks/retry", {"webhooks": {"event_types": ["payment.succeeded"]}})
    stage.wait(60)


def _debit_on_its_way(stage: Stage) -> None:
    _bank_debit(stage)
    stage.put_invoice(stage.first_payer())
    stage.wait(30)


def _disconnect(stage: Stage) -> None:
    stage.ask("DELETE", CODE, code="stripe")
    stage.wait(2 * _HOUR)


def _go_on_under_another_code(stage: Stage) -> None:
    """The account is connected once more, the old code disconnected, the customer linked again."""
    connection, payer = stage.connection, stage.first_payer()
    assert connection
    renamed = Connection(ORGANIZATION, "renamed", connection.account, connection.secret_key)
    stage.workload.connections.append(renamed)
    stage.workload.put_connection(renamed)
    stage.wait(60)
    stage.ask("DELETE", CODE, code=connection.code)
    stage.wait(60)
    payer.code = renamed.code
    stage.workload.link(payer, str(payer.provider_customer_id))
    stage.wait(_HOUR)


def _put_and_go_on_under_another_code(stage: Stage) -> None:
    stage.put_invoice(stage.first_payer())
    stage.wait(30)
    _go_on_under_another_code(stage)
    _put_and_wait(stage)


def _refund_while_the_endpoint_is_gone(stage: Stage) -> None:
    """Nothing is sent; the daily look makes the endpoint again, and reads what happened from Stripe's list."""
    (account,) = stage.workload.world.stripe.accounts.values()
    for endpoint in list(account.webhook_endpoints):
        account.webhook_endpoints.delete(endpoint["id"])
    _refund_at_stripe(stage)
    stage.wait(2 * 24 * _HOUR)


def _several_methods(stage: Stage) -> None:
    stage.connection = stage.workload.connect(ORGANIZATION, "stripe", falls_back=True)
    payer = stage.payer("pm_card_radarBlock")
    stage.workload.agree(payer)


def _default_is_replaced(stage: Stage) -> None:
    """The card that is remembered is detached, and another one is the default: no event says so."""
    _good(stage)
    payer = stage.first_payer()
    client = stage.workload.client(payer)
    (known,) = client.v1.customers.payment_methods.list(str(payer.provider_customer_id)).data
    stage.workload.world.stripe.control.disrupt_webhooks("drop", count=None)
    stage.workload.change_card(payer, "pm_card_mastercard")
    client.v1.payment_methods.detach(known.id)
    stage.wait(_A_FEW_MINUTES)
    stage.workload.world.stripe.control.clear_webhook_disruptions()


def _wait_until_it_is_overdue(stage: Stage) -> None:
    stage.wait(25 * _HOUR)


def _wait_until_it_is_overdue_and_pay(stage: Stage) -> None:
    _wait_until_it_is_overdue(stage)
    _another_card(stage)


def _restricted(stage: Stage) -> None:
    stage.connection = stage.workload.connect(ORGANIZATION, "stripe", restricted=True)


def _lose_a_permission_and_have_it_again(stage: Stage) -> None:
    """The daily look finds out, and finds that it is put right."""
    connection, control = stage.connection, stage.workload.world.stripe.control
    assert connection
    for granted in ([one for one in ALL_PERMISSIONS if one != "rak_charge_write"], ALL_PERMISSIONS):
        control.set_permissions(connection.secret_key, granted)
        stage.wait(25 * _HOUR)


SCENARIOS = (
    Scenario("a hard decline goes on to the next method", _several_methods, _put),
    Scenario("a method that is gone is replaced by the default of now", _default_is_replaced, _put),
    Scenario("an invoice is created and collected", _good, _collect),
    Scenario("an invoice is put and declined", _declined, _put),
    Scenario("a result is found a day later", _good, _put, webhooks_are_lost=True, leap=25 * _HOUR),
    Scenario("a number is taken", _good, _put_with_a_taken_number, refuses=True),
    Scenario("a customer's card is set up", _without_card, _card_is_set_up),
    Scenario("a bank debit is looked at", _bank_debit, _put, webhooks_are_lost=True),
    Scenario(
        "an unknown outcome is looked up",
        _good,
        _put_and_wait,
        fault_of=_lost("POST /v1/payment_intents"),
        webhooks_are_lost=True,
    ),
    Scenario("what waits becomes overdue", _without_card, _wait_until_it_is_overdue),
    Scenario(
        "what failed becomes overdue, and is collected after it", _blocked_and_put, _wait_until_it_is_overdue_and_pay
    ),
    Scenario("an account is connected, changed and disconnected", _nobody, _connect_rotate_disconnect),
    Scenario("an account is disconnected while a debit is on its way", _debit_on_its_way, _disconnect),
    Scenario(
        "an account is disconnected while a debit is on its way, and no event comes",
        _debit_on_its_way,
        _disconnect,
        webhooks_are_lost=True,
    ),
    Scenario("a debit is followed under another code", _debit_on_its_way, _go_on_under_another_code),
    Scenario(
        "an unknown outcome is looked up under another code",
        _good,
        _put_and_go_on_under_another_code,
        fault_of=_lost("POST /v1/payment_intents"),
        webhooks_are_lost=True,
    ),
    Scenario(
        "a result is found under another code a day later",
        _good,
        _put_and_go_on_under_another_code,
        webhooks_are_lost=True,
        leap=25 * _HOUR,
    ),
    Scenario("a key loses a permission", _restricted, _lose_a_permission_and_have_it_again, looks_at_accounts=True),
    Scenario("a secret is created twice", _nobody, _connected, fault_of=_created_twice),
    Scenario("a customer is created at Stripe", _connected, _create_at_stripe),
    Scenario("a customer's creation is looked up a day later", _begun_a_day_ago, _send_again),
    Scenario("a customer is deleted at Stripe", _created, _put_and_delete_the_customer_at_stripe),
    Scenario(
        "a customer's creation has no answer", _connected, _create_at_stripe, fault_of=_lost("POST /v1/customers")
    ),
    Scenario("a customer is linked", _connected, _link_with_a_card_that_is_no_default),
    Scenario("a key is issued", _nobody, _issue_key_and_use_it),
    Scenario("records are read", _an_invoice, _read),
    Scenario("an invoice is counted in the figures", _good, _put, counts_figures=True),
    Scenario("figures are read and checked", _an_invoice, _read_and_check_figures),
    Scenario("an invoice's item is replaced", _an_invoice, _replace_item),
    Scenario("a refused key is replaced", _good, _key_is_refused_and_replaced),
    Scenario("a restricted account is put right", _good, _account_is_restricted_and_put_right, looks_at_accounts=True),
    Scenario("bank debits are looked at together", _bank_debit, _two_put, webhooks_are_lost=True),
    Scenario("records are redriven", _a_record_failed, _redrive),
    Scenario("webhook endpoints come and change", _nobody, _subscribe_change_and_destroy),
    Scenario("a webhook endpoint is destroyed", _one_webhook, _destroy_it),
    Scenario("a failed payment is retried", _a_failed_invoice_and_money_again, _ask_of_the_invoice("retry_payment")),
    Scenario("a failed payment is tried again automatically", _declined_and_put, _wait_for_the_next_try),
    Scenario(
        "a failed payment is tried again automatically, and no event comes",
        _declined_and_put,
        _wait_for_the_next_try,
        webhooks_are_lost=True,
        leap=25 * _HOUR,
    ),
    Scenario("another card collects what failed", _two_failed, _another_card),
    Scenario(
        "another card collects what failed, and no event comes",
        _blocked_and_put,
        _another_card_and_a_day,
        webhooks_are_lost=True,
    ),
    Scenario("a failed payment is closed", _blocked_and_put, _wait_for_the_next_try),
    Scenario(
        "a customer authenticates on a page that comes automatically", _unauthenticated, _authenticate_on_the_page
    ),
    Scenario(
        "a page that comes automatically is looked up, and no event comes",
        _unauthenticated,
        _authenticate_on_the_page,
        fault_of=_lost("POST /v1/checkout/sessions"),
        webhooks_are_lost=True,
    ),
    Scenario("a page that comes automatically expires", _unauthenticated, _let_the_page_expire, leap=25 * _HOUR),
    Scenario("another card ends a page that came automatically", _unauthenticated_and_put, _another_card),
    Scenario("a bank transfer comes in two parts", _by_transfer, _transfer_in_two_parts),
    Scenario(
        "a bank transfer comes in two parts, and no event comes",
        _by_transfer,
        _transfer_in_two_parts,
        webhooks_are_lost=True,
    ),
    Scenario(
        "where to transfer to is looked up",
        _by_transfer,
        _transfer_in_two_parts,
        fault_of=_lost("POST /v1/payment_intents"),
        webhooks_are_lost=True,
    ),
    Scenario("a bank transfer is superseded by another attempt", _by_transfer_and_put, _retry_and_transfer),
    Scenario("an invoice is voided that waits for a bank transfer", _by_transfer_and_put, _ask_of_the_invoice("void")),
    Scenario("a charge in India is superseded by one elsewhere", _in_india_and_put, _move_and_retry),
    Scenario("a failed invoice is paid by a link", _declined_and_put, _pay_by_link),
    Scenario(
        "a waiting invoice is paid by a link, and no event comes",
        _without_card,
        _pay_by_link,
        webhooks_are_lost=True,
    ),
    Scenario("a link's page is looked up a day later", _declined_and_put, _let_the_link_expire, leap=25 * _HOUR),
    Scenario("a link expires", _declined_and_put, _let_the_link_expire, fault_of=_lost("POST /v1/checkout/sessions")),
    Scenario("a link is superseded by a charge", _a_failed_invoice_and_money_again, _end_the_link("retry_payment")),
    Scenario("an invoice is voided whose link is open", _declined_and_put, _end_the_link("void")),
    Scenario(
        "a failed payment is retried, and no event comes",
        _a_failed_invoice_and_money_again,
        _ask_of_the_invoice("retry_payment"),
        webhooks_are_lost=True,
        leap=25 * _HOUR,
    ),
    Scenario("a payment is disputed, and the dispute is lost", _disputed, _collect_and_lose_the_dispute),
    Scenario("a payment is refunded, a part and the rest", _paid_by("pm_card_visa"), _refund_a_part_and_the_rest),
    Scenario(
        "a refund is looked up, and no event comes",
        _paid_by("pm_card_pendingRefund"),
        _refund_and_wait,
        webhooks_are_lost=True,
        leap=25 * _HOUR,
    ),
    Scenario(
        "a refund is looked for whose answer was lost",
        _paid_by("pm_card_visa"),
        _refund_and_wait,
        fault_of=_lost("POST /v1/refunds"),
        webhooks_are_lost=True,
    ),
    Scenario(
        "two refunds of one payment are looked up, and no event comes",
        _paid_by("pm_card_pendingRefund"),
        _refund_twice_and_wait,
        webhooks_are_lost=True,
    ),
    Scenario(
        "a refund fails late, and a second payment that came since goes back",
        _refunded_then_collected_again,
        _the_refund_fails,
    ),
    Scenario("a second payment goes back", _paid_and_what_comes_twice_goes_back, _another_system_collects_again),
    Scenario(
        "another system collects under the name of a voucher",
        _put_for("pm_boleto_success"),
        _another_system_collects_again,
    ),
    Scenario("a voucher's invoice is paid by hand", _put_for("pm_boleto_success"), _pay_by_hand),
    Scenario("a waiting invoice is paid by hand", _put_for(""), _pay_by_hand),
    Scenario("a voucher expires", _payer_with("pm_boleto_expires"), _put, webhooks_are_lost=True),
    Scenario("a debit in pounds is looked up", _payer_with("pm_bacsDebit_success"), _put, webhooks_are_lost=True),
    Scenario(
        "a person's refund at Stripe is known though the endpoint is gone",
        _paid_by("pm_card_visa"),
        _refund_while_the_endpoint_is_gone,
        looks_at_accounts=True,
    ),
    Scenario("a person's refund at Stripe fails", _paid_by("pm_card_refundFail"), _refund_at_stripe),
    Scenario("notifications are sent again", _an_invoice, _send_notifications_again),
    Scenario("payment methods are managed", _good, _manage_payment_methods),
    Scenario("a customer is led to Stripe's page", _good, _check_out),
    Scenario("a failed invoice is voided", _declined_and_put, _ask_of_the_invoice("void")),
)
