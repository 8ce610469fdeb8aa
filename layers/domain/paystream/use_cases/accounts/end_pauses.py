"""Try again what an account was refused, and let what waited for that go on: it is made due for the schedule."""

from dataclasses import replace
from datetime import datetime

from paystream.model.integration import Integration
from paystream.model.pauses import probed, to_be_probed
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores

_TRIED = 3
_MOST_PASSED_OVER = 60


def end_pauses(integration: Integration, *, stores: Stores, queue: CollectionQueue, now: datetime) -> Integration:
    """The updated integration. Safe to repeat: what is due stays due, and a message that comes twice does no harm.

    Raises VersionConflictError.
    """
    if integration.resumes:
        queue.resume_collection(integration.organization_id, integration.lago_id)
        integration = stores.integrations.save(replace(integration, resumes=False))
    pause = to_be_probed(integration, now)
    if pause is None:
        return integration
    if _make_some_due(integration, pause.probes, stores=stores, now=now):
        return integration
    return stores.integrations.save(probed(integration))


def _make_some_due(integration: Integration, probes: int, *, stores: Stores, now: datetime) -> int:
    """Others each time: one may be refused for a reason of its own."""
    passed_over = min(probes * _TRIED, _MOST_PASSED_OVER)
    organization_id, lago_id = integration.organization_id, integration.lago_id
    page = stores.due_invoices.paused(organization_id, lago_id, limit=passed_over + _TRIED, cursor=None)
    for invoice_id in page.records[-_TRIED:]:
        stores.due_invoices.make_due(organization_id, invoice_id, integration_id=lago_id, at=now)
    return len(page.records)
