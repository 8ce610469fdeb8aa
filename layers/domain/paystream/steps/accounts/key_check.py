"""Find out what a key may do, and whether its account can charge: when it is connected, and once a day."""

from dataclasses import dataclass
from datetime import datetime

from paystream.errors import OutcomeUnknownError, PermissionMissingError
from paystream.model.account_health import AccountHealth
from paystream.model.key_permissions import KeyPermission, Permission, shown
from paystream.ports.stripe import PaymentGateway, ProviderAccount

_RESTRICTED = "rk_"


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """`account_id` is None where neither the account can be read nor the refusal names it."""

    account_id: str | None
    account: ProviderAccount | None
    health: AccountHealth


def check_key(gateway: PaymentGateway, secret_key: str, now: datetime) -> KeyCheck:
    """A secret key may do everything, so that only a restricted one is asked for each permission. What Stripe does not
    answer stays unchecked, but for the account.

    Raises KeyRefusedError if Stripe does not take the key at all, OutcomeUnknownError.
    """
    account, refused = None, None
    try:
        account = gateway.account()
    except PermissionMissingError as refusal:
        refused = refusal
    missing = [shown(Permission.ACCOUNT, refused.permissions)] if refused else []
    unchecked: list[KeyPermission] = []
    if secret_key.startswith(_RESTRICTED):
        for permission in Permission:
            if permission is not Permission.ACCOUNT:
                _check(permission, gateway, missing, unchecked)
    account_id = account.id if account else refused.account_id if refused else None
    charges_enabled = account.charges_enabled if account else None
    health = AccountHealth(
        checked_at=now, charges_enabled=charges_enabled, missing=tuple(missing), unchecked=tuple(unchecked)
    )
    return KeyCheck(account_id, account, health)


def _check(
    permission: Permission, gateway: PaymentGateway, missing: list[KeyPermission], unchecked: list[KeyPermission]
) -> None:
    try:
        gateway.permissions.check(permission)
    except PermissionMissingError as refused:
        missing.append(shown(permission, refused.permissions))
    except OutcomeUnknownError:
        unchecked.append(shown(permission))
