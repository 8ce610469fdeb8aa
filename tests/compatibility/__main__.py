"""`make compatibility`: Lago's official clients, unmodified, from their registries, against the stack on this machine.

A client whose language is not on this machine is left out, with a line that says so; where CI is set, that is an error.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.stack import SECRET_KEY, Stack
from sandbox.stage import Stage
from template import REPOSITORY, resources

_TOURS = REPOSITORY / "tests" / "compatibility"
_CLIENTS = REPOSITORY / ".venv" / "clients"


@dataclass(frozen=True)
class OfficialClient:
    """One of Lago's clients: where it is installed below .venv/clients, what that needs, and what is run with it."""

    name: str
    environment: str
    needs: str | None
    command: tuple[str, ...]


CLIENTS = (
    OfficialClient("Python", "python", None, (str(_CLIENTS / "python/bin/python"), str(_TOURS / "tour.py"))),
    OfficialClient("JavaScript", "javascript", "npm", ("node", str(_TOURS / "tour.mjs"))),
    OfficialClient("Rust", "rust", "cargo", (str(_CLIENTS / "rust/debug/tour"),)),
)


def main() -> int:
    """Take every client on its tour; the exit status says whether all went through, and in CI if one was left out."""
    started = time.monotonic()
    lines, wrong = [], 0
    here = [client for client in CLIENTS if client.needs is None or shutil.which(client.needs)]
    for client in here:
        subprocess.run(["make", "--silent", f".venv/clients/{client.environment}/.locked"], cwd=REPOSITORY, check=True)
    with Stack("compatibility", settlement_seconds=1.0) as stack:
        _start_functions(Stage(stack, started))
        for client in here:
            passed = _tour(client, Stage(stack, started))
            wrong += passed is None
            lines.append(f"{client.name:<12} {'NOT as expected' if passed is None else f'{passed} steps passed'}")
    for client in CLIENTS:
        if client not in here:
            lines.append(f"LEFT OUT: {client.name}; install {client.needs}")
            wrong += "CI" in os.environ
    print(*lines, sep="\n")
    return 1 if wrong else 0


def _start_functions(stage: Stage) -> None:
    """Call each function of the API once: Lago's Python client gives up after 5 s, which the first call may take."""
    stage.say("first call of each function of the API")
    for function in resources("AWS::Serverless::Function").values():
        routes = [event["Properties"] for event in function.get("Events", {}).values() if event["Type"] == "Api"]
        for route in routes[:1]:
            stage.try_call(route["Method"], re.sub(r"{\w+}", "unknown", route["Path"]).removeprefix("/api/v1/"), {})


def _tour(client: OfficialClient, stage: Stage) -> int | None:
    """How many steps passed, in an organization of its own; None if one did not."""
    settings = {"secret_key": SECRET_KEY, "name": client.name}
    stage.call("PUT", "integrations/stripe/stripe", {"integration": settings})
    stage.say(f"Lago's {client.name} client")
    ran = subprocess.run(client.command, env=_environment(client, stage), capture_output=True, text=True, check=False)
    print(*(f"          {line}" for line in ran.stdout.splitlines()), sep="\n")
    if ran.returncode:
        print(ran.stderr, file=sys.stderr)
        return None
    return len(ran.stdout.splitlines())


def _environment(client: OfficialClient, stage: Stage) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "CLIENT": str(_CLIENTS / client.environment),
        "LAGO_URL": stage.stack.api_url,
        "LAGO_API_KEY": stage.key["api_key"],
        "WEBHOOK_URL": "http://127.0.0.1:9/lago",
        "GOOD_CUSTOMER": _customer(stage, "pm_card_visa"),
        "BAD_CUSTOMER": _customer(stage, "pm_card_chargeCustomerFail"),
    }


def _customer(stage: Stage, payment_method: str) -> str:
    """A customer who is in Stripe already, with a default payment method."""
    customer = stage.stripe.v1.customers.create({"name": "Acme"}).id
    stage.set_default_card(customer, payment_method)
    return customer


if __name__ == "__main__":
    sys.exit(main())
