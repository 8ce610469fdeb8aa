"""A new kind of Stripe event, or of notification, that nobody handles is an error of types, not one of a run."""

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from mypy import api
from template import REPOSITORY

DOMAIN = REPOSITORY / "layers" / "domain" / "paystream"
SETTINGS = f"""[mypy]
mypy_path = {DOMAIN.parent}
explicit_package_bases = True
follow_imports = skip
"""
"""What is not named on the command line is not read: that would take long."""
ALSO_READ = ("apply_intent", "apply_dispute", "apply_refund", "apply_customer")


@dataclass(frozen=True, slots=True)
class NewKind:
    """A kind that is added to a closed list, in a copy of its module; what it is called, and who has to handle it."""

    module: str
    before: str
    after: str
    name: str
    handled_in: Path


NEW_KINDS = {
    "of event": NewKind(
        "use_cases/stripe_events/stripe_event.py",
        "StripeEvent = IntentEvent",
        "class NewEvent: ...\n\n\nStripeEvent = NewEvent | IntentEvent",
        "NewEvent",
        DOMAIN / "use_cases" / "stripe_events" / "apply_event.py",
    ),
    "of news about a payment method": NewKind(
        "use_cases/stripe_events/payment_method_events.py",
        "PaymentMethodEvent = MethodSaved",
        "class NewNews:\n    provider_customer_id: str\n"
        "    occurred_at: datetime\n\n\nPaymentMethodEvent = NewNews | MethodSaved",
        "NewNews",
        DOMAIN / "use_cases" / "stripe_events" / "apply_payment_method.py",
    ),
    "of news about a payment": NewKind(
        "model/notification.py",
        "PaymentNews = Literal[",
        "PaymentNews = Literal[WebhookType.INVOICE_VOIDED,",
        "WebhookType.INVOICE_VOIDED",
        DOMAIN / "lago" / "invoice_notifications.py",
    ),
    "of news about a dispute": NewKind(
        "model/notification.py",
        "DisputeNews = Literal[",
        "DisputeNews = Literal[WebhookType.INVOICE_VOIDED,",
        "WebhookType.INVOICE_VOIDED",
        DOMAIN / "lago" / "dispute_notifications.py",
    ),
    "of a refund's status": NewKind(
        "model/payment_refund.py",
        '    REQUIRES_ACTION = "requires_action"',
        '    REQUIRES_ACTION = "requires_action"\n    NEW = "new"',
        "RefundStatus.NEW",
        DOMAIN / "model" / "refund.py",
    ),
}


def _shadows(sources: Mapping[str, str], folder: Path) -> list[str]:
    """What lets mypy read these sources in place of the modules."""
    shadows: list[str] = []
    for number, (module, source) in enumerate(sources.items()):
        copy = folder / f"{number}.py"
        copy.write_text(source)
        shadows += ["--shadow-file", str(DOMAIN / module), str(copy)]
    return shadows


@pytest.fixture(scope="module")
def complaints_of_mypy(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What it says when every one of the kinds is there, and nobody has decided about any."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "mypy.ini").write_text(SETTINGS)
    sources: defaultdict[str, str] = defaultdict(str)
    for kind in NEW_KINDS.values():
        source = sources[kind.module] or (DOMAIN / kind.module).read_text()
        assert source.count(kind.before) == 1
        sources[kind.module] = source.replace(kind.before, kind.after)
    shadows = _shadows(sources, folder)
    read = {DOMAIN / module for module in sources} | {kind.handled_in for kind in NEW_KINDS.values()}
    read |= {DOMAIN / "use_cases" / "stripe_events" / f"{name}.py" for name in ALSO_READ}
    settings = [f"--config-file={folder / 'mypy.ini'}", f"--cache-dir={os.devnull}"]
    output, errors, _ = api.run([*settings, *shadows, *map(str, sorted(read))])
    assert not errors
    return [line for line in output.splitlines() if "assert_never" in line]


@pytest.mark.parametrize("kind", NEW_KINDS.values(), ids=NEW_KINDS)
def test_mypy_refuses_a_kind_that_nobody_handles(kind: NewKind, complaints_of_mypy: list[str]) -> None:
    there = [line for line in complaints_of_mypy if line.split(":")[0].endswith(kind.handled_in.name)]

    assert [kind.name in line for line in there] == [True]
