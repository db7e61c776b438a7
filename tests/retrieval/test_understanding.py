"""A question is read for whom it asks about, about what, when, and what kind of answer it wants."""

import time
from datetime import date

import pytest

from retrieval.record import StoredSpeaker
from retrieval.types import Question
from retrieval.understanding import Intent, Understood, understand

NAMES = ("Mike Turner", "John Kirby", "Ada Quill", "Ben Stone", "Volodymyr Zelenskyy", "Paul Ryan", "Pat McCrory")
BODIES = ("White House", "Harbor Board")


class People:
    """A library's speakers, without the library."""

    def speakers_named(self, name: str) -> list[StoredSpeaker]:
        known = [*((n, False) for n in NAMES), *((n, True) for n in BODIES)]
        return [
            StoredSpeaker(i, full, body, 3)
            for i, (full, body) in enumerate(known, 1)
            if name == full or (not body and " " not in name and full.endswith(f" {name}"))
        ]

    def speakers_called(self, alias: str) -> list[StoredSpeaker]:
        return [StoredSpeaker(3, "Ada Quill", False, 3)] if alias == "Ada" else []

    def speakers_in_office(self, office: str, since: date | None, until: date | None) -> list[StoredSpeaker]:
        return (
            [StoredSpeaker(4, "Ben Stone", False, 3)] if office in ("president", "mayor of Dayton".lower()) else []
        )

    def speaker_keys(self) -> list[str]:
        return [name.split()[-1].lower() for name in NAMES]

    def outlets(self) -> list[str]:
        return ["Harbor Ledger"]


class Namesakes(People):
    """Three who are called Quill."""

    def speakers_named(self, name: str) -> list[StoredSpeaker]:
        return [
            StoredSpeaker(i, full, False, 3) for i, full in ((3, "Ada Quill"), (7, "Ida Quill"), (8, "Ada Quill"))
        ]


@pytest.mark.parametrize(
    ("speaker", "meant"),
    [
        (7, [(7, "Ida Quill")]),
        (8, [(8, "Ada Quill")]),
        (5, [(3, "Quill"), (7, "Quill"), (8, "Quill")]),
        (None, [(3, "Quill"), (7, "Quill"), (8, "Quill")]),
    ],
)
def test_of_namesakes_the_one_chosen_is_meant_and_all_where_he_is_none_of_them(
    speaker: int | None, meant: list[tuple[int, str]]
) -> None:
    question = Question("What about the levy?", person="Quill", speaker=speaker)
    (one,) = understand(question, Namesakes()).asked
    assert [(s.id, one.name) for s in one.speakers] == meant


def test_a_chosen_speaker_counts_only_with_a_person() -> None:
    assert understand(Question("What did Kirby say?", speaker=3), People()).asked[0].name == "John Kirby"


def read(question: str, *before: str, as_of: date = date(2024, 11, 20)) -> Understood:
    return understand(Question(question, as_of=as_of), People(), before)


