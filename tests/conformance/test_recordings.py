"""The sandbox answers as the real Stripe did, wherever `make fidelity` has recorded it."""

from typing import Any

from paystream.adapters.stripe.gateway import API_VERSION
from sandbox.fidelity.comparison import of_recording, table_of
from sandbox.fidelity.recordings import Recording, read_all

NONE_YET = "none yet; `make fidelity STRIPE_KEY=sk_test_…` makes them"


def test_the_sandbox_answers_what_stripe_has_answered(figures: dict[str, Any]) -> None:
    recordings = {recording.api_version: recording for recording in read_all()}
    figures["requests recorded at Stripe"] = said_of(recordings.get(API_VERSION))
    figures["recordings of other versions, passed over"] = len(recordings.keys() - {API_VERSION})

    found = of_recording(recordings[API_VERSION]) if API_VERSION in recordings else []

    assert not found, "\n".join(table_of(found))


def said_of(recording: Recording | None) -> str:
    """How much is held against the sandbox."""
    if recording is None:
        return NONE_YET
    return f"{sum(len(shape.exchanges) for shape in recording.shapes)}, of {recording.date}"
