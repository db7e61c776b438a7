"""Who is behind a source: each test is one rule. The sentences are ours; their people invented or in office."""

import time
from datetime import date

import pytest

from ingest.statements.attribution import Attribution
from ingest.statements.resolving import resolve
from retrieval.types import Article, Kind, Resolution, Speaker, Statement

AUTUMN = date(2016, 9, 20)


def article(text: str, author: str | None = None, day: date | None = AUTUMN) -> Article:
    return Article("https://paper.example/a", text, author=author, published=day)


def said(text: str, *sources: str) -> list[Attribution]:
    """An attribution to each source, in their order; "[He] left" is the "He" before "left"."""
    found, at = [], 0
    for source in sources:
        before, _, rest = source.rpartition("[")
        inside, _, after = rest.partition("]")
        start = text.index(before + inside + after, at) + len(before)
        at = start + len(inside)
        found.append(Attribution(((len(text) - 1, len(text)),), (start, at), None))
    return found


def who(text: str, *sources: str, author: str | None = None, day: date | None = AUTUMN) -> list[str | None]:
    """Who is meant by the sources of a text, given in their order."""
    statements, _ = resolve(article(text, author, day), said(text, *sources))
    return [statement.speaker for statement in statements]


def how(text: str, source: str, author: str | None = None) -> tuple[str | None, Resolution]:
    statements, _ = resolve(article(text, author), said(text, source))
    return statements[0].speaker, statements[0].resolution


def speakers(text: str, *sources: str) -> dict[str, Speaker]:
    _, found = resolve(article(text), said(text, *sources))
    return {speaker.name: speaker for speaker in found}


# Names


def test_a_surname_goes_to_the_full_name() -> None:
    assert (
        who("Marta Quill opened the plant. Quill said it was late.", "Marta Quill", "Quill") == ["Marta Quill"] * 2
    )


def test_a_surname_in_a_headline_goes_to_the_full_name_in_the_body() -> None:
    text = "Quill Calls The Levy A Mistake\n\nMarta Quill said on Monday that she would vote no."
    assert who(text, "Quill") == ["Marta Quill"]


def test_a_headline_in_capitals_names_people_too() -> None:
    text = "MARTA QUILL CALLS LEVY A MISTAKE\n\nMarta Quill said on Monday that she would vote no."
    assert who(text, "MARTA QUILL") == ["Marta Quill"]


def test_a_transcript_names_its_speakers_in_capitals() -> None:
    text = "Our guest is Marta Quill.\n\nQUILL: The levy is a mistake.\n\nSEN. QUILL: It is."
    assert who(text, "QUILL", "SEN. QUILL") == ["Marta Quill"] * 2


@pytest.mark.parametrize("source", ["Quill", "Quill's", "Quill’s"])
def test_a_possessive_is_its_owner(source: str) -> None:
    assert who(f"Marta Quill spoke. Later {source} claim that it rains held.", source) == ["Marta Quill"]


def test_a_first_name_alone_is_the_only_person_who_bears_it() -> None:
    text = "Marta Quill spoke. Abel Crane and Abel Moss came. Then Marta said no. Abel left."
    assert who(text, "[Marta] said") == ["Marta Quill"]


def test_family_names_may_stand_first() -> None:
    text = "Mr. Ban arrived. Ban Ki-moon met reporters. Mr. Ban said talks go on. Kim Jong Un wrote. Kim said so."
    assert who(text, "Mr. Ban", "Ban Ki-moon", "Mr. Ban", "Kim Jong Un", "Kim") == [
        *["Ban Ki-moon"] * 3,
        *["Kim Jong Un"] * 2,
    ]


def test_a_middle_initial_makes_no_second_person() -> None:
    text = "Marta B. Quill spoke. Marta Quill left. Marta Quill said no. Quill said so."
    assert who(text, "Marta B. Quill", "Marta Quill", "[Quill] said") == ["Marta Quill"] * 3


def test_short_and_long_first_names_are_one_person() -> None:
    text = "Rep. Michael Quill spoke. Mike Quill left. Mike Quill added a word."
    assert len(set(who(text, "Michael Quill", "Mike Quill"))) == 1


