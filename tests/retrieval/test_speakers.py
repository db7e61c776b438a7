"""Across articles, one person is one speaker under all his forms, and namesakes stay apart."""

import random
import time
from collections.abc import Iterable
from datetime import date

import pytest

from retrieval.speakers import Fact, FactKind, Introduction, facts, identities, may_be
from retrieval.types import Speaker


def who(
    name: str, *offices: str, day: date | None = date(2024, 5, 1), body: bool = False
) -> tuple[Speaker, date | None]:
    return Speaker(name, body, frozenset(), frozenset(offices)), day


def sorted_out(*given: str | tuple[Speaker, date | None]) -> list[set[int]]:
    """The numbers of those that are one, in any order of the articles; each is introduced by one of its own."""
    introductions = [
        Introduction(n, n, *(one if isinstance(one, tuple) else who(one))) for n, one in enumerate(given)
    ]
    found = groups(introductions)
    chosen = random.Random(7)
    for _ in range(3):
        chosen.shuffle(introductions)
        assert groups(introductions) == found
        renumbered = list(range(len(given)))
        chosen.shuffle(renumbered)  # the ids that another order of articles would have given
        moved = [
            Introduction(new, new, old.speaker, old.day)
            for new, old in zip(renumbered, introductions, strict=True)
        ]
        back = {new: old.id for new, old in zip(renumbered, introductions, strict=True)}
        assert order({back[i] for i in group} for group in groups(moved)) == found
    return found


def groups(introductions: list[Introduction]) -> list[set[int]]:
    return order(set(one.members) for one in identities(introductions))


def order(found: Iterable[set[int]]) -> list[set[int]]:
    return sorted(found, key=sorted)


@pytest.mark.parametrize(
    "names",
    [
        ("Rep. Mike Turner", "Michael Turner", "Mike Turner of Ohio"),
        ("Mike Turner", "Turner", "Turner of Ohio", "Rep. Turner"),
        ("Michael R. Turner", "Mike Turner", "Michael Ray Turner"),
        ("J.D. Vance", "JD Vance", "J. D. Vance", "Sen. JD Vance"),
        ("George H.W. Bush", "George H. W. Bush"),
        ("Charles “Chuck” Schumer", "Chuck Schumer", "Charles (Chuck) Schumer"),
        ("Beto O’Rourke", "Beto O'Rourke"),
        ("José Peña", "Jose Pena"),
        ("Chris Van Hollen", "Van Hollen", "Sen. Van Hollen", "Hollen"),
        ("Ursula von der Leyen", "von der Leyen"),
        ("Bill de Blasio", "De Blasio", "de Blasio"),
        ("Al Gore", "Vice President Al Gore"),
        ("Alexandria Ocasio-Cortez", "Alexandria Ocasio‑Cortez", "Ocasio-Cortez"),
        ("Bashar al-Assad", "Assad"),
        ("MIKE TURNER", "Mike Turner"),
        ("Robert Kennedy Jr.", "Robert F. Kennedy Jr", "Robert Kennedy, Jr."),
        ("Volodymyr Zelenskyy", "Ukrainian President Volodymyr Zelenskyy"),
        ("Lula", "Lula"),
        ("Theresa May", "May"),
        ("M. Turner", "Mike Turner"),
    ],
)
def test_the_forms_of_one_persons_name_are_one_speaker(names: tuple[str, ...]) -> None:
    assert sorted_out(*names) == [set(range(len(names)))]


