"""The check of `bpe-merge`."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.parts import Parts
from grader.judging.verdict import Wrong

Corpus = dict[tuple[str, ...], int]
Pair = tuple[str, str]

WORDS = ["sun", "sunny", "run", "runner", "bun", "banana", "nanny", "butter", "better", "bitter", "hotter", "winner"]


@exercise(
    "bpe-merge",
    chapter=2,
    points=3,
    difficulty=4,
    minutes=25,
    asks=["most_frequent_pair", "merge_pair"],
    hints=[
        "A word that was counted 5 times holds a pair of neighbors once. How often did the pair occur in the texts?",
        "`zip(word, word[1:])` gives the neighbors of a word; `max(counts, key=counts.get)` the first of the largest.",
        "pair: for each word and its count, add the count to each pair of neighbors; take the largest. merge: walk "
        "through a word with a position; at the pair, append the joined symbol and step by 2, else append one and "
        "step by 1; keep the count",
    ],
)
def bpe_merge(answer: Answer, draw: Draw) -> str:
    """One step of BPE

    BPE learns its pieces from a corpus, step by step
    ([Sennrich et al. 2016](https://arxiv.org/abs/1508.07909)). A corpus is a dictionary: each word, a tuple of
    symbols, with its count, such as `{("s", "u", "n"): 6, ("r", "u", "n"): 2}`. Write

    - `most_frequent_pair(corpus)`: the two neighbors inside a word, as a tuple, that occur most often; among equals,
      the pair that comes first in the corpus;
    - `merge_pair(corpus, pair)`: a new corpus, where the pair has become one symbol wherever it stands, from left to
      right.
    """
    counts = draw.integers(len(WORDS), 2, 30)
    drawn = {tuple(word): count for word, count in zip(draw.shuffled(WORDS), counts, strict=True)}
    pairs = (
        {("s", "u", "n"): 6, ("r", "u", "n"): 2},
        # Read as one long word, it would hold "x", "y" three times.
        {("p", "x"): 1, ("y", "q"): 1, ("r", "x"): 1, ("y", "s"): 1, ("z", "x"): 1, ("y", "w"): 1},
        # One word is frequent, another pair stands in more words.
        {("b", "u", "n"): 1, ("f", "u", "n"): 1, ("g", "u", "m"): 9, ("s", "u", "n"): 2},
        # Equals; the alphabet has another order than the corpus.
        {("y", "e", "t"): 4, ("c", "a", "b"): 4},
        drawn,
    )
    merges = (
        ({("s", "u", "n"): 6, ("r", "u", "n"): 2, ("h", "o", "t"): 3}, ("u", "n")),
        ({tuple("banana"): 4, tuple("nan"): 1}, ("n", "a")),
        ({("a", "a", "a"): 3, ("a", "a", "a", "a"): 2, ("b", "a"): 5}, ("a", "a")),
        # The letters stand there, the symbols do not.
        ({("un", "d", "o"): 2, ("s", "u", "n", "d"): 7, ("n", "do"): 3, ("n", "d"): 1}, ("n", "d")),
        (drawn, _most_frequent(drawn)),
    )
    parts = Parts()
    with parts.worth(1):
        for corpus in pairs:
            _pair(answer.call("most_frequent_pair", corpus), corpus)
    with parts.worth(2):
        for corpus, pair in merges:
            _merged(answer.call("merge_pair", corpus, pair), corpus, pair)
    parts.settle()
    learned = []
    for _ in range(6):
        pair = _most_frequent(drawn)
        drawn = _merge(drawn, pair)
        learned.append("".join(pair))
    return f"Six steps on a small corpus make the pieces {', '.join(learned)}. GPT-2 took 50,000 (Radford et al. 2019)."


def _count(corpus: Corpus) -> Counter[Pair]:
    counts: Counter[Pair] = Counter()
    for word, count in corpus.items():
        for pair in pairwise(word):
            counts[pair] += count
    return counts


def _most_frequent(corpus: Corpus) -> Pair:
    return _count(corpus).most_common(1)[0][0]


def _merge(corpus: Corpus, pair: Pair) -> Corpus:
    return {_merge_word(word, pair): count for word, count in corpus.items()}


def _merge_word(word: tuple[str, ...], pair: Pair) -> tuple[str, ...]:
    symbols, i = [], 0
    while i < len(word):
        width = 2 if word[i : i + 2] == pair else 1
        symbols.append("".join(word[i : i + width]))
        i += width
    return tuple(symbols)


def _pair(value: Any, corpus: Corpus) -> None:
    got = f"{shorten(value, 60)} for {shorten(corpus, 150)}"
    if isinstance(value, str):
        raise Wrong(
            "joined-pair",
            "`most_frequent_pair` returns one text.",
            got=got,
            wanted="a tuple of two symbols, not joined yet",
            advice="Joining the two is the work of `merge_pair`.",
        )
    pair = tuple(value) if isinstance(value, list | tuple) else value
    if isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], list | tuple):
        raise Wrong(
            "pair-and-count",
            "`most_frequent_pair` returns more than the pair.",
            got=got,
            wanted="the pair alone, a tuple of two symbols",
            advice="`most_common(1)` is a list of (pair, count): take the pair out of it.",
        )
    if not isinstance(pair, tuple) or len(pair) != 2 or not all(isinstance(symbol, str) for symbol in pair):
        raise Wrong(
            "not-a-pair",
            "`most_frequent_pair` does not return a pair.",
            got=got,
            wanted="a tuple of two symbols",
            advice="Does every path of your function `return` the result?"
            if value is None
            else "Return the key with the largest count, nothing else.",
        )
    counts = _count(corpus)
    if pair == (right := _most_frequent(corpus)):
        return
    if pair not in counts:
        raise Wrong(
            "across-words",
            "These two are not neighbors inside any word.",
            got=got,
            wanted="two neighbors of one word",
            advice="Do not join the words: a pair must not reach from the end of one word into the next.",
        )
    if counts[pair] == counts[right]:
        raise Wrong(
            "tie",
            "Another pair is just as frequent and comes earlier in the corpus.",
            got=got,
            wanted="among equals, the first",
            advice="Compare nothing but the counts, and count the pairs in the order in which they come: `max` keeps "
            "the first of equals.",
        )
    if pair == _most_frequent(dict.fromkeys(corpus, 1)):
        raise Wrong(
            "counts-ignored",
            "This pair stands in the most words, but other words are more frequent.",
            got=got,
            wanted="the pair that occurs most often in the texts",
            advice="A word with the count 9 adds 9 to each of its pairs.",
        )
    raise Wrong(
        "other-pair",
        "Another pair is more frequent.",
        got=got,
        wanted=f"a pair that occurs {counts[right]} times; yours does {counts[pair]} times",
        advice="Print your counts for this corpus and check one by hand.",
    )


def _merged(value: Any, corpus: Corpus, pair: Pair) -> None:
    right = _merge(corpus, pair)
    if not isinstance(value, dict):
        raise Wrong(
            "not-a-corpus",
            "`merge_pair` does not return a corpus.",
            got=shorten(value),
            wanted="a dictionary from tuples of symbols to counts",
            advice="Build a new dictionary, word by word, and `return` it.",
        )
    if odd := [word for word in value if not isinstance(word, tuple) or not _are_texts(word)]:
        raise Wrong(
            "words-not-tuples",
            "The words of the new corpus are no tuples of symbols.",
            got=shorten(odd[0]),
            wanted="tuples, as in the corpus that goes in",
            advice="A list cannot be a key; `tuple(symbols)` can.",
        )
    whole = {"".join(word): word for word in value}
    for word in corpus:
        found = whole.get("".join(word))
        if found is None and pair[0] == pair[1]:
            _overlap(f"no {''.join(word)!r} any more after merging {pair} in {shorten(corpus, 150)}")
        if found is None:
            if (became := _became(word, value, corpus)) is not None:
                _explain_symbols(word, became, pair)
            raise Wrong(
                "words-lost",
                "A word is missing from the new corpus.",
                got=f"no {''.join(word)!r} after merging {pair} in {shorten(corpus, 150)}",
                wanted="all words, with the pair and without",
                advice="Put the symbols of each new word together: nothing may be left over or fall away at its end.",
            )
        if found != _merge_word(word, pair):
            _explain_word(word, found, pair)
    if len(value) != len(right):
        extra = next(word for word in value if word not in right)
        raise Wrong(
            "words-added",
            "The new corpus holds more words than the old one.",
            got=f"{shorten(extra)} after merging {pair}",
            wanted=f"the same {len(right)} words",
            advice="Start from an empty dictionary, and put each word in once.",
        )
    for word, count in value.items():
        if expect.integer(count, "A count of the new corpus") != right[word]:
            raise Wrong(
                "counts-changed",
                "The symbols are right, a count is not.",
                got=f"{count} for {word}",
                wanted="the count that the word had before",
                advice="Merging changes how a word is cut, not how often it occurs.",
                earned=1,
            )


def _are_texts(word: tuple) -> bool:
    return all(isinstance(symbol, str) for symbol in word)


def _became(word: tuple[str, ...], value: dict, corpus: Corpus) -> tuple[str, ...] | None:
    """The learner's own tuple for a word whose letters are not all there: the one in its place, else the most alike."""
    if len(value) == len(corpus):
        return list(value)[list(corpus).index(word)]
    known = {"".join(word) for word in corpus}
    others = [other for other in value if "".join(other) not in known]
    return max(others, key=lambda other: SequenceMatcher(None, other, word).ratio(), default=None)


def _explain_symbols(word: tuple[str, ...], found: tuple[str, ...], pair: Pair) -> None:
    got = f"{word} became {found} with the pair {pair}"
    for i, symbol in enumerate(found):
        if "".join(found[:i] + found[i + 1 :]) == "".join(word):
            raise Wrong(
                "symbol-doubled",
                "A symbol stands in a word once more than before.",
                got=f"{got}: the {symbol!r} was kept a second time",
                wanted="the same letters as before, with the pair as one symbol",
                advice="A merge uses up two symbols: step over both, and append neither of them again.",
            )
    for i, symbol in enumerate(word):
        if "".join(word[:i] + word[i + 1 :]) == "".join(found):
            raise Wrong(
                "symbol-lost",
                "A symbol of a word is gone.",
                got=f"{got}: the {symbol!r} was lost",
                wanted="the same letters as before, with the pair as one symbol",
                advice="Where does your walk through the word stop? The last symbol belongs to it, pair or no pair.",
            )
    raise Wrong(
        "letters-changed",
        "A word has other letters than before.",
        got=got,
        wanted="the same letters as before, with the pair as one symbol",
        advice="Walk through this one word on paper: which symbol is appended at each step?",
    )


def _explain_word(word: tuple[str, ...], found: tuple[str, ...], pair: Pair) -> None:
    got = f"{word} became {found} with the pair {pair}"
    if found == word:
        raise Wrong(
            "not-merged",
            "A pair was left as it was.",
            got=got,
            wanted="one symbol in the place of the two",
            advice="Look at each place of the word, up to its end; a tuple of two is compared with `pair`.",
        )
    places = [i for i in range(len(word) - 1) if word[i : i + 2] == pair]
    if places and found == word[: places[0]] + ("".join(pair),) + word[places[0] + 2 :]:
        raise Wrong(
            "first-only",
            "Only the first pair of a word was merged.",
            got=got,
            wanted="each pair of the word",
            advice="Go on behind the merged symbol, to the end of the word.",
        )
    if places and pair[0] == pair[1]:
        _overlap(got)
    raise Wrong(
        "half-symbols",
        "Symbols were merged that are not the pair.",
        got=got,
        wanted=f"only where the whole symbols are {pair[0]!r} and {pair[1]!r}",
        advice="Compare symbols, not letters: replacing text also hits the end of one symbol and the start of another.",
    )


def _overlap(got: str) -> None:
    raise Wrong(
        "overlap",
        "Pairs that overlap are merged in another way.",
        got=got,
        wanted="from left to right; a symbol that was used up is not used again",
        advice="After a merge, step over both symbols.",
    )
