"""The check of `hidden-shape`."""

from __future__ import annotations

from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.plain import call_with_texts, words_of
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.parts import Parts
from grader.judging.verdict import Wrong

WAYS = ("by_attribute", "by_key", "by_index")
TEXTS = [references.WAITING, "I hate this so much!"]


@exercise(
    "hidden-shape",
    chapter=2,
    points=2,
    difficulty=2,
    minutes=10,
    asks=["hidden_shape", *WAYS],
    hints=[
        "How many texts go in, how many tokens has each row of the batch, and how long is the vector of one token?",
        '`model.base_model(**inputs)` runs the body alone. Its output has `.last_hidden_state`, takes `["…"]` as a '
        "dictionary does, and `[0]` as a tuple does.",
        "function: tokenize the texts with padding as tensors, run the body, return the shape of its hidden states as "
        "a tuple; below: the same tensor of `outputs` as attribute, by its key, at its position",
    ],
)
def hidden_shape(answer: Answer, draw: Draw) -> str:
    """The shape of the hidden states

    - `hidden_shape(texts)`: the shape of the hidden states that the body of `model` makes for one batch of texts,
      as three numbers: texts, tokens, size.
    - `by_attribute`, `by_key`, `by_index`: the hidden states in `outputs` from above, three times the same tensor,
      got in three ways.
    """
    tokenizer, model = references.tokenizer(references.SENTIMENT), references.sentiment_model()
    parts = Parts()
    with parts.worth(1):
        for texts in (draw.sample(SENTENCES, 3), ["Snowboarding is unbelievable.", *draw.sample(SENTENCES, 3)]):
            right = (len(texts), max(len(ids) for ids in tokenizer(texts)["input_ids"]), model.config.hidden_size)
            _shape(call_with_texts(answer, "hidden_shape", texts), texts, right)
    states, mask = _reference()
    with parts.worth(1):
        for name in WAYS:
            _states(answer.value(name), name, states, mask)
    parts.settle()
    return f"Shape {tuple(states.shape)}: a vector of {states.shape[2]} numbers for each token, three ways to get it."


def _reference() -> tuple[Any, Any]:
    """Hidden states of the chapter's two texts, shape (texts, tokens, size), and which tokens are no padding."""
    import torch

    inputs = references.tokenizer(references.SENTIMENT)(TEXTS, padding=True, return_tensors="pt")
    with torch.no_grad():
        body = references.sentiment_model().base_model
        states = body(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])[0]
    return states.double().numpy(), inputs["attention_mask"].bool().numpy()


