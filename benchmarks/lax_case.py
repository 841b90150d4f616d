"""The request model as FastAPI's own body parsing can take it.

FastAPI hands JSON to pydantic as Python values, where a strict model refuses a date in text. The same
members, bounds and validators without strictness are what a bare endpoint would declare.
"""

from __future__ import annotations

import operator
from functools import reduce
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, create_model

from app.services.case import Case


def lax(model: type[BaseModel]) -> type[BaseModel]:
    """The same model, and the models inside it, not strict."""
    fields: dict[str, Any] = {
        name: (without_strictness(field.annotation), field) for name, field in model.model_fields.items()
    }
    config = ConfigDict(**{**model.model_config, "strict": False})
    return create_model(model.__name__, __config__=config, **fields)


def without_strictness(annotation: Any) -> Any:
    """The annotation with every model in it made lax."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return lax(annotation)
    if get_origin(annotation) is list:
        return list[without_strictness(get_args(annotation)[0])]  # type: ignore[misc] # made at run time
    if get_origin(annotation) in (Union, UnionType):
        return reduce(operator.or_, map(without_strictness, get_args(annotation)))
    return annotation


if TYPE_CHECKING:
    LaxCase = Case
else:
    LaxCase = lax(Case)
