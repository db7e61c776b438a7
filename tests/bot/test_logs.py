"""The log: one line for each event, nothing in it that an exception or a stranger put there."""

import json
import logging

import pytest

from bot.logs import JsonLines, TextLines, fields


def _record(message: str, *args: object, error: BaseException | None = None, **extra: object) -> logging.LogRecord:
    told = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("bot.discord", logging.INFO, __file__, 1, message, args, told)
    record.__dict__ |= extra
    return record


def _raised(words: str) -> BaseException:
    with pytest.raises(KeyError) as raised:
        {}[words]  # type: ignore[index]
    return raised.value


@pytest.mark.parametrize("lines", [TextLines(), JsonLines()])
@pytest.mark.parametrize("words", ["a\nb", "a\r\nb", "a\x1b[2Jb", "a\u2028b", "a\x85b"])
def test_no_words_make_a_second_line_or_speak_to_the_terminal(lines: logging.Formatter, words: str) -> None:
    written = lines.format(_record("heard %s", words, **fields(words=words)))
    assert len(written.splitlines()) == 1
    assert "\x1b" not in written


@pytest.mark.parametrize("lines", [TextLines(), JsonLines()])
def test_an_exception_brings_neither_its_message_nor_a_traceback(lines: logging.Formatter) -> None:
    written = lines.format(_record("incident 0123abcd", error=_raised("a private matter")))
    assert "private" not in written
    assert "Traceback" not in written


def test_a_formatter_leaves_no_traceback_for_the_next_one_and_takes_none_from_it() -> None:
    record = _record("incident 0123abcd", error=_raised("kept for the file"))
    TextLines().format(record)
    assert record.exc_text is None
    assert "kept for the file" in logging.Formatter().format(record)
    assert "kept for the file" not in TextLines().format(record)


def test_json_has_the_class_of_an_exception_and_the_id_of_an_incident() -> None:
    event = json.loads(JsonLines().format(_record("incident %s", "0123abcd", error=_raised("no"))))
    assert (event["incident"], event["error"], event["level"]) == ("0123abcd", "KeyError", "INFO")
    assert event["time"].endswith("+00:00")


def test_json_keeps_fields_apart_from_its_own_keys() -> None:
    event = json.loads(JsonLines().format(_record("answered", **fields(message="other", seconds=1.5, more=None))))
    assert event["message"] == "answered"
    assert event["fields"] == {"message": "other", "seconds": 1.5, "more": None}


def test_json_is_json_whatever_the_fields_hold() -> None:
    hostile = {"nan": float("nan"), "object": object(), "half": "\ud800"}
    event = json.loads(JsonLines().format(_record("x", fields=hostile)), parse_constant=pytest.fail)
    assert event["fields"] == {"nan": None, "object": "object", "half": "\ud800"}
    assert "fields" not in json.loads(JsonLines().format(_record("x", fields="of somebody else")))


def test_text_tells_fields_as_keys_and_values_that_cannot_be_mistaken() -> None:
    written = TextLines().format(_record("answered", **fields(command="ask", outcome="a b=c", seconds=0.5)))
    assert written.endswith(': answered command=ask outcome="a b=c" seconds=0.5')
