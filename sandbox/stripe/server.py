"""The sandbox over HTTP on loopback: the API, the hosted pages, the controls, and the webhooks it sends."""

import asyncio
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web

from . import control_routes
from .engine import StripeSandbox
from .hosted import HostedPages
from .webhooks import Delivery
from .wire import Request, Response, Transport

_HOST = "127.0.0.1"
_WEBHOOK_TIMEOUT = ClientTimeout(sock_connect=5, sock_read=30)
_WEBHOOKS_AT_ONCE = 2
"""So that a laptop which starts the functions for the first time is not flooded."""
_LONGEST_SLEEP = 1.0


class SandboxServer:
    """Serves while its `async with` block runs; `url` is known inside it."""

    def __init__(self, sandbox: StripeSandbox, port: int = 0) -> None:
        self._sandbox = sandbox
        self._port = port
        self._wake = asyncio.Event()
        self._released: dict[str, asyncio.Future[Response]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1024**2)
        app.router.add_route("*", "/_sandbox/{path:.*}", self._control)
        HostedPages(self._sandbox).add_to(app.router)
        app.router.add_route("*", "/{path:.*}", self._api)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, _HOST, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = self._sandbox.world.settings.public_url = f"http://{_HOST}:{port}"
        self._client = ClientSession(timeout=_WEBHOOK_TIMEOUT, connector=TCPConnector(limit=_WEBHOOKS_AT_ONCE))
        self._deliveries = asyncio.create_task(self._deliver())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [self._deliveries, *self._sending]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for future in self._released.values():
            future.cancel()
        await self._client.close()
        await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        query = request.rel_url.raw_query_string
        response = self._sandbox.handle(Request(request.method, request.path, query, request.headers, body))
        self._wake.set()
        if response.transport is Transport.HELD and response.hold is not None:
            self._released[response.hold] = asyncio.get_running_loop().create_future()
            response = await self._released[response.hold]
        if response.delay:
            await asyncio.sleep(response.delay)
        if response.transport is Transport.CUT and request.transport is not None:
            request.transport.abort()
        return web.Response(status=response.status or 502, headers=response.headers, body=response.body)

    async def _control(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if request.method == "POST" and path.startswith("holds/"):
            return self._release(path.split("/")[1])
        status, answer = control_routes.handle(self._sandbox, request.method, path, await request.read())
        self._wake.set()
        return web.json_response(answer, status=status)

    def _release(self, hold: str) -> web.Response:
        if hold not in self._sandbox.gateway.held:
            return web.json_response({"error": {"message": f"there is no hold {hold}"}}, status=404)
        response = self._sandbox.release(hold)
        waiting = self._released.pop(hold, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(response)
        return web.json_response({"status": "ok"})

    async def _deliver(self) -> None:
        """Sends what is due, each on its own: like Stripe's, deliveries may overtake each other."""
        while True:
            self._wake.clear()
            for delivery in self._sandbox.due_deliveries():
                task = asyncio.create_task(self._send(delivery))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
            next_due = self._sandbox.next_due()
            pause = _LONGEST_SLEEP if next_due is None else min(_LONGEST_SLEEP, next_due - self._sandbox.clock.now())
            try:
                await asyncio.wait_for(self._wake.wait(), max(0.01, pause))
            except TimeoutError:
                continue

    async def _send(self, delivery: Delivery) -> None:
        try:
            async with self._client.post(
                delivery.url, data=delivery.body, headers=delivery.headers, allow_redirects=False
            ) as answer:
                status: int | None = answer.status
        except (ClientError, TimeoutError):
            status = None
        self._sandbox.delivered(delivery, status)
        self._wake.set()