def _shape(value: Any, texts: list[str], right: tuple[int, int, int]) -> None:
    in_words = "three whole numbers: texts, tokens, size"
    library = expect.library_of(value)
    if library in ("torch", "numpy") and value.ndim > 1:
        raise Wrong(
            "tensor-not-shape",
            "`hidden_shape` returns a tensor.",
            got=f"a tensor of shape {tuple(value.shape)}",
            wanted=in_words,
            advice="A tensor's `shape` says how long each axis is.",
        )
    sizes = value.tolist() if library in ("torch", "numpy") else value
    if isinstance(sizes, dict):
        raise Wrong(
            "output-not-shape",
            "`hidden_shape` returns the whole output of a model.",
            got=f"an output with {', '.join(map(str, sizes))}" if sizes else "an empty dictionary",
            wanted=in_words,
            advice="Take the hidden states out of it, and then their shape.",
        )
    if not isinstance(sizes, list | tuple) or not all(isinstance(size, int) for size in sizes):
        raise Wrong(
            "no-shape",
            "`hidden_shape` does not return a shape.",
            got=shorten(value),
            wanted=in_words,
            advice="Does every path of your function `return` the result?" if value is None else "",
        )
    found, got = tuple(sizes), f"{tuple(sizes)} for {len(texts)} texts"
    if found == right:
        return
    labels = references.sentiment_model().config.num_labels
    if found == (right[0], labels):
        raise Wrong(
            "logits-shape",
            "This is the shape of the logits.",
            got=got,
            wanted=in_words,
            advice="You ran the model with its head. `model.base_model` is the body alone.",
        )
    if found == (right[0], right[2]):
        raise Wrong(
            "one-vector",
            "This is one vector for each text.",
            got=got,
            wanted="one vector for each token, so " + in_words,
            advice="No pooling, and no choice of one token: all hidden states.",
        )
    if found == right[1:]:
        raise Wrong(
            "batch-axis-missing",
            "The axis of the texts is missing.",
            got=got,
            wanted=in_words,
            advice="The shape of the whole batch, not of one row.",
        )
    if len(found) != 3:
        raise Wrong(
            "number-of-axes",
            f"This shape has {len(found)} axes.",
            got=got,
            wanted=in_words,
            advice="Return the shape of the hidden states as it is.",
        )
    if sorted(found) == sorted(right):
        raise Wrong(
            "axes-swapped",
            "The right numbers, in another order.",
            got=got,
            wanted=in_words,
            advice="Return the shape of the hidden states as it is.",
        )
    if found[0] != right[0]:
        raise Wrong(
            "other-texts",
            "The first number does not follow the texts that we gave.",
            got=got,
            wanted=in_words,
            advice="Give all of `texts` to the tokenizer in one call, and no batch from above.",
        )
    if found[1] == right[1] - 2:
        raise Wrong(
            "special-tokens-forgotten",
            "Two tokens are missing in each text.",
            got=got,
            wanted="all tokens that go into the model",
            advice="The tokenizer's own call puts one token before the text and one behind it.",
        )
    counts = {max(len(cut(text)) + extra for text in texts) for cut in (str.split, words_of) for extra in (0, 2)}
    if found[1] != right[1] and found[1] in counts:
        raise Wrong(
            "words-counted",
            "The second number counts words.",
            got=got,
            wanted="the tokens of the longest row",
            advice="A word can fall into several tokens: let the tokenizer cut it.",
        )
    if found[1] != right[1]:
        raise Wrong(
            "other-length",
            "The second number is not the length of the rows.",
            got=got,
            wanted="the tokens of the longest text of this batch",
            advice="Pad to the longest text, and no further.",
        )
    raise Wrong(
        "other-size",
        "The third number is not the size of a hidden state.",
        got=got,
        wanted="how many numbers the body makes for one token",
        advice="The model's config knows it, and the body's output shows it.",
    )


def _states(value: Any, name: str, states: Any, mask: Any) -> None:
    if isinstance(value, dict):
        raise Wrong(
            "whole-output",
            f"`{name}` is the whole output.",
            got=f"an output with {', '.join(map(str, value))}" if value else "an empty dictionary",
            wanted="the tensor of hidden states in it",
            advice="An attribute, a key or a position chooses one part of it.",
        )
    if isinstance(value, str):
        raise Wrong(
            "text",
            f"`{name}` is a text.",
            got=shorten(value),
            wanted="the tensor itself",
            advice="A key stands in the brackets behind `outputs`.",
        )
    found = expect.array(value, f"`{name}`")
    got = f"shape {found.shape}"
    if found.shape == (len(states), references.sentiment_model().config.num_labels):
        raise Wrong(
            "logits",
            f"`{name}` holds the logits.",
            got=got,
            wanted="the hidden states, one vector for each token",
            advice="They are in `outputs`, the result of the body; logits come from the model with its head.",
        )
    if found.shape in ((len(states), states.shape[2]), (states.shape[2],)):
        raise Wrong(
            "pooled",
            f"`{name}` has one vector for a whole text.",
            got=got,
            wanted="one vector for each token",
            advice="This is another part of the output, or the row of one token.",
        )
    if found.shape == states.shape[1:]:
        raise Wrong(
            "first-text-only",
            f"`{name}` holds one text.",
            got=got,
            wanted="both texts of the batch",
            advice="One index chooses from the output, a second one would choose a text.",
        )
    if found.shape != states.shape:
        raise Wrong(
            "other-shape",
            f"`{name}` has another shape.",
            got=got,
            wanted="the shape of `hidden`",
            advice="Print the `.shape` of both, and look for the step that changes it.",
        )
    if not expect.close(found[mask], states[mask], tolerance=5e-3):
        raise Wrong(
            "other-states",
            f"`{name}` has the right shape but other numbers.",
            got=shorten([round(float(number), 3) for number in found[0, 0, :4]]),
            wanted="the hidden states of the body's last layer for `texts`",
            advice="Run the cells of this section once more, from the texts on.",
        )
