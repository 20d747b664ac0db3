"""What the masked-word stand-ins are asked: which words are hidden, and our own sentences with gaps."""

from __future__ import annotations

import random
import re

import pytest
import torch
from tokenizers import Tokenizer

from grader.hub.stock.training import french, gaps, hiding, loop, masked
from grader.hub.stock.training.corpus import plain

IDS = [101, *range(2000, 2040), 102]


def test_hiding_keeps_the_ends_and_remembers_what_was_there() -> None:
    given, targets = hiding.hide(hiding.Piece(IDS), random.Random(0), masked.MASK, masked.PIECES)
    hidden = [position for position, target in enumerate(targets) if target != loop.IGNORED]
    assert len(hidden) == round(hiding.Hiding().share * 40) and {0, 41}.isdisjoint(hidden)
    assert all(targets[position] == IDS[position] for position in hidden)
    assert [given[position] for position in range(42) if position not in hidden] == [
        IDS[position] for position in range(42) if position not in hidden
    ]
    assert masked.MASK in given


def test_little_words_are_hidden_less_often() -> None:
    choose = random.Random(0)
    hidden = [0, 0]
    for _ in range(200):
        _, targets = hiding.hide(
            hiding.Piece(IDS), choose, masked.MASK, masked.PIECES, range(2000, 2020), hiding.Hiding(little_words=0.25)
        )
        for target in set(targets) - {loop.IGNORED}:
            hidden[target >= 2020] += 1
    assert 3 < hidden[1] / hidden[0] < 5


def test_the_word_in_a_gap_is_hidden_most_often_and_then_alone() -> None:
    choose, piece = random.Random(0), hiding.Piece(IDS, gap=7)
    drawn = [hiding.hide(piece, choose, masked.MASK, masked.PIECES) for _ in range(300)]
    alone = [given for given, targets in drawn if targets == [loop.IGNORED] * 7 + [2006] + [loop.IGNORED] * 34]
    assert 0.6 < len(alone) / len(drawn) < 0.8
    assert all(given == [*IDS[:7], masked.MASK, *IDS[8:]] for given in alone)


def test_words_of_a_sentence_are_marked_without_the_little_ones() -> None:
    there = hiding.already_there(torch.tensor([[1, 5, 3, 0], [2, 2, 4, 0]]), 6, [0, 4])
    assert there.tolist() == [[0, 1, 0, 1, 0, 1], [0, 0, 1, 0, 0, 0]]


def test_a_margin_makes_a_word_of_the_sentence_a_stronger_rival() -> None:
    """It changes the loss of short texts alone, and of none whose hidden word is the only one that competes there."""
    tokenizer = Tokenizer.from_file(str(french.TOKENIZER))
    pieces = [hiding.Piece(tokenizer.encode("Le chat noir dort.").ids)]
    model = french.CamembertForMaskedLM(
        french.CamembertConfig(**french.CONFIG | {"vocab_size": french.VOCABULARY}, attn_implementation=loop.ATTENTION)
    ).eval()
    given, targets = zip(
        *(hiding.hide(piece, random.Random(1), french.MASK, range(5, 9)) for piece in pieces), strict=True
    )
    little = french._little_words(tokenizer, pieces)
    without, with_margin = (french._loss(model, given, targets, (), margin).item() for margin in (0.0, 9.0))
    assert with_margin > without + 1
    assert french._loss(model, given, targets, range(french.VOCABULARY), 9.0).item() == pytest.approx(without)
    assert little >= set(pieces[0].ids)
    longer = [row * 12 for row in given], [row * 12 for row in targets]
    assert french._loss(model, *longer, (), 9.0).item() == french._loss(model, *longer, (), 0.0).item()


@pytest.mark.parametrize(("language", "count"), [("en", 5000), ("fr", 1700)])
def test_our_gaps_are_sound(language: str, count: int) -> None:
    lines = gaps.lines(language)
    assert len(lines) == len({re.sub(r"\{.*\}", "gap", line.lower()) for line in lines}) > count
    for line in lines:
        (found,) = re.findall(r"\{(.*?)\}", line)
        words, others = found.split("|"), re.findall(r"\w+", line.replace(found, " ").lower())
        assert 2 <= len(words) == len(set(words)) and all(word.isalpha() for word in words), line
        assert not {word.lower() for word in words} & set(others), line
        assert line == plain(line) and line[-1] in ".?!", line


def test_a_gap_is_filled_with_each_of_its_words_and_knows_where() -> None:
    sentences = gaps.filled("en")
    assert len(sentences) == sum(line.count("|") + 1 for line in gaps.lines("en"))
    assert not [sentence for sentence in sentences if re.search(r"[{}|]", sentence.text)]
    first = gaps.lines("en")[0]
    words = [sentence.word for sentence in sentences[: first.count("|") + 1]]
    assert first.count("{" + "|".join(words) + "}") == 1
    assert all(sentence.text.startswith(sentence.word, sentence.start) for sentence in sentences)


def test_pieces_of_gaps_point_at_their_word() -> None:
    tokenizer = Tokenizer.from_file(str(french.TOKENIZER))
    pieces = hiding.gap_pieces(tokenizer, "fr")
    whole = [(piece, sentence) for piece, sentence in zip(pieces, gaps.filled("fr"), strict=True) if piece.gap]
    assert len(whole) > len(pieces) / 2
    for piece, sentence in whole[:500]:
        assert tokenizer.decode([piece.ids[piece.gap]]).strip() == sentence.word
