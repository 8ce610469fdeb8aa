"""The controls over HTTP: JSON under `/_sandbox/`, without a key."""

import json
from collections.abc import Callable

from .control import Control
from .engine import StripeSandbox
from .errors import ApiError
from .wire import JsonObject

Action = Callable[[Control, JsonObject, str], object]


def _add_faults(control: Control, body: JsonObject, _: str) -> None:
    faults = body.get("faults", [body])
    for fault in faults:
        match = fault.get("match", {})
        wanted = {name: value for name, value in {**fault, **match}.items() if name != "match"}
        control.add_fault(wanted.pop("kind"), **wanted)


def _key(control: Control, body: JsonObject, action: str) -> JsonObject | None:
    if action in ("revoke", "expire"):
        control.expire_key(body["key"], expires_in=body.get("expires_in", 0.0))
        return None
    if action == "permissions":
        control.set_permissions(body["key"], body["permissions"])
        return None
    return {"key": control.add_key(**body)}


def _authenticate(control: Control, body: JsonObject, intent_id: str) -> JsonObject:
    return control.authenticate(intent_id, succeeds=body.get("result", "succeed") == "succeed")


def _settings(control: Control, body: JsonObject, _: str) -> None:
    if "settlement_delay" in body:
        control.set_settlement_delay(body["settlement_delay"])
    if "rate_limits" in body:
        control.set_rate_limits(**body["rate_limits"])


_ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", "health"): lambda _control, _body, _: {"status": "ok"},
    ("GET", "calls"): lambda control, _body, _: control.report(),
    ("GET", "counts"): lambda control, _body, _: {"counts": control.call_counts()},
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): lambda control, _body, _: control.clear_faults(),
    ("GET", "holds"): lambda control, _body, _: {"holds": control.holds()},
    ("POST", "clock"): lambda control, body, _: {"now": control.advance(body["advance"])},
    ("POST", "webhooks"): lambda control, body, _: control.disrupt_webhooks(**body),
    ("DELETE", "webhooks"): lambda control, _body, _: control.clear_webhook_disruptions(),
    ("POST", "webhook_endpoints/*/roll_secret"): lambda control, body, target: {
        "secret": control.roll_webhook_secret(target, **body)
    },
    ("POST", "accounts"): lambda control, body, _: control.add_account(**body),
    ("POST", "accounts/*/refuse"): lambda control, body, target: control.refuse_charges(target, **body),
    ("POST", "accounts/*/take"): lambda control, _body, target: control.take_charges(target),
    ("POST", "keys"): _key,
    ("POST", "keys/*"): _key,
    ("POST", "accounts/*"): lambda control, body, target: control.set_charges_enabled(
        target, enabled=body["charges_enabled"]
    ),
    ("POST", "checkout/*/complete"): lambda control, body, target: control.complete_checkout(target, **body),
    ("POST", "intents/*/authenticate"): _authenticate,
    ("POST", "customers/*/fund"): lambda control, body, target: control.fund_customer_balance(target, **body),
    ("POST", "payment_methods/*"): lambda control, body, target: control.set_outcome(target, body["outcome"]),
    ("POST", "disputes/*/close"): lambda control, body, target: control.close_dispute(target, body["status"]),
    ("POST", "settings"): _settings,
    ("POST", "reset"): lambda control, _body, _: control.reset(),
}


def handle(sandbox: StripeSandbox, method: str, path: str, body: bytes) -> tuple[int, JsonObject]:
    """Status and JSON of one control request; `path` is what follows `/_sandbox/`."""
    parts = path.strip("/").split("/")
    target = parts[1] if len(parts) > 1 else ""
    action = _ACTIONS.get((method, "/".join([parts[0], *(["*"] if target else []), *parts[2:]])))
    if action is None:
        return 404, {"error": {"message": f"there is no control {method} {path}"}}
    try:
        result = action(sandbox.control, json.loads(body or b"{}"), target)
    except ApiError as error:
        return error.status, {"error": error.fields()}
    except KeyError as error:
        return 404, {"error": {"message": f"there is no {error}"}}
    except (TypeError, ValueError) as error:
        return 400, {"error": {"message": str(error)}}
    return 200, result if isinstance(result, dict) else {"status": "ok"}
