"""The API's refusals, as types."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, with_config
from typing_extensions import TypedDict

from chalicelib.api.wire.codes import problem_codes
from chalicelib.api.wire.fields import CLOSED, DECIMAL, LimitPrice, Sequence, Symbol, TriggerPrice, text
from chalicelib.domain.access import Scope
from chalicelib.domain.order import Status
from chalicelib.errors import RouteCause


@with_config(CLOSED)
class FieldProblem(TypedDict):
    """One field that was refused."""

    pointer: Annotated[str, text("A JSON pointer into the request; empty for the whole of it.", "/amount")]
    detail: Annotated[str, text("What it has to be.", 'must be a string, like "1.5"')]


@with_config(CLOSED)
class Problem(TypedDict):
    """A refusal, by RFC 9457."""

    type: Annotated[str, text("The code as a URI.", "urn:problem:request-invalid", format="uri")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, text("What to do, for the person who asked.")]
    hint: Annotated[NotRequired[str], text("How to do it, for a program: headers, fields and routes.")]
    success: Literal[False]
    code: Annotated[str, text("Stable; decide by this.", enum=problem_codes())]
    errors: Annotated[NotRequired[list[FieldProblem]], Field(description="Each field that was refused.")]
    orderStatus: NotRequired[Status]
    requiredScope: Annotated[NotRequired[Scope], Field(description="The scope that the key lacks.")]
    kind: Annotated[
        NotRequired[Literal["denied"]], Field(description="A limit of the account stands against the order.")
    ]
    token: Annotated[NotRequired[str], text("The symbol of the token that the limit is of.", "SOL")]
    allowed: Annotated[NotRequired[str], text("The symbols of the tokens that are allowed.", "SOL, USDC")]
    limit: Annotated[NotRequired[str], text("The limit, in whole tokens, or in orders.", "1000")]
    used: Annotated[NotRequired[str], text("What counts against it already, in the same.", "990.5")]
    cause: Annotated[
        NotRequired[RouteCause], Field(description="Why no venue can fill the swap, where all say the same.")
    ]
    remaining: Annotated[NotRequired[str], text("What is left of it, in the same.", "9.5")]
    reference: Annotated[
        NotRequired[str],
        Field(pattern=DECIMAL),
        text("The market's price that the order was judged by, in `priceIn`.", "149.6"),
    ]
    trigger: NotRequired[TriggerPrice]
    limitPrice: NotRequired[LimitPrice]
    priceIn: NotRequired[Symbol]
    sequence: Annotated[NotRequired[Sequence], Field(description="The sequence that the order is at.")]
    requested: Annotated[NotRequired[str], text("What was asked for, in the same.", "20")]
