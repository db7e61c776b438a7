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
