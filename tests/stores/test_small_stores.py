"""API keys, integrations and the outbox."""

from dataclasses import replace
from datetime import timedelta

import pytest
from paystream.adapters.dynamodb.database import Tables
from paystream.errors import VersionConflictError
from paystream.model.account_health import AccountHealth, EndpointStatus, HeardEvent
from paystream.model.api_key import ApiKey
from paystream.model.faults import Reach
from paystream.model.integration import AccountCheck, Attention, Suspicion
from paystream.model.key_permissions import KeyPermission
from paystream.model.notification import Notification
from paystream.ports.stores import Stores
from stores.records import NOW, ORGANIZATION, OTHER_ORGANIZATION, at, integration, notification
from stores.targets import Target

NO_KEYS = ["", "x" * 1025, "é" * 513]
"""What DynamoDB does not take as a sort key: it counts bytes."""


def test_an_api_key_exists_in_its_own_organization_only(stores: Stores) -> None:
    stores.api_keys.add(
        ApiKey(organization_id=ORGANIZATION, key_hash="a" * 64, name="billing", last4="0000", created_at=NOW)
    )

    assert stores.api_keys.exists(ORGANIZATION, "a" * 64)
    assert not stores.api_keys.exists(ORGANIZATION, "b" * 64)
    assert not stores.api_keys.exists(OTHER_ORGANIZATION, "a" * 64)


