"""onrecord doctor and reindex: every fault is seen, named and given its mend."""

import shutil
import socket
from pathlib import Path

import pytest

from tests.processes.command import Onrecord, lines

pytestmark = pytest.mark.slow

QUESTION = "What did Turner propose?"


def test_a_sound_installation_is_status_0(samples: Onrecord) -> None:
    done = samples.ok("doctor")
    assert "fault" not in done.out
    assert str(samples.home) in done.out


def test_an_installation_without_a_library_is_sound(onrecord: Onrecord) -> None:
    onrecord.ok("doctor")


def test_a_record_that_is_no_record_is_a_fault_with_its_mend(own_samples: Onrecord) -> None:
    with (own_samples.home / "default" / "library.sqlite3").open("r+b") as record:
        record.write(b"no record at all")
    done = own_samples.run("doctor")
    assert done.status == 1
    assert "fault" in done.out
    assert "library.sqlite3" in done.out
    for command in (["ask", QUESTION], ["articles", "list", "--json"]):
        failed = own_samples.run(*command)
        assert (failed.status, failed.out) == (3, "")
        assert failed.err.strip()


def test_a_chroma_server_that_does_not_answer_is_a_fault_and_questions_are_answered(samples: Onrecord) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        done = samples.run("doctor", ONRECORD_CHROMA_URL=url)
        assert done.status == 1
        assert "ONRECORD_CHROMA_URL" in done.out
        answer = samples.ok("ask", QUESTION, "--json", ONRECORD_CHROMA_URL=url)
    assert answer.json["outcome"] == "answered"
    assert answer.err.strip()


def test_a_library_that_is_named_and_not_there_is_a_fault_with_its_mend(onrecord: Onrecord) -> None:
    done = onrecord.run("doctor", "--library", "elections")
    assert done.status == 1
    assert "onrecord ingest --library elections" in done.out


@pytest.mark.parametrize("missing", [True, False], ids=["missing", "damaged"])
def test_an_index_that_is_gone_or_damaged_is_mended_in_passing(missing: bool, own_samples: Onrecord) -> None:
    chroma = own_samples.home / "default" / "chroma"
    if missing:
        shutil.rmtree(chroma)
    else:
        (chroma / "chroma.sqlite3").write_bytes(b"no index at all")
    asked = own_samples.ok("ask", QUESTION, "--json")
    assert asked.json["outcome"] == "answered"
    assert "made again" in asked.err
    sound = own_samples.ok("doctor")
    assert "made again" not in sound.out + sound.err


def test_reindex_leaves_a_sound_library_as_it_is_and_makes_the_index_again(own_samples: Onrecord) -> None:
    passages = own_samples.ok("stats", "--json").json["passages"]
    chroma = own_samples.home / "default" / "chroma"
    shutil.rmtree(chroma)
    done = own_samples.ok("reindex")
    assert done.out == ""
    said = done.err.splitlines()
    assert any("0 articles" in line for line in said)
    assert any(f"{passages} passages" in line for line in said)
    assert (chroma / "chroma.sqlite3").exists()
    assert own_samples.ok("ask", QUESTION, "--json").json["outcome"] == "answered"


def test_names_with_brackets_show_as_they_are(tmp_path: Path) -> None:
    onrecord = Onrecord(tmp_path / "[red] café [bold]")
    assert str(onrecord.home) in onrecord.ok("doctor").out


def test_settings_that_cannot_be_read_are_status_2_with_a_sentence(onrecord: Onrecord, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DISCORD_TOKEN=\xff\n")
    done = onrecord.run("stats")
    assert (done.status, done.out) == (2, "")
    assert ".env" in done.err
    (tmp_path / ".env").unlink()
    done = onrecord.run("stats", ONRECORD_THREADS="hunter2")
    assert (done.status, "hunter2" in done.err, "ONRECORD_THREADS" in done.err) == (2, False, True)


def test_a_folder_of_libraries_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file", encoding="utf-8")
    onrecord = Onrecord(tmp_path / "home")
    done = onrecord.run(
        "ingest", "-", "--json", stdin=lines([{"url": "https://quay.example/1", "text": "Closed."}])
    )
    assert (done.status, done.out) == (3, "")
    assert done.err.strip()
    doctor = onrecord.run("doctor")
    assert doctor.status == 1
    assert "ONRECORD_HOME" in doctor.out
