"""redrive-records: stream records that failed for good are handled once more, days later; nothing is charged twice."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from builders.durations import DAY
from builders.stripe_requests import LIST_INTENTS
from paystream.errors import InvalidInputError
from paystream.use_cases.notifications import redrive_records as use_case
from sandbox.failed_batch import failed_batch
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment, SimulatedCrashError
from world.redriving import BUCKET, Redriving, arn
from world.world import TABLES, LambdaContext, World, load_event


def given_up(operator: Redriving, *lago_ids: str, number: int = 1) -> str:
    """Items whose records failed for good together, two days ago; returns the object's key."""
    world = operator.world
    for lago_id in lago_ids:
        world.put_invoice_item(lago_id=lago_id)
    event = world.stream_event(world.new_images("invoices"))
    return operator.give_up("invoice-created", event, number=number)


def left(answer: dict[str, Any]) -> list[str]:
    return [one["record"] for one in answer["left"]]


class TestARecordThatFailed:
    def test_is_handled_days_later_by_the_function_that_failed(self, operator: Redriving) -> None:
        given_up(operator, "inv-1")
        operator.world.pass_time(2 * DAY)

        answer = operator.world.invoke("redrive-records", load_event("redrive-records"), remaining_milliseconds=420_000)

        assert answer == {"handled": 1, "left": [], "done": True, "next_cursor": None}
        assert operator.world.invoice("inv-1")["payment_status"] == "succeeded"
        assert operator.world.charged() == [4200]

    def test_is_kept_as_it_was_where_it_is_not_redriven_again(self, operator: Redriving) -> None:
        key = given_up(operator, "inv-1")
        content = operator.content(key)

        operator.redrive()

        assert operator.objects() == [f"redriven/{key}"]
        assert operator.content(f"redriven/{key}") == content
        assert operator.redrive() == {"handled": 0, "left": [], "done": True, "next_cursor": None}

    def test_is_given_over_as_it_came(self, operator: Redriving) -> None:
        event = load_event("invoice-created-item")
        operator.give_up("invoice-created", event)

        operator.redrive()

        assert operator.functions.invoked == [("invoice-created", event)]

    def test_is_looked_up_before_anything_is_sent_since_its_key_is_forgotten(self, operator: Redriving) -> None:
        world = operator.world
        world.put_invoice_item(lago_id="inv-1")
        event = world.stream_event(world.new_images("invoices"))
        world.aws.crash("TransactWriteItems", Moment.BEFORE)
        world.invoke("invoice-created", event)
        assert world.charged() == [4200]
        operator.give_up("invoice-created", event)
        world.pass_time(2 * DAY)
        looked_up = world.stripe_calls(LIST_INTENTS)

        assert operator.redrive()["handled"] == 1

        assert world.stripe_calls(LIST_INTENTS) == looked_up + 1
        assert world.stripe_calls() == 1
        assert world.charged() == [4200]
        assert world.invoice("inv-1")["payment_status"] == "succeeded"

    def test_is_handled_once_however_often_its_object_comes_back(self, operator: Redriving) -> None:
        key = given_up(operator, "inv-1")
        body = operator.content(key)
        for _ in range(3):
            assert operator.redrive()["handled"] == 1
            operator.world.pass_time(DAY)
            operator.put(body)

        assert operator.world.charged() == [4200]
        assert operator.world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["ListObjectsV2", "GetObject", "Invoke", "CopyObject", "DeleteObject"])
    def test_is_neither_lost_nor_charged_twice_by_a_crash(
        self, operator: Redriving, operation: str, moment: Moment
    ) -> None:
        key = given_up(operator, "inv-1")
        operator.world.pass_time(2 * DAY)
        operator.world.aws.crash(operation, moment)
        with pytest.raises(SimulatedCrashError):
            operator.redrive()
        assert not operator.world.aws.are_still_to_come

        assert operator.redrive()["left"] == []

        assert operator.world.charged() == [4200]
        assert operator.objects() == [f"redriven/{key}"]

    @pytest.mark.parametrize("operation", ["GetObject", "Invoke", "CopyObject", "DeleteObject"])
    def test_may_be_redriven_by_two_at_once(self, operator: Redriving, operation: str) -> None:
        key = given_up(operator, "inv-1")
        operator.world.pass_time(2 * DAY)
        faster: list[dict[str, Any]] = []
        operator.world.aws.meanwhile(operation, lambda: faster.append(operator.redrive()))

        slower = operator.redrive()

        assert [answer["left"] for answer in [*faster, slower]] == [[], []]
        assert operator.world.charged() == [4200]
        assert operator.objects() == [f"redriven/{key}"]

    def test_of_a_version_of_the_function_is_handled_by_the_function(self, operator: Redriving) -> None:
        body = failed_batch(arn("invoice-created"), load_event("invoice-created-item"))
        body["requestContext"]["functionArn"] += ":live"
        operator.put(body)

        operator.redrive()

        assert [function for function, _ in operator.functions.invoked] == ["invoice-created"]

    def test_of_the_outbox_is_published(self, operator: Redriving) -> None:
        world = operator.world
        world.create_invoice()
        world.collect_new_invoices()
        operator.give_up("publish-notifications", world.stream_event(world.new_images("notifications")))
        world.pass_time(2 * DAY)

        assert operator.redrive() == {"handled": 2, "left": [], "done": True, "next_cursor": None}

        assert len(world.received()) == 2


