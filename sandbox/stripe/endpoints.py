"""The API's endpoints: path, handler, parameters and the permission that a restricted key needs."""

from collections.abc import Callable
from dataclasses import dataclass

from .errors import unrecognized_url
from .resources import (
    account,
    charges,
    checkout_sessions,
    customers,
    disputes,
    events,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
    webhook_endpoints,
)
from .wire import JsonObject

Handler = Callable[..., JsonObject]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`*` in the path stands for an id that the handler is given; `params` is what `schema.load` takes."""

    operation: str
    handler: Handler
    params: str
    scope: str

    @property
    def permission(self) -> str:
        return f"rak_{self.scope}_{'read' if self.operation.startswith('GET') else 'write'}"


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET /v1/account", account.retrieve_current, "account_retrieve_current", "accounts_kyc_basic"),
    Endpoint("POST /v1/webhook_endpoints", webhook_endpoints.create, "webhook_endpoint_create", "webhook"),
    Endpoint("GET /v1/webhook_endpoints", webhook_endpoints.list_all, "webhook_endpoint_list", "webhook"),
    Endpoint("GET /v1/webhook_endpoints/*", webhook_endpoints.retrieve, "webhook_endpoint_retrieve", "webhook"),
    Endpoint("POST /v1/webhook_endpoints/*", webhook_endpoints.update, "webhook_endpoint_update", "webhook"),
    Endpoint("DELETE /v1/webhook_endpoints/*", webhook_endpoints.delete, "webhook_endpoint_delete", "webhook"),
    Endpoint("POST /v1/customers", customers.create, "customer_create", "customer"),
    Endpoint("GET /v1/customers", customers.list_all, "customer_list", "customer"),
    Endpoint("GET /v1/customers/*", customers.retrieve, "customer_retrieve", "customer"),
    Endpoint("POST /v1/customers/*", customers.update, "customer_update", "customer"),
    Endpoint("DELETE /v1/customers/*", customers.delete, "customer_delete", "customer"),
    Endpoint(
        "GET /v1/customers/*/payment_methods",
        customers.list_payment_methods,
        "customer_payment_method_list",
        "payment_method",
    ),
    Endpoint(
        "GET /v1/customers/*/payment_methods/*",
        customers.retrieve_payment_method,
        "customer_payment_method_retrieve",
        "payment_method",
    ),
    Endpoint("POST /v1/payment_methods", payment_methods.create, "payment_method_create", "payment_method"),
    Endpoint("GET /v1/payment_methods", payment_methods.list_all, "payment_method_list", "payment_method"),
    Endpoint("GET /v1/payment_methods/*", payment_methods.retrieve, "payment_method_retrieve", "payment_method"),
    Endpoint("POST /v1/payment_methods/*", payment_methods.update, "payment_method_update", "payment_method"),
    Endpoint("POST /v1/payment_methods/*/attach", payment_methods.attach, "payment_method_attach", "payment_method"),
    Endpoint("POST /v1/payment_methods/*/detach", payment_methods.detach, "payment_method_detach", "payment_method"),
    Endpoint("POST /v1/setup_intents", setup_intents.create, "setup_intent_create", "setup_intent"),
    Endpoint("GET /v1/setup_intents", setup_intents.list_all, "setup_intent_list", "setup_intent"),
    Endpoint("GET /v1/setup_intents/*", setup_intents.retrieve, "setup_intent_retrieve", "setup_intent"),
    Endpoint("POST /v1/setup_intents/*", setup_intents.update, "setup_intent_update", "setup_intent"),
    Endpoint("POST /v1/setup_intents/*/confirm", setup_intents.confirm, "setup_intent_confirm", "setup_intent"),
    Endpoint("POST /v1/setup_intents/*/cancel", setup_intents.cancel, "setup_intent_cancel", "setup_intent"),
    Endpoint("POST /v1/payment_intents", payment_intents.create, "payment_intent_create", "payment_intent"),
    Endpoint("GET /v1/payment_intents", payment_intents.list_all, "payment_intent_list", "payment_intent"),
    Endpoint("GET /v1/payment_intents/*", payment_intents.retrieve, "payment_intent_retrieve", "payment_intent"),
    Endpoint("POST /v1/payment_intents/*", payment_intents.update, "payment_intent_update", "payment_intent"),
    Endpoint("POST /v1/payment_intents/*/confirm", payment_intents.confirm, "payment_intent_confirm", "payment_intent"),
    Endpoint("POST /v1/payment_intents/*/cancel", payment_intents.cancel, "payment_intent_cancel", "payment_intent"),
    Endpoint("POST /v1/payment_intents/*/capture", payment_intents.capture, "payment_intent_capture", "payment_intent"),
    Endpoint("POST /v1/checkout/sessions", checkout_sessions.create, "checkout.session_create", "checkout_session"),
    Endpoint("GET /v1/checkout/sessions", checkout_sessions.list_all, "checkout.session_list", "checkout_session"),
    Endpoint(
        "GET /v1/checkout/sessions/*", checkout_sessions.retrieve, "checkout.session_retrieve", "checkout_session"
    ),
    Endpoint("POST /v1/checkout/sessions/*", checkout_sessions.update, "checkout.session_update", "checkout_session"),
    Endpoint(
        "POST /v1/checkout/sessions/*/expire", checkout_sessions.expire, "checkout.session_expire", "checkout_session"
    ),
    Endpoint(
        "GET /v1/checkout/sessions/*/line_items",
        checkout_sessions.list_line_items,
        "checkout.session_line_item_list",
        "checkout_session",
    ),
    Endpoint("GET /v1/charges", charges.list_all, "charge_list", "charge"),
    Endpoint("GET /v1/charges/*", charges.retrieve, "charge_retrieve", "charge"),
    Endpoint("POST /v1/refunds", refunds.create, "refund_create", "charge"),
    Endpoint("GET /v1/refunds", refunds.list_all, "refund_list", "charge"),
    Endpoint("GET /v1/refunds/*", refunds.retrieve, "refund_retrieve", "charge"),
    Endpoint("POST /v1/refunds/*", refunds.update, "refund_update", "charge"),
    Endpoint("GET /v1/disputes", disputes.list_all, "dispute_list", "dispute"),
    Endpoint("GET /v1/disputes/*", disputes.retrieve, "dispute_retrieve", "dispute"),
    Endpoint("GET /v1/events", events.list_all, "event_list", "event"),
    Endpoint("GET /v1/events/*", events.retrieve, "event_retrieve", "event"),
)


class Router:
    """Finds the endpoint of a path; which of its segments are ids is tried from the fewest on."""

    def __init__(self, endpoints: tuple[Endpoint, ...] = ENDPOINTS) -> None:
        self._endpoints = {endpoint.operation: endpoint for endpoint in endpoints}

    def find(self, method: str, path: str) -> tuple[Endpoint, list[str]]:
        """The endpoint and the ids in the path. Raises `ApiError` 404 if there is none."""
        parts = path.split("/")
        for places in _PLACES_OF_IDS.get(len(parts), ()):
            shape = "/".join("*" if place in places else part for place, part in enumerate(parts))
            endpoint = self._endpoints.get(f"{method} {shape}")
            if endpoint is not None:
                return endpoint, [parts[place] for place in places]
        raise unrecognized_url(method, path)


_PLACES_OF_IDS: dict[int, tuple[tuple[int, ...], ...]] = {
    3: ((),),
    4: ((), (3,)),
    5: ((3,), (4,)),
    6: ((3, 5), (4,)),
}
"""By the number of segments of a path, the first being empty and the second `v1`."""
