"""manage-webhook-endpoints: a URL is asked, and once it has confirmed it gets its organization's notifications."""

import json
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from builders.accounts import OTHER_ORGANIZATION
from builders.customers import DECLINED
from builders.durations import DAY, HOUR, MINUTE
from world.api_gateway import ORGANIZATION, Answer
from world.aws_calls import Moment
from world.receivers import Receivers, receivers
from world.world import TABLES, World, load_event

URL = "https://hooks.example.com/lago"
OTHER_URL = "https://hooks.example.com/new"
ENDPOINTS_PATH = "/api/v1/webhook_endpoints"
pytestmark = pytest.mark.usefixtures("hooks")


@pytest.fixture
def hooks(world: World, monkeypatch: pytest.MonkeyPatch) -> Receivers:
    return receivers(world, monkeypatch)


def create_endpoint(world: World, url: str = URL, organization_id: str = ORGANIZATION, **more: Any) -> dict[str, Any]:
    body = {"webhook_endpoint": {"webhook_url": url, **more}}
    answer = world.api("POST", ENDPOINTS_PATH, body, organization_id=organization_id)
    assert answer.status == 200, answer.body
    made: dict[str, Any] = answer.body["webhook_endpoint"]
    return made


def change_endpoint(world: World, endpoint: dict[str, Any], **changes: Any) -> Answer:
    return world.api("PUT", f"{ENDPOINTS_PATH}/{endpoint['lago_id']}", {"webhook_endpoint": changes})


