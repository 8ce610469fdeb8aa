"""manage-webhooks: what was sent is listed, found, and sent again, for those who may know it."""

from typing import Any

import pytest
from builders.customers import DECLINED
from builders.durations import HOUR
from builders.read import unique_keys
from world.api_gateway import ORGANIZATION, Answer
from world.redriving import Redriving
from world.world import World, load_event

WEBHOOKS_PATH = "/api/v1/webhooks"
FAILURE = "invoice.payment_failure"
CHANGE = "invoice.payment_status_updated"


@pytest.fixture
def redriving(world: World) -> Redriving:
    return Redriving(world)


def failures(world: World, number: int = 1) -> None:
    """So many declined invoices, an hour apart; all that is notified of them is published."""
    world.connect()
    world.customer(payment_method=DECLINED)
    for _ in range(number):
        world.create_invoice()
        world.run()
        world.pass_time(HOUR)
    world.publish_new_notifications()


def listed(world: World, query: str = "") -> list[dict[str, Any]]:
    answer = world.api("GET", f"{WEBHOOKS_PATH}?{query}")
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["webhooks"]
    return found


def retry_all(world: World, **body: Any) -> Answer:
    return world.api("POST", f"{WEBHOOKS_PATH}/retry", {"webhooks": body})


class TestTheLog:
    def test_shows_what_was_sent_the_newest_first(self, world: World) -> None:
        failures(world, 2)

        found = listed(world)

        assert sorted(entry["webhook_type"] for entry in found) == [FAILURE] * 2 + [CHANGE] * 2
        assert [entry["created_at"] for entry in found] == sorted((one["created_at"] for one in found), reverse=True)
        assert found[0]["payload"]["organization_id"] == ORGANIZATION

    @pytest.mark.parametrize(
        ("query", "number"),
        [
            (f"event_types[]={FAILURE}", 2),
            (f"event_types[]={FAILURE}&event_types[]={CHANGE}", 4),
            ("since=2026-11-23T10:30:00Z", 2),
            ("until=2026-11-23T10:30:00Z", 2),
            ("since=2026-11-23T11:30:00%2B01:00&until=2026-11-23T10:30:00Z", 0),
            ("per_page=3", 3),
            ("per_page=3&page=2", 1),
        ],
    )
    def test_is_chosen_from(self, world: World, query: str, number: int) -> None:
        failures(world, 2)

        assert len(listed(world, query)) == number

    def test_leads_on_by_cursor(self, world: World) -> None:
        failures(world, 2)
        cursor = world.api("GET", f"{WEBHOOKS_PATH}?per_page=3").body["meta"]["next_cursor"]

        assert len(listed(world, f"per_page=3&cursor={cursor}")) == 1

    def test_has_each_entry_by_its_id(self, world: World) -> None:
        failures(world)
        (entry,) = listed(world, f"event_types[]={FAILURE}")

        assert world.api("GET", f"{WEBHOOKS_PATH}/{entry['lago_id']}").body["webhook"] == entry

    def test_is_the_organizations_own(self, world: World) -> None:
        failures(world)
        (entry,) = listed(world, f"event_types[]={FAILURE}")

        for path in ("", "/retry"):
            method = "POST" if path else "GET"
            answer = world.api(
                method, f"{WEBHOOKS_PATH}/{entry['lago_id']}{path}", organization_id="another-organization"
            )
            assert (answer.status, answer.body["code"]) == (404, "webhook_not_found")
        assert world.api("GET", WEBHOOKS_PATH, organization_id="another-organization").body["webhooks"] == []

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("since=yesterday", "since"),
            ("until=2026-11-23T10:00:00", "until"),
            ("event_types[]=all", "event_types"),
            ("since=0001-01-01T00:00:00%2B23:59", "since"),
            ("until=9999-12-31T23:59:59-23:59", "until"),
        ],
    )
    def test_refuses_what_it_does_not_understand(self, world: World, query: str, field: str) -> None:
        answer = world.api("GET", f"{WEBHOOKS_PATH}?{query}")

        assert (answer.status, answer.body["error_details"]) == (422, {field: ["value_is_invalid"]})


