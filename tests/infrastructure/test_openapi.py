"""docs/api/openapi.yaml: valid, whole, exact, and in step with the template and the code.

That real answers are as it says is checked by every test that calls a handler: `api_description.check_exchange`.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from api_description import Location, at, description, examples, followed, operations, response, validator
from infrastructure.schema_forms import Schema, normal_form
from openapi_spec_validator import OpenAPIV31SpecValidator
from paystream.entry.customer_input import CustomerInput
from paystream.entry.http import LONGEST_IDEMPOTENCY_KEY
from paystream.entry.integration_input import IntegrationInput, checked_code, connection_request
from paystream.entry.invoice_change_input import InvoiceUpdateInput, VoidInput
from paystream.entry.invoice_input import UNITS_AS_TEXT, FeeInput, InvoiceInput
from paystream.entry.paging import page_request
from paystream.entry.payment_input import ManualPaymentInput
from paystream.entry.validation import Input, validated
from paystream.entry.webhook_endpoint_input import WebhookEndpointInput
from paystream.errors import InvalidInputError
from paystream.model.outcome import PayableStatus
from paystream.model.standing import PaymentStatus
from paystream.model.webhook_endpoint import SubscriptionStatus
from template import resources

ROUTES = {
    (event["Properties"]["Method"].upper(), event["Properties"]["Path"]): event["Properties"]
    for function in resources("AWS::Serverless::Function").values()
    for event in function.get("Events", {}).values()
    if event["Type"] == "Api" and event["Properties"]["Path"].startswith("/api/")
}
"""The page at /settings is no part of the API: it is described in docs/page.md."""

FEE: Schema = {"add_on_code": "setup", "unit_amount_cents": 1}
NOT_ALWAYS_THERE = {"error_details"}

each_operation = pytest.mark.parametrize("operation", operations().values(), ids="/".join)


def schema(name: str) -> Location:
    return ("components", "schemas", name)


def parameter(name: str) -> Any:
    """The parameter of this name, wherever it stands."""
    of_operations = [entry for operation in operations().values() for entry in at(operation).get("parameters", ())]
    shared = description()["components"]["parameters"].values()
    return next(entry for entry in (*shared, *of_operations) if entry.get("name") == name)


def accepts(check: Callable[[Any], object], value: Any) -> bool:
    try:
        check(value)
    except InvalidInputError:
        return False
    return True


def objects(form: Any) -> Iterator[Schema]:
    """Every schema with properties, however deep it is."""
    if isinstance(form, dict):
        if "properties" in form:
            yield form
        for inner in form.values():
            yield from objects(inner)
    elif isinstance(form, list):
        for inner in form:
            yield from objects(inner)


def keys(node: Any) -> Iterator[str]:
    """Every key of every mapping, however deep it is."""
    if isinstance(node, dict):
        yield from node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from keys(inner)


def answers(operation: Location) -> Iterator[Location]:
    for status in at(operation)["responses"]:
        yield followed((*operation, "responses", status))


def with_bodies(operation: Location) -> Iterator[Location]:
    yield from (answer for answer in answers(operation) if "content" in at(answer))


class TestTheDocument:
    def test_is_valid_openapi(self) -> None:
        assert list(OpenAPIV31SpecValidator(description()).iter_errors()) == []

    def test_has_no_sentence_that_a_comma_has_cut_in_two(self) -> None:
        assert [key for key in keys(description()["components"]["schemas"]) if " " in key] == []

    def test_describes_exactly_the_routes_of_the_template(self) -> None:
        assert operations().keys() == ROUTES.keys()

    @pytest.mark.parametrize("route", ROUTES, ids=" ".join)
    def test_wants_an_api_key_where_the_template_does(self, route: tuple[str, str]) -> None:
        is_open = ROUTES[route].get("Auth") == {"Authorizer": "NONE"}

        assert at(operations()[route]).get("security", description()["security"]) == (
            [] if is_open else [{"api_key": []}]
        )
        assert ("401" in at(operations()[route])["responses"]) is not is_open

    @each_operation
    def test_says_of_each_operation_what_it_does(self, operation: Location) -> None:
        assert {"operationId", "tags", "summary", "description", "responses"} <= at(operation).keys()


class TestAnswers:
    @each_operation
    def test_name_every_key_and_allow_no_other(self, operation: Location) -> None:
        for answer in with_bodies(operation):
            form = normal_form(at((*answer, "content", "application/json", "schema")), description())
            for described in objects(form):
                assert described.keys() & {"additionalProperties", "unevaluatedProperties"}
                assert not described.get("additionalProperties")
                assert not described.get("unevaluatedProperties")
                assert described["properties"].keys() - {*described["required"]} <= NOT_ALWAYS_THERE

    @each_operation
    def test_examples_are_as_their_schemas_say(self, operation: Location) -> None:
        for answer in with_bodies(operation):
            for _, example in examples(answer):
                validator((*answer, "content", "application/json", "schema")).validate(example)

    def test_of_api_gateway_itself_are_described(self) -> None:
        gateway = resources("AWS::Serverless::Api")["Api"]["GatewayResponses"].values()
        for template in (answer["ResponseTemplates"]["application/json"] for answer in gateway):
            body = json.loads(template.replace("$context.error.messageString", '"Bad Request"'))
            can_be = [
                response(*route, body["status"])
                for route, operation in operations().items()
                if str(body["status"]) in at(operation)["responses"]
            ]
            assert can_be
            for described in can_be:
                validator((*described, "content", "application/json", "schema")).validate(body)

    def test_have_the_statuses_of_the_model(self) -> None:
        assert {*at(schema("PaymentStatus"))["enum"]} == {*PaymentStatus}
        assert {*at(schema("WebhookEndpoint"))["properties"]["subscription_status"]["enum"]} == {*SubscriptionStatus}
        assert {*at(schema("Payment"))["properties"]["payment_status"]["enum"]} == {*PayableStatus}


class TestRequests:
    @pytest.mark.parametrize(
        "model",
        [
            CustomerInput,
            IntegrationInput,
            InvoiceInput,
            InvoiceUpdateInput,
            ManualPaymentInput,
            VoidInput,
            WebhookEndpointInput,
        ],
    )
    def test_are_described_as_the_models_read_them(self, model: type[Input]) -> None:
        read = model.model_json_schema()
        described = normal_form(at(schema(model.__name__)), description())

        assert described == with_patterns(normal_form(read, read))

    @each_operation
    def test_examples_are_as_their_schemas_say(self, operation: Location) -> None:
        if "requestBody" in at(operation):
            body = (*operation, "requestBody")
            for _, example in examples(body):
                validator((*body, "content", "application/json", "schema")).validate(example)

    @pytest.mark.parametrize("kind", ["sk_test_", "rk_live_", "sk_prod_", "pk_test_", " sk_test_", "sk_test_!"])
    @pytest.mark.parametrize("length", [7, 8, 240, 241])
    def test_with_a_secret_key_are_accepted_as_described(self, kind: str, length: int) -> None:
        value = {"secret_key": kind + "a" * length}

        assert accepts(connection_request, value) is validator(schema("IntegrationInput")).is_valid(value)

    @pytest.mark.parametrize(
        "url",
        ["https://a.example/thanks?x=1", "http://localhost:1", "ftp://a", "https:///a", "https://a b", "a.example", ""],
    )
    def test_with_a_url_are_accepted_as_described(self, url: str) -> None:
        value = {"success_redirect_url": url}

        assert accepts(connection_request, value) is validator(schema("IntegrationInput")).is_valid(value)

    @pytest.mark.parametrize(
        "units",
        [
            0,
            0.5,
            10**9,
            10**9 + 1,
            -1,
            True,
            "0",
            "1.25",
            "9" * 9,
            "9" * 10,
            "-1",
            "1e3",
            "1.",
            ".5",
            " 1",
            "",
            None,
            [],
        ]
        + [f"0.{'1' * decimals}" for decimals in (30, 31)],
    )
    def test_with_units_are_accepted_as_described(self, units: object) -> None:
        value = FEE | {"units": units}

        accepted = accepts(lambda fee: validated(FeeInput, fee), value)

        assert accepted is validator(schema("FeeInput")).is_valid(value)


class TestParameters:
    @pytest.mark.parametrize("code", ["a", "stripe_eu", "A-1", "a" * 64, "a" * 65, "-a", "_a", "a b", "a/b", "", "ä"])
    def test_a_code_is_accepted_as_described(self, code: str) -> None:
        described = validator(("components", "parameters", "code", "schema"))

        assert accepts(checked_code, code) is described.is_valid(code)

    @pytest.mark.parametrize("name", ["page", "per_page"])
    @pytest.mark.parametrize("number", [-1, 0, 1, 20, 100, 101, 1000, 999_999_999, 1_000_000_000])
    def test_a_page_is_asked_for_as_described(self, name: str, number: int) -> None:
        described = validator(("components", "parameters", name, "schema"))

        assert accepts(page_request, {name: str(number)}) is described.is_valid(number)

    def test_a_page_is_as_long_as_described_if_nothing_is_said(self) -> None:
        usual = page_request({})

        assert (usual.limit, usual.number) == (
            parameter("per_page")["schema"]["default"],
            parameter("page")["schema"]["default"],
        )

    def test_an_idempotency_key_is_as_long_as_described(self) -> None:
        described = parameter("Idempotency-Key")["schema"]

        assert (described["minLength"], described["maxLength"]) == (1, LONGEST_IDEMPOTENCY_KEY)


def with_patterns(model: Schema) -> Schema:
    """The model's schema with the patterns that its own validators check, and pydantic does not show.

    The tests with keys, URLs and units show that they are the right ones.
    """
    properties = model["properties"]
    for name in ("secret_key", "success_redirect_url"):
        if name in properties:
            properties[name]["pattern"] = at(schema("IntegrationInput"))["properties"][name]["pattern"]
    if "fees" in properties:
        _, text = properties["fees"]["items"]["properties"]["units"]["choices"]
        text["pattern"] = UNITS_AS_TEXT
    return model
