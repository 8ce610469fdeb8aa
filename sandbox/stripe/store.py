"""Objects of one kind in one account.

Objects are never changed in place: a change stores a new dictionary. So an event can keep the object as it was without
copying it, and reading needs no copy either.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .errors import resource_missing
from .wire import JsonObject

Predicate = Callable[[JsonObject], bool]


class Collection:
    """Objects in order of creation, found by id, by an indexed field or by creation time without a scan."""

    def __init__(self, noun: str, path_param: str = "id", indexed: Sequence[str] = ()) -> None:
        self._noun = noun
        self._path_param = path_param
        self._indexed = tuple(indexed)
        self._objects: dict[str, JsonObject] = {}
        self._order: list[str] = []
        self._created: list[int] = []
        self._position: dict[str, int] = {}
        self._index: dict[tuple[str, Any], list[int]] = {}

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[JsonObject]:
        return iter(self._objects.values())

    def add(self, item: JsonObject) -> JsonObject:
        position = len(self._order)
        self._position[item["id"]] = position
        self._order.append(item["id"])
        self._created.append(item["created"])
        self._objects[item["id"]] = item
        for field in self._indexed:
            self._index.setdefault((field, item[field]), []).append(position)
        return item

    def get(self, item_id: str) -> JsonObject | None:
        return self._objects.get(item_id)

    def require(self, item_id: str, param: str | None = None) -> JsonObject:
        """The object. Raises `ApiError` if there is none: 404 for an id in the path, 400 for one in a parameter."""
        item = self._objects.get(item_id)
        if item is None or item.get("deleted"):
            raise resource_missing(self._noun, item_id, param or self._path_param, 404 if param is None else 400)
        return item

    def change(self, item_id: str, without: Sequence[str] = (), **changes: Any) -> JsonObject:
        """Stores the object with these fields changed and without those, and returns it."""
        before = self._objects[item_id]
        kept = {name: value for name, value in before.items() if name not in without}
        after = self._objects[item_id] = kept | changes
        position = self._position[item_id]
        for field in self._indexed:
            if field in changes and before[field] != after[field]:
                self._index[field, before[field]].remove(position)
                insort(self._index.setdefault((field, after[field]), []), position)
        return after

    def delete(self, item_id: str) -> None:
        """Leaves Stripe's stub of a deleted object, which can be retrieved but is in no list."""
        item = self._objects[item_id]
        for field in self._indexed:
            self._index[field, item[field]].remove(self._position[item_id])
        self._objects[item_id] = {"id": item_id, "object": item["object"], "deleted": True}

    def having(self, field: str, value: Any) -> list[JsonObject]:
        """The objects whose indexed field has this value, oldest first."""
        return [self._objects[self._order[position]] for position in self._index.get((field, value), ())]

    def page(
        self, page: "Page", match: dict[str, Any], accept: Predicate | None = None
    ) -> tuple[list[JsonObject], bool]:
        """One page, newest first, and whether there are more: https://docs.stripe.com/api/pagination."""
        positions = self._candidates(match)
        low, high = self._bounds(positions, page)
        forward = page.ending_before is not None
        span = range(low, high) if forward else range(high - 1, low - 1, -1)
        found: list[JsonObject] = []
        for place in span:
            item = self._objects[self._order[positions[place]]]
            if item.get("deleted") or any(item[field] != value for field, value in match.items()):
                continue
            if accept is not None and not accept(item):
                continue
            found.append(item)
            if len(found) > page.limit:
                break
        taken = found[: page.limit]
        return (taken[::-1] if forward else taken), len(found) > page.limit

    def _candidates(self, match: dict[str, Any]) -> Sequence[int]:
        for field in self._indexed:
            if field in match:
                return self._index.get((field, match[field]), [])
        return range(len(self._order))

    def _bounds(self, positions: Sequence[int], page: "Page") -> tuple[int, int]:
        low, high = 0, len(positions)
        if page.since is not None:
            low = bisect_left(positions, page.since, key=self._created.__getitem__)
        if page.until is not None:
            high = bisect_right(positions, page.until, key=self._created.__getitem__)
        if page.starting_after in self._position:
            high = min(high, bisect_left(positions, self._position[page.starting_after]))
        if page.ending_before in self._position:
            low = max(low, bisect_right(positions, self._position[page.ending_before]))
        return low, high


class Page:
    """Which part of a list is asked for; `since` and `until` are inclusive epoch seconds."""

    __slots__ = ("ending_before", "limit", "since", "starting_after", "until")

    def __init__(self, params: JsonObject) -> None:
        self.limit: int = params.get("limit", 10)
        self.starting_after: str | None = params.get("starting_after")
        self.ending_before: str | None = params.get("ending_before")
        self.since, self.until = _interval(params.get("created"))


def _interval(created: Any) -> tuple[int | None, int | None]:
    if created is None:
        return None, None
    if isinstance(created, int):
        return created, created
    lower = [created["gte"]] if "gte" in created else []
    lower += [created["gt"] + 1] if "gt" in created else []
    upper = [created["lte"]] if "lte" in created else []
    upper += [created["lt"] - 1] if "lt" in created else []
    return max(lower, default=None), min(upper, default=None)
