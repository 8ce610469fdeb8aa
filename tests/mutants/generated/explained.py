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

EXPLAINED: dict[Key, str] = {
    ("integration", f"@property {_CODE}", _CODE): _FOR_THE_TYPE_CHECKER,
    ("integration", f"@property {_ID}", _ID): _FOR_THE_TYPE_CHECKER,
    ("invoice_filter", _ONE.format("=="), _ONE.format(">=")): "no set of statuses has more than all of them",
    ("retries", _DAYS.format(0), _DAYS.format(1)): "a pause of a schedule is a day at least",
    ("retries", _DAYS.format(0), _DAYS.format(-1)): "a pause of a schedule is a day at least",
    ("webhook_endpoint", _PAUSES.format("/"), _PAUSES.format("//")): "half of a millionth of a second less",
}
