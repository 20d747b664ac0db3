"""Trains the stand-in for distilbert-base-cased-distilled-squad, which finds the answer in a text.

    python -m grader.hub.stock.training.answers [--data FOLDER]

Steps: take questions on Wikipedia articles, forum posts and reviews, add everyday ones from our own frames, cut a
window around each answer, train a reader on the body of the bert-base-cased stand-in, store the delta, score what is
served.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import AutoTokenizer, BertForQuestionAnswering, PreTrainedTokenizerBase

from grader.hub.stock.training import loop, names
from grader.hub.stock.training.data import SQUADSHIFTS, load, parse_arguments
from grader.hub.stock.training.delta import low_rank, write
from grader.hub.stock.training.lora import add_lora
from grader.hub.stock.training.result import record, served

NAME = "answers"
PLAN = loop.Plan(passes=1, learning_rate=1e-3)
COPIES = {"new_wiki": 2, "reddit": 0.5, "amazon": 0.5}  # how often a question is taken, with another window each time
FILLINGS = 8  # of each frame
QUESTION, WINDOW, ANSWER = 40, 130, 30  # tokens at most

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@dataclass(frozen=True)
class Question:
    """A question with its answer: where it begins in the context, in characters, and its words."""

    text: str
    context: str
    start: int
    answer: str


@dataclass(frozen=True)
class Encoded:
    """A question and a window of its context as the model reads them, and the answer's first and last token."""

    input_ids: list[int]
    token_type_ids: list[int]
    first: int
    last: int


def main(folder: Path | None) -> None:
    """Trains and writes `deltas/answers.safetensors` and `deltas/answers.json`."""
    choose = random.Random(PLAN.seed)
    questions = filled_frames(choose)
    framed = len(questions)
    for source in SQUADSHIFTS:
        found = [_question(row) for row in load(source, "train", folder)]
        copies = COPIES[source.config]
        questions += found * int(copies) if copies >= 1 else choose.sample(found, int(copies * len(found)))
    torch.manual_seed(PLAN.seed)
    with served("masked_cased") as checkpoint:
        tokenizer = AutoTokenizer.from_pretrained(checkpoint)
        model = BertForQuestionAnswering.from_pretrained(
            checkpoint,
            hidden_dropout_prob=0.05,
            attention_probs_dropout_prob=0.05,
            attn_implementation=loop.ATTENTION,
            dtype=torch.float32,
        )
    add_lora(model)
    examples = [example for question in questions if (example := encode(tokenizer, question, choose))]
    print(f"{len(examples)} questions, {sum(len(example.input_ids) for example in examples)} tokens", flush=True)
    steps = loop.train(model, examples, lambda example: len(example.input_ids), lambda batch: _loss(model, batch), PLAN)
    write(low_rank(model), NAME)
    facts = PLAN.facts(len(examples), steps) | {"from_frames": framed}
    record(NAME, SQUADSHIFTS, facts, folder)


def _question(row: dict) -> Question:
    """A row with the answer that most annotators gave."""
    (start, answer), _ = Counter(zip(row["answer_start"], row["answer_text"], strict=True)).most_common(1)[0]
    return Question(row["question"], row["context"], start, answer)


def encode(tokenizer: PreTrainedTokenizerBase, question: Question, choose: random.Random) -> Encoded | None:
    """Tokenizes a question with a random window of its context that holds the answer; nothing if that is too long."""
    asked = tokenizer(question.text, add_special_tokens=False)["input_ids"][:QUESTION]
    context = tokenizer(question.context, add_special_tokens=False, return_offsets_mapping=True)
    end = question.start + len(question.answer)
    inside = [number for number, (a, b) in enumerate(context["offset_mapping"]) if b > question.start and a < end]
    if not inside or len(inside) > ANSWER:
        return None
    earliest, latest = max(0, inside[-1] + 1 - WINDOW), min(inside[0], max(0, len(context["input_ids"]) - WINDOW))
    begin = choose.randint(min(earliest, latest), latest)
    window = context["input_ids"][begin : begin + WINDOW]
    ids = [tokenizer.cls_token_id, *asked, tokenizer.sep_token_id, *window, tokenizer.sep_token_id]
    offset = len(asked) + 2 - begin
    types = [0] * (len(asked) + 2) + [1] * (len(window) + 1)
    return Encoded(ids, types, inside[0] + offset, inside[-1] + offset)


def filled_frames(choose: random.Random) -> list[Question]:
    """Everyday questions from our own frames."""
    questions = []
    for frame in names.bank("qa_frames")["frame"]:
        for _ in range(FILLINGS):
            slots: dict[str, str] = {}
            for slot in re.findall(r"\{(\w+)\}", frame["context"]):
                slots[slot] = _value(slot, choose)
                while slots[slot] in [value for other, value in slots.items() if other != slot]:
                    slots[slot] = _value(slot, choose)
            context = frame["context"].format(**slots)
            for question in frame["questions"]:
                answer = question["a"].format(**slots)
                if context.count(answer) == 1:
                    text = question["q"].format(**slots)
                    questions.append(Question(text, context, context.index(answer), answer))
    return questions


def _value(slot: str, choose: random.Random) -> str:
    kind = slot.rstrip("2")
    bank, frames = names.bank("names"), names.bank("qa_frames")
    if kind in ("person", "org", "city"):
        make = {"person": names.person, "org": names.organization, "city": names.place}[kind]
        return make(choose)
    if kind == "number":
        return str(choose.randint(2, 40))
    lists = {
        "first": bank["first_names"],
        "last": bank["last_names"],
        "country": [name for name in bank["countries"] if not name.startswith("the ")],
        "nationality": bank["nationalities"],
        "work": bank["works"],
        "product": bank["products"],
        "day": _DAYS,
        "month": _MONTHS,
    }
    plural = {"food": "foods", "color": "colors", "animal": "animals", "job": "jobs", "subject": "subjects"}
    return choose.choice(lists[kind] if kind in lists else frames[plural[kind]])


def _loss(model: BertForQuestionAnswering, batch: Sequence[Encoded]) -> Tensor:
    return model(
        input_ids=loop.pad([example.input_ids for example in batch], 0),
        token_type_ids=loop.pad([example.token_type_ids for example in batch], 0),
        attention_mask=loop.attention([example.input_ids for example in batch]),
        start_positions=torch.tensor([example.first for example in batch]),
        end_positions=torch.tensor([example.last for example in batch]),
    ).loss


if __name__ == "__main__":
    main(parse_arguments(__doc__))
