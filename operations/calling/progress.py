"""How far a command is: a line that is written over on a terminal, a line now and then in a log."""

from collections.abc import Callable
from typing import TextIO

_WIDTH = 24
_ON_TERMINAL_SECONDS, _IN_LOG_SECONDS = 0.2, 30.0


class Progress:
    """`whole` is what there is to do in the measure of `advance`, such as bytes; None where nobody knows."""

    def __init__(self, whole: int | None, what: str, *, to: TextIO, clock: Callable[[], float]) -> None:
        self._whole, self._what, self._to, self._clock = whole, what, to, clock
        self._every = _ON_TERMINAL_SECONDS if to.isatty() else _IN_LOG_SECONDS
        self._began_at = self._shown_at = clock()
        self._rows = self._new = self._at = self._passed_over = 0

    def advance(self, at: int, *, is_new: bool = True) -> None:
        """One more, and how far that is. What an earlier run had done says nothing of the rate."""
        self._rows += 1
        self._new += is_new
        if not is_new:
            self._passed_over = at
            self._began_at = self._clock()
        self._at = max(self._at, at)
        if self._clock() - self._shown_at >= self._every:
            self._show()

    def close(self) -> None:
        """Show how far it came."""
        self._show()
        if self._to.isatty():
            self._to.write("\n")
        self._to.flush()

    @property
    def rate(self) -> float:
        """How many a second, of those that were done now."""
        return self._new / max(self._clock() - self._began_at, 0.001)

    def line(self) -> str:
        """Such as `[######------------------]  25 %  1,250 rows  24.8/s  2 min 31 s left`."""
        said = f"{self._rows:,} {self._what}  {self.rate:,.1f}/s"
        if not self._whole:
            return said
        share = min(self._at / self._whole, 1.0)
        done = int(share * _WIDTH)
        bar = f"[{'#' * done}{'-' * (_WIDTH - done)}] {share:4.0%}  "
        return bar + said + self._left()

    def _left(self) -> str:
        handled, whole = self._at - self._passed_over, int(self._whole or 0)
        if not handled or self._at >= whole:
            return ""
        seconds = (self._clock() - self._began_at) * (whole - self._at) / handled
        return f"  {duration(seconds)} left"

    def _show(self) -> None:
        self._shown_at = self._clock()
        if self._to.isatty():
            self._to.write(f"\r{self.line():<99}")
        else:
            self._to.write(f"{self.line()}\n")
        self._to.flush()


def duration(seconds: float) -> str:
    """In two units at the most."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
