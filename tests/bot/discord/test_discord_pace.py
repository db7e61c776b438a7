"""How often somebody may ask."""

from bot.discord.pace import Pace


def test_the_asks_of_a_window_are_counted_for_each_key() -> None:
    pace = Pace(2, 10.0)
    assert [pace.wait("a", now) for now in (100.0, 101.0)] == [0.0, 0.0]
    assert pace.wait("b", 102.0) == 0.0
    assert pace.wait("a", 103.0) == 7.0


def test_a_window_that_is_over_counts_no_more() -> None:
    pace = Pace(1, 10.0)
    assert pace.wait("a", 100.0) == 0.0
    assert pace.wait("a", 105.0) == 5.0
    assert pace.wait("a", 110.5) == 0.0


def test_who_has_not_asked_for_a_while_is_forgotten() -> None:
    pace = Pace(1, 10.0)
    for key in range(1000):
        pace.wait(key, 100.0)
    pace.wait("late", 200.0)
    assert len(pace._seen) == 1


def test_an_ask_costs_the_same_however_many_others_ask() -> None:
    """Hashes are counted: each ask looks at its own key, and once in a window at all of them."""
    looked = 0

    class Key(int):
        def __hash__(self) -> int:
            nonlocal looked
            looked += 1
            return int(self)

    pace = Pace(1, 10.0)
    for key in range(2000):
        pace.wait(Key(key), 100.0 + key / 1000)
    assert looked < 2000 * 5


def test_a_clock_that_was_wrong_once_does_not_stop_the_forgetting() -> None:
    pace = Pace(1, 10.0)
    pace.wait("tomorrow", 1e9)
    for key in range(100):
        pace.wait(key, 100.0 + 20 * key)
    assert len(pace._seen) <= 3
