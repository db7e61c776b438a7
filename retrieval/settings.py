"""Every setting, read from the environment and from a `.env` file in the working folder.

`.env.example` lists them with these defaults; a test keeps the two equal. Secrets are `SecretStr`, so
that no log, error or repr shows one.
"""

from pathlib import Path
from typing import Literal

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
    embedding_price: float | None = Field(
        None,
        ge=0,
        allow_inf_nan=False,
        validation_alias="ONRECORD_EMBEDDING_PRICE",
        description=(
            "Dollars for a million tokens of ONRECORD_EMBEDDING; empty: the published price where it is known."
        ),
    )
    chat_model: str | None = Field(
        None,
        pattern=r"^(none|[a-z_]+:.+)$",
        validation_alias="ONRECORD_CHAT_MODEL",
        description="A LangChain chat model as provider:model, or none; empty: openai:gpt-4.1-mini with a key.",
    )
    chat_price: str | None = Field(
        None,
        pattern=r"^\d+(\.\d+)?/\d+(\.\d+)?$",
        validation_alias="ONRECORD_CHAT_PRICE",
        description="Dollars for a million of its tokens in and out, as 0.40/1.60; empty: as published, if known.",
    )
    chat_seconds: float = Field(
        20,
        gt=0,
        le=600,
        validation_alias="ONRECORD_CHAT_SECONDS",
        description="So long may it take for an answer, in seconds; then the statements are shown as they stand.",
    )
    chat_tokens_per_answer: int = Field(
        8000,
        ge=0,
        validation_alias="ONRECORD_CHAT_TOKENS_PER_ANSWER",
        description="Tokens that one request to it may take, its answer included; 0: no limit.",
    )
    chat_tokens_per_user: int = Field(
        200000,
        ge=0,
        validation_alias="ONRECORD_CHAT_TOKENS_PER_USER",
        description="Tokens for one Discord user in a day (UTC) and library; 0: no limit.",
    )
    chat_tokens_per_day: int = Field(
        2000000,
        ge=0,
        validation_alias="ONRECORD_CHAT_TOKENS_PER_DAY",
        description="Tokens for all users in a day (UTC) and library; 0: no limit.",
    )
    threads: int = Field(
        0,
        ge=0,
        validation_alias="ONRECORD_THREADS",
        description="Threads for the embedding model; 0: one for each core.",
    )
    processes: int = Field(
        0,
        ge=0,
        le=64,
        validation_alias="ONRECORD_PROCESSES",
        description="Processes that read articles while others are embedded; 0: one for each core, at most 8.",
    )
    max_file_mb: int = Field(
        64,
        gt=0,
        validation_alias="ONRECORD_MAX_FILE_MB",
        description="Larger files are rejected, in megabytes; of JSON lines, larger lines.",
    )
    contact: str | None = Field(
        None,
        pattern=r"^[\x21-\x7e]+$",
        validation_alias="ONRECORD_CONTACT",
        description="An address of yours for the User-Agent, so that publishers can reach you.",
    )
    fetch_seconds: float = Field(
        30,
        gt=0,
        le=600,
        validation_alias="ONRECORD_FETCH_SECONDS",
        description="So long may one request to a web server take, in seconds.",
    )
    fetch_pause: float = Field(
        1,
        ge=0,
        le=600,
        validation_alias="ONRECORD_FETCH_PAUSE",
        description="So long after a request a host is left alone, in seconds; more where its robots.txt says so.",
    )
    fetch_networks: str = Field(
        "",
        validation_alias="ONRECORD_FETCH_NETWORKS",
        description="Private networks that may be fetched from, as 10.0.0.0/8, fd00::/8; empty: none.",
    )
    feeds_every: str = Field(
        "",
        pattern=r"^(\d+[smhd])?$",
        validation_alias="ONRECORD_FEEDS_EVERY",
        description="How often the bot pulls its library's feeds, as 15m, 2h or 1d; empty: never.",
    )
    log_level: str = Field(
        "WARNING",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        validation_alias="ONRECORD_LOG_LEVEL",
        description="DEBUG, INFO, WARNING or ERROR.",
    )
    log_format: Literal["text", "json"] = Field(
        "text",
        validation_alias="ONRECORD_LOG_FORMAT",
        description="How the log is written to standard error: text, or json for an object on each line.",
    )
    metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        validation_alias="ONRECORD_METRICS_PORT",
        description="The port of 127.0.0.1 on which the bot tells Prometheus how it does; 0: none.",
    )
    discord_libraries: Literal["shared", "own", "either"] = Field(
        "shared",
        validation_alias="ONRECORD_DISCORD_LIBRARIES",
        description=(
            "Which library a Discord server asks: shared (the one that --library names), own (one of its own), "
            "either (its managers choose)."
        ),
    )
    discord_maintainers: str = Field(
        "",
        pattern=r"^([0-9]{1,20}([ ]*,[ ]*[0-9]{1,20})*)?$",
        validation_alias="ONRECORD_DISCORD_MAINTAINERS",
        description=(
            "Ids of the servers, separated by commas, whose managers may change the shared library; empty: "
            "those of the only server."
        ),
    )
    discord_direct: bool = Field(
        False,
        validation_alias="ONRECORD_DISCORD_DIRECT",
        description="Whether direct messages are answered, from the shared library.",
    )
    discord_shards: int = Field(
        1,
        ge=0,
        le=10_000,
        validation_alias="ONRECORD_DISCORD_SHARDS",
        description="Connections to Discord's gateway that share the servers; 0: as many as Discord recommends.",
    )
    discord_token: SecretStr | None = Field(
        None, validation_alias="DISCORD_TOKEN", description="The bot's token; only `onrecord bot` needs it."
    )
    openai_api_key: SecretStr | None = Field(
        None,
        validation_alias="OPENAI_API_KEY",
        description="For OpenAI models; where it is set, a model words the answers, see ONRECORD_CHAT_MODEL.",
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
