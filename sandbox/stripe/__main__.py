"""`python -m sandbox.stripe`: serves the sandbox until SIGTERM or SIGINT."""

import argparse
import asyncio
import signal
from pathlib import Path

from .clock import SystemClock
from .context import Settings
from .engine import StripeSandbox
from .ids import Ids
from .server import SandboxServer
from .webhooks import RetrySchedule


def main() -> None:
    arguments = _parse()
    sandbox = StripeSandbox(
        SystemClock(),
        Ids(arguments.seed),
        retries=RetrySchedule(first=arguments.webhook_retry, longest=arguments.longest_webhook_retry),
        settings=Settings(settlement_delay=arguments.settlement_delay),
    )
    sandbox.add_account(arguments.secret_key, name=arguments.name)
    asyncio.run(_serve(sandbox, arguments.port, arguments.port_file))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.stripe", description="An imitation of Stripe on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--port-file", type=Path, help="is written with the port once the sandbox serves")
    parser.add_argument("--secret-key", default="sk_test_sandbox00000000000000000000", help="of the first account")
    parser.add_argument("--name", default="Sandbox", help="of the first account")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same ids")
    parser.add_argument("--settlement-delay", type=float, default=3.0, help="seconds that a bank debit is processing")
    parser.add_argument("--webhook-retry", type=float, default=5.0, help="seconds until a failed webhook is sent again")
    parser.add_argument(
        "--longest-webhook-retry", type=float, default=12 * 3600.0, help="seconds that such a pause grows to at most"
    )
    return parser.parse_args()


async def _serve(sandbox: StripeSandbox, port: int, port_file: Path | None) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with SandboxServer(sandbox, port) as server:
        if port_file is not None:
            port_file.write_text(server.url.rpartition(":")[2])
        print(server.url, flush=True)
        await stopped.wait()


if __name__ == "__main__":
    main()