def asked(question: str, *before: str) -> list[str]:
    return [one.name for one in read(question, *before).asked]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did Turner propose?", ["Mike Turner"]),
        ("What did Rep. Mike Turner propose?", ["Mike Turner"]),
        ("What is Turner's position on Ukraine?", ["Mike Turner"]),
        ("What is Turner’s position on Ukraine?", ["Mike Turner"]),
        ("what did turner propose?", ["Mike Turner"]),
        ("what did ada quill say about the levy?", ["Ada Quill"]),
        ("what turner proposed", ["Mike Turner"]),
        ("Does Ada think the levy is high?", ["Ada Quill"]),
        ("According to Kirby, where did the troops land?", ["John Kirby"]),
        ("What do Ada Quill and Ben Stone want?", ["Ada Quill", "Ben Stone"]),
        ("Compare Ada Quill's and Ben Stone's plans for the levy.", ["Ada Quill", "Ben Stone"]),
        ("Ada Quill vs. Ben Stone: who would raise the levy?", ["Ada Quill", "Ben Stone"]),
        ("How does Quill's line on the levy differ from Stone's?", ["Ada Quill", "Ben Stone"]),
        ("What did Quill say of the levy, and how did Stone hit back?", ["Ada Quill", "Ben Stone"]),
        ("What did the White House say?", ["White House"]),
        ("After the Charlotte unrest, what did Paul Ryan say?", ["Paul Ryan"]),
        ("What does North Carolina's Pat McCrory think of the law?", ["Pat McCrory"]),
        ("What did retired Navy captain Ben Stone blame for the delay?", ["Ben Stone"]),
        ("Harbor master Ben Stone says the wall is sound. So what is not, according to him?", ["Ben Stone"]),
        ("How did Kirby brush off Turner's criticism?", ["John Kirby"]),
        ("Does Kirby think Turner could win?", ["John Kirby"]),
        ("When Kirby talked about the troops, what was he getting at?", ["John Kirby"]),
        ("Which towns did Kirby say were hit?", ["John Kirby"]),
        ("What did the president say about the levy?", ["Ben Stone"]),
        ("Why won't the mayor of Dayton raise the levy?", ["Ben Stone"]),
        ("What did Tuner propose?", ["Mike Turner"]),
        ("What does Zelensky want?", ["Volodymyr Zelenskyy"]),
        ("what does zelensky want?", ["Volodymyr Zelenskyy"]),
        ("How does Harbor pollster Ada Quill explain Turner's lead?", ["Ada Quill"]),
        ("What did Turner's campaign manager Ben Stone say?", ["Ben Stone"]),
        ("How did Turner's campaign answer the suit?", []),
        ("Is the levy fair, in Ada Quill's view?", ["Ada Quill"]),
        ("Why might Turner win, per Ada Quill?", ["Ada Quill"]),
        ("Why did the levy fail, if you ask Ada Quill?", ["Ada Quill"]),
        ("How did Ada Quill push back when Turner said the levy was dead?", ["Ada Quill"]),
        ("When Kirby asked whether the levy was dead, did Turner back off?", ["Mike Turner"]),
        ("Who would Turner back if it came down to Quill against Stone?", ["Mike Turner"]),
        ("Did Dora Vane wish she had backed Turner?", ["Dora Vane"]),
        ("What makes Turner so sure that Quill knew?", ["Mike Turner"]),
        ("What help from Ben Stone did Turner recall?", ["Mike Turner"]),
        ("What happened to Ada Quill in the hall, and what did she make of it?", ["Ada Quill"]),
        ("What was on Turner's wish list for the harbor?", ["Mike Turner"]),
        ("What did Ada Quill of Dover and her friends give Turner?", ["Ada Quill"]),
        ("Which captain told Ada Quill that the levy would fail?", []),
        ("What did Dora Vane say?", ["Dora Vane"]),
        ("Who wants to double the levy?", []),
        ("Which group called for Turner's resignation?", []),
    ],
)
def test_those_whose_words_are_asked_for_are_known(question: str, names: list[str]) -> None:
    assert asked(question) == names


def test_one_whom_the_library_does_not_know_is_asked_all_the_same_and_means_nobody() -> None:
    (one,) = read("What did Nina Turner say?").asked
    assert (one.name, one.speakers) == ("Nina Turner", ())


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("What did Turner propose?", Intent.POSITION),
        ("Does Turner support the levy?", Intent.SUPPORT),
        ("Why does Turner oppose the levy?", Intent.REASON),
        ("How do Quill and Stone differ on the levy?", Intent.COMPARISON),
        ("How did Turner's position on the levy change?", Intent.CHANGE),
        ("Who called for a levy?", Intent.WHO),
        ("When did Turner say that?", Intent.WHEN),
        ("How many troops are in Russia?", Intent.FACT),
    ],
)
def test_the_kind_of_answer_is_read_from_the_wording(question: str, intent: Intent) -> None:
    assert read(question).intent is intent


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What did Turner say in October 2024?", date(2024, 10, 1), date(2024, 11, 3)),
        ("What did Turner say in late September 2016?", date(2016, 9, 20), date(2016, 10, 3)),
        ("What did Turner say on September 30, 2016?", date(2016, 9, 30), date(2016, 10, 3)),
        ("What has Turner said since June 2024?", date(2024, 6, 1), None),
        ("What did Turner say before March 2024?", None, date(2024, 3, 1)),
        ("What did Turner say in 2016?", date(2016, 1, 1), date(2017, 1, 3)),
        ("What did Turner say yesterday?", date(2024, 11, 19), date(2024, 11, 19)),
        ("What did Turner say in the last two weeks?", date(2024, 11, 6), date(2024, 11, 20)),
        ("How did Turner change between March and May 2024?", date(2024, 3, 1), date(2024, 6, 3)),
        ("What did Turner say in December?", date(2023, 12, 1), date(2024, 1, 3)),
        ("What did Turner say after the September 2016 debate?", date(2016, 9, 1), date(2016, 10, 3)),
        ("What did Turner say since the debate?", None, None),
        ("May Turner march in the parade?", None, None),
    ],
)
def test_times_are_days(question: str, since: date | None, until: date | None) -> None:
    understood = read(question)
    assert (understood.since, understood.until) == (since, until)


