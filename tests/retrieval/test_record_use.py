"""The use of language models is counted, and no budget can be passed, whoever else asks at the same time."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from retrieval_parts import NOON, article, record_at, reserved, store

from retrieval.record import ModelUse, Record

ROUNDS = 300
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def second(record: Record, tmp_path: Path) -> Iterator[Record]:
    """The same file, opened again."""
    opened = record_at(tmp_path)
    yield opened
    opened.close()


def settle(record: Record, reservation: int | None, given: int, made: int, cost: float | None = None) -> None:
    assert reservation is not None
    record.settle(reservation, prompt="answer@1a2b3c", input_tokens=given, output_tokens=made, cost=cost)


def test_a_user_cannot_pass_his_budget_and_leaves_that_of_others_alone(record: Record) -> None:
    assert reserved(record, 60, of_user=100)
    assert reserved(record, 41, of_user=100) is None
    assert reserved(record, 40, of_user=100)
    assert reserved(record, 1, of_user=100) is None
    assert reserved(record, 100, "ben", of_user=100)
    assert reserved(record, 100, "", of_user=100)


def test_all_users_together_cannot_pass_the_budget_of_the_day(record: Record) -> None:
    assert reserved(record, 60, "ada", of_day=100)
    assert reserved(record, 41, "ben", of_day=100) is None
    assert reserved(record, 40, "", of_day=100)
    assert reserved(record, 1, "cy", of_day=100, of_user=100) is None


def test_what_is_refused_is_not_counted(record: Record) -> None:
    for _ in range(3):
        assert reserved(record, 101, of_user=100, of_day=100) is None
    assert record.used() == []
    assert reserved(record, 100, of_user=100, of_day=100)


def test_no_limit_is_no_limit(record: Record) -> None:
    assert all(reserved(record, 10**9) for _ in range(5))
    assert reserved(record, 1, of_user=5 * 10**9) is None


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=11))], ids=str)
def test_a_budget_is_whole_again_at_midnight_utc_wherever_the_clock_stands(record: Record, zone: timezone) -> None:
    last = (MIDNIGHT - timedelta(microseconds=1)).astimezone(zone)
    first = MIDNIGHT.astimezone(zone)
    limits = {"of_user": 100, "of_day": 100}
    assert reserved(record, 100, now=NOON, **limits)
    assert reserved(record, 1, now=last, **limits) is None
    assert reserved(record, 100, now=first, **limits)
    assert reserved(record, 1, now=first + timedelta(hours=23, minutes=59), **limits) is None
    assert reserved(record, 1, now=last, **limits) is None


def test_what_a_clock_ahead_of_ours_reserved_tomorrow_does_not_count_today(record: Record) -> None:
    assert reserved(record, 100, now=MIDNIGHT, of_user=100, of_day=100)
    assert reserved(record, 100, now=NOON, of_user=100, of_day=100)


def test_a_moment_without_a_time_zone_is_refused(record: Record) -> None:
    with pytest.raises(ValueError, match="zone"):
        reserved(record, 1, now=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):
        record.used(NOON.replace(tzinfo=None))


def test_settling_replaces_what_was_reserved_by_what_was_used(record: Record) -> None:
    reservation = reserved(record, 100, of_user=100)
    settle(record, reservation, 30, 12, 0.5)
    assert record.used() == [ModelUse("m", 1, 30, 12, 0.5, 0, 0)]
    assert reserved(record, 59, of_user=100) is None
    assert reserved(record, 58, of_user=100)


def test_more_may_be_used_than_was_reserved_and_counts(record: Record) -> None:
    settle(record, reserved(record, 10, of_user=100), 80, 20)
    assert reserved(record, 1, of_user=100) is None


def test_a_reservation_of_which_nothing_was_used_is_gone(record: Record) -> None:
    settle(record, reserved(record, 100, of_user=100), 0, 0)
    assert record.used() == []
    assert reserved(record, 100, of_user=100)


def test_what_is_settled_stays_and_no_reservation_is_taken_for_an_earlier_one(record: Record) -> None:
    first = reserved(record, 100)
    settle(record, first, 0, 0)
    second = reserved(record, 50)
    assert second != first
    settle(record, first, 7, 7)
    settle(record, second, 30, 12)
    settle(record, second, 0, 0)
    settle(record, second, 1, 1)
    assert record.used() == [ModelUse("m", 1, 30, 12, None, 1, 0)]


def test_what_was_never_settled_goes_on_counting_that_day(tmp_path: Path) -> None:
    killed = record_at(tmp_path)
    assert reserved(killed, 80, of_user=100)
    killed.close()
    record = record_at(tmp_path)
    assert reserved(record, 21, of_user=100) is None
    assert record.used() == [ModelUse("m", 0, 0, 0, None, 0, 80)]
    assert reserved(record, 100, of_user=100, now=MIDNIGHT)
    record.close()


def test_use_is_told_by_model_since_a_moment_or_ever(record: Record) -> None:
    settle(record, reserved(record, 9, model="b"), 10, 1, 0.25)
    settle(record, reserved(record, 9, "ben", model="b"), 20, 2, 0.5)
    settle(record, reserved(record, 9, "ben", model="a", now=MIDNIGHT), 30, 3)
    settle(record, reserved(record, 9, model="b", now=MIDNIGHT), 40, 4)
    reserved(record, 9, model="c", now=MIDNIGHT)
    first, third = ModelUse("a", 1, 30, 3, None, 1, 0), ModelUse("c", 0, 0, 0, None, 0, 9)
    assert record.used() == [first, ModelUse("b", 3, 70, 7, 0.75, 1, 0), third]
    assert record.used(MIDNIGHT) == [first, ModelUse("b", 1, 40, 4, None, 1, 0), third]
    assert record.used(MIDNIGHT + timedelta(seconds=1)) == []


def test_an_answer_that_cost_nothing_has_a_price(record: Record) -> None:
    settle(record, reserved(record, 9), 10, 1, 0.0)
    assert record.used() == [ModelUse("m", 1, 10, 1, 0.0, 0, 0)]


def race(records: tuple[Record, Record]) -> list[int]:
    """How many of two that ask at once for more than half of a budget get it, each time on another day."""
    start = Barrier(2)

    def asked(record: Record) -> list[bool]:
        passed = []
        for n in range(ROUNDS):
            now = NOON + timedelta(days=n)
            start.wait(timeout=60)
            passed.append(
                reserved(record, 51, of_user=100 * (n % 2), of_day=100 * (1 - n % 2), now=now) is not None
            )
        return passed

    with ThreadPoolExecutor(2) as threads:
        return [sum(both) for both in zip(*threads.map(asked, records), strict=True)]


def test_of_two_threads_that_want_the_last_tokens_one_gets_them(record: Record) -> None:
    assert race((record, record)) == [1] * ROUNDS
    assert record.used() == [ModelUse("m", 0, 0, 0, None, 0, 51 * ROUNDS)]


def test_of_two_openings_of_one_record_that_want_the_last_tokens_one_gets_them(
    record: Record, second: Record
) -> None:
    assert race((record, second)) == [1] * ROUNDS
    assert second.used() == record.used() == [ModelUse("m", 0, 0, 0, None, 0, 51 * ROUNDS)]


def test_two_processes_together_cannot_pass_the_budget_of_the_day(
    start: Callable[..., Any], record: Record
) -> None:
    processes = [start("reserve_many", "200", "2005") for _ in range(2)]
    for process in processes:
        assert json.loads(process.stdout.readline()) == "ready"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60)[0] for process in processes]
    assert sum(map(json.loads, told)) == 200
    assert record.used() == [ModelUse("m", 0, 0, 0, None, 0, 2000)]


def test_inside_a_snapshot_a_budget_is_that_of_now(record: Record, second: Record) -> None:
    with record.snapshot():
        assert record.used() == []
        assert reserved(second, 60, of_day=100)
        assert reserved(record, 60, of_day=100) is None
        assert record.used() == []


def test_articles_come_and_go_without_touching_what_was_used(record: Record) -> None:
    levy = article("levy", "The harbor levy should be doubled.")
    store(record, levy)
    before = record.counter()
    settle(record, reserved(record, 9), 10, 1, 0.25)
    assert record.counter() == before
    record.forget(levy.url)
    assert record.used() == [ModelUse("m", 1, 10, 1, 0.25, 0, 0)]
    assert record.faults() == []