class TestAPoisonRecord:
    def test_is_all_that_stays_of_its_batch_and_its_neighbours_are_collected(self, operator: Redriving) -> None:
        """The stream bisects: the neighbours are handled, the poison alone ends in the bucket."""
        world = operator.world
        for lago_id in ("inv-1", "poison", "inv-2"):
            world.put_invoice_item(lago_id=lago_id)
        event = world.stream_event(world.new_images("invoices"))
        world.dynamodb.delete_item(TableName=TABLES["invoices"], Key=table_key("poison"))
        given_up_records = bisected(world, event)
        key = operator.give_up("invoice-created", {"Records": given_up_records})

        answer = operator.redrive()

        assert world.charged() == [4200, 4200]
        assert answer["handled"] == 0
        assert answer["left"] == [
            {
                "reason": "not handled: the log of invoice-created says why",
                "record": f"{ORGANIZATION}/poison",
                "kept_as": key,
            }
        ]
        assert operator.objects() == [key]

    def test_is_handled_once_its_cause_is_gone(self, operator: Redriving) -> None:
        given_up(operator, "inv-1")
        operator.world.dynamodb.delete_item(TableName=TABLES["invoices"], Key=table_key("inv-1"))
        assert left(operator.redrive()) == [f"{ORGANIZATION}/inv-1"]

        operator.world.put_invoice_item(lago_id="inv-1", total_amount_cents=1900)

        assert operator.redrive() == {"handled": 1, "left": [], "done": True, "next_cursor": None}
        assert operator.world.charged() == [1900]

    def test_keeps_its_object_while_the_others_of_it_are_handled(self, operator: Redriving) -> None:
        key = given_up(operator, *(f"inv-{number}" for number in range(10)))
        operator.world.dynamodb.delete_item(TableName=TABLES["invoices"], Key=table_key("inv-4"))

        for _ in range(2):
            answer = operator.redrive()
            assert (answer["handled"], left(answer)) == (9, [f"{ORGANIZATION}/inv-4"])

        assert operator.world.charged() == [4200] * 9
        assert operator.objects() == [key]

    def test_never_holds_up_what_failed_after_it(self, operator: Redriving) -> None:
        first = given_up(operator, "poison", number=1)
        second = given_up(operator, "inv-2", number=2)
        operator.world.dynamodb.delete_item(TableName=TABLES["invoices"], Key=table_key("poison"))

        answer = operator.redrive()

        assert (answer["handled"], left(answer)) == (1, [f"{ORGANIZATION}/poison"])
        assert operator.objects() == [first, f"redriven/{second}"]


class TestWhenTheFunctionDoesNotHandleThem:
    @pytest.mark.parametrize("trouble", ["breaks", "refuses"])
    def test_all_records_stay_and_are_handled_the_next_time(self, operator: Redriving, trouble: str) -> None:
        key = given_up(operator, "inv-1", "inv-2")
        operator.functions.breaks = {"invoice-created"} if trouble == "breaks" else set()
        operator.functions.refuses = trouble == "refuses"

        assert left(operator.redrive()) == [f"{ORGANIZATION}/inv-1", f"{ORGANIZATION}/inv-2"]
        assert operator.objects() == [key]

        operator.functions.breaks, operator.functions.refuses = set(), False
        assert operator.redrive() == {"handled": 2, "left": [], "done": True, "next_cursor": None}

    @pytest.mark.parametrize(
        "answer",
        [
            None,
            "",
            [],
            {},
            {"batchItemFailures": None},
            {"batchItemFailures": [{}]},
            {"batchItemFailures": [None]},
            {"batchItemFailures": [{"itemIdentifier": "another"}]},
            {"batchItemFailures": [{"itemIdentifier": []}]},
        ],
        ids=json.dumps,
    )
    def test_an_answer_that_does_not_say_so_is_not_taken_for_a_success(
        self, operator: Redriving, monkeypatch: pytest.MonkeyPatch, answer: Any
    ) -> None:
        key = given_up(operator, "inv-1")
        invoke: Callable[..., Any] = operator.world.invoke

        def odd(function: str, event: Any, **more: Any) -> Any:
            return answer if function == "invoice-created" else invoke(function, event, **more)

        monkeypatch.setattr(operator.world, "invoke", odd)

        assert left(operator.redrive()) == [f"{ORGANIZATION}/inv-1"]
        assert operator.objects() == [key]


