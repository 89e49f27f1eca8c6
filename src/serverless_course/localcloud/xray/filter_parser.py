"""From the text of a filter expression to its tree.

Source: X-Ray Developer Guide, "Using filter expressions" (read 2026-11). Two conditions side by
side mean AND, as in its example ``ok !partial duration <3``; keywords may be in any case, and a
word without quotation marks stands for itself, as in ``name = traces``.
"""

from __future__ import annotations

from functools import lru_cache

from .filter_tokens import Token, TokenReader, wrong
from .filter_tree import (
    KEYWORDS,
    OPERATORS,
    ROOT_CAUSES,
    AllOf,
    AnyOf,
    Compare,
    Edge,
    Filter,
    Group,
    Is,
    Kind,
    Not,
    Place,
    RootCause,
    Scalar,
    Service,
    Target,
)
from .refusals import invalid

MAX_NESTING = 50
_WORDS = frozenset({"and", "or", "not", "contains", "beginswith", "endswith"})


@lru_cache(maxsize=256)
def parse(text: str, *, groups: bool = True) -> Filter | None:
    """The tree of an expression; None for an empty one, which every trace satisfies.

    ``groups``: whether group.name and group.arn may stand in it; in a group's own they may not.
    Raises `ServiceError` (InvalidRequestException) that names what is wrong or not offered.
    """
    parser = _Parser(text, groups=groups)
    if parser.peek.kind == "end":
        return None
    found = parser.alternatives(Place.TRACE)
    parser.expect("end")
    return found


