"""Which connected integration leads to an account: its code of then, or another one that it has by now."""

from paystream.errors import NotFoundError
from paystream.model.customer import Customer
from paystream.model.integration import Integration, Link
from paystream.model.payment import Payment
from paystream.ports.stores import Stores


class Accounts:
    """The accounts of an organization, as they are in one run: each is read once."""

    def __init__(self, organization_id: str, stores: Stores) -> None:
        self._organization_id = organization_id
        self._stores = stores
        self._by_code: dict[str, Integration | None] = {}
        self._all: tuple[Integration, ...] | None = None

    def of(self, link: Link) -> Integration | None:
        """The integration of the account that something was sent to: under the code of then, or under another one; None
        if it is not connected.

        For what was begun: it stays in its account. Nothing new is begun through another code than the customer's own.
        It costs a second read only where the code of then does not lead there. Of several it is the oldest whose key
        works.
        """
        if link.payment_provider_code is None:
            return None
        own = self._of_code(link.payment_provider_code)
        if own and own.leads_to(link) and own.removal_began_at is None:
            return own
        if self._all is None:
            self._all = self._stores.integrations.all(self._organization_id)
        others = [one for one in self._all if one.leads_to(link) and one.removal_began_at is None]
        return min(others, key=lambda one: (one.needs_attention is not None, one.created_at), default=None)

    def for_new(self, customer: Customer) -> Integration | None:
        """The integration through which something new may be begun for the customer: that of the code it is linked
        under.

        A code that was connected to another account since then stands for an account that is not connected, and so does
        one that is disconnecting.
        """
        if customer.payment_provider_code is None:
            return None
        own = self._of_code(customer.payment_provider_code)
        is_theirs = own is not None and own.lago_id == customer.integration_id
        return own if own and is_theirs and own.disconnecting_since is None else None

    def _of_code(self, code: str) -> Integration | None:
        if code not in self._by_code:
            self._by_code[code] = self._stores.integrations.get(self._organization_id, code)
        return self._by_code[code]


def integration_of(organization_id: str, link: Link, stores: Stores) -> Integration | None:
    """The integration of the account that something was sent to, read just now: see `Accounts.of`."""
    return Accounts(organization_id, stores).of(link)


def integration_for_new(customer: Customer, stores: Stores) -> Integration | None:
    """The integration for something new, read just now: see `Accounts.for_new`."""
    return Accounts(customer.organization_id, stores).for_new(customer)


def account_of(payment: Payment, stores: Stores) -> Integration:
    """The account that the payment was sent to. Raises NotFoundError if it is not connected."""
    integration = integration_of(payment.organization_id, payment, stores)
    if integration is None:
        raise NotFoundError("payment_provider")
    return integration
