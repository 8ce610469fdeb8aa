"""Which search shows that a guard is needed, and what it finds without the guard."""

from dataclasses import dataclass, replace

from model.invariants import Invariant
from model.rules import Scenario

STREAM = Scenario(name="a record of the stream", stream=True, faults=0, processing=True)
ONE_ATTEMPT = Scenario(name="one attempt", clock=True)
FAILURES = Scenario(name="one attempt that may fail", processing=True, refusals=True, late_confirmation=True)
SAVED_ERRORS = Scenario(name="saved errors", saved_errors=True, clock=True)
CARD_CHANGES = Scenario(name="the card changes", card_changes=True)
REPLACED = Scenario(name="the item is replaced", faults=0, clock=True, puts=1)
OUTSIDE = Scenario(name="another system charges", outside_intent=True)
RETRIES = Scenario(name="retries", attempts=2, refusals=True, delays=True, late_confirmation=True)
RETRIES_REPLACED = Scenario(name="retries, the item is replaced", attempts=2, faults=0, puts=1)
OLD_RETRIES_REPLACED = replace(RETRIES_REPLACED, name="retries over days, replaced", workers=1, clock=True)
LINKS = Scenario(name="payment links", attempts=2, faults=0, links=True)
OLD_LINKS = Scenario(name="payment links over days", faults=0, links=True, clock=True)

SCENARIOS = (
    STREAM,
    ONE_ATTEMPT,
    FAILURES,
    SAVED_ERRORS,
    CARD_CHANGES,
    REPLACED,
    OUTSIDE,
    RETRIES,
    RETRIES_REPLACED,
    OLD_RETRIES_REPLACED,
    LINKS,
    OLD_LINKS,
)
"""Small enough for every run of the tests."""

DEEP_SCENARIOS = (
    replace(STREAM, faults=1, clock=True, processing=False),
    replace(ONE_ATTEMPT, faults=2, delays=True),
    replace(FAILURES, clock=True, late_confirmation=False),
    replace(SAVED_ERRORS, faults=2),
    replace(CARD_CHANGES, clock=True),
    replace(REPLACED, faults=1),
    replace(OUTSIDE, faults=0, clock=True),
    replace(RETRIES, processing=True),
    replace(RETRIES, name="retries over days", faults=0, delays=False, refusals=False, clock=True),
    replace(RETRIES, name="three attempts", attempts=3, faults=0, delays=False),
    replace(RETRIES_REPLACED, clock=True),
    replace(LINKS, faults=1, refusals=True),
    replace(LINKS, name="payment links over days", clock=True),
)
"""The same with more of everything, for `make model`."""


@dataclass(frozen=True, slots=True)
class Row:
    """What breaks without the guard. Of several, the worst is looked for."""

    scenario: Scenario
    breaks: Invariant


ROWS = {
    "key_derived_from_attempt": Row(ONE_ATTEMPT, Invariant.ONE_SUCCESS),
    "age_guard": Row(ONE_ATTEMPT, Invariant.ONE_SUCCESS),
    "function_ends_within_the_hour": Row(ONE_ATTEMPT, Invariant.ONE_SUCCESS),
    "look_up_after_unknown_tries": Row(SAVED_ERRORS, Invariant.LEARNT_IN_TIME),
    "params_changed_is_unknown": Row(CARD_CHANGES, Invariant.ONE_FAILURE_NOTIFIED),
    "unknown_is_never_failed": Row(ONE_ATTEMPT, Invariant.ONE_FAILURE_NOTIFIED),
    "conditional_write": Row(ONE_ATTEMPT, Invariant.SUCCESS_IS_FINAL),
    "succeeded_is_final": Row(FAILURES, Invariant.SUCCESS_IS_FINAL),
    "notification_in_the_transaction": Row(ONE_ATTEMPT, Invariant.ONE_FAILURE_NOTIFIED),
    "stable_notification_id": Row(REPLACED, Invariant.ONE_FAILURE_NOTIFIED),
    "due_time_on_every_open_invoice": Row(STREAM, Invariant.NOT_STUCK),
    "failed_record_comes_again": Row(STREAM, Invariant.NOT_STUCK),
    "age_survives_a_new_put": Row(REPLACED, Invariant.ONE_SUCCESS),
    "second_success_is_recorded": Row(OUTSIDE, Invariant.NO_SILENT_SUCCESS),
    "rises_after_stored_failure_only": Row(RETRIES, Invariant.ONE_SUCCESS),
    "new_attempt_closes_the_one_before": Row(RETRIES, Invariant.ONE_SUCCESS),
    "closing_looks_up": Row(RETRIES, Invariant.ONE_SUCCESS),
    "new_attempt_outwaits_functions": Row(RETRIES, Invariant.ONE_SUCCESS),
    "look_up_lists": Row(RETRIES, Invariant.ONE_SUCCESS),
    "new_attempt_is_on_record": Row(OLD_RETRIES_REPLACED, Invariant.ONE_SUCCESS),
    "last_failure_is_closed": Row(FAILURES, Invariant.TABLE_IS_STRIPE),
    "latest_attempt_is_restored": Row(RETRIES_REPLACED, Invariant.NOT_STUCK),
    "older_attempt_never_overwrites": Row(RETRIES, Invariant.NEWEST_ATTEMPT_COUNTS),
    "link_has_the_attempts_key": Row(LINKS, Invariant.ONE_SUCCESS),
    "nothing_charged_while_link_open": Row(OLD_LINKS, Invariant.ONE_SUCCESS),
    "link_expired_before_charge": Row(LINKS, Invariant.ONE_SUCCESS),
}
"""Every guard that is needed."""

SPARE = ("params_changed_looks_up_at_once",)
"""A guard without which nothing breaks as long as the others hold: it makes for a quicker answer."""