class _Parser(TokenReader):
    """Reads tokens from left to right. Each method reads one part of the grammar."""

    def __init__(self, text: str, *, groups: bool) -> None:
        super().__init__(text)
        self._depth = 0
        self._groups = groups

    def alternatives(self, place: Place) -> Filter:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise wrong("it is nested too deeply", self.peek.at)
        parts = [self._conditions(place)]
        while self.accept("or"):
            parts.append(self._conditions(place))
        self._depth -= 1
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _conditions(self, place: Place) -> Filter:
        parts = [self._condition(place)]
        while self.accept("and") or self._another():
            parts.append(self._condition(place))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _another(self) -> bool:
        """Whether a further condition follows without AND."""
        token = self.peek
        return (token.kind == "word" and token.text.lower() != "or") or (
            token.kind == "sign" and token.text in ("!", "(")
        )

    def _condition(self, place: Place) -> Filter:
        negated = 0
        while self.accept("!", "not"):
            negated += 1
        if self.accept("("):
            found = self.alternatives(place)
            self.expect(")")
        else:
            found = self._term(place)
        return Not(found) if negated % 2 else found

    def _term(self, place: Place) -> Filter:
        token = self.expect("word")
        keyword = token.text.lower()
        if keyword in _WORDS:
            raise wrong(f"'{token.text}' is not expected", token.at)
        special = self._special(keyword, token)
        if special is not None:
            if place is not Place.TRACE:
                raise wrong(f"{keyword} cannot stand within {place.value}", token.at)
            return special
        kind = KEYWORDS[place].get(keyword)
        if kind is None:
            known = any(keyword in names for names in KEYWORDS.values())
            why = f"cannot stand within {place.value}" if known else "is no keyword"
            raise wrong(f"'{token.text}' {why}", token.at)
        return self._compared(keyword, kind)

    def _special(self, keyword: str, token: Token) -> Filter | None:
        """Complex keywords, which belong to the whole trace."""
        if keyword in ("service", "edge") and self.peek.text == "(":
            return self._service() if keyword == "service" else self._edge()
        key = self._annotation_key(keyword, token)
        if key:
            return self._compared(f"annotation.{key}", Kind.ANY)
        if keyword in ("group.name", "group.arn"):
            return self._group(keyword)
        if keyword.startswith("rootcause."):
            return self._root_cause(keyword)
        return None

    def _annotation_key(self, keyword: str, token: Token) -> str:
        """The key in ``annotation.key`` or ``annotation[key]``; empty for another keyword."""
        if keyword == "annotation" and self.accept("["):
            key = self.expect("string" if self.peek.kind == "string" else "word").text
            self.expect("]")
            return key
        return token.text[len("annotation.") :] if keyword.startswith("annotation.") else ""

    def _compared(self, keyword: str, kind: Kind) -> Filter:
        token = self.peek
        operator = token.text.upper()
        if token.kind not in ("sign", "word") or operator not in OPERATORS[Kind.ANY]:
            return Is(keyword)
        self.next()
        if operator not in OPERATORS[kind]:
            raise wrong(f"{keyword} is {kind.value}, and {operator} does not compare it", token.at)
        value = self._value(kind, operator, keyword)
        return Compare(keyword, operator, value)

    def _value(self, kind: Kind, operator: str, keyword: str) -> Scalar:
        token = self.next()
        if token.kind in ("end", "sign"):
            raise wrong(f"{keyword} {operator} needs a value", token.at)
        value: Scalar = token.text
        if token.kind == "number":
            value = float(token.text)
        elif token.kind == "word" and token.text.lower() in ("true", "false"):
            value = token.text.lower() == "true"
        ordered = operator in ("<", "<=", ">", ">=")
        if kind is Kind.STRING or operator in ("CONTAINS", "BEGINSWITH", "ENDSWITH"):
            if token.kind == "number":
                raise wrong(f"{keyword} {operator} needs a string in quotation marks", token.at)
            return token.text
        if (kind is Kind.NUMBER or ordered) and token.kind != "number":
            raise wrong(f"{keyword} {operator} needs a number", token.at)
        if kind is Kind.BOOLEAN and not isinstance(value, bool):
            raise wrong(f"{keyword} is true or false", token.at)
        return value

    def _service(self) -> Filter:
        self.expect("(")
        target = Target() if self.peek.text == ")" else self._target()
        self.expect(")")
        return Service(target, self._block(Place.SEGMENT))

    def _edge(self) -> Filter:
        self.expect("(")
        source = Target() if self.peek.text == "," else self._target()
        self.expect(",")
        target = Target() if self.peek.text == ")" else self._target()
        self.expect(")")
        return Edge(source, target, self._block(Place.SEGMENT))

    def _target(self) -> Target:
        if self.peek.kind == "string":
            return Target(name=self.next().text)
        if not self.accept("id"):
            raise wrong("expected a name in quotation marks or id(…)", self.peek.at)
        return self.identity()

    def identity(self) -> Target:
        """What stands after ``id``."""
        self.expect("(")
        given: dict[str, str] = {}
        while not given or self.accept(","):
            token = self.expect("word")
            member = {"name": "name", "type": "type", "account.id": "account"}.get(
                token.text.lower()
            )
            if member is None or member in given:
                raise wrong("id takes name, type and account.id, each once", token.at)
            self.expect(":")
            given[member] = self.expect("string").text
        self.expect(")")
        return Target(**given)

    def _block(self, place: Place) -> Filter | None:
        if not self.accept("{"):
            return None
        if self.accept("}"):
            return None
        found = self.alternatives(place)
        self.expect("}")
        return found

    def _group(self, keyword: str) -> Filter:
        if not self._groups:
            raise invalid(f"A group's filter expression cannot hold {keyword}.")
        self.expect("=")
        return Group(self.expect("string").text)

    def _root_cause(self, keyword: str) -> Filter:
        if keyword == "rootcause.json":
            raise invalid("The embedded cloud does not offer rootcause.json.")
        _, kind, *part = keyword.split(".")
        if kind not in ROOT_CAUSES or len(part) != 1 or part[0] not in ROOT_CAUSES[kind]:
            raise invalid(
                f"The embedded cloud does not offer {keyword}. It offers rootcause.fault, "
                "rootcause.error and rootcause.responsetime, each with .service and .entity, and "
                ".exception but for the last."
            )
        return RootCause(kind, part[0], self._block(Place.ROOT_CAUSE))


@lru_cache(maxsize=64)
def parse_selector(text: str) -> Service | Edge:
    """An EntitySelectorExpression: service(…), edge(…) or id(…), which means service(id(…)).

    Raises `ServiceError` for anything else.
    """
    parser = _Parser(text, groups=False)
    if parser.accept("id"):
        found: Filter = Service(parser.identity(), None)
    else:
        found = parser.alternatives(Place.TRACE)
    parser.expect("end")
    if not isinstance(found, Service | Edge):
        raise invalid("EntitySelectorExpression takes one service(…), edge(…) or id(…).")
    return found
