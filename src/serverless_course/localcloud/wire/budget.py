"""How many bytes of requests are held at once, over all connections."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


class Budget:
    """Room for ``most`` bytes. Who finds none waits in line. Lives on the event loop."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0
        self._line: deque[tuple[Reservation, int]] = deque()

    def reserve(self, size: int, ready: Callable[[], None]) -> Reservation:
        """Room for ``size`` bytes; ``ready`` is called when it is there, unless it is at once."""
        made = Reservation(self, ready)
        wanted = min(size, self.most)
        if not self._line and self.held + wanted <= self.most:
            self._grant(made, wanted)
        else:
            self._line.append((made, wanted))
        return made

    def grow(self, made: Reservation, size: int) -> bool:
        """More room for who has some already; False when there is none."""
        if self.held + size > self.most:
            return False
        self._grant(made, size)
        return True

    def release(self, made: Reservation) -> None:
        """Give room back, and let the next in line have it."""
        self.held -= made.size
        made.size = 0
        self._line = deque(each for each in self._line if each[0] is not made)
        while self._line and self.held + self._line[0][1] <= self.most:
            reservation, wanted = self._line.popleft()
            self._grant(reservation, wanted)
            reservation.ready()

    def _grant(self, made: Reservation, size: int) -> None:
        self.held += size
        made.size += size
        made.is_granted = True


class Backlog:
    """Bytes of requests that wait for their turn, over all connections; ``most`` are allowed."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0

    def change(self, by: int) -> bool:
        """Note that more wait, or fewer. Whether that many may."""
        self.held += by
        return self.held <= self.most


@dataclass(eq=False)
class Reservation:
    """Room for one request's body: from its head to its answer."""

    budget: Budget
    ready: Callable[[], None]
    size: int = 0
    is_granted: bool = False

    def release(self) -> None:
        """Give it back; once is enough."""
        if self.size or not self.is_granted:
            self.is_granted = True
            self.budget.release(self)


@dataclass(frozen=True)
class Allowance:
    """What a request's body may be: ``most`` bytes, out of ``budget``."""

    most: int
    budget: Budget