@pytest.mark.parametrize(
    "names",
    [
        ("Bill Clinton", "Hillary Clinton"),
        ("Mike Turner", "Nina Turner"),
        ("George W. Bush", "George H.W. Bush"),
        ("Donald Trump", "Donald Trump Jr."),
        ("Ken Griffey Sr.", "Ken Griffey Jr."),
        ("George Bush", "George W. Bush", "George H.W. Bush"),
        ("Van Jones", "Alex Jones"),
        ("Prince", "The Prince of Wales"),
        ("University of Ohio", "Brown University", "University of Iowa"),
        ("Alex Jones", "Alexandra Jones"),
    ],
)
def test_namesakes_stay_apart(names: tuple[str, ...]) -> None:
    assert sorted_out(*names) == [{n} for n in range(len(names))]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (("Bill Clinton", "Hillary Clinton", "Clinton"), [{0}, {1}]),
        (("Donald Trump", "Donald Trump Jr.", "Trump", "Trump Jr."), [{0}, {1, 3}]),
        (("Mike Turner", "Mary Turner", "M. Turner"), [{0}, {1}]),
        ((who("Mike Turner", "congressman"), "Nina Turner", who("Turner", "congressman")), [{0, 2}, {1}]),
        ((who("Mike Turner", "ohio congressman"), "Nina Turner", "Turner of Ohio"), [{0, 2}, {1}]),
        ((who("Mike Turner", "congressman"), who("Turner", "mayor")), [{0}, {1}]),
    ],
)
def test_a_surname_joins_the_only_one_whom_it_fits_and_else_nobody(
    given: tuple[str | tuple[Speaker, date | None], ...], wanted: list[set[int]]
) -> None:
    assert sorted_out(*given) == wanted


def test_a_surname_never_joins_somebody_whom_the_same_article_names_beside_it() -> None:
    given = [Introduction(n, 1, Speaker(name)) for n, name in enumerate(("Mike Turner", "Turner"))]
    assert groups(given) == [{0}]


LATER = date(2030, 5, 1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (who("John Smith", "mayor"), who("John Smith", "senator"), False),
        (who("John Smith", "mayor"), who("John Smith", "senator", day=None), False),
        (who("John Smith", "Sen."), who("John Smith", "congressman"), False),
        (who("John Smith", "mayor of dayton"), who("John Smith", "mayor of akron"), False),
        (who("John Smith", "mayor of new york"), who("John Smith", "mayor of new york city"), True),
        (who("John Smith", "mayor"), who("John Smith", "mayor of dayton"), True),
        (who("John Smith", "former mayor"), who("John Smith", "senator"), True),
        (who("John Smith", "mayor"), who("John Smith", "senator", "former mayor"), True),
        (who("John Smith", "mayor"), who("John Smith", "senator-elect", "mayor"), True),
        (who("John Smith", "mayor"), who("John Smith", "senator", day=LATER), True),
        (who("John Smith", "mayor"), who("John Smith", "deputy mayor"), True),
        (who("John Smith", "mayor"), who("John Smith", "spokesman for the governor"), True),
        (who("John Smith", "senator"), who("John Smith", "majority leader"), True),
        (who("Hillary Clinton", "secretary"), who("Hillary Clinton", "senator"), True),
        (who("John Smith", "rep"), who("John Smith", "congressman"), True),
    ],
)
def test_two_seats_at_one_time_are_two_people_unless_an_article_explains_it(
    one: tuple[Speaker, date], other: tuple[Speaker, date], same: bool
) -> None:
    assert sorted_out(one, other) == ([{0, 1}] if same else [{0}, {1}])


def test_an_article_that_gives_both_offices_to_one_man_explains_them_everywhere() -> None:
    mayor, senator = who("John Smith", "mayor"), who("John Smith", "senator")
    assert sorted_out(mayor, senator, who("John Smith", "senator", "former mayor")) == [{0, 1, 2}]


def test_a_full_name_that_fits_two_people_is_neither_without_an_office_of_one_of_them() -> None:
    mayor, senator = who("John Smith", "mayor"), who("John Smith", "senator", "majority leader")
    leader, unknown = who("John Smith", "majority leader"), who("John Smith", "writer")
    assert sorted_out(mayor, senator, leader, "John Smith", unknown) == [{0}, {1, 2}, {3, 4}]


def test_one_slip_of_reading_does_not_part_a_person_who_is_seen_often() -> None:
    often = [who("Ada Quill", "senator")] * 40
    assert sorted_out(*often, "Ada Quill", who("Ada Quill", "sheriff")) == [set(range(41)), {41}]


