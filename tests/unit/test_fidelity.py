"""`make fidelity`: what differs is found, no live key is used, and nothing is left behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from paystream.adapters.stripe.gateway import API_VERSION
from sandbox.fidelity import __main__ as command
from sandbox.fidelity.assumptions import assumptions, table_of_assumptions
from sandbox.fidelity.comparison import Difference, differences, of_recording, table_of
from sandbox.fidelity.recordings import Recording, masked, read_all, recorded, write
from sandbox.fidelity.run import SHAPES, Run, Target, sandbox
from sandbox.fidelity.self_test import PLANTS, lines, self_test
from sandbox.fidelity.shop import Shape, Shop
from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.clock import ManualClock
from sandbox.stripe.engine import StripeSandbox

KEY = "sk_test_fidelity0test00000000"
NAMES = ("the account", "a card", "refunds", "another amount under the key")
FEW = tuple(one for one in SHAPES if one.name in NAMES)


@pytest.fixture(scope="module")
def run() -> Run:
    """A few shapes, asked of the sandbox."""
    return sandbox().play(FEW)


@pytest.fixture
def recording(run: Run) -> Recording:
    return Recording(API_VERSION, "2026-12-01", "US", "usd", recorded(run))


def at_stripe() -> tuple[StripeSandbox, Target]:
    """A Stripe of which one can see what is left there."""
    stripe = StripeSandbox(ManualClock(datetime.now(UTC).timestamp()))
    stripe.add_account(KEY)
    return stripe, Target(KEY, InProcessHTTPClient(stripe))


def left_at(stripe: StripeSandbox) -> list[str]:
    """What was made there and still is."""
    (account,) = stripe.accounts.values()
    made = [*account.customers, *account.webhook_endpoints]
    waiting = [one for one in account.payment_intents if one["status"] == "requires_action"]
    pages = [one for one in account.checkout_sessions if one["status"] == "open"]
    return [one["id"] for one in [*(one for one in made if not one.get("deleted")), *waiting, *pages]]


def test_every_planted_difference_is_found_as_what_it_is() -> None:
    figures = self_test()

    assert figures.holds, "\n".join(lines(figures))
    assert figures.planted.keys() == PLANTS.keys()
    assert min(figures.planted.values()) > 0
    assert figures.shapes >= 40


def test_a_call_that_is_missing_and_another_meaning_are_found(run: Run) -> None:
    shape = recorded(run)[-1]
    shorter = replace(shape, exchanges=shape.exchanges[:-1], meaning="failed")

    assert [one.what for one in differences([shape], [shorter])] == ["calls", "meaning"]


def test_a_recording_of_what_is_sent_no_more_is_a_difference(recording: Recording) -> None:
    first, *others = recording.shapes
    sent = replace(first.exchanges[0], params={"of": "before"})
    older = replace(recording, shapes=(replace(first, exchanges=(sent, *first.exchanges[1:])), *others))

    assert [one.what for one in of_recording(older)] == ["request"]
    gone = replace(recording, shapes=(replace(first, name="gone"),))
    assert [one.sandbox for one in of_recording(gone)] == ["not asked"]


def test_a_recording_is_read_as_it_was_written_and_holds_the_sandbox(recording: Recording, tmp_path: Path) -> None:
    write(recording, tmp_path)

    assert read_all(tmp_path) == [recording]
    assert of_recording(recording) == []
    assert read_all(tmp_path / "none") == []


@pytest.mark.parametrize(
    "secret",
    [
        "sk_test_51AbcDEFghi0",
        "rk_live_51AbcDEFghi0",
        "whsec_0123456789abcdef",
        "cus_9s6XKzkNRiz8i3",
        "pi_3MtwBwLkdIwHu7ix28a3tqPa",
        "cs_test_a1YS1URlnyQCN5fUUduORoQ7Pw41PJqDWkIVQCpJPqkfIhd6tVY8XB1OLY",
        "run0name",
        "1795428000",
    ],
)
def test_ids_keys_times_and_the_name_of_a_run_are_masked(secret: str) -> None:
    assert secret not in masked(f"/v1/{secret}/of?x={secret}", "run0name")


def test_test_cards_and_words_are_not_masked() -> None:
    words = "pm_card_visa pm_usBankAccount_success requires_payment_method payment_intent_unexpected_state 4200"
    assert masked(words, "run0name") == words


@pytest.mark.parametrize("key", ["sk_live_51Abc0", "rk_live_51Abc0", "pk_test_51Abc0", "whsec_51Abc0", " sk_test_5"])
def test_a_key_that_is_not_of_test_mode_is_refused_at_once_and_not_shown(
    key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(key) == command.NOT_ASKED

    said = capsys.readouterr().out
    assert "Nothing was sent." in said
    assert key.strip() not in said


def test_nothing_is_left_at_stripe() -> None:
    stripe, target = at_stripe()

    assert target.play().left == ()
    assert left_at(stripe) == []


def test_nothing_is_left_at_stripe_where_a_person_breaks_it_off() -> None:
    def makes_and_breaks_off(shop: Shop) -> object:
        shop.gateway.create_webhook_endpoint(f"https://paystream.example/{shop.name()}")
        shop.gateway.checkout.create_link(shop.link(shop.customer()))
        shop.gateway.collect(shop.saved("pm_card_authenticationRequired", on_session=True))
        raise KeyboardInterrupt

    stripe, target = at_stripe()
    with pytest.raises(KeyboardInterrupt):
        target.play([Shape("broken off", makes_and_breaks_off)])

    assert left_at(stripe) == []


def test_what_could_not_be_removed_is_named() -> None:
    stripe, target = at_stripe()
    stripe.control.add_fault("500_before_commit", method="DELETE", path="/v1/customers/*", times=9)

    assert target.play([Shape("a customer", lambda shop: shop.customer())]).left == ("a customer",)


def test_what_stripe_did_not_answer_is_not_recorded() -> None:
    stripe, target = at_stripe()
    stripe.control.add_fault("cut_before_commit", path="/v1/account", times=2)

    assert recorded(target.play([shape for shape in SHAPES if shape.name == "the account"])) == ()


def test_a_real_run_writes_what_it_heard_and_tells_of_each_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stripe, target = at_stripe()
    stripe.accounts[next(iter(stripe.accounts))].details["planted"] = None

    assert command.held_against_the_sandbox(target, tmp_path) == command.DIFFERS

    said = capsys.readouterr().out
    assert "differences: 1\n" in said
    assert "missing keys" in said
    assert KEY not in said
    assert max(map(len, said.splitlines())) <= 100
    (kept,) = read_all(tmp_path)
    assert KEY not in next(tmp_path.iterdir()).read_text()
    assert len(kept.shapes) == len(SHAPES)


def test_the_table_has_a_hundred_columns() -> None:
    long = Difference("a shape " * 9, "POST /v1/payment_intents", "missing keys", "of_stripe, " * 20, "")
    assert max(map(len, table_of([long]))) <= 100


def settled() -> Iterator[str]:
    for shape in SHAPES:
        yield from shape.settles


def test_each_assumption_is_settled_by_a_request_or_says_why_not() -> None:
    names = {one.name for one in assumptions()}

    assert {*settled()} <= names
    assert [one.name for one in assumptions() if bool(one.settled_by) == bool(one.why_not)] == []


def test_an_assumption_is_settled_where_all_of_its_requests_were_answered_alike() -> None:
    name = "error_on_requires_action, types listed"
    different = Difference(name, "POST /v1/payment_intents", "status", "400", "200")

    def result(*given: Any) -> str:
        (line,) = [line for line in table_of_assumptions(*given) if line.startswith("error-on-requires-action")]
        return line[76:]

    assert result() == "assumed"
    assert result([name]) == "as Stripe answers"
    assert result([name], [different]).startswith("look at")


def test_each_shape_has_a_name_of_its_own() -> None:
    names = [shape.name for shape in SHAPES]
    assert len({*names}) == len(names)
