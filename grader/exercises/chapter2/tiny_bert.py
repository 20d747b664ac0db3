"""The check of `tiny-bert`."""

from __future__ import annotations

import math
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong
from grader.judging.wire import Made, Opaque

SENTENCE, WORD = "She drank a cup of [MASK].", "tea"
FEWEST, MOST = 1_000_000, 2_000_000
LAYERS, HEADS, WIDENING = 2, 4, 4
WIDEST = 20_000
SIZES = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")
PLACES = ("max_position_embeddings", "type_vocab_size")


@exercise(
    "tiny-bert",
    chapter=2,
    points=4,
    difficulty=3,
    minutes=20,
    asks=["tiny_config", "surprise", "tiny_surprise", "trained_surprise"],
    hints=[
        "Which part of a small BERT holds most of its parameters, and which single size makes that part smaller? And "
        "what would a model that knows nothing give to each of 30,522 words?",
        "`transformers.BertConfig(hidden_size=…, num_attention_heads=…, …)`, `from_config`, `num_parameters()`; "
        "`log_softmax` makes logarithms of probabilities in one step.",
        "try hidden sizes that 4 divides, with the middle four times as wide, and print the count; surprise: "
        "minus the entry `id` of the log-softmax; then call it with each model's scores at `place`",
    ],
)
def tiny_bert(answer: Answer, draw: Draw) -> str:
    """A tiny BERT that knows nothing

    - `tiny_config`: a `BertConfig` for which `AutoModelForMaskedLM` has 1 to 2 million parameters. It keeps BERT's
      vocabulary of 30,522, and has at least 2 layers, at least 4 attention heads, and an `intermediate_size` four
      times its `hidden_size`.
    - `surprise(scores, id)`: from one score for each word (logits), minus the natural logarithm of the probability
      of the word `id`.
    - `tiny_surprise`, `trained_surprise`: the surprise at the word `tea` in place of the mask, for a model made
      from `tiny_config` and for `trained`.

    A model that knows nothing gives each word about 1/30,522, a surprise of about 10.3: that is your proof.
    """
    count = _judge_config(answer.value("tiny_config"))
    for size in draw.integers(2, 5, 40):
        scores = 2 * draw.tensor(size)
        id = draw.choice([place for place in range(size) if place != int(scores.argmax())])
        _judge_surprise(
            expect.number(answer.call("surprise", scores, id), "What `surprise` returns", earned=1), scores, id
        )
    tiny = expect.number(answer.value("tiny_surprise"), "`tiny_surprise`", earned=2)
    trained = expect.number(answer.value("trained_surprise"), "`trained_surprise`", earned=2)
    _judge_models(tiny, trained)
    return (
        f"{count:,} parameters and a surprise of {tiny:.1f}: it guesses blindly. Training brought a larger BERT down "
        f"to {trained:.1f}."
    )


def _judge_config(value: Any) -> int:
    """The number of parameters of a model made from this configuration, once all is right with it."""
    wanted = "a configuration, `BertConfig(…)`"
    if isinstance(value, Opaque) and "Bert" in value.type_name:
        raise Wrong(
            "model-not-config",
            "`tiny_config` is a model.",
            got=str(value),
            wanted=wanted,
            advice="Hand in the plan, not what was built from it.",
        )
    if isinstance(value, dict):
        raise Wrong(
            "options-not-config",
            "`tiny_config` is a dictionary.",
            got=shorten(value),
            wanted=wanted,
            advice="Give these settings to `BertConfig`.",
        )
    if not isinstance(value, Made) or value.kind != "config":
        raise Wrong("not-a-config", "`tiny_config` is no configuration.", got=shorten(value), wanted=wanted)
    kind = value.fields.get("model_type")
    if kind != "bert":
        raise Wrong(
            "other-architecture",
            "This is the plan of another architecture.",
            got=shorten(kind),
            wanted=wanted,
            advice="Each architecture has a config class of its own name.",
        )
    plan = _plan(value.fields)
    got = ", ".join(f"{name}={plan[name]}" for name in SIZES[1:])
    vocabulary = len(references.tokenizer(references.UNCASED))
    if plan["vocab_size"] != vocabulary:
        raise Wrong(
            "other-vocabulary",
            "This plan has another vocabulary.",
            got=f"vocab_size={plan['vocab_size']}",
            wanted=f"{vocabulary:,}, a row for each id of the tokenizer",
            advice="An id beyond the last row would stop the model. Save parameters elsewhere.",
        )
    hidden, heads = plan["hidden_size"], plan["num_attention_heads"]
    if hidden % heads:
        raise Wrong(
            "heads-do-not-divide",
            "The hidden size cannot be shared out among the attention heads.",
            got=f"hidden_size={hidden}, num_attention_heads={heads}",
            wanted="a hidden size that the number of attention heads divides",
            advice="Each of them works on an equal share. No model can be built from this plan.",
        )
    count = _count(plan, tied=value.fields.get("tie_word_embeddings", True) is not False)
    if count > MOST:
        raise Wrong(
            "too-large",
            "This plan has too many parameters.",
            got=f"{count:,} parameters: {got}",
            wanted=f"at most {MOST:,}",
            advice="The table of the vocabulary alone has 30,522 rows of `hidden_size` numbers: make rows shorter.",
        )
    if plan["num_hidden_layers"] < LAYERS or heads < HEADS:
        raise Wrong(
            "too-few-parts",
            "This plan has too few layers or attention heads.",
            got=got,
            wanted=f"at least {LAYERS} layers and {HEADS} attention heads",
            advice="Attention heads cost nothing: they share the hidden size. A small layer costs little.",
        )
    if plan["intermediate_size"] != WIDENING * hidden:
        raise Wrong(
            "other-middle",
            "The middle of a layer is not four times as wide as its ends.",
            got=f"hidden_size={hidden}, intermediate_size={plan['intermediate_size']}",
            wanted="an `intermediate_size` four times the hidden size, as in BERT",
            advice="It does not follow by itself: left out, it stays at BERT's own 3,072.",
        )
    if count < FEWEST:
        raise Wrong(
            "too-small",
            "This plan has too few parameters.",
            got=f"{count:,} parameters: {got}",
            wanted=f"at least {FEWEST:,}",
            advice="There is room left: a larger hidden size.",
        )
    return count


