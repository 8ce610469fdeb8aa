"""What can be switched: the guards of the protocol, and the bounds of a search."""

from dataclasses import dataclass, field, fields, replace
from typing import Any


def _guard(meaning: str) -> Any:
    return field(default=True, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """Each can be switched off: `rows.ROWS` says what breaks then, and the tests find it."""

    key_derived_from_attempt: bool = _guard("the idempotency key follows from invoice and attempt")
    age_guard: bool = _guard("an attempt of more than 23 h is looked up before it is sent")
    function_ends_within_the_hour: bool = _guard("no function lives from before 23 h until after 24 h")
    look_up_after_unknown_tries: bool = _guard("after three unknown tries the payment is looked up")
    params_changed_is_unknown: bool = _guard("idempotency_error leads to a look-up, it is no refusal")
    unknown_is_never_failed: bool = _guard("a time-out or a 5xx is no failure")
    conditional_write: bool = _guard("invoice and payment are written on condition of the version read")
    succeeded_is_final: bool = _guard("nothing follows a success")
    notification_in_the_transaction: bool = _guard("state and notification are written together")
    stable_notification_id: bool = _guard("a notification's id follows from its cause")
    due_time_on_every_open_invoice: bool = _guard("whatever is open is looked at again")
    failed_record_comes_again: bool = _guard("a batch's answer names the records that failed")
    age_survives_a_new_put: bool = _guard("an item that is replaced has the age of its first life")
    second_success_is_recorded: bool = _guard("a second success gets a payment of its own and is notified")
    rises_after_stored_failure_only: bool = _guard("a new attempt follows a definite, stored failure")
    new_attempt_closes_the_one_before: bool = _guard("the intent before is cancelled, or found succeeded")
    closing_looks_up: bool = _guard("a failure without an intent is looked up before it counts as closed")
    new_attempt_outwaits_functions: bool = _guard("a new attempt begins when no function of the old one can run")
    look_up_lists: bool = _guard("a look-up lists intents; Search lags behind")
    new_attempt_is_on_record: bool = _guard("a new attempt's payment is written together with its number")
    last_failure_is_closed: bool = _guard("a failed invoice is looked at until its last intent is closed")
    latest_attempt_is_restored: bool = _guard("an item that is replaced goes on at its last attempt on record")
    link_has_the_attempts_key: bool = _guard("a link is made under the key of its attempt")
    nothing_charged_while_link_open: bool = _guard("while a link is open nothing is charged")
    link_expired_before_charge: bool = _guard("a link is expired at Stripe before anything else is begun")
    older_attempt_never_overwrites: bool = _guard("a failure counts for the invoice if it is the latest attempt's")
    params_changed_looks_up_at_once: bool = _guard("idempotency_error leads to a look-up without three tries")

    def without(self, name: str) -> "Guards":
        """All but one."""
        return replace(self, **{name: False})


GUARDS = {guard.name: str(guard.metadata["meaning"]) for guard in fields(Guards)}
"""What each guard says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What may happen in a search, and how often. Crashes, lost, repeated and reordered events may always, at any
    time.

    `faults` counts calls of Stripe without a definite answer; with a `clock` any number of days may pass. With `stream`
    the item is not an invoice yet when it begins.
    """

    name: str
    stream: bool = False
    attempts: int = 1
    clock: bool = False
    faults: int = 1
    workers: int = 2
    processing: bool = False
    refusals: bool = False
    delays: bool = False
    saved_errors: bool = False
    card_changes: bool = False
    late_confirmation: bool = False
    links: bool = False
    puts: int = 0
    outside_intent: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The guards and the bounds of one search."""

    guards: Guards
    scenario: Scenario
