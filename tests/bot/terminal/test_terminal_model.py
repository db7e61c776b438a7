"""The command with a chat model: what is shown and streamed, what a failing one leaves, what its use costs."""

import json

import pytest

from tests.bot.terminal.test_terminal_chat import chatting as conversing
from tests.processes.command import Onrecord, lines
from tests.retrieval.chat_double import Asked, Say, Server, chatting, claims

pytestmark = pytest.mark.slow

QUESTION = "What did Kirby confirm?"
SENTENCE = "John Kirby confirmed that at least 3,000 North Korean troops had been moved to Russia’s Far East."
KEY = "sk-hunter2hunter2"


def honest(asked: Asked) -> Say:
    key = next(e.key for e in asked.evidence if "3,000" in e.text)
    return Say(claims((SENTENCE, "John Kirby", [key]), ("Kirby owns the ships.", "John Kirby", [key])))


def slowly(asked: Asked) -> Say:
    """The first claim long before the end."""
    return Say(honest(asked).text, pause=0.3)


def settings(server: Server, **more: str) -> dict[str, str]:
    return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, **more}


def test_a_models_sentence_stands_above_the_quotation_it_rests_on(samples: Onrecord) -> None:
    with chatting(honest) as server:
        done = samples.ok("ask", QUESTION, **settings(server))
    assert done.out.index(SENTENCE) < done.out.index("[1]") < done.out.index("“John Kirby, the National Security")
    assert "Put into words by openai:gpt-4.1-mini" in done.out
    assert "owns" not in done.out
    assert KEY not in done.out + done.err


def test_the_json_names_the_model_and_keeps_its_form(samples: Onrecord) -> None:
    with chatting(honest) as server:
        worded = samples.ok("ask", QUESTION, "--json", **settings(server)).json
    plain = samples.ok("ask", QUESTION, "--json").json
    assert worded["model"] == "openai:gpt-4.1-mini"
    assert plain["model"] is None
    (claim,) = worded["answer"]["claims"]
    assert claim["text"] == SENTENCE
    assert worded.keys() == plain.keys()
    assert claim.keys() == plain["answer"]["claims"][0].keys()
    assert claim["citations"] == plain["answer"]["claims"][0]["citations"]


def test_a_batch_is_answered_by_the_model_and_goes_on_where_it_fails(samples: Onrecord) -> None:
    asked = lines({"id": n, "question": QUESTION} for n in range(3))
    with chatting(honest, Say(status=500, headers={"Retry-After": "60"}), honest) as server:
        done = samples.ok("ask", "--batch", "-", stdin=asked, **settings(server))
    assert [row["model"] for row in done.rows] == ["openai:gpt-4.1-mini", None, "openai:gpt-4.1-mini"]
    assert all(row["answer"]["claims"] for row in done.rows)


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_failing_model_is_one_line_and_status_0(samples: Onrecord, status: int) -> None:
    body = json.dumps({"error": {"message": f"Incorrect key {KEY}"}}).encode()
    with chatting(Say(status=status, body=body, headers={"Retry-After": "60"})) as server:
        done = samples.ok("ask", QUESTION, **settings(server, ONRECORD_LOG_LEVEL="INFO"))
    assert "these are the statements as they stand" in done.out
    assert "[1] John Kirby" in done.out
    assert KEY not in done.out + done.err


def test_a_model_that_is_not_there_for_langchain_is_status_2_before_anything_is_asked(samples: Onrecord) -> None:
    done = samples.run("ask", QUESTION, ONRECORD_CHAT_MODEL="nobody:model")
    assert (done.status, done.out) == (2, "")
    assert "ONRECORD_CHAT_MODEL" in done.err


def test_explain_shows_what_was_dropped_and_why_and_what_it_cost(samples: Onrecord) -> None:
    with chatting(honest) as server:
        done = samples.ok("ask", QUESTION, "--explain", COLUMNS="200", **settings(server))
        told = samples.ok("ask", QUESTION, "--explain", "--json", **settings(server)).json["explained"]["written"]
    assert "Kirby owns the ships." in done.out
    assert "its evidence does not say “owns”" in done.out
    assert "1,200 tokens in, 80 out, $0.00061" in done.out
    assert [claim["fate"] for claim in told["claims"]] == ["shown", "dropped"]
    assert told["prompts"] == [told["requests"][0]["prompt"]]
    assert told["prompts"][0].startswith("answer@")


def test_a_terminal_shows_a_claim_while_the_model_still_writes(own_samples: Onrecord) -> None:
    with chatting(slowly) as server, conversing(own_samples, **settings(server)) as terminal:
        terminal.wait_for("? ")
        terminal.type(f"{QUESTION}\n")
        terminal.wait_for("confirmed that at least 3,000", seconds=60)
        assert "Put into words" not in terminal.seen
        terminal.wait_for("Put into words", seconds=60)
        assert terminal.leave("\n") == 0


def test_stats_tell_what_was_used_and_what_it_cost(own_samples: Onrecord) -> None:
    named = {"ONRECORD_CHAT_MODEL": "openai:house-model", "ONRECORD_CHAT_PRICE": "10/20"}
    with chatting(honest) as server:
        for _ in range(2):
            own_samples.ok("ask", QUESTION, **settings(server, **named))
    used = own_samples.ok("stats", "--json").json["model_use"]["today"]
    (today,) = [one for one in used if one["model"] == "openai:house-model"]
    assert (today["answers"], today["input_tokens"], today["output_tokens"]) == (2, 2400, 160)
    assert "$0.0272" in own_samples.ok("stats", COLUMNS="200").out


def test_doctor_names_the_model_and_its_price_and_calls_nothing(samples: Onrecord) -> None:
    with chatting(honest) as server:
        done = samples.ok("doctor", COLUMNS="200", **settings(server))
        assert server.asked == []
    assert "openai:gpt-4.1-mini" in done.out
    assert KEY not in done.out + done.err
    missing = samples.run("doctor", COLUMNS="200", ONRECORD_CHAT_MODEL="openai:gpt-4.1-mini")
    assert missing.status == 1
    assert "OPENAI_API_KEY" in missing.out