def test_a_father_and_a_son_are_two() -> None:
    text = "Adam Quill Jr. spoke after Adam Quill. Quill said so."
    assert who(text, "Adam Quill Jr.", "Adam Quill", "[Quill] said so") == [
        "Adam Quill Jr.",
        "Adam Quill",
        "Adam Quill",
    ]


def test_different_middle_initials_are_different_people() -> None:
    text = "George H.W. Bush met George W. Bush."
    assert who(text, "George H.W. Bush", "George W. Bush") == ["George H.W. Bush", "George W. Bush"]


def test_a_title_tells_a_couple_of_one_surname_apart() -> None:
    text = "Ann Quill and Bob Quill came. Mr. Quill said yes. Mrs. Quill said no."
    assert who(text, "Mr. Quill", "Mrs. Quill") == ["Bob Quill", "Ann Quill"]


def test_a_president_is_not_his_wife_who_alone_is_named_in_full() -> None:
    text = "Michelle Obama danced. President Obama said the vote mattered."
    assert who(text, "President Obama") == ["Barack Obama"]


def test_a_surname_without_a_full_name_is_a_candidate_of_that_day() -> None:
    assert who("Trump said the debate was rigged.", "Trump") == ["Donald Trump"]


def test_a_surname_without_a_full_name_stays_open_where_nobody_is_famous_by_it() -> None:
    assert who("Johansson said the debate was rigged.", "Johansson") == [None]


def test_a_local_namesake_introduced_in_full_goes_before_somebody_famous() -> None:
    text = "Carla Sanders runs a bakery in Akron. Sanders said flour is dear."
    assert who(text, "[Sanders] said flour") == ["Carla Sanders"]


def test_a_word_that_begins_a_sentence_is_no_first_name() -> None:
    text = "Marta Quill spoke. Injecting Quill's past was wrong, Quill said."
    assert set(who(text, "Marta Quill", "Quill's", "Quill")) == {"Marta Quill"}


def test_titles_and_what_stands_before_them_are_no_part_of_a_name() -> None:
    text = "Ruritanian President Marta Quill and Ohio Attorney General Abel Crane spoke."
    assert who(text, "Ruritanian President Marta Quill and Ohio Attorney General Abel Crane") == [
        "Marta Quill",
        "Abel Crane",
    ]


@pytest.mark.parametrize(
    "title",
    ["Harbormaster", "Superintendent", "Transport Minister", "Then-Mayor", "Co-Chair", "Lockkeeper", "Alderwoman"],
)
def test_a_noun_of_office_is_no_part_of_a_name(title: str) -> None:
    text = f"{title} Xolani Quill spoke. Quill said no."
    assert who(text, f"{title} Xolani Quill", "[Quill] said") == ["Xolani Quill"] * 2


def test_a_word_that_the_article_writes_small_is_no_part_of_a_name_that_stands_without_it() -> None:
    text = "Dikegrave Xolani Quill spoke. Quill said no. The town chose a dikegrave in May."
    assert who(text, "Dikegrave Xolani Quill", "[Quill] said") == ["Xolani Quill"] * 2


def test_a_family_name_that_is_a_word_too_stays_part_of_the_name() -> None:
    text = "Park Geun Hye left. The park was dark. President Park Geun Hye said so."
    assert set(who(text, "Park Geun Hye", "President Park Geun Hye")) == {"Park Geun Hye"}


@pytest.mark.parametrize("quoted", ["“Gus”", '"Gus"', "‘Gus’"])
def test_a_nickname_in_quotation_marks_is_no_part_of_the_name_but_an_alias(quoted: str) -> None:
    text = f"Augusta {quoted} Moss met Abel Crane. Gus Moss spoke. Gus wept. Moss said no."
    sources = (f"Augusta {quoted} Moss", "[Gus Moss] spoke", "[Gus] wept", "[Moss] said")
    assert who(text, *sources) == ["Augusta Moss"] * 4
    assert speakers(text, *sources)["Augusta Moss"].aliases == {"Gus Moss", "Gus", "Moss"}


def test_a_nickname_is_the_name_where_the_article_uses_it_most() -> None:
    text = "Augusta “Gus” Moss spoke. Gus Moss ran. Gus Moss won."
    assert who(text, "Augusta “Gus” Moss") == ["Gus Moss"]


# Transcripts