@pytest.mark.parametrize(
    ("question", "strict"),
    [("What has Turner said since June 2024?", True), ("What did Turner say in June 2024?", False)],
)
def test_a_month_may_be_when_the_thing_happened_but_since_is_a_limit(question: str, *, strict: bool) -> None:
    assert read(question).strict is strict


def test_the_topic_is_what_is_left_without_those_asked_and_the_time() -> None:
    understood = read("What did port chief Ada Quill of Dover propose about the harbor levy in October 2024?")
    assert understood.topic == "What did port of Dover propose about the harbor levy ?"
    assert understood.terms == ("port", "dover", "harbor", "levy")


def test_an_outlet_is_a_restriction_only_where_something_is_said_in_it() -> None:
    assert read("What did Turner say in the Harbor Ledger?").outlet == "Harbor Ledger"
    assert read("What does Turner think of the Harbor Ledger?").outlet is None


def test_a_person_that_the_asker_names_is_the_one_asked() -> None:
    understood = understand(Question("What about the harbor levy?", person="Ada Quill"), People())
    assert [one.name for one in understood.asked] == ["Ada Quill"]
    assert understood.terms == ("harbor", "levy")


QUILL = "What did Ada Quill say about the harbor levy in March 2024?"


@pytest.mark.parametrize(
    ("follow_up", "names", "terms"),
    [
        ("And what about Kirby?", ["John Kirby"], ("harbor", "levy")),
        ("what about Ben Stone?", ["Ben Stone"], ("harbor", "levy")),
        ("Why?", ["Ada Quill"], ("harbor", "levy")),
        ("When was that?", ["Ada Quill"], ("harbor", "levy")),
        ("And on the ferry?", ["Ada Quill"], ("ferry",)),
        ("Did she ever mention the ferry?", ["Ada Quill"], ("ferry",)),
        ("And in 2015?", ["Ada Quill"], ("harbor", "levy")),
        ("What did Ben Stone say about the ferry?", ["Ben Stone"], ("ferry",)),
    ],
)
def test_a_follow_up_takes_what_it_leaves_out(follow_up: str, names: list[str], terms: tuple[str, ...]) -> None:
    understood = read(follow_up, QUILL)
    assert ([one.name for one in understood.asked], understood.terms) == (names, terms)


def test_a_follow_up_keeps_the_time_and_a_new_question_does_not() -> None:
    assert read("And what about Kirby?", QUILL).since == date(2024, 3, 1)
    assert read("And in 2015?", QUILL).since == date(2015, 1, 1)
    assert read("What did Ben Stone say about the ferry?", QUILL).since is None
    assert read("Why?", QUILL).intent is Intent.REASON
    assert read("And why?", QUILL, "and what about Kirby?").asked[0].name == "John Kirby"


def test_months_days_and_question_words_are_no_names() -> None:
    assert read("In October, Which bills passed on Monday?").names == ()


@pytest.mark.parametrize("question", ["", "?", "…", "\u200b", "🙂 🙂", "a" * 10_000])
def test_any_text_can_be_read(question: str) -> None:
    assert read(question).asked == ()


@pytest.mark.parametrize(
    "unit", ["The ", "Turner ", "did x y ", "Ab's ", "A-", "A", "what ", "in May ", "and ", "⟦0⟧"]
)
def test_time_grows_with_the_length_of_the_question_and_no_faster(unit: str) -> None:
    started = time.process_time()
    read(unit * (200_000 // len(unit)))
    read(" x ".join(f"Quill{n}" for n in range(15_000)))
    assert time.process_time() - started < 2
