"""What the stand-ins are trained on: names, tags, frames and word alignment."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from grader.hub.stock.evaluation import everyday
from grader.hub.stock.training import answers, corpus, entities, gaps, names, phrasebook, translation
from grader.hub.stock.training.alignment import align
from grader.hub.stock.training.tagged import Entity, Tagged, entities_of

COURSE = ["sylvain", "hugging face", "huggingface", "brooklyn"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O I-PER I-PER O", [Entity(1, 3, "PER")]),
        ("I-PER B-PER O I-ORG", [Entity(0, 1, "PER"), Entity(1, 2, "PER"), Entity(3, 4, "ORG")]),
        ("I-LOC I-ORG", [Entity(0, 1, "LOC"), Entity(1, 2, "ORG")]),
        ("B-politician I-politician B-task O", [Entity(0, 2, "PER")]),  # CoNLL-2003 has no tasks
        ("B-creative-work I-creative-work", [Entity(0, 2, "MISC")]),
        ("O O", []),
    ],
)
def test_tags_of_all_sets_become_entities(tags: str, expected: list[Entity]) -> None:
    assert list(entities_of(tags.split())) == expected


def test_labels_begin_a_name_only_beside_another_of_its_type() -> None:
    sentence = Tagged(tuple(["Ann", "Lee", "Bob", "Oslo"]), entities_of(["I-PER", "I-PER", "B-PER", "I-LOC"]))
    assert entities.word_labels(sentence) == ["I-PER", "I-PER", "B-PER", "I-LOC"]


def test_another_name_keeps_the_rest_of_the_sentence() -> None:
    sentence = Tagged(
        tuple(["Yesterday", "Ann", "Lee", "left", "Oslo", "."]), entities_of(["O", "I-PER", "I-PER", "O", "I-LOC", "O"])
    )
    known = {"PER": [("Bo",)], "LOC": [("New", "York")]}
    for seed in range(20):
        changed = entities.with_other_names(sentence, known, random.Random(seed))
        assert [entity.kind for entity in changed.entities] == ["PER", "LOC"]
        inside = {position for entity in changed.entities for position in range(entity.start, entity.end)}
        rest = [word for position, word in enumerate(changed.words) if position not in inside]
        assert rest == ["Yesterday", "left", "."]


def test_frames_of_names_mark_exactly_what_was_filled_in() -> None:
    for sentence in entities.filled_frames(random.Random(0))[:2000]:
        assert "{" not in " ".join(sentence.words)
        for entity in sentence.entities:
            assert 0 <= entity.start < entity.end <= len(sentence.words)
            assert sentence.words[entity.start].lower() != "the" or entity.kind == "MISC"


def test_answers_of_frames_stand_where_they_are_said_to() -> None:
    for question in answers.filled_frames(random.Random(0)):
        assert question.context[question.start :].startswith(question.answer)
        assert "{" not in question.text + question.context


def test_names_are_the_same_on_both_sides_of_a_translation() -> None:
    for french, english in translation.filled_frames(random.Random(0)):
        assert "{" not in french + english
        assert re.findall(r"\d+", french) == re.findall(r"\d+", english)
    pair = ("Tom aime Alice.", "Tom loves Alice.")
    for seed in range(30):
        french, english = translation.with_other_names([pair], random.Random(seed))[0]
        assert french.replace(" aime ", " loves ") == english


def test_the_sentences_of_the_course_are_not_trained_on() -> None:
    banks = [str(names.bank(bank)).lower() for bank in ("names", "ner_frames", "mt_frames", "qa_frames", "fr_frames")]
    for bank in banks:
        assert not [name for name in COURSE if re.search(rf"\b{name}\b", bank)]
    sentences = [everyday.question(entry) for task in everyday._TASKS for entry in everyday.course_sentences(task)]
    ours = our_sentences()
    assert len(sentences) == 10 and not ours & set(sentences)
    assert not [text for text in ours if "camembert est" in text.lower()]
    assert not [text for text in ours for name in COURSE if re.search(rf"\b{name}\b", text.lower())]


def test_everyday_sentences_are_not_trained_on() -> None:
    ours = our_sentences() | {" ".join(sentence.words) for sentence in entities.filled_frames(random.Random(0))}
    asked = {entry["text"] for task in everyday._TASKS for entry in everyday.entries(task) if "text" in entry}
    assert not ours & asked


@pytest.mark.parametrize(("task", "mask"), [("fill_mask", "[MASK]"), ("fill_mask_fr", "<mask>")])
def test_no_sentence_of_ours_fills_an_everyday_gap(task: str, mask: str) -> None:
    gaps = [re.escape(plainly(entry["text"].replace(mask, "gap"))) for entry in everyday.entries(task)]
    filled = re.compile("|".join(re.sub(r"\bgap\b", r"\\w+", gap) for gap in gaps))
    assert filled.fullmatch(plainly(everyday.entries(task)[0]["text"].replace(mask, "word")))
    assert not [text for text in sentences_to_fill() if filled.fullmatch(plainly(text))]


def our_sentences() -> set[str]:
    """All sentences of our own frames, of our phrasebook and with our gaps."""
    return {text for pair in translation.filled_frames(random.Random(0)) for text in pair} | sentences_to_fill()


def sentences_to_fill() -> set[str]:
    """Those in which the stand-ins that fill in masked words have guessed."""
    phrases = {text for pair in phrasebook.pairs(random.Random(0)) for text in pair}
    with_gaps = {sentence.text for language in ("en", "fr") for sentence in gaps.filled(language)}
    return phrases | with_gaps | set(corpus.french_frames(random.Random(0)))


def plainly(text: str) -> str:
    """The words alone, in small letters."""
    return " ".join(re.findall(r"\w+", text.lower()))


def test_the_phrasebook_is_sound() -> None:
    lines = phrasebook.lines()
    assert len(lines) == len({plainly(french) for french, _ in lines}) > 14_000
    for french, english in lines:
        assert french == corpus.plain(french) and english == corpus.plain(english)
        assert french and english and not re.search(r"\S[?!:]$", french) and not re.search(r" [?!:]$", english)
        assert sorted(re.findall(r"\{\w+\}", french)) == sorted(re.findall(r"\{\w+\}", english))
    assert not [text for pair in phrasebook.pairs(random.Random(1)) for text in pair if re.search(r"[{}\t]", text)]


def test_french_shortens_its_little_words_before_a_vowel() -> None:
    pairs = {phrasebook.filled(("Le chat de {place} dort.", "The cat of {place} sleeps."), random.Random(seed))
             for seed in range(60)}  # fmt: skip
    for french, english in pairs:
        place = english.removeprefix("The cat of ").removesuffix(" sleeps.")
        before = "d'" if place[0].lower() in "aeiouyhéàâèêîôû" else "de "
        assert french == f"Le chat {before}{place} dort."
    assert {"d'", "de"} <= {french.split()[2][:2] for french, _ in pairs}


def test_alignment_finds_which_word_goes_with_which() -> None:
    """Words 0, 1, 2 of one language are 12, 10, 11 of the other; every sentence has two words."""
    translations = {0: 12, 1: 10, 2: 11}
    pairs = [([a, b], [translations[b], translations[a]]) for a in range(3) for b in range(3) if a != b]
    table = align(pairs * 5, source_size=4, target_size=13).toarray()
    assert {word: int(table[word].argmax()) for word in range(3)} == translations
    assert table[:3].sum(axis=1) == pytest.approx(np.ones(3))
    assert table[3].sum() == 0  # never seen


def test_detokenized_text_reads_as_people_write() -> None:
    text = 'The <unk> ( 1 @,@ 200 m ) isn \'t far , he said : " Go " .'
    assert corpus.detokenized(text) == 'The [UNK] (1,200 m) isn\'t far, he said: "Go".'