class TestIntegrations:
    def test_one_is_read_as_it_was_saved(self, stores: Stores) -> None:
        saved = stores.integrations.save(
            integration(
                success_redirect_url="https://acme.test",
                default_since=at(1),
                needs_attention=Attention(since=at(2), message="Invalid API Key", code="api_key_expired"),
                endpoint_rate_limit_per_second=50,
                global_rate_limit_per_second=200,
            )
        )

        assert saved.version == 1
        assert stores.integrations.get(ORGANIZATION, "stripe") == saved
        assert stores.integrations.get(OTHER_ORGANIZATION, "stripe") is None

    def test_what_it_is_refused_is_read_as_it_was_saved_and_a_try_makes_it_due(self, stores: Stores) -> None:
        pause = Attention(since=at(1), message="No", reach=Reach.METHOD_TYPE, what="card", probes=2, probe_at=at(3))
        suspicion = Suspicion(code="odd", external_customer_ids=("acme", "globex"))
        check = AccountCheck(due_at=at(9))
        saved = stores.integrations.save(integration(pauses=(pause,), suspicion=suspicion, check=check))

        assert stores.integrations.get(ORGANIZATION, "stripe") == saved
        assert stores.integrations.to_be_checked(until=at(2), cursor=None).records == ()
        assert stores.integrations.to_be_checked(until=at(3), cursor=None).records == ((ORGANIZATION, "stripe"),)

    def test_one_that_was_changed_meanwhile_is_not_saved(self, stores: Stores) -> None:
        read = stores.integrations.save(integration())
        stores.integrations.save(replace(read, name="Acme 2"))

        for stale in (read, integration()):
            with pytest.raises(VersionConflictError):
                stores.integrations.save(replace(stale, name="Acme 3"))
        found = stores.integrations.get(ORGANIZATION, "stripe")
        assert found
        assert (found.name, found.version) == ("Acme 2", 2)

    def test_what_is_none_by_now_is_forgotten(self, stores: Stores) -> None:
        read = stores.integrations.save(integration(default_since=at(1)))
        assert stores.integrations.save(replace(read, default_since=None)) == stores.integrations.get(
            ORGANIZATION, "stripe"
        )

    def test_all_of_an_organization_are_found(self, stores: Stores) -> None:
        for code in ("stripe", "other"):
            stores.integrations.save(integration(code))
        stores.integrations.save(integration(organization_id=OTHER_ORGANIZATION))

        assert {found.code for found in stores.integrations.all(ORGANIZATION)} == {"stripe", "other"}

    def test_those_that_are_disconnecting_are_found_oldest_first(self, stores: Stores) -> None:
        stores.integrations.save(integration("connected"))
        stores.integrations.save(integration("late", disconnecting_since=at(2)))
        ending = replace(integration(disconnecting_since=at(1)), organization_id=OTHER_ORGANIZATION)
        stores.integrations.save(replace(ending, removal_began_at=at(3)))
        again = stores.integrations.save(integration("again", disconnecting_since=at(0)))
        stores.integrations.save(replace(again, disconnecting_since=None))

        page = stores.integrations.disconnecting(cursor=None)

        assert page.records == ((OTHER_ORGANIZATION, "stripe"), (ORGANIZATION, "late"))
        assert page.next_cursor is None

    def test_those_that_are_to_be_looked_at_by_then_are_found_oldest_first(self, stores: Stores) -> None:
        stores.integrations.save(integration("never"))
        stores.integrations.save(integration("late", check=AccountCheck(due_at=at(3))))
        stores.integrations.save(integration("second", check=AccountCheck(due_at=at(2))))
        first = replace(integration(check=AccountCheck(due_at=at(1))), organization_id=OTHER_ORGANIZATION)
        stores.integrations.save(first)

        page = stores.integrations.to_be_checked(until=at(2), cursor=None)

        assert page.records == ((OTHER_ORGANIZATION, "stripe"), (ORGANIZATION, "second"))
        assert page.next_cursor is None

    def test_the_event_that_was_heard_last_is_kept_and_changes_no_version(self, stores: Stores) -> None:
        read = stores.integrations.save(integration())
        stores.integrations.heard(read, HeardEvent(type="customer.updated", at=at(1)))

        found = stores.integrations.get(ORGANIZATION, "stripe")

        assert found == replace(read, last_event=HeardEvent(type="customer.updated", at=at(1)))
        assert stores.integrations.save(found).last_event == found.last_event

    def test_an_event_of_the_same_hour_is_not_written_down(self, stores: Stores) -> None:
        read = stores.integrations.save(integration())
        first = HeardEvent(type="customer.updated", at=at(1))
        stores.integrations.heard(read, first)
        for known in (read, replace(read, last_event=first)):
            stores.integrations.heard(known, HeardEvent(type="refund.created", at=first.at + timedelta(minutes=59)))

        found = stores.integrations.get(ORGANIZATION, "stripe")

        assert found
        assert found.last_event == first
        later = HeardEvent(type="refund.created", at=first.at + timedelta(hours=1))
        stores.integrations.heard(found, later)
        assert stores.integrations.get(ORGANIZATION, "stripe") == replace(read, last_event=later)

    def test_an_event_of_one_that_is_gone_leaves_nothing(self, stores: Stores) -> None:
        read = stores.integrations.save(integration())
        stores.integrations.remove(read)

        stores.integrations.heard(read, HeardEvent(type="customer.updated", at=at(1)))

        assert stores.integrations.get(ORGANIZATION, "stripe") is None

    def test_what_is_known_of_an_account_is_read_as_it_was_saved(self, stores: Stores) -> None:
        lacks = KeyPermission(id="rak_charge_write", name="Charges and Refunds: Write")
        health = AccountHealth(
            checked_at=at(1),
            charges_enabled=False,
            missing=(lacks,),
            unchecked=(replace(lacks, is_needed=True),),
            endpoint_status=EndpointStatus.MISSING,
            endpoint_since=at(2),
        )
        saved = stores.integrations.save(integration(health=health))

        assert stores.integrations.get(ORGANIZATION, "stripe") == saved

    def test_one_is_removed_unless_it_was_changed_meanwhile(self, stores: Stores) -> None:
        read = stores.integrations.save(integration())
        current = stores.integrations.save(read)
        with pytest.raises(VersionConflictError):
            stores.integrations.remove(read)

        stores.integrations.remove(current)

        assert stores.integrations.get(ORGANIZATION, "stripe") is None
        with pytest.raises(VersionConflictError):
            stores.integrations.remove(current)

    def test_what_is_notified_is_written_with_it(self, stores: Stores, target: Target, tables: Tables) -> None:
        saved = stores.integrations.save(integration(), (notification(), notification("2")))
        again = stores.integrations.save(saved, (notification("3"),))

        assert stores.integrations.get(ORGANIZATION, "stripe") == again
        assert self.notified(target, tables) == {"notification-1", "2", "3"}

    def test_a_lost_race_notifies_nothing(self, stores: Stores, target: Target, tables: Tables) -> None:
        read = stores.integrations.save(integration())
        current = stores.integrations.save(read)

        for stale in (read, integration()):
            with pytest.raises(VersionConflictError):
                stores.integrations.save(replace(stale, name="Acme 3"), (notification(),))

        assert stores.integrations.get(ORGANIZATION, "stripe") == current
        assert self.notified(target, tables) == set()

    @pytest.mark.parametrize("notified", [(), (notification(),)], ids=["notifying nothing", "notifying it"])
    def test_one_that_was_disconnected_and_connected_again_is_another_one(
        self, stores: Stores, target: Target, tables: Tables, notified: tuple[Notification, ...]
    ) -> None:
        """Its versions begin again, so that the stale one has the very version that is stored."""
        read = stores.integrations.save(integration())
        stores.integrations.remove(read)
        for gone in (read, replace(read, version=2)):
            with pytest.raises(VersionConflictError):
                stores.integrations.save(gone, notified)
        connected = stores.integrations.save(integration(created_at=at(60)))
        assert connected.version == read.version

        with pytest.raises(VersionConflictError):
            stores.integrations.save(replace(read, name="Acme 2"), notified)
        with pytest.raises(VersionConflictError):
            stores.integrations.remove(read)

        assert stores.integrations.get(ORGANIZATION, "stripe") == connected
        assert self.notified(target, tables) == set()
        assert stores.integrations.save(connected, notified).version == 2

    def notified(self, target: Target, tables: Tables) -> set[str]:
        """The ids of all notifications in the outbox."""
        return {item["lago_id"]["S"] for item in target.dynamodb.scan(TableName=tables.notifications)["Items"]}

    @pytest.mark.parametrize("code", NO_KEYS, ids=len)
    def test_there_is_none_under_a_key_that_cannot_be(self, stores: Stores, code: str) -> None:
        assert stores.integrations.get(ORGANIZATION, code) is None
        assert stores.integrations.all(code) == ()


class TestNotifications:
    def test_a_repeat_changes_nothing(self, stores: Stores, target: Target, tables: Tables) -> None:
        stores.notifications.add(notification())
        stores.notifications.add(notification(body="another"))

        (item,) = target.dynamodb.scan(TableName=tables.notifications)["Items"]
        assert item["body"] == {"S": notification().body}

    def test_one_is_kept_for_90_days(self, stores: Stores, target: Target, tables: Tables) -> None:
        stores.notifications.add(notification())

        (item,) = target.dynamodb.scan(TableName=tables.notifications)["Items"]
        assert item["expires_at"] == {"N": str(int(NOW.timestamp()) + 90 * 86400)}
