"""entry/http: from API Gateway's event to a request, and from whatever happens to an answer in Lago's shape."""

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paystream.entry.http import MAX_BODY_BYTES, Request, Response, request_from, root_of, serve
from paystream.entry.refusals import MalformedRequestError
from paystream.errors import (
    ConflictError,
    InvalidInputError,
    KeyRefusedError,
    NotFoundError,
    OutcomeUnknownError,
    ParametersChangedError,
    PaystreamError,
    ProviderRefusedError,
    VersionConflictError,
)
from world.api_gateway import ORGANIZATION, proxy_event

PATH = "/api/v1/things"
BAD_REQUEST = {"status": 400, "error": "BadRequest: the body is not valid JSON in UTF-8"}


def posted(body: Any, **headers: str) -> dict[str, Any]:
    return proxy_event("POST", PATH, body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def encoded(raw: bytes) -> dict[str, Any]:
    """A body as API Gateway sends what it takes for binary."""
    return posted(base64.b64encode(raw).decode()) | {"isBase64Encoded": True}


def echo(event: dict[str, Any]) -> tuple[int, Any]:
    """The status and the body of a route that answers with the body it got."""
    answer = serve(event, {f"POST {PATH}": lambda request: Response(str(request.body))})
    assert answer["headers"]["Content-Type"] == "application/json"
    return answer["statusCode"], json.loads(answer["body"])


def answer_to(error: Exception) -> dict[str, Any]:
    def fail(_: Request) -> Response:
        raise error

    return serve(posted({}), {f"POST {PATH}": fail})


class TestReading:
    def test_the_organization_is_the_authorizers(self) -> None:
        assert request_from(posted({})).organization_id == ORGANIZATION

    @pytest.mark.parametrize("context", [{}, {"authorizer": None}, {"authorizer": {}}])
    def test_an_event_that_passed_no_authorizer_is_no_request_of_anybodys(self, context: dict[str, Any]) -> None:
        status, _ = echo(posted({}) | {"requestContext": context})

        assert status == 500

    def test_headers_are_found_whatever_their_case(self) -> None:
        assert request_from(posted({}, IDEMPOTENCY_key="k")).headers["idempotency-key"] == "k"

    def test_path_parameters_are_decoded_once(self) -> None:
        event = posted({}) | {"pathParameters": {"id": "a%2Fb%20%C3%A9%2541"}}

        assert request_from(event).path == {"id": "a/b é%41"}

    def test_a_path_parameter_that_is_not_utf_8_is_still_text(self) -> None:
        event = posted({}) | {"pathParameters": {"id": "%FF"}}

        assert request_from(event).path == {"id": "\ufffd"}

    def test_what_api_gateway_leaves_out_is_empty(self) -> None:
        event = posted(None) | {"headers": None, "pathParameters": None, "queryStringParameters": None}

        request = request_from(event)

        assert (request.headers, request.path, request.query, request.body) == ({}, {}, {}, None)

    def test_the_base_url_is_where_api_gateway_was_called(self) -> None:
        assert request_from(posted({})).base_url == "https://api.paystream.test/live"

    @pytest.mark.parametrize("body", ["", " ", "\r\n\t"])
    def test_an_empty_body_is_none(self, body: str) -> None:
        assert request_from(posted(body)).body is None

    def test_an_empty_body_needs_no_content_type(self) -> None:
        assert echo(posted("", Content_Type="text/plain"))[0] == 200

    def test_a_base64_body_is_decoded(self) -> None:
        assert request_from(encoded('{"name": "é"}'.encode())).body == {"name": "é"}

    def test_fractions_are_never_floats(self) -> None:
        assert request_from(posted('{"units": 0.1}')).body == {"units": Decimal("0.1")}

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=20,
        )
    )
    def test_any_json_is_read_as_it_was_written(self, value: Any) -> None:
        assert request_from(posted(json.dumps(value))).body == value
        assert (
            request_from(encoded(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))).body == value
        )


