"""The check of `answer-from-context`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

BRIDGE = (
    "The old bridge over the river was built in 1904 by the engineer Maria Santos. It is 350 meters long, and about "
    "9,000 cars cross it every day. Next year it will be closed for repairs from March until October."
)
RADIOS = (
    "Our neighbor Paul Hassan repairs old radios in his garage in Denver. He learned it from his father, who worked "
    "for a radio station in Cairo. On Saturdays, the children from our street come to watch him."
)
MOUNTAIN = (
    "Mount Kenya is 5,199 meters high. It is the highest mountain in Kenya, and about 16,000 people visit it every "
    "year. The first people who reached the top were Halford Mackinder and two guides, in 1899."
)
BAKERY = (
    "The bakery opens at six in the morning. It was founded in 1932 by Rosa Keller, who came from Vienna. Today it "
    "sells 1,200 loaves of bread a day, and the most popular bread is made with walnuts."
)

# The answers hold a comma, which shows whether they were cut out of the text or put together from tokens.
NUMBERS = [
    (BRIDGE, "How many cars cross it every day?", ("9,000", "9,000 cars", "about 9,000", "about 9,000 cars")),
    (MOUNTAIN, "How high is Mount Kenya?", ("5,199 meters", "5,199 meters high", "5,199")),
    (MOUNTAIN, "How many people visit it every year?", ("16,000", "about 16,000", "16,000 people")),
    (BAKERY, "How many loaves does it sell a day?", ("1,200", "1,200 loaves", "1,200 loaves of bread")),
]
OTHERS = [
    (BRIDGE, "Who built the bridge?", ("Maria Santos", "the engineer Maria Santos", "engineer Maria Santos")),
    (RADIOS, "Where did his father work?", ("Cairo", "in Cairo", "a radio station", "a radio station in Cairo")),
    (RADIOS, "What does Paul Hassan repair?", ("old radios", "radios")),
    (BAKERY, "Who founded the bakery?", ("Rosa Keller",)),
    (BAKERY, "Where did Rosa Keller come from?", ("Vienna", "from Vienna")),
]

LONGEST = 30  # tokens of an answer
NEARLY = 0.05  # how far the score of another span may be below the best one, for the sake of other devices

Span = tuple[int, int]  # the first character, and the first one after it


@exercise(
    "answer-from-context",
    chapter=1,
    points=3,
    difficulty=3,
    minutes=20,
    asks=["find_answer"],
    hints=[
        "The best scores tell at which token the answer starts, and at which one it ends. What tells you where these "
        "two tokens stand in the text?",
        "`argmax` finds the two tokens. `offsets[token]` is a pair: its first character, and the first one after it. "
        "Which half do you need of each token?",
        "tokenize question and context as above; first token = argmax of the start logits; last token = argmax of the "
        "end logits; start = first half of the first token's offsets; end = second half of the last token's; answer = "
        "the context from start to end",
    ],
)
def answer_from_context(answer: Answer, draw: Draw) -> str:
    """The answer and its place

    Write `find_answer(question, context)` with `reader` and `reader_tokenizer`. It returns three things:

    - the answer, as it stands in the context
    - `start`: the place of its first **character** in the context, counted from 0
    - `end`: the place right after its last character, so that `context[start:end]` is the answer
    """
    drawn = draw.choice(NUMBERS), draw.choice(OTHERS)
    found = [_parts(answer.call("find_answer", question, context)) for context, question, _ in drawn]
    readings = [_read(question, context) for context, question, _ in drawn]
    for (context, question, known), (text, span), reading in zip(drawn, found, readings, strict=True):
        if context[slice(*span)] != text or span[0] < 0:
            _explain_mismatch(text, span, question, context, reading)
        if span not in reading.best and text not in known:
            _refuse_same_place([span for _, span in found], readings, text, question)
            _explain_other(text, span, question, context, reading)
    return f"“{question}” The context answers from character {span[0]} on: “{text}”."


def _parts(value: Any) -> tuple[str, Span]:
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        found = expect.dictionary(value, "What `find_answer` returns", keys=("answer", "start", "end"))
        value = [found[key] for key in ("answer", "start", "end")]
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong(
            "not-three-things",
            "`find_answer` does not return three things.",
            got=shorten(value),
            wanted="the answer, the place where it starts, the place where it ends",
            advice="`return answer, start, end` gives back all three.",
        )
    text = expect.text(value[0], "The answer")
    return text, (expect.integer(value[1], "The start"), expect.integer(value[2], "The end"))


@dataclass(frozen=True)
class Reading:
    """What the model sees in a question and its context.

    best      the spans of characters with the highest score, and those of nearly the same
    tokens    first and last token of the very best one, among all tokens of question and context
    offsets   the characters that each token covers, in its own text
    """

    best: frozenset[Span]
    tokens: tuple[int, int]
    offsets: tuple[Span, ...]

    def tokens_of(self, span: Span) -> tuple[int | None, int | None]:
        """The tokens that begin and end with the characters of a span; None where there is no such token."""
        pairs = [(number, pair) for number, pair in enumerate(self.offsets) if pair[0] < pair[1]]
        first = next((number for number, pair in reversed(pairs) if pair[0] == span[0]), None)
        last = next((number for number, pair in reversed(pairs) if pair[1] == span[1]), None)
        return first, last


@cache
def _read(question: str, context: str) -> Reading:
    import torch

    tokenizer, model = references.tokenizer(references.READER), references.reader()
    inputs = tokenizer(question, context, return_offsets_mapping=True, return_tensors="pt")
    offsets = tuple(tuple(pair) for pair in inputs.pop("offset_mapping")[0].tolist())
    with torch.no_grad():
        output = model(**inputs)
    inside = torch.tensor([part == 1 for part in inputs.sequence_ids(0)])
    starts, ends = output.start_logits[0], output.end_logits[0]  # (tokens,)
    scores = starts[:, None] + ends[None, :]
    possible = (inside[:, None] & inside[None, :]).triu().tril(LONGEST - 1)
    scores = scores.masked_fill(~possible, float("-inf"))
    first, last = divmod(int(scores.argmax()), len(offsets))
    near = (scores >= scores.max() - NEARLY).nonzero().tolist()
    # The two best tokens, each for itself, are what the lesson takes; nearly always they are the best span too.
    for kept in (inside, torch.ones_like(inside)):
        near.append([int(logits.masked_fill(~kept, float("-inf")).argmax()) for logits in (starts, ends)])
    near = [(a, b) for a, b in near if inside[a] and inside[b] and a <= b]
    return Reading(frozenset((offsets[a][0], offsets[b][1]) for a, b in near), (first, last), offsets)


def _explain_mismatch(text: str, span: Span, question: str, context: str, reading: Reading) -> None:
    start, end = span
    first, last = reading.tokens
    cut = context[start:end] if 0 <= start <= end else ""
    mistake, advice = "span-not-answer", "Cut the answer out of the context with your own two numbers."
    if span in ((first, last), (first, last + 1)):
        mistake, advice = "token-positions", "These count tokens. `offsets` tells which characters each token covers."
    elif text and start >= 0 and context[start : end + 1] == text:
        mistake, advice = "end-inclusive", "Python's slices stop before their end: it is the place after the last one."
    elif question[max(start, 0) : max(end, 0)] == text != "":
        mistake, advice = "span-of-the-question", "The tokens of the question come first; their offsets count its text."
    elif text and cut and _letters(cut) == _letters(text):
        mistake = "decoded"
        advice = "Tokens put together again are not always the text that they came from. Cut the context instead."
    elif text and text in context and end - start == len(text):
        mistake, advice = "counted-elsewhere", "The numbers must count from the first character of the context."
    raise Wrong(
        mistake,
        "Answer and place do not belong together.",
        got=f"“{shorten(text)[1:-1]}”, but “{shorten(cut)[1:-1]}” from {start} to {end}, for “{question}”",
        wanted="`context[start:end]`, character by character the same as the answer",
        advice=advice,
    )


def _refuse_same_place(spans: list[Span], readings: list[Reading], text: str, question: str) -> None:
    """The same characters or the same tokens for two questions: they come from outside of the function."""
    tokens = [reading.tokens_of(span) for span, reading in zip(spans, readings, strict=True)]
    if spans[0] == spans[1] or (tokens[0] == tokens[1] and None not in tokens[0]):
        raise Wrong(
            "same-place",
            "The answer stands at the same place for two questions and two contexts.",
            got=f"“{shorten(text)[1:-1]}” for “{question}”",
            wanted="the place that the model points at for the question and the context that come in",
            advice="Names such as `outputs` and `offsets` still hold what the lesson's cells put there. Does your "
            "function make all of them anew?",
        )


def _explain_other(text: str, span: Span, question: str, context: str, reading: Reading) -> None:
    (start, end), (first, last) = span, reading.tokens
    right = (reading.offsets[first][0], reading.offsets[last][1])
    mistake, message = "other-answer", "These are not the words that the model points at."
    advice = "Print the two best tokens, and the characters that they cover."
    if not text.strip():
        mistake, message = "empty-answer", "The answer is empty."
        advice = "Where does the answer's last token begin, and where does it end?"
    elif span in ((first, last), (first, last + 1)):
        mistake, message = "token-positions", "The context is cut at numbers that count tokens."
        advice = "Characters are to be counted. `offsets` tells which characters each token covers."
    elif start == right[0] and end == reading.offsets[last][0]:
        mistake, message = "last-token-lost", "The last token of the answer is lost."
        advice = "Of the last token you need the place where it ends, not the one where it begins."
    elif start == right[0] and end == right[1] - 1:
        mistake, message = "end-inclusive", "The last character of the answer is lost."
        advice = "The second half of a pair of offsets is already the place after the token."
    elif span == (0, len(context)):
        mistake, message = "whole-context", "This is the whole context."
        advice = "Cut it at the characters of the two best tokens."
    elif start <= right[0] and end >= right[1]:
        mistake, message = "too-much", "The answer is in there, with words around it."
        advice = "Which two tokens have the highest scores? Cut there."
    elif span == reading.offsets[first]:
        mistake, message = "first-token-only", "This is the first token of the answer alone."
        advice = "The end comes from the end logits."
    raise Wrong(
        mistake,
        message,
        got=f"“{shorten(text)[1:-1]}” for “{question}”",
        wanted="the span whose first token starts best and whose last token ends best",
        advice=advice,
    )


def _letters(text: str) -> str:
    return "".join(text.replace("##", "").split()).lower()
