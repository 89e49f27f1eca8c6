"""Learners' answers: the one that was not given, and those that are not filled in yet."""


class Missing:
    """The answer when none was given; `...` and `None` count as untouched, too."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


def untouched(answer: object) -> bool:
    """True when `answer` still is what the starter of a task holds: `...`, None or nothing else.

    A container counts as untouched when every leaf in it is `...`, and it has one. None in a
    container may be an answer: `{"coupon": None}`.
    """
    if answer is ... or answer is None or answer is MISSING:
        return True
    leaves = _leaves(answer)
    return bool(leaves) and all(leaf is ... for leaf in leaves)


def half_done(answer: object) -> bool:
    """True when some, and not all, leaves of a container still are `...`."""
    leaves = _leaves(answer)
    return not untouched(answer) and any(leaf is ... for leaf in leaves)


def _leaves(answer: object) -> list[object]:
    if isinstance(answer, dict):
        return list(answer.values())
    if isinstance(answer, list | tuple | set | frozenset):
        return list(answer)
    return []
