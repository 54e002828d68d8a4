"""What all answers of the API have in common as types.

Amounts are Decimals of whole tokens, times are aware datetimes. Fields that a newer API adds are kept and
never refused: `document()` gives the answer back as it came.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, model_validator
from pydantic.alias_generators import to_camel


class Record(BaseModel):
    """One answer, or a part of one."""

    model_config = ConfigDict(frozen=True, extra="allow", alias_generator=to_camel)

    _sent: Mapping[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _keep(cls, sent: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        record = read(sent)
        if isinstance(sent, Mapping):
            record._sent = sent  # noqa: SLF001 - its own class
        return record

    def document(self) -> dict[str, Any]:
        """The JSON document as the API sent it, to the letter: no amount and no time is written anew."""
        return deepcopy(dict(self._sent))
