"""What a model must return, and what it did return: validated here, and nowhere trusted before."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

T = TypeVar("T", bound=BaseModel)
# Longer returns are not looked at: no answer takes so many characters.
LONGEST = 20_000


class Worded(BaseModel):
    """One claim in a model's words."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    text: str = Field(description="One sentence that begins with the speaker's name.")
    speaker: str | None = Field(description="The speaker of its evidence, or null.")
    evidence: list[str] = Field(description="Keys of the evidence that says so.")


class Returned(BaseModel):
    """All that a model returns for a question."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    answers: bool = Field(description="Whether the evidence answers the question.")
    claims: list[Worded]


class Rewritten(BaseModel):
    """A question that can be understood alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    question: str


def schema(of: type[BaseModel], name: str) -> dict[str, Any]:
    """The JSON schema, as strict providers take it: every field required, no other allowed, no references."""
    return {"title": name, "description": (of.__doc__ or "").strip(), **_strict(of.model_json_schema())}


def _strict(node: dict[str, Any], definitions: Mapping[str, Any] | None = None) -> dict[str, Any]:
    definitions = definitions or node.get("$defs", {})
    if "$ref" in node:
        return _strict(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    kept = {name: value for name, value in node.items() if name in ("type", "enum", "description")}
    if "anyOf" in node:
        kept["anyOf"] = [_strict(one, definitions) for one in node["anyOf"]]
    if "items" in node:
        kept["items"] = _strict(node["items"], definitions)
    if node.get("type") == "object":
        kept["properties"] = {name: _strict(one, definitions) for name, one in node["properties"].items()}
        kept |= {"required": list(kept["properties"]), "additionalProperties": False}
    return kept


def returned(text: str) -> Returned | None:
    """A whole return; None where it is not in the form that was asked for."""
    return _validated(Returned, text)


def rewritten(text: str) -> Rewritten | None:
    """A question put anew; None where it is not in the form that was asked for."""
    return _validated(Rewritten, text)


def _validated(of: type[T], text: str) -> T | None:
    try:
        return of.model_validate(json.loads(_unwrapped(text[:LONGEST])))
    except (ValueError, RecursionError):  # pydantic's and JSON's are ValueErrors
        return None


def so_far(text: str) -> list[Worded]:
    """The claims that are complete in a return that is still being written."""
    from langchain_core.utils.json import parse_partial_json

    try:
        found = parse_partial_json(_unwrapped(text[:LONGEST]))
    except (ValueError, RecursionError):
        return []
    if (
        not isinstance(found, dict)
        or found.get("answers") is not True
        or not isinstance(found.get("claims"), list)
    ):
        return []
    complete: list[Worded] = []
    for one in found["claims"][:-1]:  # the last may lack its end
        try:
            complete.append(Worded.model_validate(one))
        except ValidationError:
            break
    return complete


def _unwrapped(text: str) -> str:
    """Without the fence that some models put around JSON."""
    return re.sub(r"^\s*```(?:json)?\s*|\s*```\s*$", "", text)
