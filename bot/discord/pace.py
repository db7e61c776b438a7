"""How often somebody may ask. In memory and without waiting, so that it never delays a reply.

Pure: the time comes from the caller. May not know what a key stands for.
"""

from collections.abc import Hashable

from discord.app_commands import Cooldown


class Pace:
    """At most `asks` in `seconds` for each key."""

    def __init__(self, asks: int, seconds: float) -> None:
        self._rule = Cooldown(asks, seconds)
        self._seen: dict[Hashable, tuple[Cooldown, float]] = {}
        self._swept = 0.0

    def wait(self, key: Hashable, now: float) -> float:
        """Count an ask; 0 where it is allowed, else the seconds until the next one is. `now` in seconds."""
        self._forget(now)
        cooldown, _ = self._seen.get(key, (self._rule.copy(), now))
        self._seen[key] = cooldown, now
        return cooldown.update_rate_limit(now) or 0.0

    def _forget(self, now: float) -> None:
        """Once in a window, so that an ask costs the same however many others there are.

        The distance counts, not the order: a clock that was wrong once must not put it off for good.
        """
        if abs(now - self._swept) <= self._rule.per:
            return
        self._swept = now
        self._seen = {
            key: (rule, last) for key, (rule, last) in self._seen.items() if now <= last + self._rule.per
        }
