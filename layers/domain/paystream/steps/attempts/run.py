"""One run of collection: what it works with, and the case as it is stored now."""

from dataclasses import dataclass
from datetime import datetime

from paystream.errors import ContentionError, VersionConflictError
from paystream.model.case import Case
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.connected import Accounts
from paystream.steps.attempts.load_case import load_case
from paystream.steps.attempts.read_invoice import read_invoice

_MOST_RACES = 3


@dataclass(slots=True)
class Run:
    """`accounts` are read once in a run, and again after a lost race."""

    stores: Stores
    gateways: Gateways
    now: datetime
    accounts: Accounts
    races_lost: int = 0

    def reloaded(self, case: Case) -> Case:
        """The case as it is stored now. Raises NotFoundError if the invoice is gone."""
        organization_id, lago_id = case.invoice.organization_id, case.invoice.lago_id
        self.accounts = Accounts(organization_id, self.stores)
        invoice = read_invoice(self.stores, organization_id, lago_id)
        return load_case(invoice, case.occasion, self.accounts, stores=self.stores, learned=case.learned, now=self.now)

    def after_lost_race(self, case: Case, lost: VersionConflictError) -> Case:
        """The same, because another function wrote first. Raises ContentionError if races go on."""
        if isinstance(lost, ContentionError):
            raise lost
        self.races_lost += 1
        if self.races_lost > _MOST_RACES:
            raise ContentionError(f"invoice {case.invoice.lago_id} keeps changing; try again") from lost
        return self.reloaded(case)
