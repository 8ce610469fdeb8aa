"""The mutants that no test can kill, because they do the same: each with the reason."""

Key = tuple[str, str, str]
"""The module, the line before and the line after."""

_FOR_THE_TYPE_CHECKER = "a protocol is for the type checker"
_PAUSES = (
    "pauses = [min(max((now - begun_at) {} 2, _SHORTEST_PAUSE), _LONGEST_PAUSE) for begun_at in self._unsettled()]"
)
_DAYS = 'days = max(schedule_days[tries - 1], NOT_BEFORE_DAYS.get(failure.network_advice_code or "", {}))'
_CODE = "def payment_provider_code(self) -> str | None: ..."
_ID = "def integration_id(self) -> str | None: ..."
_ONE = "is_one = self.payment_statuses {} EVERY_STATUS or ("

_MISSING = "_MISSING = frozenset(WaitingFor) {} {{WaitingFor.ANOTHER_PAYMENT_METHOD}}"
_AFTER_WAITING = "Stage.WAITING: (_OPEN | _AFTER_FAILURE | _STOPS) {} {{Stage.WAITING}},"
_AFTER_IN_FLIGHT = "Stage.IN_FLIGHT: (_OPEN | _AFTER_FAILURE | _STOPS) {} {{Stage.IN_FLIGHT, Stage.PAGE_DUE}},"
_AFTER_ONE_THAT_FAILED = (
    "stage: frozenset({{Stage.IN_FLIGHT, Stage.PAGE_DUE}}) | (_AFTER_FAILURE {} {{stage}}) | _STOPS"
)
_UNCONFIRMED = "return self.requires_action and (self.is_superseded or self.status {} REQUIRES_CONFIRMATION)"
_ONLY = "if len(came) {} _was_paid_elsewhere(on_record) {} 1 or any(map(_has_come_back, charged)):"
_THE_SAME = "is_the_same = payment.status == REQUIRES_ACTION {} outcome.intent_status"
_OTHER = "if not (_is_own(payment) and payment.attempt {} paid.attempt):"
_LAST = "is_last = _is_own(payment) and payment.attempt {} invoice.attempt"
_KNOWN_BY_THEN = "an invoice knows the number of its last attempt by then"
_RETRIES = "most_retries=MOST_TRIES {} 1,"
_RETURNED = "return MOST_TRIES {} 1"
_ODD = "15 is odd: without its last bit it is one less"
_SUBSET = "what is taken away is all there"

EXPLAINED: dict[Key, str] = {
    ("integration", f"@property {_CODE}", _CODE): _FOR_THE_TYPE_CHECKER,
    ("integration", f"@property {_ID}", _ID): _FOR_THE_TYPE_CHECKER,
    ("invoice_filter", _ONE.format("=="), _ONE.format(">=")): "no set of statuses has more than all of them",
    ("payment", _UNCONFIRMED.format("=="), _UNCONFIRMED.format(">=")): "no status that can be canceled comes after it",
    ("payment_method_types", _RETRIES.format("-"), _RETRIES.format("^")): _ODD,
    ("payment_method_types", _RETURNED.format("-"), _RETURNED.format("^")): _ODD,
    ("retries", _DAYS.format(0), _DAYS.format(1)): "a pause of a schedule is a day at least",
    ("retries", _DAYS.format(0), _DAYS.format(-1)): "a pause of a schedule is a day at least",
    ("settlement", _LAST.format("=="), _LAST.format(">=")): _KNOWN_BY_THEN,
    ("settlement", _OTHER.format("=="), _OTHER.format(">=")): _KNOWN_BY_THEN,
    (
        "settlement",
        _THE_SAME.format("=="),
        _THE_SAME.format(">="),
    ): "a status that comes before it in the alphabet goes on",
    ("standing", _AFTER_IN_FLIGHT.format("-"), _AFTER_IN_FLIGHT.format("^")): _SUBSET,
    ("standing", _AFTER_ONE_THAT_FAILED.format("-"), _AFTER_ONE_THAT_FAILED.format("^")): _SUBSET,
    ("standing", _AFTER_WAITING.format("-"), _AFTER_WAITING.format("^")): _SUBSET,
    ("standing", _MISSING.format("-"), _MISSING.format("^")): _SUBSET,
    ("surplus", _ONLY.format("+", "<="), _ONLY.format("+", "==")): "where nothing came there is no last success",
    (
        "surplus",
        _ONLY.format("+", "<="),
        _ONLY.format("<<", "<="),
    ): "one more than a number, or twice it: both are above 1",
    ("webhook_endpoint", _PAUSES.format("/"), _PAUSES.format("//")): "half of a millionth of a second less",
}
