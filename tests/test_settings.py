"""Settings: every one is documented with its default, a wrong one is named, and no secret is shown."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from retrieval.errors import ConfigurationError
from retrieval.settings import Settings, load

EXAMPLE = Path(__file__).parents[1] / ".env.example"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a .env file."""
    monkeypatch.chdir(tmp_path)


def documented() -> list[tuple[str, str, str]]:
    """(description, variable, default) of every entry of the example."""
    return re.findall(r"^# (.+)\n([A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_example_lists_exactly_the_settings_with_their_descriptions_and_defaults() -> None:
    expected = []
    for field in Settings.model_fields.values():
        default = "" if field.default_factory or field.default is None else str(field.default)
        expected.append((field.description, field.validation_alias, default))
    assert documented() == expected


def test_the_example_as_it_stands_changes_nothing(tmp_path: Path) -> None:
    before = load()
    (tmp_path / ".env").write_bytes(EXAMPLE.read_bytes())
    assert load() == before


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("ONRECORD_LIBRARY=file\nONRECORD_THREADS=3\n")
    monkeypatch.setenv("ONRECORD_LIBRARY", "outside")
    assert (load().library, load().threads) == ("outside", 3)


def test_an_empty_variable_means_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = load()
    for field in Settings.model_fields.values():
        monkeypatch.setenv(str(field.validation_alias), "")
    assert load() == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONRECORD_LIBRARY", "../hunter2"),
        ("ONRECORD_LIBRARY", "Hunter2"),
        ("ONRECORD_CHROMA_URL", "quill:hunter2@chroma.example"),
        ("ONRECORD_EMBEDDING", "hunter2"),
        ("ONRECORD_EMBEDDING_PRICE", "hunter2"),
        ("ONRECORD_EMBEDDING_PRICE", "-1"),
        ("ONRECORD_EMBEDDING_PRICE", "inf"),
        ("ONRECORD_THREADS", "hunter2"),
        ("ONRECORD_THREADS", "-1"),
        ("ONRECORD_MAX_FILE_MB", "0"),
        ("ONRECORD_LOG_LEVEL", "hunter2"),
    ],
)
def test_a_wrong_value_names_its_variable_and_is_not_repeated(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as raised:
        load()
    assert name in str(raised.value)
    assert "hunter2" not in f"{raised.value} {raised.value.hint}".lower()
    assert raised.value.__suppress_context__, "a traceback would show what pydantic was given"


def test_a_file_that_is_not_text_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"ONRECORD_LIBRARY=caf\xe9\n")
    with pytest.raises(ConfigurationError):
        load()


def test_secrets_are_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = [
        str(field.validation_alias)
        for field in Settings.model_fields.values()
        if field.annotation == SecretStr | None
    ]
    assert set(secret) >= {"DISCORD_TOKEN", "OPENAI_API_KEY", "ONRECORD_DATABASE_URL"}
    for name in secret:
        monkeypatch.setenv(name, "sqlite:///hunter2")
    settings = load()
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "sqlite:///hunter2"
