"""Send a notification again, under the same id, so that subscribers may drop it as a repeat.

It is given to the function that published it, the only one that may.
"""

from collections.abc import Sequence

from paystream.errors import NotFoundError, OutcomeUnknownError
from paystream.model.notification import Notification, NotificationFilter
from paystream.model.redrive import MOST_AT_ONCE, StreamConsumer, StreamRecord
from paystream.ports.pages import Page, PageRequest
from paystream.ports.records import StreamConsumers
from paystream.ports.stores import Stores


def find_notification(organization_id: str, lago_id: str, *, stores: Stores) -> Notification:
    """Raises NotFoundError; also once it is no longer kept."""
    notification = stores.notifications.find(organization_id, lago_id)
    if notification is None:
        raise NotFoundError("webhook")
    return notification


def send_again(organization_id: str, lago_id: str, *, stores: Stores, consumers: StreamConsumers) -> Notification:
    """Send one again. Raises NotFoundError, OutcomeUnknownError if the topic has not taken it."""
    notification = find_notification(organization_id, lago_id, stores=stores)
    _hand_over(stores.notifications.records(organization_id, [lago_id]), consumers)
    return notification


def send_page_again(
    organization_id: str,
    wanted: NotificationFilter,
    *,
    request: PageRequest,
    stores: Stores,
    consumers: StreamConsumers,
) -> Page[Notification]:
    """Send a page of them again, and return what leads on. Raises OutcomeUnknownError: repeat the same page."""
    page = stores.notifications.page(organization_id, wanted, request=request)
    ids = [notification.lago_id for notification in page.records]
    _hand_over(stores.notifications.records(organization_id, ids), consumers)
    return page


def _hand_over(records: Sequence[StreamRecord], consumers: StreamConsumers) -> None:
    for start in range(0, len(records), MOST_AT_ONCE):
        if consumers.handle(StreamConsumer.PUBLISH_NOTIFICATIONS, records[start : start + MOST_AT_ONCE]):
            raise OutcomeUnknownError("the topic has not taken all of it")
