"""What can be pressed: what Discord takes, what comes back of it after a restart, and what is not kept."""

import re
from types import ModuleType
from typing import Any

import discord
import pytest
import simcord
from discord_answers import EXTREMES, HOSTILE, answer, choices, citation, claim, refused
from simcord.components import validate_components, validate_modal

from bot.discord.views import (
    CLAIM_FIELD,
    REASON,
    REASON_FIELD,
    Pressed,
    Verb,
    answer_view,
    custom_id,
    dispute_view,
    modal_values,
    more_view,
    pressed,
    settings_view,
    wrong_modal,
)
from retrieval.types import Answer, Outcome

KEY = "Ab0_-cdefghijklm"


def _ids(view: discord.ui.View | None) -> list[str]:
    rows = view.to_components() if view else []
    return [one["custom_id"] for row in rows for one in row["components"]]


def _verbs(view: discord.ui.View | None) -> list[str]:
    return [found.verb.value for found in map(pressed, _ids(view)) if found]


def _ambiguous(count: int, **changes: Any) -> Answer:
    return answer(outcome=Outcome.AMBIGUOUS_SPEAKER, choices=choices(count, **changes))


def test_an_answer_offers_what_there_is_to_see_of_it() -> None:
    whole = answer(claim())
    assert _verbs(answer_view(KEY, whole, more=True, follow_up=True)) == [
        "passages",
        "more",
        "sources",
        "follow",
        "wrong",
    ]
    assert _verbs(answer_view(KEY, whole, more=False, follow_up=False)) == ["passages", "sources", "wrong"]
    instead = answer(outcome=Outcome.WRONG_SPEAKER, instead=(claim(),))
    assert _verbs(answer_view(KEY, instead, more=False, follow_up=False)) == ["passages", "sources", "wrong"]


@pytest.mark.parametrize("outcome", Outcome)
def test_without_claims_there_is_nothing_to_press(outcome: Outcome) -> None:
    assert answer_view(KEY, answer(outcome=outcome), more=True, follow_up=True) is None


def test_namesakes_are_offered_once_each_and_at_most_twenty_five() -> None:
    view = answer_view(KEY, _ambiguous(40), more=True, follow_up=True)
    assert view
    ((menu,),) = [row["components"] for row in view.to_components()]
    assert [option["value"] for option in menu["options"]] == [str(n) for n in range(25)]
    assert (menu["options"][3]["label"], menu["options"][3]["description"]) == ("Jane Turner 3", "mayor")
    doubled = answer(outcome=Outcome.AMBIGUOUS_SPEAKER, choices=choices(2) * 2)
    again = answer_view(KEY, doubled, more=False, follow_up=False)
    assert again
    ((menu,),) = [row["components"] for row in again.to_components()]
    assert [option["value"] for option in menu["options"]] == ["0", "1"]


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("number", [None, 0, 7, 999999])
def test_an_id_is_read_as_it_was_written(verb: Verb, number: int | None) -> None:
    key = "42" if verb in (Verb.UPHOLD, Verb.DISMISS) else KEY
    written = custom_id(verb, key, number)
    assert len(written) <= 100
    assert pressed(written) == Pressed(verb, key, number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "onrecord",
        "onrecord:",
        "onrecord:passages",
        "onrecord:passages:",
        "onrecord:passages::1",
        "onrecord:erase:abc",
        "Onrecord:passages:abc",
        " onrecord:passages:abc",
        "onrecord:passages:abc\n",
        "onrecord:passages:a b",
        "onrecord:passages:a.b",
        "onrecord:passages:ä",
        "onrecord:passages:" + "a" * 65,
        "onrecord:more:abc:",
        "onrecord:more:abc:01",
        "onrecord:more:abc:-1",
        "onrecord:more:abc:٣",
        "onrecord:more:abc:1234567",
        "onrecord:more:abc:1:2",
        "onrecord:uphold:abc",
        "onrecord:uphold:0",
        "onrecord:dismiss:٣",
        "onrecord:dismiss:" + "9" * 30,
        *HOSTILE,
        *EXTREMES,
    ],
)
def test_any_other_id_is_nobodys(text: str) -> None:
    assert pressed(text) is None