def without_records() -> dict[str, Any]:
    return failed_batch(arn("invoice-created"), {"Records": []})


def of_another_function() -> dict[str, Any]:
    event = load_event("invoice-created-item")
    return failed_batch(arn("invoice-created"), event) | {"requestContext": {"functionArn": arn("of-others")}}


def with_payload(payload: Any) -> dict[str, Any]:
    return failed_batch(arn("invoice-created"), {"Records": []}) | {"payload": payload}


class TestAnObjectThatIsNotAsLambdaWritesIt:
    @pytest.mark.parametrize(
        "body",
        [
            "",
            "no JSON",
            b"\xff\xfe",
            "[" * 100_000,
            "null",
            "[]",
            "{}",
            {"requestContext": {}},
            {"requestContext": {"functionArn": 42}, "payload": "{}"},
            without_records(),
            with_payload(None),
            with_payload("no JSON"),
            with_payload("{}"),
            with_payload(json.dumps({"Records": [None]})),
            with_payload(json.dumps({"Records": [{"dynamodb": {"Keys": {}, "SequenceNumber": "1"}}]})),
            with_payload(json.dumps({"Records": [{"dynamodb": {"Keys": {}, "SequenceNumber": 1}}]})),
            of_another_function(),
        ],
        ids=lambda body: json.dumps(body)[:60] if not isinstance(body, bytes) else "binary",
    )
    def test_stays_and_is_named_and_nobody_is_invoked(self, operator: Redriving, body: Any) -> None:
        key = operator.put(body)
        good = given_up(operator, "inv-1", number=2)

        answer = operator.redrive()

        assert [one["kept_as"] for one in answer["left"]] == [key]
        assert "Lambda" in answer["left"][0]["reason"] or "this stack" in answer["left"][0]["reason"]
        assert operator.functions.batches() == [1]
        assert operator.objects() == [key, f"redriven/{good}"]

    def test_is_not_looked_at_where_lambda_writes_nothing(self, operator: Redriving) -> None:
        operator.s3.put_object(Bucket=BUCKET, Key="notes.txt", Body=b"mine")

        assert operator.redrive() == {"handled": 0, "left": [], "done": True, "next_cursor": None}
        assert operator.objects() == ["notes.txt"]

    def test_may_hold_the_event_as_it_is_instead_of_as_text(self, operator: Redriving) -> None:
        operator.world.put_invoice_item(lago_id="inv-1")
        operator.put(with_payload(operator.world.stream_event(operator.world.new_images("invoices"))))

        assert operator.redrive()["handled"] == 1


class TestManyRecords:
    def test_are_handed_over_ten_at_a_time(self, operator: Redriving) -> None:
        given_up(operator, *(f"inv-{number:02}" for number in range(25)))

        assert operator.redrive()["handled"] == 25
        assert operator.functions.batches() == [10, 10, 5]
        assert operator.world.charged() == [4200] * 25

    def test_are_gone_through_a_call_at_a_time_where_time_runs_out(self, operator: Redriving) -> None:
        keys = [given_up(operator, f"inv-{number}", number=number) for number in range(5)]
        operator.world.dynamodb.delete_item(TableName=TABLES["invoices"], Key=table_key("inv-0"))
        answers: list[dict[str, Any]] = []
        while not answers or not answers[-1]["done"]:
            answers.append(redrive_with_time_for(operator, 2, cursor=answers[-1]["next_cursor"] if answers else None))

        assert [answer["handled"] for answer in answers] == [1, 2, 1]
        assert [answer["next_cursor"] for answer in answers] == [keys[1], keys[3], None]
        assert operator.world.charged() == [4200] * 4

    def test_of_one_object_come_again_where_time_ran_out_among_them(self, operator: Redriving) -> None:
        key = given_up(operator, *(f"inv-{number:02}" for number in range(15)))

        assert redrive_with_time_for(operator, 1) == {"handled": 0, "left": [], "done": False, "next_cursor": None}
        assert operator.objects() == [key]

        assert operator.redrive()["handled"] == 15
        assert operator.functions.batches() == [10, 10, 5]
        assert operator.world.charged() == [4200] * 15


