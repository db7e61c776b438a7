"""What can be pressed under a message, and how a press is told again: by the custom id alone.

Nothing is remembered here, and discord.py is made to keep nothing either, so buttons work after a restart and
ten thousand answers hold no memory. May not do what a press asks for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import discord

from bot.discord.papers import NOBODY
from bot.text import clamp
from retrieval.types import Answer, Choice, Claim, Outcome

REASON = (10, 500)  # characters of a reason why something is wrong, at least and at most
CLAIM_FIELD, REASON_FIELD = "claim", "reason"  # custom ids of the inputs of `wrong_modal`
_OPTIONS = 25  # Discord's, of one menu
_LABEL = 100  # characters of an option's label, and of its description
_MODAL = 900.0  # seconds that a modal is taken for open
_CUSTOM_ID = re.compile(r"onrecord:([a-z]+):([A-Za-z0-9_-]{1,64})(?::(0|[1-9][0-9]{0,5}))?", re.ASCII)
_CONTROLS = 40  # of a modal, and how deep they are nested: what Discord may send at most, with room
_DEPTH = 4
_CHANNEL = discord.SelectDefaultValueType.channel


class Verb(StrEnum):
    """What is asked for. The key is an answer's, but where another is named."""

    PASSAGES = "passages"
    MORE = "more"
    SOURCES = "sources"
    FOLLOW_UP = "follow"
    WRONG = "wrong"
    MEANT = "meant"  # one of the namesakes: the menu's value is a speaker's id
    UPHOLD = "uphold"  # of a dispute, whose id is the key
    DISMISS = "dismiss"  # likewise
    CHANNELS = "channels"  # in which a server is answered: the key is "server", the menu's values are their ids
    CORRECTIONS = "corrections"  # the one in which they are reviewed, likewise


_VERBS = {verb.value: verb for verb in Verb}


@dataclass(frozen=True, slots=True)
class Pressed:
    """What was pressed, or which modal was sent; `number` is how far a list was shown."""

    verb: Verb
    key: str
    number: int | None = None


def pressed(custom_id: str) -> Pressed | None:
    """What a custom id of ours stands for; None for any other text."""
    match = _CUSTOM_ID.fullmatch(custom_id)
    verb = match and _VERBS.get(match[1])
    if match is None or verb is None:
        return None
    key, number = match[2], match[3]
    if verb in (Verb.UPHOLD, Verb.DISMISS) and not re.fullmatch(r"[1-9][0-9]{0,17}", key):
        return None
    return Pressed(verb, key, None if number is None else int(number))


def custom_id(verb: Verb, key: str, number: int | None = None) -> str:
    """At most 100 characters that `pressed` reads. Raises ValueError for a key or number that it would not."""
    written = f"onrecord:{verb}:{key}" if number is None else f"onrecord:{verb}:{key}:{number}"
    if pressed(written) is None:
        raise ValueError("a key of 1 to 64 letters, digits, - and _, and a number of at most 6 digits, are needed")
    return written


class _Sent(discord.ui.View):
    """A view that discord.py does not store: it would keep each for ever, since none times out."""

    def __init__(self, *items: discord.ui.Item["_Sent"]) -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)

    def is_finished(self) -> bool:
        return True


class _Asking(discord.ui.Modal):
    """The same: what is filled in is read by `modal_values`."""

    def is_finished(self) -> bool:
        return True


def answer_view(key: str, answer: Answer, *, more: bool, follow_up: bool) -> discord.ui.View | None:
    """What can be pressed under an answer; None where nothing can. Raises ValueError for a key that is none.

    `more`: whether other claims are on record; `follow_up`: whether a thread may be begun here.
    """
    if answer.outcome is Outcome.AMBIGUOUS_SPEAKER:
        return _Sent(_namesakes(key, answer.choices)) if answer.choices else None
    if not (answer.claims or answer.instead):
        return None
    buttons = {Verb.PASSAGES: "Passages"}
    buttons |= {Verb.MORE: "More"} if more else {}
    buttons |= {Verb.SOURCES: "Sources"}
    buttons |= {Verb.FOLLOW_UP: "Follow up"} if follow_up else {}
    buttons |= {Verb.WRONG: "This is wrong"}
    return _Sent(*(_button(label, custom_id(verb, key)) for verb, label in buttons.items()))


def more_view(key: str, number: int) -> discord.ui.View:
    """The button for what comes after `number` claims. Raises ValueError as `custom_id` does."""
    return _Sent(_button("More", custom_id(Verb.MORE, key, number)))