def test_names_that_stand_in_capitals_alone_are_written_as_names_are() -> None:
    text = "ZOLA AMSEL: Good evening.\nSEN. XU MCQUILL (D-Ohio): Hello.\nABEL O’DELL, HOST: No.\nAMSEL: Yes.\n"
    assert who(text, "ZOLA AMSEL", "SEN. XU MCQUILL", "ABEL O’DELL", "[AMSEL]: Yes") == [
        "Zola Amsel",
        "Xu McQuill",
        "Abel O’Dell",
        "Zola Amsel",
    ]


def test_a_name_in_capitals_is_written_as_it_stands_elsewhere() -> None:
    text = "ABEL DELUCA: Good evening.\nDELUCA: No.\n\nAbel DeLuca was our guest."
    assert who(text, "ABEL DELUCA", "[DELUCA]: No") == ["Abel DeLuca"] * 2


@pytest.mark.parametrize("label", ["UNIDENTIFIED MALE", "FACT CHECK", "HOST", "QUESTION"])
def test_a_label_that_names_nobody_is_nobody(label: str) -> None:
    assert who(f"ABEL CRANE: Hello.\n{label}: It rains.\n", label) == [None]


# Phrases with a name in them


@pytest.mark.parametrize(
    "source",
    [
        "A spokesman for Quill",
        "an aide to Marta Quill",
        "Quill supporters",
        "Quill's critics",
        "voters who back Quill",
    ],
)
def test_those_around_a_person_are_not_the_person(source: str) -> None:
    assert "Marta Quill" not in who(f"Marta Quill spoke. Then {source} said no.", source)


def test_a_spokeswoman_with_a_name_speaks_for_herself() -> None:
    text = "Marta Quill was out. Quill spokeswoman Hope Larkin said so."
    assert who(text, "Quill spokeswoman Hope Larkin") == ["Hope Larkin"]


@pytest.mark.parametrize(
    "source",
    [
        "her spokesman, Xolani Crane,",
        "His lawyer in Ohio, Xolani Crane,",
        "Quill’s press secretary, Xolani Crane,",
        "Quill's chief engineer, Xolani Crane,",
    ],
)
def test_a_name_after_whose_role_it_is_speaks(source: str) -> None:
    assert who(f"Marta Quill was out. “No,” {source} said on Monday.", source) == ["Xolani Crane"]


@pytest.mark.parametrize(
    "source", ["Its capital, Zu Blix,", "Her employer, Zu Blix,", "the city's newspaper, Zu Blix,"]
)
def test_a_name_after_a_thing_somebody_has_is_no_person(source: str) -> None:
    assert who(f"Marta Quill was out. “No,” {source} said on Monday.", source) == [None]


def test_a_phrase_is_its_first_name_and_not_those_named_in_its_apposition() -> None:
    text = "Abel Crane, a former aide to Sen. Marta Quill and Bob Moss, said no."
    assert who(text, "Abel Crane, a former aide to Sen. Marta Quill and Bob Moss,") == ["Abel Crane"]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("Marta Quill and Abel Crane", ["Marta Quill", "Abel Crane"]),
        ("Sens. Marta Quill, Abel Crane and Bob Moss", ["Marta Quill", "Abel Crane", "Bob Moss"]),
        ("Marta Quill (D-Ohio) and former Utah Gov. Abel Crane", ["Marta Quill", "Abel Crane"]),
        ("Marta Quill, 34, and Abel Crane, a nurse,", ["Marta Quill", "Abel Crane"]),
    ],
)
def test_a_joint_source_is_every_signer(source: str, names: list[str]) -> None:
    assert who(f"{source} wrote that it must end.", source) == names


def test_signers_share_spans_and_source() -> None:
    text = "Marta Quill and Abel Crane wrote that it must end."
    first, second = resolve(article(text), said(text, "Marta Quill and Abel Crane"))[0]
    assert (first.spans, first.source, first.resolution) == (second.spans, second.source, second.resolution)


# Pronouns


def test_he_and_she_part_by_gender() -> None:
    text = "Marta Quill met Abel Crane. He said yes. She said no."
    assert who(text, "He", "She") == ["Abel Crane", "Marta Quill"]


def test_a_pronoun_follows_the_chain_of_pronouns_to_its_name() -> None:
    text = "Abel Crane spoke. " + "He went on. " * 12 + "He said it was late."
    assert who(text, "[He] said it") == ["Abel Crane"]


