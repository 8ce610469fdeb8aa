"""`make fidelity STRIPE_KEY=sk_test_…`: ask Stripe what the sandbox is asked, and show where they differ.

Without a key the sandbox stands for Stripe, and planted differences must be found. The exit status says: 0 all agree,
1 something differs or could not be removed, 2 nothing was asked.
"""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import stripe
from paystream.adapters.stripe.gateway import API_VERSION
from paystream.errors import KeyRefusedError, OutcomeUnknownError

from .assumptions import table_of_assumptions
from .comparison import Difference, differences, table_of
from .recordings import FOLDER, Recording, account_of, recorded, write
from .run import SHAPES, Run, Target, sandbox
from .self_test import lines, self_test

_TEST_KEYS = ("sk_test_", "rk_test_")
_TIMEOUT = 60
"""Seconds."""
AGREES, DIFFERS, NOT_ASKED = 0, 1, 2


def main(secret_key: str | None) -> int:
    """The exit status. Never prints the key."""
    if not secret_key:
        return _without_a_key()
    refusal = why_refused(secret_key)
    if refusal:
        print(refusal)
        return NOT_ASKED
    target = Target(secret_key, stripe.RequestsClient(timeout=_TIMEOUT))
    try:
        target.gateway.account()
    except KeyRefusedError:
        print("Stripe does not accept STRIPE_KEY, or it may not read the account. Nothing was sent.")
        return NOT_ASKED
    except OutcomeUnknownError:
        print("Stripe cannot be reached. Nothing was sent.")
        return NOT_ASKED
    return held_against_the_sandbox(target)


def why_refused(secret_key: str) -> str | None:
    """Why nothing is asked with this key; None if it is one of test mode."""
    if secret_key.startswith(_TEST_KEYS):
        return None
    if secret_key.startswith(("sk_live_", "rk_live_")):
        return "STRIPE_KEY is a live key: `make fidelity` charges, so it takes test keys only. Nothing was sent."
    return "STRIPE_KEY is no secret key of Stripe's test mode (sk_test_… or rk_test_…). Nothing was sent."


def held_against_the_sandbox(target: Target, folder: Path = FOLDER) -> int:
    """Ask all of `target`, write down in `folder` what it answers, and compare."""
    print(f"{len(SHAPES)} shapes, API version {API_VERSION}", flush=True)
    run = target.play()
    country, currency = account_of(run.results)
    answers = recorded(run)
    found = differences(answers, recorded(sandbox(country, currency).play()))
    path = write(Recording(API_VERSION, f"{datetime.now(UTC):%Y-%m-%d}", country, currency, answers), folder)
    _print(found, run)
    print(f"Recorded as {path.parent.name}/{path.name}.\n`make conformance` holds the sandbox to it.")
    return DIFFERS if found or run.left or len(answers) < len(run.results) else AGREES


def _print(found: Sequence[Difference], run: Run) -> None:
    print(f"\ndifferences: {len(found)}")
    for line in table_of(found) if found else ():
        print(line)
    print()
    for line in table_of_assumptions([result.shape.name for result in run.results if result.is_answered], found):
        print(line)
    print()
    for result in run.results:
        if not result.is_answered:
            print(f"NO ANSWER: {result.shape.name}: {result.meaning}")
    for what in run.left:
        print(f"LEFT BEHIND at Stripe: {what}")


def _without_a_key() -> int:
    print("No STRIPE_KEY: the sandbox stands for Stripe, with differences planted.\n", flush=True)
    figures = self_test()
    for line in lines(figures):
        print(line)
    print()
    for line in table_of_assumptions():
        print(line)
    print("\n`make fidelity STRIPE_KEY=sk_test_…` asks Stripe.")
    return AGREES if figures.holds else DIFFERS


if __name__ == "__main__":
    sys.exit(main(os.environ.get("STRIPE_KEY")))
