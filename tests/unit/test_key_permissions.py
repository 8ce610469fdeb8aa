"""What a restricted key must be allowed, in the dashboard's words."""

import pytest
from paystream.model.key_permissions import NEEDED, KeyPermission, Permission, shown


@pytest.mark.parametrize("permission", Permission)
def test_each_permission_is_shown_with_its_id_and_the_dashboards_row_and_column(permission: Permission) -> None:
    found = shown(permission)

    assert found.id == permission.value
    assert found.name.partition(": ")[2] == permission.value.rpartition("_")[2].title()


def test_what_stripe_names_is_shown_instead_of_what_it_does_not_name() -> None:
    named = shown(Permission.REFUNDS, ("rak_refund_write",))

    assert named == KeyPermission(id="rak_refund_write", name="Charges and Refunds: Write")
    assert str(named) == "rak_refund_write (Charges and Refunds: Write)"


def test_of_several_that_would_do_ours_is_shown() -> None:
    named = shown(Permission.CUSTOMERS_READ, ("rak_bucket_billing_read", "rak_customer_read"))

    assert named == KeyPermission(id="rak_customer_read", name="Customers: Read", is_needed=True)


def test_nothing_is_needed_that_collecting_can_do_without() -> None:
    assert {permission.value for permission in NEEDED} == {
        "rak_payment_intent_write",
        "rak_customer_read",
        "rak_payment_method_read",
        "rak_webhook_write",
    }
