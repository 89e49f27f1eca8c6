"""How far a mapping has read its stream. It is kept while the mapping exists.

A lane is one of the concurrent batches of a shard (ParallelizationFactor): it handles the records
whose partition keys fall to it, and has a position of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Position:
    """Where reading goes on: behind a record; without one, where the shard begins, or at a time.

    ``at`` is in seconds since 1970.
    """

    after: int | None = None
    at: float | None = None


@dataclass
class Positions:
    """The positions of every lane of every shard, and the shards that were read to their end.

    ``pinned``: the starting position was applied to the shards that were there at first.
    """

    lanes: int = 1
    finished: set[str] = field(default_factory=set)
    pinned: bool = False
    _found: dict[tuple[str, int], Position] = field(default_factory=dict)

    def knows(self, shard: str) -> bool:
        """Whether anything is known of a shard."""
        return (shard, 0) in self._found

    def begin(self, shard: str, position: Position) -> None:
        """Set where every lane of a shard begins."""
        for lane in range(self.lanes):
            self._found[shard, lane] = position

    def of(self, shard: str, lane: int) -> Position:
        """Where a lane goes on."""
        return self._found[shard, lane]

    def advance(self, shard: str, lane: int, sequence: int) -> None:
        """Every record of a lane up to this one was handled or discarded."""
        self._found[shard, lane] = Position(sequence)

    def divide(self, lanes: int) -> None:
        """Change the number of lanes: all go on where the slowest was."""
        if lanes == self.lanes:
            return
        slowest: dict[str, Position] = {}
        for (shard, _), position in self._found.items():
            before = slowest.get(shard, position)
            slowest[shard] = min(before, position, key=lambda each: each.after or -1)
        self.lanes = lanes
        self._found.clear()
        for shard, position in slowest.items():
            self.begin(shard, position)
