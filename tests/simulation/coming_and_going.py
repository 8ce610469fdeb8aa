"""Who and what goes for a while, and comes back: accounts, customers, what a key may do, how fast banks are."""

from .workload import ALL_PERMISSIONS, CODE, Connection, Payer, Workload

_HOUR = 3600.0
_BANKS_TAKE = (3.0, 3.0, _HOUR, 26 * _HOUR)
_LOST = ("rak_charge_write", "rak_checkout_session_write")


def disconnect_for_a_while(workload: Workload, connection: Connection, *, forced: bool) -> None:
    """The operator disconnects the account, by force perhaps, and connects it again after some hours."""
    connection.is_moving = True
    later = workload.world.clock.now() + workload.world.random.random() * 12 * _HOUR

    def come_back() -> None:
        connection.is_moving = False
        workload.put_connection(connection)

    def is_gone(*_: object) -> None:
        workload.world.scheduler.at(max(later, workload.world.clock.now()), come_back)

    query = "force=true" if forced else ""
    code = {"code": connection.code}
    workload.request("DELETE", CODE, connection.organization_id, None, parameters=code, query=query, answered=is_gone)


def lose_a_permission(workload: Workload, connection: Connection) -> None:
    """A restricted key may refund no more, or make no pages, until a person notices."""
    control, random = workload.world.stripe.control, workload.world.random
    key = connection.secret_key
    if not key.startswith("rk_"):
        return
    lost = random.choice(_LOST)
    control.set_permissions(key, [one for one in ALL_PERMISSIONS if one != lost])
    later = workload.world.clock.now() + random.random() * 6 * _HOUR
    workload.world.scheduler.at(later, lambda: give_back_what_was_lost(workload, connection, key))


def give_back_what_was_lost(workload: Workload, connection: Connection, key: str) -> None:
    """The key may do all again, and the operator connects the account once more."""
    workload.world.stripe.control.set_permissions(key, ALL_PERMISSIONS)
    if not connection.is_moving:
        workload.put_connection(connection)


def delete_for_a_while(workload: Workload, payer: Payer) -> None:
    """The application deletes the customer, and stores it again after some hours."""
    later = workload.world.clock.now() + workload.world.random.random() * 12 * _HOUR
    resource = "/api/v1/customers/{external_id}"
    parameters = {"external_id": payer.external_id}

    def is_gone(*_: object) -> None:
        back_at = max(later, workload.world.clock.now())
        workload.world.scheduler.at(back_at, lambda: workload.link_again(payer))

    workload.request("DELETE", resource, payer.organization_id, None, parameters=parameters, answered=is_gone)


def change_how_fast_banks_are(workload: Workload) -> None:
    """From now on debits settle, and refunds end or fail, at once or after days."""
    workload.world.stripe.control.set_settlement_delay(workload.world.random.choice(_BANKS_TAKE))