def find_endpoint(world: World, endpoint: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = world.api("GET", f"{ENDPOINTS_PATH}/{endpoint['lago_id']}").body["webhook_endpoint"]
    return found


def delete_endpoint(world: World, endpoint: dict[str, Any]) -> Answer:
    return world.api("DELETE", f"{ENDPOINTS_PATH}/{endpoint['lago_id']}")


def settle_endpoints(world: World, after: float = MINUTE) -> dict[str, Any]:
    """The schedule runs, so many seconds later."""
    world.pass_time(after)
    answer: dict[str, Any] = world.invoke("manage-webhook-endpoints", load_event("manage-webhook-endpoints-settle"))
    return answer


def fail_an_invoice(world: World) -> None:
    """Every subscriber is notified of it."""
    world.create_invoice("declined")
    world.run()
    world.publish_new_notifications()


def types_at(hooks: Receivers, url: str) -> list[str]:
    return sorted(json.loads(body)["webhook_type"] for at, body in hooks.posts if at == url)


def wrong(answer: Answer) -> Any:
    assert answer.status == 422
    return answer.body["error_details"]


@pytest.fixture
def declined(world: World) -> World:
    """A customer whose card is declined."""
    world.connect()
    world.customer("declined", payment_method=DECLINED)
    return world


class TestCreating:
    def test_answers_in_lagos_words_and_says_that_the_url_has_to_confirm(self, world: World, hooks: Receivers) -> None:
        answer = world.call("manage-webhook-endpoints", load_event("manage-webhook-endpoints"))

        made = answer.body["webhook_endpoint"]
        assert answer.status == 200
        assert made | {"lago_id": "", "created_at": ""} == {
            "lago_id": "",
            "lago_organization_id": ORGANIZATION,
            "webhook_url": URL,
            "signature_algo": "hmac",
            "name": "Dunning",
            "event_types": ["invoice.payment_failure", "payment_provider.error"],
            "created_at": "",
            "subscription_status": "pending_confirmation",
        }
        assert hooks.pending() == [URL]

    def test_needs_nothing_but_a_url(self, world: World) -> None:
        made = create_endpoint(world)

        assert (made["signature_algo"], made["name"], made["event_types"]) == ("jwt", None, None)

    def test_subscribes_raw_filtered_with_a_queue_to_which_only_the_topic_sends(
        self, world: World, hooks: Receivers
    ) -> None:
        made = create_endpoint(world, event_types=["invoice.payment_failure"])

        (subscription,) = hooks.subscriptions()
        attributes = subscription.attributes
        topic, queue = subscription.arn.rpartition(":")[0], f"paystream-webhook-{made['lago_id'].replace('-', '')}"
        arn = f"arn:aws:sqs:us-east-1:123456789012:{queue}"
        assert attributes["RawMessageDelivery"] == "true"
        assert json.loads(attributes["FilterPolicy"]) == {
            "organization_id": [ORGANIZATION],
            "webhook_type": ["invoice.payment_failure"],
        }
        assert json.loads(attributes["RedrivePolicy"]) == {"deadLetterTargetArn": arn}
        assert json.loads(attributes["DeliveryPolicy"])["requestPolicy"] == {"headerContentType": "application/json"}
        kept = world.aws_account.queues.made[queue]
        (statement,) = json.loads(kept["Policy"])["Statement"]
        assert (statement["Principal"], statement["Action"]) == ({"Service": "sns.amazonaws.com"}, "sqs:SendMessage")
        assert (statement["Resource"], statement["Condition"]) == (arn, {"ArnEquals": {"aws:SourceArn": topic}})
        assert kept["MessageRetentionPeriod"] == str(14 * DAY)

    def test_retries_for_less_than_the_hour_that_sns_allows(self, world: World, hooks: Receivers) -> None:
        create_endpoint(world)

        (subscription,) = hooks.subscriptions()
        policy = json.loads(subscription.attributes["DeliveryPolicy"])["healthyRetryPolicy"]
        between = policy["numRetries"] - policy["numNoDelayRetries"] - policy["numMinDelayRetries"]
        longest = policy["numMinDelayRetries"] * policy["minDelayTarget"] + between * policy["maxDelayTarget"]
        assert 1200 < longest <= HOUR

    def test_has_nothing_posted_before_the_url_confirms_and_all_after(self, declined: World, hooks: Receivers) -> None:
        made = create_endpoint(declined)
        fail_an_invoice(declined)
        assert hooks.posts == []

        hooks.confirm(URL)
        fail_an_invoice(declined)

        assert find_endpoint(declined, made)["subscription_status"] == "confirmed"
        assert types_at(hooks, URL) == ["invoice.payment_failure", "invoice.payment_status_updated"]

    def test_lets_through_the_types_that_are_wanted_and_no_other_organizations(
        self, declined: World, hooks: Receivers
    ) -> None:
        create_endpoint(declined, event_types=["invoice.payment_failure"])
        create_endpoint(declined, OTHER_URL, organization_id=OTHER_ORGANIZATION)
        create_endpoint(declined, f"{URL}?none", event_types=[])
        for url in (URL, OTHER_URL, f"{URL}?none"):
            hooks.confirm(url)

        fail_an_invoice(declined)

        assert [(url, json.loads(body)["webhook_type"]) for url, body in hooks.posts] == [
            (URL, "invoice.payment_failure")
        ]

    def test_gives_receivers_the_key_by_which_they_drop_repeats(self, declined: World, hooks: Receivers) -> None:
        create_endpoint(declined)
        hooks.confirm(URL)
        fail_an_invoice(declined)

        keys = {item["lago_id"] for item in declined.items("notifications")}
        assert {json.loads(body)["unique_key"] for _, body in hooks.posts} == keys

    def test_gives_two_organizations_with_one_url_a_subscription_each(self, world: World, hooks: Receivers) -> None:
        create_endpoint(world)
        create_endpoint(world, organization_id=OTHER_ORGANIZATION)

        assert hooks.pending() == [URL, URL]

    def test_again_while_nobody_has_confirmed_is_the_same_endpoint_and_asks_again(
        self, world: World, hooks: Receivers
    ) -> None:
        made = create_endpoint(world)

        assert create_endpoint(world) == made
        assert (hooks.pending(), hooks.asked[URL]) == ([URL], 2)

    def test_again_once_it_is_confirmed_is_refused_as_lago_does(self, world: World, hooks: Receivers) -> None:
        made = create_endpoint(world)
        hooks.confirm(URL)
        settle_endpoints(world)
        find_endpoint(world, made)

        answer = world.api("POST", ENDPOINTS_PATH, {"webhook_endpoint": {"webhook_url": URL}})

        assert wrong(answer) == {"webhook_url": ["value_already_exist"]}

    def test_more_than_ten_are_refused(self, world: World, hooks: Receivers) -> None:
        for number in range(10):
            create_endpoint(world, f"{URL}/{number}")

        answer = world.api("POST", ENDPOINTS_PATH, {"webhook_endpoint": {"webhook_url": URL}})

        assert wrong(answer) == {"base": ["exceeded_limit"]}
        assert len(hooks.pending()) == 10

    def test_says_that_sns_does_not_take_the_url(self, world: World, hooks: Receivers) -> None:
        hooks.unreachable.add(URL)

        assert create_endpoint(world)["subscription_status"] == "refused"
        assert settle_endpoints(world)["settled"] == 0

        hooks.unreachable.clear()
        made = create_endpoint(world)
        assert made["subscription_status"] == "pending_confirmation"

    @pytest.mark.parametrize(
        ("event_types", "kept"),
        [
            (None, None),
            (["*"], None),
            ([" Invoice.Created ", "invoice.created", ""], ["invoice.created"]),
            ([], []),
            (["customer.payment_method_missing"], ["customer.payment_method_missing"]),
        ],
    )
    def test_reads_event_types_as_lago_does(self, world: World, event_types: Any, kept: Any) -> None:
        assert create_endpoint(world, event_types=event_types)["event_types"] == kept

    @pytest.mark.parametrize(
        ("values", "details"),
        [
            ({"event_types": "wrong"}, {"event_types": ["must_be_array"]}),
            ({"event_types": ["wrong.type"]}, {"event_types": ['contains invalid types: ["wrong.type"]']}),
            ({"signature_algo": "rot13"}, {"signature_algo": ["value_is_invalid"]}),
            ({"webhook_url": None}, {"webhook_url": ["value_is_mandatory"]}),
            ({"webhook_url": ""}, {"webhook_url": ["value_is_mandatory"]}),
            ({"name": 1}, {"name": ["value_is_invalid"]}),
        ],
    )
    def test_refuses_what_is_no_good(
        self, world: World, hooks: Receivers, values: dict[str, Any], details: dict[str, Any]
    ) -> None:
        answer = world.api("POST", ENDPOINTS_PATH, {"webhook_endpoint": {"webhook_url": URL, **values}})

        assert wrong(answer) == details
        assert (world.items("webhook_endpoints"), hooks.subscriptions()) == ([], [])


class TestPasswords:
    WITH_PASSWORD = "https://acme:s3cret@hooks.example.com/lago"
    SHOWN = "https://acme:***@hooks.example.com/lago"

    def test_go_to_sns_and_are_never_answered_or_logged(self, world: World, hooks: Receivers, logs: Any) -> None:
        made = create_endpoint(world, self.WITH_PASSWORD)

        listed = world.api("GET", ENDPOINTS_PATH).body["webhook_endpoints"]
        assert hooks.pending() == [self.WITH_PASSWORD]
        assert [made["webhook_url"], listed[0]["webhook_url"]] == [self.SHOWN, self.SHOWN]
        assert delete_endpoint(world, made).body["webhook_endpoint"]["webhook_url"] == self.SHOWN
        assert "s3cret" not in logs.getvalue()

    def test_are_kept_by_a_caller_that_sends_back_what_was_answered(self, world: World, hooks: Receivers) -> None:
        made = create_endpoint(world, self.WITH_PASSWORD)
        hooks.confirm(self.WITH_PASSWORD)

        assert change_endpoint(world, made, webhook_url=made["webhook_url"], name="Renamed").status == 200
        assert (hooks.subscribed(), hooks.pending()) == ([self.WITH_PASSWORD], [])


class TestChanging:
    def test_keeps_what_is_not_sent(self, world: World) -> None:
        made = create_endpoint(world, name="Dunning", signature_algo="hmac", event_types=["invoice.voided"])

        changed = change_endpoint(world, made, name="Renamed").body["webhook_endpoint"]

        assert changed == made | {"name": "Renamed"}

    def test_loses_nothing_while_the_new_url_has_not_confirmed(self, declined: World, hooks: Receivers) -> None:
        made = create_endpoint(declined)
        hooks.confirm(URL)
        settle_endpoints(declined)

        answer = change_endpoint(declined, made, webhook_url=OTHER_URL)
        fail_an_invoice(declined)
        assert answer.body["webhook_endpoint"]["subscription_status"] == "pending_confirmation"
        assert len(types_at(hooks, URL)) == 2

        hooks.confirm(OTHER_URL)
        settle_endpoints(declined)
        assert find_endpoint(declined, made)["subscription_status"] == "confirmed"
        assert hooks.subscribed() == [OTHER_URL]
        fail_an_invoice(declined)
        assert (len(types_at(hooks, URL)), len(types_at(hooks, OTHER_URL))) == (2, 2)

    def test_by_event_goes_to_the_new_url(self, world: World, hooks: Receivers) -> None:
        made = create_endpoint(world)
        event = load_event("manage-webhook-endpoints-update") | {"pathParameters": {"lago_id": made["lago_id"]}}

        assert world.call("manage-webhook-endpoints", event).body["webhook_endpoint"]["webhook_url"] == OTHER_URL
        assert hooks.pending() == [URL, OTHER_URL]

    def test_there_and_back_ends_with_the_url_it_began_with(self, world: World, hooks: Receivers) -> None:
        made = create_endpoint(world)
        hooks.confirm(URL)
        settle_endpoints(world)
        change_endpoint(world, made, webhook_url=OTHER_URL)
        change_endpoint(world, made, webhook_url=URL)
        hooks.confirm(URL)
        hooks.forget_unconfirmed()

        for _ in range(3):
            settle_endpoints(world)

        assert hooks.subscribed() == [URL]
        assert find_endpoint(world, made)["subscription_status"] == "confirmed"

    def test_takes_the_place_of_a_url_that_never_confirmed_at_once(self, world: World, hooks: Receivers) -> None:
        made = create_endpoint(world)
        change_endpoint(world, made, webhook_url=OTHER_URL)

        hooks.confirm(URL)
        settle_endpoints(world)

        assert (hooks.subscribed(), hooks.pending()) == ([], [OTHER_URL])

    def test_event_types_of_a_confirmed_url_need_no_handshake(self, declined: World, hooks: Receivers) -> None:
        made = create_endpoint(declined)
        hooks.confirm(URL)
        settle_endpoints(declined)

        changed = change_endpoint(declined, made, event_types=["invoice.payment_failure"]).body["webhook_endpoint"]
        fail_an_invoice(declined)

        assert (changed["subscription_status"], hooks.asked[URL]) == ("confirmed", 1)
        assert types_at(hooks, URL) == ["invoice.payment_failure"]

    def test_event_types_before_the_handshake_hold_after_it(self, declined: World, hooks: Receivers) -> None:
        made = create_endpoint(declined, event_types=["invoice.voided"])
        change_endpoint(declined, made, event_types=["invoice.payment_failure"])

        hooks.confirm(URL)
        fail_an_invoice(declined)

        assert types_at(hooks, URL) == ["invoice.payment_failure"]

    def test_event_types_that_sns_does_not_change_before_the_handshake_are_a_new_subscription(
        self, declined: World, hooks: Receivers
    ) -> None:
        made = create_endpoint(declined)
        (first,) = hooks.subscriptions()
        declined.aws.meanwhile("SetSubscriptionAttributes", _refuse_attributes)

        changed = change_endpoint(declined, made, event_types=["invoice.payment_failure"]).body["webhook_endpoint"]
        settle_endpoints(declined)
        hooks.confirm(URL)
        settle_endpoints(declined)
        fail_an_invoice(declined)

        assert changed["subscription_status"] == "pending_confirmation"
        assert first.arn not in {one.arn for one in hooks.subscriptions()}
        assert types_at(hooks, URL) == ["invoice.payment_failure"]

    def test_asks_again_whatever_is_sent_while_nobody_has_confirmed(self, world: World, hooks: Receivers) -> None:
        made = create_endpoint(world)

        change_endpoint(world, made, name="Renamed")

        assert (hooks.pending(), hooks.asked[URL]) == ([URL], 2)

    def test_begins_again_where_nobody_confirmed_in_time(self, world: World, hooks: Receivers) -> None:
        made = create_endpoint(world)
        hooks.forget_unconfirmed()
        settle_endpoints(world, after=2 * DAY)
        assert find_endpoint(world, made)["subscription_status"] == "expired"

        changed = change_endpoint(world, made, webhook_url=URL).body["webhook_endpoint"]

        assert changed["subscription_status"] == "pending_confirmation"
        assert hooks.pending() == [URL]

    def test_to_a_url_that_is_there_is_refused(self, world: World) -> None:
        made = create_endpoint(world)
        create_endpoint(world, OTHER_URL)

        assert wrong(change_endpoint(world, made, webhook_url=OTHER_URL)) == {"webhook_url": ["value_already_exist"]}
        assert wrong(change_endpoint(world, made, webhook_url="")) == {"webhook_url": ["value_is_mandatory"]}

    def test_twice_changes_nothing_the_second_time(self, world: World, hooks: Receivers) -> None:
        made = create_endpoint(world)
        hooks.confirm(URL)
        settle_endpoints(world)
        first = change_endpoint(world, made, webhook_url=OTHER_URL, name="Renamed")

        again = change_endpoint(world, made, webhook_url=OTHER_URL, name="Renamed")

        assert again.body == first.body
        assert (hooks.subscribed(), hooks.pending()) == ([URL], [OTHER_URL])

    def test_of_another_organization_is_not_found(self, world: World, hooks: Receivers) -> None:
        theirs = create_endpoint(world, organization_id=OTHER_ORGANIZATION)

        answers = [change_endpoint(world, theirs, name="Mine"), delete_endpoint(world, theirs)]
        answers.append(world.api("GET", f"{ENDPOINTS_PATH}/{theirs['lago_id']}"))

        assert [(one.status, one.body["code"]) for one in answers] == [(404, "webhook_endpoint_not_found")] * 3
        assert hooks.pending() == [URL]


class TestDestroying:
    def test_answers_what_it_was_and_leaves_nothing(self, declined: World, hooks: Receivers) -> None:
        made = create_endpoint(declined)
        hooks.confirm(URL)
        settle_endpoints(declined)

        answer = delete_endpoint(declined, made)
        fail_an_invoice(declined)
        settle_endpoints(declined)

        assert answer.body["webhook_endpoint"] == made | {"subscription_status": "confirmed"}
        assert (hooks.posts, hooks.subscriptions(), hooks.queues()) == ([], [], [])
        assert [item.keys() & {"due_at", "ended"} for item in declined.items("webhook_endpoints")] == [{"ended"}]

    def test_by_event_and_again_is_not_found(self, world: World) -> None:
        made = create_endpoint(world)
        event = load_event("manage-webhook-endpoints-destroy") | {"pathParameters": {"lago_id": made["lago_id"]}}

        statuses = [world.call("manage-webhook-endpoints", event).status for _ in range(2)]

        assert statuses == [200, 404]

    def test_of_what_nobody_has_confirmed_is_watched_until_sns_forgets_it(self, world: World, hooks: Receivers) -> None:
        made = create_endpoint(world)
        delete_endpoint(world, made)
        settle_endpoints(world)
        assert (hooks.pending(), len(hooks.queues())) == ([URL], 1)

        hooks.forget_unconfirmed()
        settle_endpoints(world, after=DAY)

        assert (hooks.subscriptions(), hooks.queues()) == ([], [])

    def test_holds_where_the_url_confirms_late(self, declined: World, hooks: Receivers) -> None:
        made = create_endpoint(declined)
        delete_endpoint(declined, made)
        hooks.confirm(URL)

        settle_endpoints(declined)
        fail_an_invoice(declined)
        settle_endpoints(declined)

        assert (hooks.posts, hooks.subscriptions(), hooks.queues()) == ([], [], [])

    def test_holds_where_a_receiver_takes_the_end_for_a_handshake(self, world: World, hooks: Receivers) -> None:
        """SNS posts a URL that restores a subscription which has ended."""
        made = create_endpoint(world)
        hooks.confirm(URL)
        (subscription,) = hooks.subscriptions()
        delete_endpoint(world, made)
        hooks.restore(subscription)

        for _ in range(2):
            settle_endpoints(world)

        assert (hooks.subscriptions(), hooks.queues()) == ([], [])


class TestReading:
    def test_lists_all_by_their_urls_with_lagos_meta(self, world: World) -> None:
        for url in (URL, OTHER_URL, f"{URL}/a"):
            create_endpoint(world, url)

        answer = world.call("manage-webhook-endpoints", load_event("manage-webhook-endpoints-find-all"))

        assert [one["webhook_url"] for one in answer.body["webhook_endpoints"]] == [URL, f"{URL}/a", OTHER_URL]
        assert answer.body["meta"] == {
            "current_page": 1,
            "next_page": None,
            "prev_page": None,
            "total_pages": 1,
            "total_count": 3,
            "next_cursor": None,
        }

    @pytest.mark.parametrize("turn", ["next_page", "next_cursor"])
    def test_goes_from_page_to_page(self, world: World, turn: str) -> None:
        for number in range(5):
            create_endpoint(world, f"{URL}/{number}")
        name = {"next_page": "page", "next_cursor": "cursor"}[turn]
        seen, query = [], "?per_page=2"
        while query:
            body = world.api("GET", f"{ENDPOINTS_PATH}{query}").body
            seen += [one["webhook_url"] for one in body["webhook_endpoints"]]
            query = f"?per_page=2&{name}={body['meta'][turn]}" if body["meta"][turn] else ""

        assert seen == [f"{URL}/{number}" for number in range(5)]

    def test_refuses_a_cursor_of_something_else(self, world: World) -> None:
        assert wrong(world.api("GET", f"{ENDPOINTS_PATH}?cursor=abc")) == {"cursor": ["value_is_invalid"]}

    def test_of_one_by_event(self, world: World) -> None:
        made = create_endpoint(world)
        event = load_event("manage-webhook-endpoints-find")

        found = world.call("manage-webhook-endpoints", event | {"pathParameters": {"lago_id": made["lago_id"]}})
        unknown = world.call("manage-webhook-endpoints", event)

        assert found.body == {"webhook_endpoint": made}
        assert (unknown.status, unknown.body["code"]) == (404, "webhook_endpoint_not_found")

    def test_costs_one_read_and_no_write_once_all_is_settled(self, world: World, hooks: Receivers) -> None:
        create_endpoint(world)
        hooks.confirm(URL)
        settle_endpoints(world)
        counted = ("GetItem", "PutItem", "GetSubscriptionAttributes")
        before = [world.aws.count(operation) for operation in counted]

        world.api("GET", ENDPOINTS_PATH)

        assert [world.aws.count(operation) for operation in counted] == [before[0] + 1, *before[1:]]


def _refuse_attributes() -> None:
    response: Any = {"Error": {"Code": "InvalidParameter", "Message": "Invalid parameter: SubscriptionArn"}}
    raise ClientError(response, "SetSubscriptionAttributes")


class TestWhatHappensAtTheSameTime:
    def test_an_endpoint_that_is_destroyed_while_it_is_subscribed_leaves_nothing(
        self, world: World, hooks: Receivers
    ) -> None:
        def destroy_it() -> None:
            (stored,) = world.items("webhook_endpoints")
            assert delete_endpoint(world, stored["endpoints"][0]).status == 200

        world.aws.meanwhile("Subscribe", destroy_it)
        create_endpoint(world)
        assert (hooks.pending(), world.api("GET", ENDPOINTS_PATH).body["webhook_endpoints"]) == ([URL], [])

        hooks.confirm(URL)
        for _ in range(3):
            settle_endpoints(world)

        assert (hooks.subscriptions(), hooks.queues()) == ([], [])

    def test_two_that_are_created_are_both_there(self, world: World, hooks: Receivers) -> None:
        world.aws.meanwhile("PutItem", lambda: create_endpoint(world, OTHER_URL), TableName=TABLES["webhook_endpoints"])

        create_endpoint(world)

        assert hooks.pending() == [URL, OTHER_URL]

    def test_who_loses_again_and_again_is_asked_to_send_it_again(self, world: World) -> None:
        def be_faster(number: int) -> None:
            if number <= 3:
                create_endpoint(world, f"{OTHER_URL}/{number}")
                next_time = partial(be_faster, number + 1)
                world.aws.meanwhile("PutItem", next_time, TableName=TABLES["webhook_endpoints"])

        world.aws.meanwhile("PutItem", partial(be_faster, 1), TableName=TABLES["webhook_endpoints"])

        answer = world.api("POST", ENDPOINTS_PATH, {"webhook_endpoint": {"webhook_url": URL}})

        assert (answer.status, answer.body["code"]) == (409, "webhook_endpoints_changed")
        assert len(world.api("GET", ENDPOINTS_PATH).body["webhook_endpoints"]) == 3

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("call", ["PutItem", "CreateQueue", "Subscribe"])
    def test_a_creation_that_breaks_off_is_finished_by_its_repeat_or_by_the_schedule(
        self, world: World, hooks: Receivers, call: str, moment: Moment
    ) -> None:
        world.aws.crash(call, moment)
        body = {"webhook_endpoint": {"webhook_url": URL}}
        assert world.api("POST", ENDPOINTS_PATH, body).status == 500

        settle_endpoints(world)
        made = create_endpoint(world)

        assert hooks.pending() == [URL]
        assert [one["lago_id"] for one in world.api("GET", ENDPOINTS_PATH).body["webhook_endpoints"]] == [
            made["lago_id"]
        ]

    def test_one_organization_that_fails_keeps_no_other_waiting(self, world: World, hooks: Receivers) -> None:
        create_endpoint(world)
        create_endpoint(world, OTHER_URL, organization_id=OTHER_ORGANIZATION)
        hooks.confirm(URL)
        hooks.confirm(OTHER_URL)
        world.aws.crash("GetSubscriptionAttributes", Moment.BEFORE)

        assert settle_endpoints(world) == {"settled": 1, "failed": 1}
        assert settle_endpoints(world) == {"settled": 1, "failed": 0}
        assert settle_endpoints(world) == {"settled": 0, "failed": 0}