@pytest.mark.parametrize("key", ["", "a b", "a:b", "a" * 65, "\u0663"])
def test_an_id_that_could_not_be_read_is_not_written(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        custom_id(Verb.PASSAGES, key)


def _views(text: str) -> list[discord.ui.View]:
    whole = answer(claim(citation(quote=text), speaker=text, text=text))
    found = [
        answer_view(KEY, whole, more=True, follow_up=True),
        answer_view(KEY, _ambiguous(30, name=text, office=text), more=False, follow_up=False),
        more_view(KEY, 24),
        dispute_view(10**17),
        settings_view(range(40), 7),
        settings_view([], None),
    ]
    return [view for view in found if view]


@pytest.mark.parametrize("text", [*EXTREMES, *HOSTILE, *(one * 40 for one in HOSTILE)])
def test_discord_takes_every_view(text: str, discord_rules: ModuleType | None) -> None:
    shown = discord.Embed(description="An answer.")
    for view in _views(text):
        assert not refused(discord_rules, shown, view=view)
        validate_components(view.to_components())


@pytest.mark.parametrize("text", [*EXTREMES, *HOSTILE, *(one * 40 for one in HOSTILE)])
@pytest.mark.parametrize("count", [0, 1, 2, 60])
def test_discord_takes_every_modal(text: str, count: int, discord_rules: ModuleType | None) -> None:
    said = [claim(citation(n, quote=text), speaker=text, text=text) for n in range(count)]
    modal = wrong_modal(KEY, answer(*said)).to_dict()
    validate_modal(modal)
    body = {"type": 9, "data": modal}
    assert not (discord_rules.check("POST", "/interactions/1/a/callback", body) if discord_rules else [])


def test_a_reason_is_always_asked_for_and_a_claim_where_there_are_several() -> None:
    one, several = wrong_modal(KEY, answer(claim())), wrong_modal(KEY, answer(claim(), claim(speaker="Ann Kirby")))
    fields = [[row["component"]["custom_id"] for row in modal.to_components()] for modal in (one, several)]
    assert fields == [[REASON_FIELD], [CLAIM_FIELD, REASON_FIELD]]
    assert pressed(several.custom_id) == Pressed(Verb.WRONG, KEY)
    menu, reason = (row["component"] for row in several.to_components())
    assert [option["value"] for option in menu["options"]] == ["0", "1"]
    assert (reason["min_length"], reason["max_length"]) == REASON


def test_nothing_that_can_be_pressed_is_kept_by_discord_py() -> None:
    shown: list[discord.ui.View | discord.ui.Modal] = [*_views("words"), wrong_modal(KEY, answer(claim()))]
    assert all(one.is_finished() for one in shown)


class _Form(discord.Client):
    """Shows the modal for any command, and reads what comes back by its raw data alone."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none())
        self.tree = discord.app_commands.CommandTree(self)
        self.read: list[tuple[Pressed | None, dict[str, list[str]]]] = []

    async def setup_hook(self) -> None:
        @self.tree.command(name="form", description="Shows the form.")
        async def form(interaction: discord.Interaction) -> None:
            await interaction.response.send_modal(wrong_modal(KEY, answer(claim(), claim(speaker="Ann Kirby"))))

        await self.tree.sync()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            data: Any = interaction.data
            self.read.append((pressed(data["custom_id"]), dict(modal_values(data))))
            await interaction.response.send_message("Thank you.", ephemeral=True)


@pytest.mark.asyncio
async def test_what_is_filled_in_is_read_from_the_raw_data() -> None:
    client = _Form()
    async with simcord.run(client) as env:
        guild = env.create_guild()
        alice, channel = guild.add_member(env.create_user("alice")), guild.create_text_channel("general")
        opened = await alice.slash(channel, "form")
        filled = {CLAIM_FIELD: ["1"], REASON_FIELD: "She never said that."}
        await alice.submit_modal(opened, filled)
    assert client.read == [
        (Pressed(Verb.WRONG, KEY), {CLAIM_FIELD: ["1"], REASON_FIELD: ["She never said that."]})
    ]


def test_values_in_rows_of_the_old_form_are_read_too() -> None:
    row = {"type": 1, "components": [{"type": 4, "custom_id": "reason", "value": "wrong"}]}
    assert modal_values({"components": [row]}) == {"reason": ["wrong"]}


def _deep(levels: int) -> Any:
    node: Any = {"custom_id": "deep", "value": "x"}
    for _ in range(levels):
        node = {"components": [node]}
    return node


@pytest.mark.parametrize(
    "data",
    [
        None,
        7,
        "text",
        [],
        {},
        {"components": None},
        {"components": "text"},
        {"components": [None, 1, "x", [], {}]},
        {"components": [{"component": None}]},
        {"components": [{"component": {"custom_id": None, "value": "x"}}]},
        {"components": [{"component": {"custom_id": ["x"], "values": "x"}}]},
        _deep(5000),
    ],
)
def test_data_of_no_modal_holds_no_values(data: object) -> None:
    assert modal_values(data) == {}


def test_values_of_a_wrong_kind_are_left_out_and_the_first_of_a_name_stays() -> None:
    fields = [
        {"custom_id": "a", "values": [1, "x", None]},
        {"custom_id": "a", "value": "later"},
        {"custom_id": "b", "value": 5},
    ]
    assert modal_values({"components": [{"component": field} for field in fields]}) == {"a": ["x"], "b": []}


def test_labels_hold_nothing_that_is_not_seen() -> None:
    for view in _views("\u202eJane\u200b Turner\u2069"):
        assert not re.search("[\u200b\u202e\u2069]", str(view.to_components()))