def test_after_a_quotation_he_is_the_speaker_before_and_not_who_is_named_within() -> None:
    text = "Abel Crane took questions.\n\n“Bob Moss lied to us,” he said."
    assert who(text, "he") == ["Abel Crane"]


def test_a_pronoun_is_the_subject_of_its_own_sentence_before_the_last_speaker() -> None:
    text = "Abel Crane said it was late.\n\nOur host Bob Moss faced criticism after he asked about mail."
    assert who(text, "Abel Crane", "he") == ["Abel Crane", "Bob Moss"]


def test_a_clause_may_speak_of_its_subject_first() -> None:
    text = "Abel Crane left. When he wrote the book, Bob Moss lived in Ohio."
    assert who(text, "he") == ["Bob Moss"]


def test_a_clause_with_the_name_of_a_work_may_speak_of_its_subject_first() -> None:
    text = "In her memoir, “Long Days,” former Mayor Xolani Quill writes that it rained. “I left,” she admits."
    assert who(text, "former Mayor Xolani Quill", "[she] admits") == ["Xolani Quill"] * 2


def test_nobody_speaks_of_himself_by_name() -> None:
    text = "“The bill is thin,” said Abel Crane. The room of Bob Moss fell silent. People like Moss, he said."
    found = said(text, "Abel Crane", "he")
    within = text.index("People like")
    found[1] = Attribution(((within, within + 16),), found[1].source, None)
    assert [s.speaker for s in resolve(article(text), found)[0]] == ["Abel Crane", "Abel Crane"]


def test_a_woman_without_a_name_is_nobody_else() -> None:
    text = "Marta Quill spoke in May.\n\nThe woman clapped. She said it was time."
    assert who(text, "She") == [None]


def test_a_speaker_whose_full_name_is_unknown_is_nobody_else() -> None:
    text = "Marta Quill spoke.\n\nOkonkwo-Bly said the talks failed. “It is over,” she said."
    assert who(text, "Okonkwo-Bly", "she") == [None, None]


def test_he_inside_a_quotation_is_not_its_speaker() -> None:
    text = "Abel Crane met Bob Moss. “He said he was sorry,” Bob Moss said."
    start = text.index("“He said")
    inner = Attribution(((start + 9, start + 21),), (start + 1, start + 3), None)
    outer = Attribution(((start, start + 23),), (len(text) - 14, len(text) - 6), None)
    assert [s.speaker for s in resolve(article(text), [outer, inner])[0]] == ["Bob Moss", "Abel Crane"]


def test_who_takes_up_the_name_before_it() -> None:
    text = "Marta Quill, who said no, left. Abel Crane, a nurse from Ohio, who said yes, stayed."
    assert who(text, "who", "who") == ["Marta Quill", "Abel Crane"]


def test_who_after_it_was_one_and_not_another_is_the_one() -> None:
    text = "It was Rep. Abel Crane, not Senator Marta Quill, who said so. “It is late,” he said."
    assert who(text, "who", "he") == ["Abel Crane", "Abel Crane"]


def test_he_is_whom_the_paragraph_is_about_and_not_who_spoke_in_the_one_before() -> None:
    text = (
        "“We go,” Abel Crane said. He added that it was late.\n\n"
        "From the steps outside, the chairman of the board, Carl Roe of Dayton, put it so. “We stay,” he said."
    )
    assert who(text, "Abel Crane", "He", "[he] said") == ["Abel Crane", "Abel Crane", "Carl Roe"]


def test_who_after_others_is_not_the_name_before_them() -> None:
    assert who("Marta Quill met voters who said no.", "who") == [None]


def test_they_are_the_two_named_side_by_side() -> None:
    text = "Marta Quill and Abel Crane published a letter. They wrote that it must end."
    assert who(text, "They") == ["Marta Quill", "Abel Crane"]


def test_they_are_nobody_where_others_come_between() -> None:
    text = "Marta Quill and Abel Crane published a letter. Voters shrugged, critics too. They said it was late."
    assert who(text, "They") == [None]


# The author


def test_i_in_an_opinion_piece_is_its_author() -> None:
    assert how("The levy is wrong, and I say so.", "I", author="Marta Quill") == ("Marta Quill", Resolution.AUTHOR)