def test_bodies_are_one_by_their_name_and_never_a_person() -> None:
    names = ("The White House", "White House", "the white house", "The U.S. Army", "US Army")
    bodies = [who(name, body=True) for name in names]
    assert sorted_out(*bodies, who("White House")) == [{0, 1, 2}, {3, 4}, {5}]


def test_evidence_that_goes_takes_its_part_with_it() -> None:
    both = [
        Introduction(n, n, Speaker(name)) for n, name in enumerate(("Bill Clinton", "Clinton", "Hillary Clinton"))
    ]
    assert groups(both) == [{0}, {2}]
    assert groups(both[:2]) == [{0, 1}]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("Mike Turner", "Michael Turner", "Rep. Michael Turner"), "Michael Turner"),
        (("Turner", "Turner", "Sen. Nina Turner"), "Nina Turner"),
        (("Robert F. Kennedy Jr", "Robert F. Kennedy, Jr."), "Robert F. Kennedy Jr."),
        (("José Peña", "José Peña", "Jose Pena"), "José Peña"),
    ],
)
def test_a_speaker_bears_the_name_that_articles_give_most_without_titles(
    names: tuple[str, ...], wanted: str
) -> None:
    (one,) = identities([Introduction(n, n, Speaker(name)) for n, name in enumerate(names)])
    assert one.name == wanted


def test_facts_carry_the_days_on_which_they_were_first_and_last_seen() -> None:
    first, last = date(2024, 1, 1), date(2024, 9, 1)
    speaker = Speaker("Mike Turner", False, frozenset(["Turner"]), frozenset(["congressman"]), "Republican")
    seen = [Introduction(1, 1, speaker, last), Introduction(2, 2, speaker, first), Introduction(3, 3, speaker)]
    other = Introduction(4, 4, Speaker("Michael Turner", False, frozenset(), frozenset(["chairman"])))
    assert facts("Mike Turner", [*seen, other]) == [
        Fact(FactKind.ALIAS, "Michael Turner", None, None),
        Fact(FactKind.ALIAS, "Turner", first, last),
        Fact(FactKind.OFFICE, "chairman", None, None),
        Fact(FactKind.OFFICE, "congressman", first, last),
        Fact(FactKind.PARTY, "Republican", first, last),
    ]


@pytest.mark.parametrize(
    ("asked", "name", "body", "wanted"),
    [
        ("Turner", "Mike Turner", False, True),
        ("Rep. Michael Turner", "Mike Turner", False, True),
        ("Mike Turner", "Turner", False, True),
        ("George Bush", "George W. Bush", False, True),
        ("van hollen", "Chris Van Hollen", False, True),
        ("Trump", "Donald Trump Jr.", False, True),
        ("Donald Trump", "Donald Trump Jr.", False, False),
        ("Nina Turner", "Mike Turner", False, False),
        ("Turner of Ohio", "Mike Turner", False, True),
        ("the white house", "White House", True, True),
        ("House", "White House", True, False),
        ("", "Mike Turner", False, False),
    ],
)
def test_a_name_that_is_asked_for_may_mean_whoever_bears_it(
    asked: str, name: str, body: bool, wanted: bool
) -> None:
    assert may_be(asked, [name], body=body) is wanted


@pytest.mark.parametrize(
    "name", ["", " ", ".", "’s", "Jr.", "of", ", ,", "(", "“", "A.", "de", "ÆØ", "Mr.", "Dr. of"]
)
def test_no_name_breaks_it(name: str) -> None:
    identities([Introduction(0, 0, Speaker(name)), Introduction(1, 1, Speaker("Ada Quill"))])
    may_be(name, ["Ada Quill", name], body=False)


def test_thousands_of_one_name_take_seconds_at_most() -> None:
    offices = [["senator"], ["mayor"], [], ["senator", "chairman"]]
    many = [
        Introduction(n, n, Speaker(f"{'ABCDEFG'[n % 7]}{n % 50} Smith", offices=frozenset(offices[n % 4])))
        for n in range(8000)
    ]
    identities(many[:10])
    started = time.process_time()
    identities(many)
    assert time.process_time() - started < 5