class TestWithoutTime:
    @pytest.mark.parametrize("what", ["failed-records", "missed-invoices"])
    @pytest.mark.parametrize("dry_run", [False, True])
    def test_nothing_is_begun_and_nothing_is_called_done(self, operator: Redriving, what: str, dry_run: bool) -> None:
        key = given_up(operator, "inv-1")

        answer = redrive_with_time_for(operator, 0, what=what, dry_run=dry_run)

        assert answer == {"handled": 0, "left": [], "done": False, "next_cursor": None}
        assert operator.functions.invoked == []
        assert operator.objects() == [key]


class TestADryRun:
    def test_names_what_there_is_and_changes_nothing(self, operator: Redriving) -> None:
        key = given_up(operator, "inv-1", "inv-2")
        odd = operator.put("no JSON", number=2)

        answer = operator.redrive(dry_run=True)

        assert (answer["handled"], answer["done"]) == (0, True)
        assert [(one["kept_as"], one["record"]) for one in answer["left"]] == [
            (key, f"{ORGANIZATION}/inv-1"),
            (key, f"{ORGANIZATION}/inv-2"),
            (odd, None),
        ]
        assert operator.functions.invoked == []
        assert operator.objects() == [key, odd]

    def test_names_no_more_than_fit_an_answer_and_goes_on_in_the_next(
        self, operator: Redriving, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(use_case, "MOST_LEFT", 2)
        for number in range(3):
            operator.put("no JSON", number=number)

        first = operator.redrive(dry_run=True)
        second = operator.redrive(dry_run=True, cursor=first["next_cursor"])

        assert [len(answer["left"]) for answer in (first, second)] == [2, 1]
        assert [answer["done"] for answer in (first, second)] == [False, True]


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"what": "everything"},
        {"what": "failed-records", "dryrun": True},
        {"what": "failed-records", "dry_run": "yes"},
        {"what": "failed-records", "cursor": ""},
        {"what": "failed-records", "since": "2026-11-23T00:00:00Z", "until": "2026-11-25T00:00:00Z"},
        {"what": "missed-invoices", "until": "2026-11-25T00:00:00Z"},
        {"what": "missed-notifications"},
        {"what": "missed-notifications", "since": "2026-11-23T00:00:00Z"},
        {"what": "missed-notifications", "since": "yesterday", "until": "2026-11-25T00:00:00Z"},
        {"what": "missed-notifications", "since": "2026-11-23T00:00:00", "until": "2026-11-25T00:00:00Z"},
    ],
    ids=json.dumps,
)
def test_an_order_that_is_not_understood_starts_nothing(operator: Redriving, order: dict[str, Any]) -> None:
    key = given_up(operator, "inv-1")

    with pytest.raises(InvalidInputError, match="not acceptable"):
        operator.world.invoke("redrive-records", order, remaining_milliseconds=420_000)

    assert operator.functions.invoked == []
    assert operator.objects() == [key]


def test_nothing_of_a_record_is_logged_but_its_name(operator: Redriving, logs: StringIO) -> None:
    operator.world.put_invoice_item(lago_id="inv-1", note="jane@example.com")
    event = operator.world.stream_event(operator.world.new_images("invoices"))
    operator.give_up("invoice-created", event)
    operator.functions.breaks = {"invoice-created"}
    operator.redrive()
    operator.functions.breaks = set()
    operator.redrive()

    assert "records redriven" in logs.getvalue()
    assert "jane@example.com" not in logs.getvalue()


def table_key(lago_id: str) -> dict[str, Any]:
    return {"organization_id": {"S": ORGANIZATION}, "lago_id": {"S": lago_id}}


def bisected(world: World, event: dict[str, Any]) -> list[dict[str, Any]]:
    """The records that are left over when a stream splits each batch of which a record fails."""
    records = event["Records"]
    if not world.invoke("invoice-created", event)["batchItemFailures"]:
        return []
    if len(records) == 1:
        return list(records)
    middle = len(records) // 2
    return bisected(world, {"Records": records[:middle]}) + bisected(world, {"Records": records[middle:]})


@dataclass
class RunningOut(LambdaContext):
    """Time for so many invocations, and no more."""

    functions: Any = None
    until: int = 0

    def get_remaining_time_in_millis(self) -> int:
        return 420_000 if len(self.functions.invoked) < self.until else 100_000


def redrive_with_time_for(operator: Redriving, invocations: int, **order: Any) -> dict[str, Any]:
    import redrive_records

    context = RunningOut("redrive-records")
    context.functions, context.until = operator.functions, len(operator.functions.invoked) + invocations
    answer = redrive_records.lambda_handler({"what": "failed-records", **order}, context)
    answered: dict[str, Any] = json.loads(json.dumps(answer))
    return answered