def test_we_in_a_letter_of_two_are_both() -> None:
    text = "We urge the council to stop.\n"
    assert who(text, "We", author="By Marta Quill and Abel Crane") == ["Marta Quill", "Abel Crane"]


def test_a_byline_in_the_text_names_the_author() -> None:
    assert who("By Marta Quill\n\nI say the levy is wrong.", "I") == ["Marta Quill"]


def test_each_letter_is_signed_below_it() -> None:
    text = "I say no.\n\nMarta Quill, Dayton\n\nAnd I say yes.\n\nAbel Crane, Akron"
    assert who(text, "I", "[I] say yes") == ["Marta Quill", "Abel Crane"]


def test_i_without_an_author_is_nobody() -> None:
    assert who("The levy is wrong, and I say so.", "I") == [None]


def test_an_outlet_is_no_author() -> None:
    assert who("The levy is wrong, and we say so.", "we", author="Dayton Daily News") == [None]


def test_i_inside_a_quotation_is_its_speaker() -> None:
    text = "“I think I said no,” Marta Quill said."
    inner = Attribution(((10, 19),), (1, 2), None)
    outer = Attribution(((0, 21),), (text.index("Marta"), text.index(" said.")), None)
    found = resolve(article(text, author="Abel Crane"), [outer, inner])[0]
    assert [s.speaker for s in found] == ["Marta Quill", "Marta Quill"]


# Roles


def test_a_role_is_the_person_introduced_with_it() -> None:
    text = "Sen. Marta Quill spoke to Mayor Abel Crane. The mayor said no. The senator said yes."
    assert who(text, "The mayor", "The senator") == ["Abel Crane", "Marta Quill"]


def test_a_role_may_be_given_in_apposition() -> None:
    text = "Marta Quill, the chairman of the water board, met Abel Crane. The chairman said no."
    assert who(text, "The chairman") == ["Marta Quill"]


def test_a_party_and_a_state_in_brackets_are_a_role() -> None:
    text = "Marta Quill (R-Ohio) met Abel Crane (D-Mich.). The Michigan Democrat said no. The Ohio Republican did."
    assert who(text, "The Michigan Democrat", "The Ohio Republican") == ["Abel Crane", "Marta Quill"]


@pytest.mark.parametrize(
    ("day", "name"), [(date(2016, 9, 20), "Barack Obama"), (date(2022, 3, 1), "Joe Biden"), (None, None)]
)
def test_the_president_is_whoever_is_president_that_day(day: date | None, name: str | None) -> None:
    assert who("The tariffs stay, the president said.", "the president", day=day) == [name]


def test_another_countrys_president_goes_before_ours_where_the_article_is_about_him() -> None:
    text = "Ruritanian President Marta Quill opened the dam. The president said it was time."
    assert who(text, "The president") == ["Marta Quill"]


def test_a_former_holder_is_not_the_holder() -> None:
    text = "Former Gov. Marta Quill met Gov. Abel Crane. The governor said no. The former governor said yes."
    assert who(text, "The governor", "The former governor") == ["Abel Crane", "Marta Quill"]


def test_a_bare_role_without_a_holder_is_nobody() -> None:
    assert how("The roads stay shut, the governor said.", "the governor") == (None, Resolution.NONE)


def test_a_bare_role_is_not_somebody_who_holds_such_an_office_elsewhere() -> None:
    text = "Mike Pence came to town. The roads stay shut, the governor said."
    assert who(text, "the governor") == [None]


def test_the_democrat_is_nobody_where_somebody_of_unknown_party_stands_nearer() -> None:
    text = "Sen. Marta Quill (D-Ohio) voted no.\n\nAbel Crane spoke for an hour. The Democrat said it was late."
    assert who(text, "The Democrat") == [None]


@pytest.mark.parametrize("source", ["a senator", "senators", "The two Republican presidents", "some Democrats"])
def test_an_indefinite_or_plural_role_is_nobody(source: str) -> None:
    assert who(f"Sen. Marta Quill spoke. Then {source} said no.", source) == [None]


# Bodies


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("The White House", "White House"),
        ("the Dayton Water Board", "Dayton Water Board"),
        ("Quill's campaign", "Quill campaign"),
        ("the Quill campaign", "Quill campaign"),
        ("NATO", "NATO"),
    ],
)
def test_a_body_speaks_under_its_name_without_the(source: str, name: str) -> None:
    assert how(f"Marta Quill was out. Later {source} said no.", source) == (name, Resolution.BODY)


