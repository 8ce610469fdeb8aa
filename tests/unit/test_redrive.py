"""Records that are handled once more."""

from paystream.model.redrive import MOST_AT_ONCE, Portion


def test_a_portion_has_no_records_unless_some_were_read() -> None:
    assert (MOST_AT_ONCE, Portion(cursor="").records) == (10, ())
