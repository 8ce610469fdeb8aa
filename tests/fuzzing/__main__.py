"""`make fuzz`: schemathesis makes up requests from docs/api/openapi.yaml and holds every answer to it.

Twice: with ids that it makes up, and with those of an invoice, a payment and a customer that are there.
"""

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

from sandbox.stack import SECRET_KEY, Stack
from sandbox.stage import Stage
from template import REPOSITORY

_SCHEMATHESIS = REPOSITORY / ".venv" / "schemathesis" / "bin" / "schemathesis"
_CUSTOMER = "acme-42"
"""That of the examples in the description."""

_LONGEST_ANSWER_SECONDS = 29
"""API Gateway waits no longer: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""

_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "missing_required_header",
    "ignored_auth",
)


def main() -> int:
    """Whether any answer is not as described."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("examples", type=int, help="requests a route and run, at the least")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with Stack("fuzz") as stack:
        stage = Stage(stack, time.monotonic())
        lago_id = _fill(stage)
        runs = [_run(stage, arguments.examples, arguments.seed, config) for config in ("", _known(stage, lago_id))]
    made = sum(number for number, _ in runs)
    wrong = any(failed for _, failed in runs)
    print(f"{made:,} requests; {'some were NOT answered as described' if wrong else 'all were answered as described'}")
    return 1 if wrong else 0


def _fill(stage: Stage) -> str:
    """What the description's examples speak of: an account, customers, an invoice that is paid; its id."""
    settings = {"secret_key": SECRET_KEY, "name": "Acme", "create_customers": True}
    stage.call("PUT", "integrations/stripe/stripe_eu", {"integration": settings})
    for external_id, card in {_CUSTOMER: "pm_card_visa", "declined": "pm_card_chargeCustomerFail"}.items():
        stage.call("POST", "customers", {"customer": {"external_id": external_id, "name": "Acme"}})
        stage.set_default_card(stage.customer(external_id)["provider_customer_id"], card)
        stage.wait_for_card(external_id)
    declined = stage.invoice("declined", 4200)
    stage.wait_for_status(stage.invoice(_CUSTOMER, 4200), "succeeded")
    stage.wait_for_status(declined, "failed")
    return declined


def _known(stage: Stage, lago_id: str) -> str:
    """Schemathesis' settings that put real ids into the paths."""
    payment = stage.payment(lago_id)
    ids = {
        "/api/v1/invoices/": {"lago_id": lago_id},
        "/api/v1/payments/": {"lago_id": payment["lago_id"] if payment else ""},
        "/api/v1/customers/": {"external_id": _CUSTOMER},
    }
    return "".join(
        f'[[operations]]\ninclude-path-regex = "^{path}"\nparameters = {{ "path.{name}" = "{value}" }}\n\n'
        for path, parameters in ids.items()
        for name, value in parameters.items()
    )


def _run(stage: Stage, examples: int, seed: int, config: str) -> tuple[int, bool]:
    """How many requests were made, and whether some answer was not as described."""
    directory = Path(stage.stack.directory)
    (directory / "schemathesis.toml").write_text(config)
    command = [str(_SCHEMATHESIS), "run", str(REPOSITORY / "docs" / "api" / "openapi.yaml")]
    command += ["--url", stage.stack.api_url.rstrip("/"), "--header", f"Authorization: Bearer {stage.key['api_key']}"]
    command += ["--max-examples", str(examples), "--seed", str(seed), "--workers", "1", "--no-color"]
    command += ["--request-timeout", str(_LONGEST_ANSWER_SECONDS)]
    command += ["--checks", ",".join(_CHECKS), "--continue-on-failure", "--warnings", "off"]
    stage.say(f"schemathesis, with ids that {'are there' if config else 'it makes up'}")
    ran = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    print(ran.stdout[-6000:] if ran.returncode else "", ran.stderr, end="")
    found = re.search(r"(\d+) generated", ran.stdout)
    return int(found[1]) if found else 0, ran.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