def test_the_union_is_the_union_introduced_before() -> None:
    text = "The United Dock Workers union met on Monday. The union said it would strike."
    assert how(text, "The union") == ("United Dock Workers", Resolution.BODY)


@pytest.mark.parametrize("name", ["Nurses’ Union of West Haven", "Nurses' Union of West Haven", "Union of Nurses"])
def test_a_body_keeps_its_apostrophe_and_its_of(name: str) -> None:
    text = f"The {name} met. The union said no."
    assert how(text, f"The {name}") == how(text, "The union") == (name, Resolution.BODY)


def test_initials_are_the_body_that_they_stand_for() -> None:
    text = "The Dayton Water Board met. DWB said no."
    assert how(text, "DWB") == ("Dayton Water Board", Resolution.BODY)


@pytest.mark.parametrize("source", ["House Republicans", "officials", "a water board", "The roof"])
def test_many_people_and_things_are_no_body(source: str) -> None:
    assert how(f"It rained, and {source} said no.", source) == (None, Resolution.NONE)


# What comes out


def kind(text: str, *pieces: str) -> Kind:
    spans = tuple((text.index(piece), text.index(piece) + len(piece)) for piece in pieces)
    statements, _ = resolve(article(text), [Attribution(spans, None, None)])
    return statements[0].kind


def test_a_content_is_direct_mixed_or_indirect_by_its_quotation_marks() -> None:
    text = "“It is late,” he said. “Go home.” He called it “a mess” and said that it was over."
    assert kind(text, "“It is late,”", "“Go home.”") is Kind.DIRECT
    assert kind(text, "It is late", "Go home") is Kind.DIRECT
    assert kind(text, "it “a mess” and") is Kind.MIXED
    assert kind(text, "that it was over") is Kind.INDIRECT


def test_an_attribution_without_a_source_has_no_speaker() -> None:
    statements, found = resolve(article("“It is late.”"), [Attribution(((0, 13),), None, None)])
    assert statements == [Statement(((0, 13),), None, None, Kind.DIRECT, None, Resolution.NONE)]
    assert found == []


def test_a_speaker_bears_the_forms_titles_and_party_that_the_article_gives() -> None:
    text = "Sen. Marta Quill (D-Ohio) spoke. Quill said no. Abel Crane, mayor of Dayton, agreed."
    found = speakers(text, "[Quill] said", "Abel Crane")
    assert found["Marta Quill"] == Speaker(
        "Marta Quill",
        aliases=frozenset({"Quill"}),
        offices=frozenset({"senator"}),
        party="Democratic",
    )
    assert found["Abel Crane"].offices == {"mayor of dayton"}


def test_a_body_among_the_speakers_is_marked() -> None:
    assert speakers("The White House said no.", "The White House")["White House"].body


def test_the_same_article_gives_the_same_speakers_again() -> None:
    text = "Ann Quill and Bob Quill came with Carl Quill. Quill said yes. They said no. He left."
    sources = ("[Quill] said", "They", "He")
    assert len({tuple(who(text, *sources)) for _ in range(5)}) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["he said ", "TRUMP SAYS ", "A-", '"', "Jo Roe and ", "When he ", "Gen. ", "Roe\n"],
)
def test_a_long_text_without_punctuation_costs_no_minutes(piece: str) -> None:
    text = (piece * 200_000)[:200_000]
    found = [Attribution(((at + 20, at + 90),), (at, at + 6), None) for at in range(0, 199_900, 100)]
    began = time.process_time()
    resolve(article(text), found)
    assert time.process_time() - began < 5  # 0.1 to 1.2 s alone


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Farhild Kova, executive director of Harbor Advocates,", "Farhild Kova"),
        ("81-year-old Zu Blix, a pensioner", "Zu Blix"),
        ("Zu Blix of Poe, a bank,", "Zu Blix"),
        ("Filmmaker Jo Roe", "Jo Roe"),
    ],
)
def test_one_to_whom_words_are_attributed_is_a_person_whatever_he_is_called(source: str, name: str) -> None:
    assert set(speakers(f"{source} said that the levy was high.", source)) == {name}