def _plan(fields: dict[str, Any]) -> dict[str, int]:
    """The sizes in a learner's configuration, BERT's own where it leaves one out."""
    from transformers import BertConfig

    usual = BertConfig()
    plan = {name: fields.get(name, getattr(usual, name)) for name in SIZES + PLACES}
    for name, size in plan.items():
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise Wrong(
                "not-a-size",
                f"`{name}` is no size.",
                got=shorten(size),
                wanted="a whole number from 1 on",
                advice="`/` makes a fraction of two whole numbers; `//` does not.",
            )
    return plan


def _count(plan: dict[str, int], *, tied: bool) -> int:
    """Parameters of a masked language model of this plan. No layer is built in memory, and only two at all."""
    import torch
    from transformers import AutoModelForMaskedLM, BertConfig

    if max(plan.values()) - plan["num_hidden_layers"] > 10 * WIDEST or plan["hidden_size"] > WIDEST:
        return WIDEST * plan["vocab_size"]
    counts = []
    for layers in (1, 2):
        with torch.device("meta"):
            config = BertConfig(**{**plan, "num_hidden_layers": layers}, tie_word_embeddings=tied)
            model = AutoModelForMaskedLM.from_config(config)
        counts.append(sum(parameter.numel() for parameter in model.parameters()))
    return counts[0] + (plan["num_hidden_layers"] - 1) * (counts[1] - counts[0])


def _judge_surprise(found: float, scores: Any, id: int) -> None:
    logs = scores.double().log_softmax(-1)
    right, score = -float(logs[id]), float(scores[id])

    def near(other: float) -> bool:
        return abs(found - other) < 2e-4 * max(1, abs(other))

    if near(right):
        return
    got, wanted = f"{found:.4g} for {len(scores)} scores", "minus the natural logarithm of one word's probability"
    if near(-right):
        raise Wrong(
            "sign-missing",
            "The surprise has the wrong sign.",
            got=got,
            wanted=wanted + ", so never below 0",
            advice="The logarithm of a number below 1 is negative.",
            earned=1,
        )
    if near(math.exp(-right)):
        raise Wrong(
            "probability",
            "This is the probability, not the surprise.",
            got=got,
            wanted=wanted,
            advice="The less likely, the more surprising: one more step.",
            earned=1,
        )
    if near(right / math.log(2)) or near(right / math.log(10)):
        raise Wrong(
            "other-base",
            "The logarithm has another base.",
            got=got,
            wanted=wanted,
            advice="`log2` and `log10` count in other units; plain `log` is the natural one.",
            earned=1,
        )
    if near(-float(logs.max())):
        raise Wrong(
            "most-likely-word",
            "This is the surprise at the most likely word.",
            got=got,
            wanted="the surprise at the word `id`",
            advice="Use both arguments.",
            earned=1,
        )
    if math.isnan(found) or near(score) or near(-score) or (score > 0 and near(-math.log(score))):
        raise Wrong(
            "raw-score",
            "This takes the score for a probability.",
            got=got,
            wanted=wanted,
            advice="Scores are logits: what makes probabilities of them?",
            earned=1,
        )
    raise Wrong(
        "other-surprise",
        "The surprise is another number.",
        got=got,
        wanted=wanted,
        advice="Check by hand: two equal scores make a probability of 1/2, and a surprise of 0.69.",
        earned=1,
    )


def _judge_models(tiny: float, trained: float) -> None:
    import torch

    tokenizer, model = references.tokenizer(references.UNCASED), references.masked_model(references.UNCASED)
    inputs = tokenizer(SENTENCE, return_tensors="pt")
    place = inputs["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    with torch.no_grad():
        logs = model(**inputs).logits[0, place].double().log_softmax(-1)
    right, blind = -float(logs[tokenizer.convert_tokens_to_ids(WORD)]), math.log(len(tokenizer))
    got = f"tiny {tiny:.4g}, trained {trained:.4g}"
    if abs(trained - blind) < 1 and abs(tiny - right) < 0.05:
        raise Wrong(
            "swapped",
            "The two numbers have changed places.",
            got=got,
            wanted="the higher surprise for the model that knows nothing",
            earned=2,
            advice="Which of the two models has read millions of sentences?",
        )
    if abs(tiny - blind) >= 1:
        same = abs(tiny - right) < 0.05
        raise Wrong(
            "not-blind",
            "`tiny_surprise` is not that of a model that knows nothing.",
            got=got,
            wanted=f"about as much as one word among {len(tokenizer):,} equally likely ones",
            advice="This is the trained model's number." if same else "One row of its logits: text 0, at `place`.",
            earned=2,
        )
    if abs(trained - right) >= 0.05:
        raise Wrong(
            "other-trained",
            "`trained_surprise` is not that of the trained model.",
            got=got,
            wanted="the surprise of `trained` at “tea” in place of the mask",
            advice="The scores at `place`, from `trained` in evaluation mode, as `from_pretrained` leaves it.",
            earned=3,
        )
