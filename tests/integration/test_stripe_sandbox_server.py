"""The Stripe sandbox as a process of its own, on loopback."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import stripe
from aiohttp import ClientSession, web
from sandbox.aws import REPOSITORY
from sandbox.stripe.clock import SystemClock
from sandbox.stripe.context import Settings
from sandbox.stripe.engine import StripeSandbox
from sandbox.stripe.server import SandboxServer
from sandbox.stripe.webhooks import RetrySchedule

KEY = "sk_test_server0000000000000000"


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running sandbox and its URL."""
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox.stripe", "--secret-key", KEY],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    ) as running:
        try:
            assert running.stdout is not None
            yield running, running.stdout.readline().strip()
        finally:
            running.kill()


def test_the_sdk_talks_to_it_and_sigterm_ends_it(process: tuple[subprocess.Popen[str], str]) -> None:
    running, url = process
    client = stripe.StripeClient(KEY, base_addresses={"api": url})

    intent = client.v1.payment_intents.create(
        {"amount": 1000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True, "off_session": True}
    )
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": client.v1.customers.create({}).id})
    running.send_signal(signal.SIGTERM)

    assert intent.status == "succeeded"
    assert running.wait(timeout=60) == 0


class Receiver:
    """A webhook endpoint that answers with these statuses in turn, then with 200."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = [*statuses]
        self._received: asyncio.Queue[tuple[bytes, str]] = asyncio.Queue()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/hook", self._receive)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        finally:
            await runner.cleanup()

    async def event(self, secret: str) -> stripe.Event:
        """The next event, if its signature is valid."""
        body, header = await asyncio.wait_for(self._received.get(), 60)
        event: stripe.Event = stripe.Webhook.construct_event(body, header, secret)
        return event

    async def _receive(self, request: web.Request) -> web.Response:
        self._received.put_nowait((await request.read(), request.headers["Stripe-Signature"]))
        return web.Response(status=self._statuses.pop(0) if self._statuses else 200)


class Api:
    """The served sandbox as an HTTP client sees it."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def post(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with self._session.post(f"{self.url}{path}", data=form, headers=headers) as answer:
            received: dict[str, Any] = await answer.json()
            return received

    async def control(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self._session.request(method, f"{self.url}/_sandbox/{path}", json=body or {}) as answer:
            return answer.status, await answer.json()

    async def page(self, url: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, text and the address that the browser is sent to."""
        method = "GET" if form is None else "POST"
        async with self._session.request(method, url, data=form, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers.get("Location", "")


@asynccontextmanager
async def serving() -> AsyncIterator[Api]:
    sandbox = StripeSandbox(SystemClock(), retries=RetrySchedule(first=0.1), settings=Settings(settlement_delay=0.1))
    sandbox.add_account(KEY, name="Tea Shop")
    async with SandboxServer(sandbox) as server, ClientSession() as session:
        yield Api(session, server.url)


def test_webhooks_arrive_signed_and_are_sent_again_after_a_failure() -> None:
    async def scene() -> None:
        receiver = Receiver(500)
        async with serving() as api, receiver.listening() as hook:
            endpoint = await api.post("/v1/webhook_endpoints", {"url": hook, "enabled_events[]": "customer.created"})
            customer = await api.post("/v1/customers", {"email": "ada@example.com"})
            first = await receiver.event(endpoint["secret"])
            again = await receiver.event(endpoint["secret"])
        assert first.data.object["id"] == customer["id"]
        assert again.id == first.id

    asyncio.run(scene())


def test_a_person_pays_on_the_checkout_page() -> None:
    async def scene() -> None:
        async with serving() as api:
            session = await api.post(
                "/v1/checkout/sessions",
                {
                    "mode": "payment",
                    "success_url": "https://shop.example/thanks?id={CHECKOUT_SESSION_ID}",
                    "line_items[0][quantity]": "1",
                    "line_items[0][price_data][currency]": "eur",
                    "line_items[0][price_data][unit_amount]": "1250",
                    "line_items[0][price_data][product_data][name]": "Darjeeling",
                },
            )
            _, page, _ = await api.page(session["url"])
            _, declined, _ = await api.page(session["url"], {"payment_method": "pm_card_visa_chargeDeclined"})
            _, asked, _ = await api.page(session["url"], {"payment_method": "pm_card_authenticationRequired"})
            answer = {"payment_method": "pm_card_authenticationRequired", "authentication": "succeed"}
            status, _, location = await api.page(session["url"], answer)
            assert all(text in page for text in ("Tea Shop", "Darjeeling", "€12.50"))
            assert "Your card was declined." in declined
            assert "Complete authentication" in asked
            assert (status, location) == (303, f"https://shop.example/thanks?id={session['id']}")
            assert "complete" in (await api.page(session["url"]))[1]

    asyncio.run(scene())


def test_a_person_authenticates_on_the_page_of_the_next_action() -> None:
    async def scene() -> None:
        async with serving() as api:
            intent = await api.post(
                "/v1/payment_intents",
                {
                    "amount": "1000",
                    "currency": "usd",
                    "payment_method": "pm_card_authenticationRequired",
                    "confirm": "true",
                    "return_url": "https://shop.example/back",
                },
            )
            url = intent["next_action"]["redirect_to_url"]["url"]
            status, _, location = await api.page(url, {"authentication": "succeed"})
            assert (status, location) == (303, "https://shop.example/back")

    asyncio.run(scene())


@pytest.mark.parametrize("kind", ["cut_before_commit", "cut_after_commit"])
def test_a_cut_connection_is_a_connection_error(process: tuple[subprocess.Popen[str], str], kind: str) -> None:
    async def ask(url: str) -> None:
        async with ClientSession() as session:
            await Api(session, url).control("POST", "faults", {"kind": kind, "match": {"method": "POST"}})

    _, url = process
    asyncio.run(ask(url))

    with pytest.raises(stripe.APIConnectionError):
        stripe.StripeClient(KEY, base_addresses={"api": url}).v1.customers.create({})


def test_the_controls_answer_in_json() -> None:
    async def scene() -> None:
        async with serving() as api:
            assert await api.control("GET", "health") == (200, {"status": "ok"})
            await api.post("/v1/customers", {})
            _, report = await api.control("GET", "calls")
            assert report["counts"] == {"POST /v1/customers": 1}
            _, account = await api.control("POST", "accounts", {"name": "Other"})
            permissions = {"account_id": account["account"], "kind": "rk", "permissions": ["rak_customer_read"]}
            _, created = await api.control("POST", "keys", permissions)
            assert created["key"].startswith("rk_test_")
            changed = {"key": created["key"], "permissions": []}
            assert (await api.control("POST", "keys/permissions", changed))[0] == 200
            assert (await api.control("POST", f"accounts/{account['account']}", {"charges_enabled": False}))[0] == 200
            assert (await api.control("POST", "keys/revoke", {"key": KEY}))[0] == 200
            assert (await api.post("/v1/customers", {}))["error"]["code"] == "api_key_expired"
            assert (await api.control("POST", "webhooks", {"mode": "explode"}))[0] == 400
            assert (await api.control("POST", "checkout/cs_none/complete", {"payment_method": "x"}))[0] == 404
            assert (await api.control("GET", "nothing"))[0] == 404
            assert (await api.control("POST", "reset"))[0] == 200

    asyncio.run(scene())


def test_a_held_request_is_answered_when_it_is_released() -> None:
    async def scene() -> None:
        async with serving() as api:
            await api.control("POST", "faults", {"kind": "hold"})
            waiting = asyncio.create_task(api.post("/v1/customers", {"email": "ada@example.com"}))
            holds: list[str] = []
            while not holds:
                holds = (await api.control("GET", "holds"))[1]["holds"]
            assert not waiting.done()
            await api.control("POST", f"holds/{holds[0]}")
            assert (await waiting)["email"] == "ada@example.com"

    asyncio.run(scene())
