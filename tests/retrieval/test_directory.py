"""What is typed is completed with what is on record, at once, and with nothing that is not seen."""

import random
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from retrieval_parts import MAKER, quoted

from retrieval.directory import Directory
from retrieval.library import Library
from retrieval.record import Record
from retrieval.types import Outcome, Question, Speaker

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture(scope="module")
def directory(samples: Library) -> Directory:
    made = Directory(samples.record)
    made.follow(samples.record.counters())
    return made


def followed(record: Record) -> Directory:
    made = Directory(record)
    made.follow(record.counters())
    return made


def test_people_are_found_by_any_word_of_their_names_the_best_known_first(directory: Directory) -> None:
    assert directory.people("tur") == directory.people(" TÜR") == ["Mike Turner", "Nina Turner"]
    assert directory.people("mike tu") == ["Mike Turner"]
    assert directory.people("urner") == []
    assert directory.people("")[:2] == ["Joe Biden", "Donald Trump"]
    assert len(directory.people("", 5)) == 5
    assert directory.people("", 0) == directory.people("mike", 0) == []


def test_accents_and_hyphens_need_not_be_typed(record: Record) -> None:
    record.put([quoted(n, n, "The levy must rise.") for n in ("Zoë Ó-Sullivan", "Ana Ocasio-Cortez")], MAKER)
    made = followed(record)
    assert made.people("zoe") == made.people("sull") == made.people("Ó-SU") == ["Zoë Ó-Sullivan"]
    assert made.people("cortez") == ["Ana Ocasio-Cortez"]


def test_topics_stand_in_several_articles_and_are_no_names_of_persons(record: Record) -> None:
    words = "The bill on the harbor levy must be thrown out, whatever Bill Stone makes of it, in {}."
    names = ("spring", "autumn", "winter")
    record.put([quoted(n, "Bill Stone", words.format(n)) for n in names], MAKER)
    made = followed(record)
    assert "harbor levy" in made.topics("har")
    assert "harbor levy" in made.topics("lev")
    assert "bill" in made.topics("")
    assert not set(made.topics("")) & {"the", "must", "stone", "whatever", *names}


def test_a_question_is_completed_by_its_last_words(directory: Directory) -> None:
    assert directory.questions("What did Tur") == ["What did Mike Turner", "What did Nina Turner"]
    assert directory.questions("What did Mike Tur") == ["What did Mike Turner"]
    assert directory.questions("What did JD Vance say about north ko")[0].startswith(
        "What did JD Vance say about north korea"
    )
    assert directory.questions("Why is debt l") or directory.questions("Why is deb")
    assert directory.questions("") == [f"What did {name} say?" for name in directory.people("")]
    assert directory.questions("what d") == directory.questions("")
    assert directory.questions("What did ")[0] in directory.questions("")
    topics = [f"What about {topic}" for topic in directory.topics("", 3)]
    assert directory.questions("What about ", 3) == topics


def test_examples_are_answered(samples: Library, directory: Directory) -> None:
    assert len(directory.examples()) == 3
    for question in directory.examples(10):
        assert samples.ask(Question(question)).outcome is Outcome.ANSWERED


def test_an_empty_library_completes_nothing(record: Record) -> None:
    made = followed(record)
    assert made.people("") == made.topics("") == made.questions("") == made.examples() == []


def test_it_follows_the_record_and_serves_what_was_there_meanwhile(record: Record) -> None:
    made = followed(record)
    record.put([quoted("a", "Ada Quill", "The levy must rise.")], MAKER)
    assert made.people("ada") == []
    assert not made.follows(record.counters())
    made.follow(record.counters())
    assert made.follows(record.counters())
    assert made.people("ada") == ["Ada Quill"]
    record.forget("https://quay.example/a")
    made.follow(record.counters())
    assert made.people("ada") == []


def test_many_may_follow_and_ask_at_once(record: Record) -> None:
    made = Directory(record)

    def work(n: int) -> bool:
        record.put([quoted(f"{n}", f"Ada Quill{chr(97 + n)}", "The harbor levy must rise.")], MAKER)
        made.follow(record.counters())
        return all(len(made.people("ada")) <= 12 for _ in range(20))

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(work, range(12)))
    made.follow(record.counters())
    assert len(made.people("ada")) == 12


NAMES = [
    "Ada\u202e Quill",
    "Ben\u200b\u00adStone",
    "C" * 120,
    "🚢" * 60 + " Quay",
    "\u3164",
    "Dora\u2028Finch",
    "Ida " * 20,
]


def test_nothing_that_is_given_is_long_doubled_or_unseen(record: Record) -> None:
    record.put([quoted(str(n), name, "The harbor levy must rise.") for n, name in enumerate(NAMES)], MAKER)
    made = followed(record)
    chance = random.Random(1)
    letters = "aAbd ﷺ🚢\u202e\u200b\x00\ud800\u3164\n“" + "é"
    typed = ["", *("".join(chance.choices(letters, k=chance.randint(1, 150))) for _ in range(200)), "x" * 10_000]
    for text in typed:
        for some in (made.people(text), made.topics(text), made.questions(text), made.questions(f"About {text}")):
            assert len(some) == len(set(some)) <= 25
            assert all(1 <= len(one.encode("utf-16-le")) // 2 <= 100 for one in some)
            assert not any(unicodedata.category(c)[0] == "C" or c in "\u2028\u3164" for one in some for c in one)
    assert made.people("ada") == ["Ada Quill"]


def test_a_look_up_takes_no_longer_than_a_few_milliseconds(record: Record) -> None:
    chance = random.Random(2)
    names = {f"Ada {''.join(chance.choices('bdfgklmnprst', k=6)).title()}" for _ in range(3000)}
    many = [Speaker(name) for name in sorted(names)]
    record.put([quoted("many", "Ada Quill", "The levy must rise.", speakers=many)], MAKER)
    made = followed(record)
    for text in ("", "a", "ada", "ada b", "zzz", "What did a", "x" * 10_000):
        fastest = min(timed(made, text) for _ in range(5))
        assert fastest < 0.005


def timed(made: Directory, text: str) -> float:
    started = time.perf_counter()
    made.people(text)
    made.questions(text)
    return (time.perf_counter() - started) / 2
