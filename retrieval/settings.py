"""Every setting, read from the environment and from a `.env` file in the working folder.

`.env.example` lists them with these defaults; a test keeps the two equal. Secrets are `SecretStr`, so
that no log, error or repr shows one.
"""

from pathlib import Path

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from retrieval.errors import ConfigurationError


class Settings(BaseSettings):
    """Use `load`, which turns a wrong value into a sentence."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("onrecord", appauthor=False)),
        validation_alias="ONRECORD_HOME",
        description="The folder of libraries; empty: the platform's user data folder.",
    )
    library: str = Field(
        "default",
        validation_alias="ONRECORD_LIBRARY",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        description="The library that is used where --library names none.",
    )
    database_url: SecretStr | None = Field(
        None,
        validation_alias="ONRECORD_DATABASE_URL",
        description="The record as an SQLAlchemy URL (sqlite:///…); empty: a file in the library's folder.",
    )
    chroma_url: str | None = Field(
        None,
        validation_alias="ONRECORD_CHROMA_URL",
        pattern=r"^https?://",
        description="A Chroma server, on loopback or behind an authenticating proxy; empty: embedded.",
    )
    embedding: str | None = Field(
        None,
        validation_alias="ONRECORD_EMBEDDING",
        pattern=r"^[a-z_]+:.+$",
        description="A LangChain embedding as provider:model; empty: all-MiniLM-L6-v2, on this machine.",
    )
    threads: int = Field(
        0,
        ge=0,
        validation_alias="ONRECORD_THREADS",
        description="Threads for the embedding model; 0: one for each core.",
    )
    max_file_mb: int = Field(
        64,
        gt=0,
        validation_alias="ONRECORD_MAX_FILE_MB",
        description="Larger files are rejected, in megabytes; of JSON lines, larger lines.",
    )
    log_level: str = Field(
        "WARNING",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        validation_alias="ONRECORD_LOG_LEVEL",
        description="DEBUG, INFO, WARNING or ERROR.",
    )
    discord_token: SecretStr | None = Field(
        None, validation_alias="DISCORD_TOKEN", description="The bot's token; only `onrecord bot` needs it."
    )
    openai_api_key: SecretStr | None = Field(
        None,
        validation_alias="OPENAI_API_KEY",
        description="Used where ONRECORD_EMBEDDING names an OpenAI model.",
    )
    openai_base_url: str | None = Field(
        None, validation_alias="OPENAI_BASE_URL", description="Any server that speaks the OpenAI protocol."
    )


def load() -> Settings:
    """The settings of this process. Raises ConfigurationError that names the wrong variable, never its value."""
    try:
        return Settings()  # type: ignore[call-arg]  # every field comes from the environment
    except UnicodeDecodeError:
        raise ConfigurationError("The .env file is not UTF-8.", hint="See .env.example.") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(f"A setting is wrong: {wrong}.", hint="See .env.example.") from None