class TestMalformed:
    @pytest.mark.parametrize(
        "body",
        [
            "{",
            "{'a': 1}",
            '{"a": 1,}',
            "nonsense",
            '{"a": NaN}',
            '{"a": Infinity}',
            '{"a": -Infinity}',
            '{"a": 01}',
            '{"a": 1} {"b": 2}',
            "\ufeff{}",
            '{"a": "\n"}',
            '{"a": 1' + "0" * 5000 + "}",
            "\ud800",
        ],
    )
    def test_what_is_no_json_is_400(self, body: str) -> None:
        status, answer = echo(posted(body))

        assert status == 400
        assert answer["error"].startswith("BadRequest: the body is not ")

    @pytest.mark.parametrize("opening", ["[", '{"a":'])
    def test_nesting_without_end_is_400(self, opening: str) -> None:
        assert echo(posted(opening * 100_000 if opening == "[" else opening * 50_000)) == (400, BAD_REQUEST)

    def test_what_is_not_utf_8_is_400(self) -> None:
        assert echo(encoded(b'{"name": "\xff"}')) == (400, BAD_REQUEST)

    @pytest.mark.parametrize("body", ["%%%", "e30", "e3\u00e9=", "{}"])
    def test_what_is_not_base64_though_it_says_so_is_400(self, body: str) -> None:
        status, answer = echo(posted(body) | {"isBase64Encoded": True})

        assert (status, answer["error"]) == (400, "BadRequest: the body is not what it says it is")

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "json"])
    def test_another_content_type_is_415(self, kind: str) -> None:
        status, answer = echo(posted("{}", Content_Type=kind))

        assert (status, answer["status"]) == (415, 415)
        assert answer["error"].endswith(": send application/json")

    @pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", " application/json "])
    def test_json_is_json_however_it_is_spelled(self, kind: str) -> None:
        assert echo(posted("{}", Content_Type=kind))[0] == 200

    def test_without_a_content_type_it_is_taken_for_json(self) -> None:
        assert echo(posted("{}") | {"headers": {}})[0] == 200

    def test_a_body_may_be_as_large_as_is_said_and_no_larger(self) -> None:
        assert echo(posted("1".ljust(MAX_BODY_BYTES)))[0] == 200
        assert echo(posted("1".ljust(MAX_BODY_BYTES + 1)))[0] == 413
        assert echo(posted('"' + "é" * (MAX_BODY_BYTES // 2) + '"'))[0] == 413
        assert echo(encoded(b"1".ljust(MAX_BODY_BYTES + 1)))[0] == 413

    @given(st.binary(max_size=200))
    def test_no_bytes_at_all_make_it_fail(self, raw: bytes) -> None:
        assert echo(encoded(raw))[0] in (200, 400)

    @given(st.text(max_size=200))
    def test_no_text_at_all_makes_it_fail(self, text: str) -> None:
        assert echo(posted(text))[0] in (200, 400)


class TestTheRoot:
    def test_the_object_below_the_root_is_taken(self) -> None:
        assert root_of({"customer": {"name": "Acme"}, "other": 1}, "customer") == {"name": "Acme"}

    @pytest.mark.parametrize("body", [None, 1, "customer", [], ["customer"], {}, {"customer": None}, {"customer": {}}])
    def test_without_it_the_request_is_malformed(self, body: Any) -> None:
        with pytest.raises(MalformedRequestError, match="param is missing or the value is empty: customer"):
            root_of(body, "customer")


class TestRefusing:
    @pytest.mark.parametrize(
        ("error", "status", "body"),
        [
            (
                InvalidInputError({"name": ["value_is_invalid"]}),
                422,
                {"code": "validation_errors", "error_details": {"name": ["value_is_invalid"]}},
            ),
            (NotFoundError("customer"), 404, {"error": "Not Found", "code": "customer_not_found"}),
            (
                ConflictError("number_taken", "the number is taken"),
                409,
                {"error": "Conflict", "code": "number_taken", "error_details": {"base": ["the number is taken"]}},
            ),
            (VersionConflictError("x"), 409, {"error": "Conflict", "code": "changed_meanwhile"}),
            (
                ProviderRefusedError("No such customer", code="resource_missing"),
                422,
                {
                    "code": "third_party_error",
                    "error_details": {"third_party": "Stripe", "thirdparty_error": "No such customer"},
                },
            ),
            (
                KeyRefusedError("the key is not accepted"),
                422,
                {
                    "code": "third_party_error",
                    "error_details": {"third_party": "Stripe", "thirdparty_error": "the key is not accepted"},
                },
            ),
            (
                OutcomeUnknownError("timed out"),
                503,
                {"error": "Service Unavailable", "code": "third_party_unavailable"},
            ),
            (
                ParametersChangedError("changed"),
                503,
                {"error": "Service Unavailable", "code": "third_party_unavailable"},
            ),
            (PaystreamError("something"), 500, {"error": "Internal Server Error"}),
        ],
    )
    def test_each_error_of_ours_has_its_answer(self, error: PaystreamError, status: int, body: dict[str, Any]) -> None:
        answer = answer_to(error)

        assert answer["statusCode"] == status
        content = json.loads(answer["body"])
        assert content == {"status": status, "error": content["error"]} | body

    @pytest.mark.parametrize("error", [VersionConflictError("x"), OutcomeUnknownError("timed out")])
    def test_what_may_work_in_a_moment_says_so(self, error: PaystreamError) -> None:
        assert answer_to(error)["headers"]["Retry-After"] == "2"

    def test_what_nobody_expected_is_500_and_says_nothing_of_it(self) -> None:
        answer = answer_to(ZeroDivisionError("sk_test_secret"))

        assert answer["statusCode"] == 500
        assert json.loads(answer["body"]) == {"status": 500, "error": "Internal Server Error"}

    def test_text_is_answered_as_it_is(self) -> None:
        answer = serve(posted({}), {f"POST {PATH}": lambda _: Response({"name": "Zoë 💳"}, headers={"X-A": "b"})})

        assert answer["body"] == '{"name":"Zoë 💳"}'
        assert answer["headers"]["X-A"] == "b"
