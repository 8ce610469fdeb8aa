"""What a run on the stack shows at its end: a table, and that no log holds a secret."""

import re
from collections.abc import Sequence

from sandbox.aws import AwsEmulator

_SECRETS = re.compile(r"(?:sk|rk)_(?:test|live)_|whsec_")


def leaked_secrets(emulator: AwsEmulator) -> int:
    """How many messages in the logs of all functions hold an API key of Stripe or a signing secret."""
    return sum(1 for message in emulator.log_messages() if _SECRETS.search(message))


def print_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Columns as wide as their widest cell."""
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    print()
    for row in [heads, tuple("-" * width for width in widths), *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print()
