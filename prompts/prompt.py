"""Reads the texts for a model, one file each, and fills in their variables: all of them, and no others."""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
# Stands alone on a line, between what a model is told and what it is given.
_DIVIDER = "\n=====\n"


class PromptError(ValueError):
    """A prompt is not there, is not in two parts, or is not given just the variables that it holds."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """`instructions` is the same for every request; `given` is the request's own part, with {{variables}}."""

    name: str
    instructions: str
    given: str

    @classmethod
    def load(cls, name: str) -> "Prompt":
        """The prompt in the file `name`.md of this folder. Raises PromptError."""
        try:
            text = (files("prompts") / f"{name}.md").read_text(encoding="utf-8")
        except OSError:
            raise PromptError(f"There is no prompt “{name}”.") from None
        return cls.parse(name, text)

    @classmethod
    def parse(cls, name: str, text: str) -> "Prompt":
        """A prompt from its text: instructions, a line of =====, and what is given. Raises PromptError."""
        instructions, divider, given = text.partition(_DIVIDER)
        if not divider or _VARIABLE.search(instructions):
            raise PromptError(
                f"“{name}” is not instructions without variables, a line of =====, and what is given."
            )
        return cls(name, instructions.strip(), given.strip())

    @property
    def version(self) -> str:
        """The name with the first digits of the text's SHA-256: another for every change."""
        digest = hashlib.sha256(f"{self.instructions}{_DIVIDER}{self.given}".encode()).hexdigest()
        return f"{self.name}@{digest[:12]}"

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(_VARIABLE.findall(self.given))

    def filled(self, **values: str) -> str:
        """`given` with its variables filled in; what looks like a variable in a value stays as it is.

        Raises PromptError for a missing or an extra variable.
        """
        if values.keys() != self.variables:
            missing, extra = self.variables - values.keys(), values.keys() - self.variables
            told = [
                f"{what} {', '.join(sorted(some))}"
                for what, some in (("without", missing), ("with", extra))
                if some
            ]
            raise PromptError(f"“{self.name}” was filled {' and '.join(told)}.")
        return _VARIABLE.sub(lambda match: values[match[1]], self.given)
