"""The banks: every way to tell an event tells all of it, and every template is well-formed."""

import random

import pytest

from grader.hub.stock.glue import cola, mrpc, sst2
from grader.hub.stock.glue.claims import GENRES, Event, events, mentions
from grader.hub.stock.glue.facts import NAMES, Fact, draw, in_words, redraw
from grader.hub.stock.glue.grammar import bank, expand, sentence

FRAMES = mrpc.frames()
EVENTS = events(*GENRES)


def test_there_are_many_frames_with_several_ways_each() -> None:
    assert len(FRAMES) >= 40
    assert len({frame.name for frame in FRAMES}) == len(FRAMES)
    assert all(len(frame.ways) >= 4 for frame in FRAMES)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.name)
def test_every_way_mentions_every_core_fact(frame: mrpc.Frame) -> None:
    """Whichever options are chosen: changing a core fact must change the sentence."""
    for way in frame.ways:
        for attempt in range(20):
            facts = frame.happen(random.Random(attempt))
            told = frame.tell(way, facts, random.Random(attempt))
            for name, kind in frame.core.items():
                other = facts | {name: redraw(kind, set(facts.values()), random.Random(attempt))}
                assert frame.tell(way, other, random.Random(attempt)) != told, f"{name} is missing from: {way}"


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.name)
def test_swapped_parties_are_of_one_kind(frame: mrpc.Frame) -> None:
    assert len({frame.core[name] for name in frame.swap}) <= 1
    assert not frame.voice or frame.voice in NAMES["voices"]


def test_states_have_one_variant_each() -> None:
    """A hole with too many variants would never show the last ones; one with too few fails in the test above."""

    for frame in FRAMES:
        facts = frame.happen(random.Random(0))

        def fill(name: str, form: str | None, variants: list[str] | None, frame=frame, facts=facts) -> str:
            if variants is not None:
                assert len(variants) == len(frame.core[name]), f"{frame.name}: {name} has variants {variants}"
            return facts[name].say(form, variants)

        for way in frame.ways:
            expand(way, fill, random.Random(0))


def test_movie_banks_have_no_phrase_twice_and_both_sides_alike() -> None:
    good, bad = sst2.MOVIES["opinions"]["good"], sst2.MOVIES["opinions"]["bad"]
    for kind in good:
        assert len(good[kind]) == len(bad[kind]) == len(set(good[kind]) | set(bad[kind])) / 2
    subjects = [subject for aspect in sst2.MOVIES["aspect"] for subject in aspect["subject"]]
    assert len(subjects) == len(set(subjects))


def test_every_frame_has_claims_and_questions() -> None:
    assert [event.frame for event in EVENTS] == list(FRAMES)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.frame.name)
def test_claims_mention_only_what_is_certain_of_an_event(event: Event) -> None:
    core = set(event.frame.core)
    assert {*event.firm, *event.ask} <= core
    for text in event.claims + event.guesses:
        assert mentions(text) <= core, text
    assert event.refutable(core)
    for asked, question in event.ask.items():
        assert asked not in mentions(question)
        assert any(asked in mentions(claim) for claim in event.claims), asked
        assert len(event.silent_about(asked)) >= 2, asked


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.frame.name)
def test_a_contradiction_is_another_sentence_than_the_claim(event: Event) -> None:
    for claim in event.refutable(set(event.frame.core)):
        for attempt in range(20):
            facts = event.frame.happen(random.Random(attempt))
            plain = {mrpc.word(claim, facts, random.Random(other)) for other in range(20)}
            assert event.contradict(claim, facts, random.Random(attempt)) not in plain, claim


def test_states_of_claims_have_one_variant_each() -> None:
    for event in EVENTS:
        facts = event.frame.happen(random.Random(0))

        def fill(name: str, form: str | None, variants: list[str] | None, event=event, facts=facts) -> str:
            if variants is not None:
                assert len(variants) == len(event.frame.core[name]), f"{event.frame.name}: {name} has {variants}"
            return facts[name].say(form, variants)

        for text in [*event.claims, *event.guesses, *event.ask.values()]:
            expand(text, fill, random.Random(0))


def test_what_is_no_english_has_a_counterpart_that_is() -> None:
    for frame in cola.ACCEPTABILITY["frame"]:
        assert len(frame["good"]) == len(frame["bad"]), frame["rule"]
        assert not {*frame["good"]} & {*frame["bad"]}


def test_questions_have_several_ways_and_topics_several_intents() -> None:
    for topic in bank("questions")["topic"]:
        assert len(topic["intents"]) >= 2
        assert all(len(ways) == len(set(ways)) >= 3 for ways in topic["intents"].values())


def test_pronouns_have_words_for_both_readings() -> None:
    for schema in bank("pronouns")["schema"]:
        assert schema["keys"]["a"] and schema["keys"]["b"]
        assert not {*schema["keys"]["a"]} & {*schema["keys"]["b"]}
        assert "{key}" in schema["claim"] and "{it}" in schema["claim"]


def test_choices_holes_and_states_are_expanded_inside_out() -> None:
    facts = {"trend": Fact("down", state=1), "percent": Fact("8", words="eight")}
    told = expand(
        "it {trend:rose|(fell|fell) by {percent}}( or {percent.words}|  or {percent.words})",
        lambda name, form, variants: facts[name].say(form, variants),
        random.Random(0),
    )
    assert " ".join(told.split()) == "it fell by 8 or eight"


def test_details_can_be_left_out() -> None:
    told = {
        expand("it (rose|grew)( by far|)", lambda *hole: "", random.Random(attempt), details=False)
        for attempt in range(20)
    }
    assert told == {"it rose", "it grew"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 8 percent rise", "An 8 percent rise."),
        ("a 11-year-old and a 110-year-old", "An 11-year-old and a 110-year-old."),
        ("a 1,800 meter race", "A 1,800 meter race."),
        (
            "a old clock, a hour, a useful tool, a one-year deal",
            "An old clock, an hour, a useful tool, a one-year deal.",
        ),
        ('"It is," she said "so."', '"It is," she said "so."'),
        ("is it a old clock?", "Is it an old clock?"),
    ],
)
def test_sentence_finishing(text: str, expected: str) -> None:
    assert sentence(text) == expected


def test_numbers_and_their_words() -> None:
    assert [in_words(number) for number in (3, 20, 48, 98)] == ["three", "twenty", "forty-eight", "ninety-eight"]
    rng = random.Random(0)
    assert {draw("1200..1400 step 100", rng).text for _ in range(50)} == {"1,200", "1,300", "1,400"}
    assert draw("year 1610..1890", rng).text.isdigit()
    assert len(draw("12.10..88.90", rng).text.partition(".")[2]) == 2
    with pytest.raises(KeyError):
        draw("dragon", rng)