def dispute_view(dispute: int) -> discord.ui.View:
    """What a reviewer may do with a dispute, by its id. Raises ValueError for one below 1."""
    uphold = _button("Uphold", custom_id(Verb.UPHOLD, str(dispute)), discord.ButtonStyle.danger)
    return _Sent(uphold, _button("Dismiss", custom_id(Verb.DISMISS, str(dispute))))


def settings_view(answers_in: Iterable[int], corrections: int | None) -> discord.ui.View:
    """Menus of the server's channels: in which ones answers are for all to see, none stands for all of them; and
    in which one corrections are reviewed, if in any."""
    reviewing = [] if corrections is None else [corrections]
    return _Sent(
        _channels(Verb.CHANNELS, "Answers for all to see: in all channels", answers_in, _OPTIONS),
        _channels(Verb.CORRECTIONS, "Corrections are reviewed: with /corrections only", reviewing, 1),
    )


def _channels(verb: Verb, unset: str, chosen: Iterable[int], most: int) -> discord.ui.ChannelSelect[_Sent]:
    marks = [discord.SelectDefaultValue(id=one, type=_CHANNEL) for one in sorted(chosen)[:most]]
    kinds = [discord.ChannelType.text, discord.ChannelType.news]
    return discord.ui.ChannelSelect(
        custom_id=custom_id(verb, "server"),
        placeholder=unset,
        channel_types=[*kinds, discord.ChannelType.forum] if verb is Verb.CHANNELS else kinds,
        min_values=0,
        max_values=most,
        default_values=marks,
    )


def wrong_modal(key: str, answer: Answer) -> discord.ui.Modal:
    """Asks what is wrong with an answer, and where it has several claims, with which of them.

    The value of the menu is the claim's index among `answer.claims or answer.instead`.
    """
    modal = _Asking(title="This is wrong", timeout=_MODAL, custom_id=custom_id(Verb.WRONG, key))
    claims = answer.claims or answer.instead
    if len(claims) > 1:
        options = [_claim_option(index, claim) for index, claim in enumerate(claims[:_OPTIONS])]
        menu = discord.ui.Select[discord.ui.Modal](custom_id=CLAIM_FIELD, options=options, required=True)
        modal.add_item(discord.ui.Label(text="Which statement?", component=menu))
    least, most = REASON
    reason = discord.ui.TextInput[discord.ui.Modal](
        custom_id=REASON_FIELD, style=discord.TextStyle.paragraph, min_length=least, max_length=most
    )
    asked = f"At least {least} characters, for those who review it."
    return modal.add_item(discord.ui.Label(text="What is wrong with it?", description=asked, component=reason))


def modal_values(data: object) -> Mapping[str, list[str]]:
    """What was filled in, by custom id, from the raw data of a modal that was sent; never raises."""
    found: dict[str, list[str]] = {}
    for control in _controls(data, _DEPTH):
        name, value, values = control.get("custom_id"), control.get("value"), control.get("values")
        if isinstance(name, str) and name not in found and len(found) < _CONTROLS:
            given = values if isinstance(values, list) else [value]
            found[name] = [one for one in given[:_OPTIONS] if isinstance(one, str)]
    return found


def _controls(node: object, depth: int) -> Iterator[Mapping[str, object]]:
    """What can be filled in, out of the labels and rows that it lies in."""
    if not isinstance(node, Mapping) or not depth:
        return
    inner = node.get("components")
    children = [node["component"]] if "component" in node else inner[:_CONTROLS] if isinstance(inner, list) else []
    if not children and ("value" in node or "values" in node):
        yield node
    for child in children:
        yield from _controls(child, depth - 1)


def _namesakes(key: str, choices: Sequence[Choice]) -> discord.ui.Select[_Sent]:
    different: dict[int, Choice] = {}
    for choice in choices:
        different.setdefault(choice.speaker, choice)  # Discord refuses a value that is there twice
    options = [
        discord.SelectOption(
            label=clamp(choice.name, _LABEL) or "unnamed",
            value=str(choice.speaker),
            description=clamp(choice.office or "", _LABEL) or None,
        )
        for choice in list(different.values())[:_OPTIONS]
    ]
    return discord.ui.Select(custom_id=custom_id(Verb.MEANT, key), placeholder="Who is meant?", options=options)


def _claim_option(index: int, claim: Claim) -> discord.SelectOption:
    first = claim.citations[0] if claim.citations else None
    who = clamp(claim.speaker or "", 80) or NOBODY
    words = claim.text if claim.text.strip() or first is None else first.quote
    return discord.SelectOption(
        label=f"[{first.n}] {who}" if first else who,
        value=str(index),
        description=clamp(words, _LABEL) or None,
    )


def _button(
    label: str, of: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> discord.ui.Button[_Sent]:
    return discord.ui.Button(label=label, custom_id=of, style=style)
