"""The grammar of metric math: from the text of an expression to its tree.

Source: Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics" (read
2026-11): arithmetic, comparison and logical operators, functions, arrays in square brackets.
Which of two operators binds first is not documented for all of them: here ``^`` comes first, then
a minus sign, ``* /``, ``+ -``, comparisons, AND and OR, as in most languages.

Importing Lark and making the parser takes 0.1 to 0.3 s: import this module when there is an
expression to read, and not before.
"""

from __future__ import annotations

import re

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args

from .expression import Array, BadExpression, Call, Chain, Name, Node, Number, Text, nesting

# How many brackets, functions and minus signs may stand within each other.
DEEPEST = 50
_GRAMMAR = r"""
    ?either: both (OR both)*                       -> chain
    ?both: comparison (AND comparison)*            -> chain
    ?comparison: sum (COMPARES sum)*               -> chain
    ?sum: product ((PLUS | MINUS) product)*        -> chain
    ?product: signed ((TIMES | OVER) signed)*      -> chain
    ?signed: power | negative
    ?power: operand (TO operand)* (TO negative)?   -> chain
    negative: MINUS signed
    ?operand: "(" either ")"
        | "[" _list "]"                            -> array
        | NAME "(" _list ")"                       -> call
        | NAME                                     -> name
        | NUMBER                                   -> number
        | TEXT                                     -> text
    _list: (either ("," either)*)?

    OR.2: "||" | /OR\b/i
    AND.2: "&&" | /AND\b/i
    COMPARES: /[=!<>]=|[<>]/
    PLUS: "+"
    MINUS: "-"
    TIMES: "*"
    OVER: "/"
    TO: "^"
    NAME: /[A-Za-z_]\w*/
    NUMBER: /\d+\.?\d*([eE][+-]?\d+)?|\.\d+/
    TEXT: /"[^"]*"|'[^']*'/
    %ignore /\s+/
"""
_SAME = {"&&": "AND", "||": "OR"}
_CLOSING = {"RPAR": ")", "RSQB": "]"}


@v_args(inline=True)
class _Tree(Transformer[Token, Node]):
    """Makes a node of each rule, from the inside out."""

    def chain(self, first: Node, *rest: Token | Node) -> Node:
        steps = tuple(
            (_SAME.get(operator, operator.upper()), node)
            for operator, node in zip(rest[::2], rest[1::2], strict=True)
            if isinstance(operator, Token) and not isinstance(node, Token)
        )
        return Chain(first, steps) if steps else first

    def negative(self, _: Token, of: Node) -> Node:
        return Chain(Number(0.0), (("-", of),))

    def array(self, *items: Node) -> Node:
        return Array(items)

    def call(self, function: Token, *given: Node) -> Node:
        return Call(function.upper(), given)

    def name(self, word: Token) -> Node:
        return Name(str(word))

    def number(self, digits: Token) -> Node:
        return Number(float(digits))

    def text(self, quoted: Token) -> Node:
        return Text(quoted[1:-1])


_PARSER = Lark(_GRAMMAR, start="either", parser="lalr", lexer="basic", transformer=_Tree())


def parse(text: str) -> Node:
    """The tree of an expression. Raises `BadExpression`."""
    if re.match(r"\s*SELECT\b", text, re.IGNORECASE):
        raise BadExpression("Metrics Insights queries (SELECT) are not offered here")
    try:
        found: Node = _PARSER.parse(text)  # type: ignore[assignment]
    except UnexpectedCharacters as error:
        raise BadExpression(f"'{error.char}' is not expected in {text}") from error
    except UnexpectedToken as error:
        raise BadExpression(_why(error, text)) from error
    if nesting(found) > DEEPEST:
        raise BadExpression(f"{text} is nested too deeply")
    return found


def _why(error: UnexpectedToken, text: str) -> str:
    if error.token.type == "$END":
        return f"{text} ends too early"
    if "NAME" not in error.accepts:
        for kind, bracket in _CLOSING.items():
            if kind in error.accepts:
                return f"'{bracket}' is missing before '{error.token}' in {text}"
    return f"'{error.token}' is not expected in {text}"
