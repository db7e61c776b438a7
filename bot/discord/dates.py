"""Writes days as a server wants them: as 2024-05-31, or in the way of a language.

Stands for days alone; the sentences around them stay English. Safe to use from any thread.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

ISO = "iso"

# What Discord offers as choices of an option are at most 25. Each is named as its own readers name it.
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        ISO: "ISO 8601",
        "en-GB": "English (UK)",
        "en-US": "English (US)",
        "de": "Deutsch",
        "fr": "français",
        "es": "español",
        "it": "italiano",
        "pt": "português",
        "nl": "Nederlands",
        "sv": "svenska",
        "da": "dansk",
        "fi": "suomi",
        "pl": "polski",
        "cs": "čeština",
        "el": "Ελληνικά",
        "uk": "українська",
        "ar": "العربية",
        "zh": "中文",
        "ja": "日本語",
    }
)


def day(value: date, language: str) -> str:
    """The day in the medium form of a language, such as "2 mars 2024"; as 2024-03-02 where it is not known."""
    if language == ISO or language not in LANGUAGES:
        return value.isoformat()
    from babel.dates import format_date  # 20 ms, for those servers only that want it

    return format_date(value, "medium", locale=language.replace("-", "_"))
