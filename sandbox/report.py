"""What a run on the stack shows at its end: a table, and that no log holds a secret."""

import re
import textwrap
from collections.abc import Sequence

from sandbox.aws import AwsEmulator

_SECRETS = re.compile(r"(?:sk|rk)_(?:test|live)_|whsec_")


def leaked_secrets(emulator: AwsEmulator) -> int:
    """How many messages in the logs of all functions hold an API key of Stripe or a signing secret."""
    return sum(1 for message in emulator.log_messages() if _SECRETS.search(message))


_BETWEEN = "  "


def print_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, most: int | None = None) -> None:
    """Columns as wide as their widest cell. With `most` a line has no more characters: the last cell goes on below."""
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    if most is not None:
        widths[-1] = min(widths[-1], most - sum(widths[:-1]) - len(_BETWEEN) * (len(widths) - 1))
    print()
    for row in [heads, tuple("-" * width for width in widths), *rows]:
        for line in _lines(row, widths[-1]):
            print(_BETWEEN.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print()


def _lines(row: tuple[str, ...], width: int) -> list[tuple[str, ...]]:
    """The row as lines: the last cell broken between words, the others on the first line alone."""
    first, *more = textwrap.wrap(row[-1], max(width, 1), break_long_words=False, break_on_hyphens=False) or [""]
    return [(*row[:-1], first), *((*("" for _ in row[:-1]), part) for part in more)]
