"""Guards of the figures: each invoice is counted once, as it is (docs/figures.md)."""

from .mutant import FUNCTIONS, Mutant

_PAID = f"{FUNCTIONS}/test_count_figures.py::TestAnInvoiceThatIsPaid"
_READS = """    markers = stores.figures.markers(organization_id, invoice_ids)
    invoices = {one.lago_id: one for one in stores.invoices.batch(organization_id, invoice_ids)}
"""


def _mutant(name: str, path: str, text: str, replacement: str, killer: str) -> Mutant:
    return Mutant(name=name, path=path, text=text, replacement=replacement, killers=(killer,))


OF_FIGURES = (
    _mutant(
        "What two functions count at once is counted twice",
        "adapters/dynamodb/figures.py",
        '"Item": attribute_values(item), **condition}}',
        '"Item": attribute_values(item)}}',
        f"{_PAID}::test_is_counted_by_the_faster_of_two_functions_alone",
    ),
    _mutant(
        "An invoice is counted as it was before another function counted it",
        "use_cases/figures/count_figures.py",
        _READS,
        "".join(reversed(_READS.splitlines(keepends=True))),
        f"{_PAID}::test_is_counted_as_paid_though_a_function_had_begun_to_read_it_before",
    ),
    _mutant(
        "What was counted before is counted again",
        "model/figures.py",
        "return summed((*entries_of(after), *((row, name, -number) for row, name, number in entries_of(before))))",
        "return summed(entries_of(after))",
        f"{_PAID}::test_is_open_before_and_no_more_afterwards",
    ),
)