class TestSendingAgain:
    def test_publishes_the_same_under_the_same_key(self, world: World, redriving: Redriving) -> None:
        failures(world)
        (entry,) = listed(world, f"event_types[]={FAILURE}")

        for _ in range(2):
            assert world.api("POST", f"{WEBHOOKS_PATH}/{entry['lago_id']}/retry").body["webhook"] == entry

        again = world.received()
        assert unique_keys(again) == [entry["lago_id"]] * 2
        assert len(redriving.functions.invoked) == 2

    def test_all_since_a_time_goes_on_by_cursor(
        self, world: World, redriving: Redriving, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failures(world, 3)
        monkeypatch.setattr("manage_webhooks.MOST", 2)
        wanted = {"since": "2026-11-23T10:30:00Z"}

        sent, cursor = [], None
        for _ in range(3):
            answer = retry_all(world, **wanted, cursor=cursor).body["webhooks"]
            sent.append(answer["sent"])
            cursor = answer["next_cursor"]
            if cursor is None:
                break

        assert sent == [2, 2]
        assert len(set(unique_keys(world.received()))) == 4
        assert redriving.functions.batches() == [2, 2]

    def test_only_the_types_that_are_named(self, world: World, redriving: Redriving) -> None:
        failures(world, 2)

        assert retry_all(world, event_types=[FAILURE]).body["webhooks"] == {"sent": 2, "next_cursor": None}

        assert {message["MessageAttributes"]["webhook_type"]["Value"] for message in world.received()} == {FAILURE}
        assert len(redriving.functions.invoked) == 1

    def test_what_the_topic_did_not_take_is_to_be_asked_for_again(self, world: World, redriving: Redriving) -> None:
        failures(world)
        redriving.functions.breaks.add("publish-notifications")

        answer = retry_all(world, since="2026-11-23T00:00:00Z")

        assert (answer.status, answer.body["code"]) == (503, "third_party_unavailable")
        redriving.functions.breaks.clear()
        assert retry_all(world, since="2026-11-23T00:00:00Z").body["webhooks"]["sent"] == 2

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"since": 5}, "since"),
            ({"event_types": FAILURE}, "event_types"),
            ({"event_types": [1]}, "event_types"),
            ({"cursor": 5}, "cursor"),
            ({"cursor": "nonsense"}, "cursor"),
        ],
    )
    def test_refuses_what_it_does_not_understand(self, world: World, body: dict[str, Any], field: str) -> None:
        answer = retry_all(world, **body)

        assert (answer.status, answer.body["error_details"]) == (422, {field: ["value_is_invalid"]})


def test_the_events_are_answered(world: World, redriving: Redriving) -> None:
    failures(world)
    lago_id = "8f4fbb80-5c39-5e3a-9d0e-6f6a8f0e9d11"
    (item,) = [one for one in world.items("notifications") if one["webhook_type"] == FAILURE]
    world.put_item("notifications", item | {"lago_id": lago_id})

    assert len(world.call("manage-webhooks", load_event("manage-webhooks")).body["webhooks"]) == 3
    assert world.call("manage-webhooks", load_event("manage-webhooks-find")).body["webhook"]["lago_id"] == lago_id
    assert world.call("manage-webhooks", load_event("manage-webhooks-retry")).status == 200
    assert world.call("manage-webhooks", load_event("manage-webhooks-retry-all")).body["webhooks"]["sent"] == 2
    assert redriving.functions.batches() == [1, 2]


@pytest.mark.parametrize("path", ["public_key", "json_public_key"])
def test_there_is_no_public_key_because_nothing_is_signed_with_a_key_of_ours(world: World, path: str) -> None:
    answer = world.api("GET", f"/api/v1/webhooks/{path}")

    assert (answer.status, answer.body["code"]) == (404, "webhook_jwt_public_key_not_found")
    assert world.call("manage-webhooks", load_event("manage-webhooks-public-key")) == answer
