"""Prompts: one file each, all variables and no others, a version that changes with every change."""

from importlib.resources import files

import pytest

from prompts.prompt import Prompt, PromptError

TEXT = "Be brief.\n=====\nQuestion: {{question}}\nEvidence: {{evidence}}\n"


@pytest.fixture
def prompt() -> Prompt:
    return Prompt.parse("ask", TEXT)


def test_every_prompt_of_the_folder_loads_and_says_its_variables() -> None:
    names = {path.name for path in files("prompts").iterdir() if path.name.endswith(".md")}
    assert names == {"answer.md", "rewrite.md"}
    assert Prompt.load("answer").variables == {"before", "question", "evidence"}
    assert Prompt.load("rewrite").variables == {"before", "question"}


def test_variables_are_filled_in_and_nothing_that_a_value_holds(prompt: Prompt) -> None:
    filled = prompt.filled(question="What of {{evidence}}?", evidence="None.")
    assert filled == "Question: What of {{evidence}}?\nEvidence: None."


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"question": "x"}, "without evidence"),
        ({"question": "x", "evidence": "y", "user": "z"}, "with user"),
        ({"user": "z"}, "without evidence, question and with user"),
    ],
)
def test_missing_and_extra_variables_are_refused(prompt: Prompt, values: dict[str, str], said: str) -> None:
    with pytest.raises(PromptError, match=said):
        prompt.filled(**values)


@pytest.mark.parametrize("text", ["No divider {{question}}", "Do {{this}}.\n=====\n{{question}}"])
def test_a_text_that_is_not_instructions_and_what_is_given_is_refused(text: str) -> None:
    with pytest.raises(PromptError):
        Prompt.parse("ask", text)


def test_a_prompt_that_is_not_there_is_refused() -> None:
    with pytest.raises(PromptError, match="no prompt"):
        Prompt.load("missing")


def test_the_version_names_the_prompt_and_changes_with_it(prompt: Prompt) -> None:
    assert prompt.version == Prompt.parse("ask", TEXT).version
    assert prompt.version.startswith("ask@")
    assert prompt.version != Prompt.parse("ask", TEXT.replace("brief", "short")).version
    assert prompt.version != Prompt.parse("ask", TEXT.replace("Evidence:", "Facts:")).version
