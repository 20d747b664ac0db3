"""The check of `tiny-bert`."""

from __future__ import annotations

import math
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, NotCallable
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.parts import Parts
from grader.judging.verdict import Wrong
from grader.judging.wire import Made, Opaque

SENTENCE, WORD = "She drank a cup of [MASK].", "tea"
FEWEST, MOST = 1_000_000, 2_000_000
LAYERS, HEADS, WIDENING = 2, 4, 4
WIDEST = 20_000
EXACT = 0.01  # how far a surprise may be off on another device
SAME = 1e-5  # how far two runs of one model may differ
SIZES = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")
PLACES = ("max_position_embeddings", "type_vocab_size")


@exercise(
    "tiny-bert",
    chapter=2,
    points=4,
    difficulty=3,
    minutes=20,
    asks=["tiny_config", "tiny", "surprise", "tiny_surprise", "trained_surprise"],
    hints=[
        "Which part of a small BERT holds most of its parameters, and which single size makes that part smaller? And "
        "what would a model that knows nothing give to each of 30,522 words?",
        "`transformers.BertConfig(hidden_size=…, num_attention_heads=…, …)`, `from_config`, `num_parameters()`; "
        "`log_softmax` makes logarithms of probabilities in one step.",
        "try hidden sizes that 4 divides, with the middle four times as wide, and print the count; surprise: "
        "minus the entry `word_id` of the log-softmax; then call it with each model's scores at `place`",
    ],
)
def tiny_bert(answer: Answer, draw: Draw) -> str:
    """A tiny BERT that knows nothing

    - `tiny_config`: a `BertConfig` for which `AutoModelForMaskedLM` has 1 to 2 million parameters. It keeps BERT's
      vocabulary of 30,522, and has at least 2 layers, at least 4 attention heads, and an `intermediate_size` four
      times its `hidden_size`.
    - `tiny`: the model made from it, in evaluation mode: `.eval()`, as for `newborn`, lets it give the same numbers
      each time.
    - `surprise(scores, word_id)`: from one score for each word (logits), minus the natural logarithm of the
      probability of the word `word_id`.
    - `tiny_surprise`, `trained_surprise`: the surprise of `tiny` and of `trained` at the word `tea` in place of the
      mask, with all digits.

    A model that knows nothing gives each word about 1/30,522, a surprise of about 10.3: that is your proof.
    """
    parts, count = Parts(), 0
    with parts.worth(1):
        count = _judge_config(answer.value("tiny_config"))
    with parts.worth(1):
        for size in draw.integers(2, 5, 40):
            scores = 2 * draw.tensor(size)
            word_id = draw.choice([place for place in range(size) if place != int(scores.argmax())])
            found = expect.number(answer.call("surprise", scores, word_id), "What `surprise` returns")
            _judge_surprise(found, scores, word_id)
    right = _trained_surprise()
    with parts.worth(1):
        own = _surprises_of_tiny(answer)
        _judge_tiny(expect.number(answer.value("tiny_surprise"), "`tiny_surprise`"), own, right)
    with parts.worth(1):
        _judge_trained(expect.number(answer.value("trained_surprise"), "`trained_surprise`"), right)
    parts.settle()
    return (
        f"{count:,} parameters and a surprise of {own[0]:.1f}: it guesses blindly. Training brought a larger BERT down "
        f"to {right:.1f}."
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
    hidden, heads, middle = plan["hidden_size"], plan["num_attention_heads"], plan["intermediate_size"]
    if hidden % heads:
        raise Wrong(
            "heads-do-not-divide",
            "The hidden size cannot be shared out among the attention heads.",
            got=f"hidden_size={hidden}, num_attention_heads={heads}",
            wanted="a hidden size that the number of attention heads divides",
            advice="Each of them works on an equal share. No model can be built from this plan.",
        )
    if middle != WIDENING * hidden:
        at_default = middle == _usual("intermediate_size")
        raise Wrong(
            "middle-at-default" if at_default else "other-middle",
            "`intermediate_size` was left at BERT's own value."
            if at_default
            else "The middle of a layer is not four times as wide as its ends.",
            got=f"hidden_size={hidden}, intermediate_size={middle}",
            wanted="an `intermediate_size` four times the hidden size, as in BERT",
            advice="It does not follow the hidden size by itself: write it down as well.",
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
    plan = {name: fields.get(name, _usual(name)) for name in SIZES + PLACES}
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


def _usual(name: str) -> int:
    """BERT's own size of this name."""
    from transformers import BertConfig

    return getattr(BertConfig(), name)


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


def _judge_surprise(found: float, scores: Any, word_id: int) -> None:
    logs = scores.double().log_softmax(-1)
    right, score = -float(logs[word_id]), float(scores[word_id])

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
        )
    if near(math.exp(-right)):
        raise Wrong(
            "probability",
            "This is the probability, not the surprise.",
            got=got,
            wanted=wanted,
            advice="The less likely, the more surprising: one more step.",
        )
    if near(right / math.log(2)) or near(right / math.log(10)):
        raise Wrong(
            "other-base",
            "The logarithm has another base.",
            got=got,
            wanted=wanted,
            advice="`log2` and `log10` count in other units; plain `log` is the natural one.",
        )
    if near(-float(logs.max())):
        raise Wrong(
            "most-likely-word",
            "This is the surprise at the most likely word.",
            got=got,
            wanted="the surprise at the word `word_id`",
            advice="Use both arguments.",
        )
    if math.isnan(found) or near(score) or near(-score) or (score > 0 and near(-math.log(score))):
        raise Wrong(
            "raw-score",
            "This takes the score for a probability.",
            got=got,
            wanted=wanted,
            advice="Scores are logits: what makes probabilities of them?",
        )
    raise Wrong(
        "other-surprise",
        "The surprise is another number.",
        got=got,
        wanted=wanted,
        advice="Check by hand: two equal scores make a probability of 1/2, and a surprise of 0.69.",
    )


def _gap() -> tuple[Any, int, int]:
    """The sentence's ids, shape (1, tokens), the place of its mask and the id of the word."""
    tokenizer = references.tokenizer(references.UNCASED)
    ids = tokenizer(SENTENCE, return_tensors="pt")["input_ids"]
    return ids, ids[0].tolist().index(tokenizer.mask_token_id), tokenizer.convert_tokens_to_ids(WORD)


def _trained_surprise() -> float:
    import torch

    ids, place, word_id = _gap()
    with torch.no_grad():
        logits = references.masked_model(references.UNCASED)(input_ids=ids).logits
    return -float(logits[0, place].double().log_softmax(-1)[word_id])


def _surprises_of_tiny(answer: Answer) -> list[float]:
    """Two runs of the learner's own model: in training mode they differ."""
    answer.value("tiny")  # still a placeholder?
    ids, place, word_id = _gap()
    wanted = "a model with a score for each word of the vocabulary at each place"
    surprises = []
    for _ in range(2):
        try:
            output = answer.call("tiny", ids, output_hidden_states=True)
        except NotCallable as error:
            raise Wrong(
                "not-a-model",
                "`tiny` is no model.",
                got=f"a value of type {error.type_name}",
                wanted=wanted,
                advice="Build it from your plan, as `newborn` was built from `plan`.",
            ) from None
        states = output.get("hidden_states") if isinstance(output, dict) else None
        if not states or "logits" not in output or tuple(output["logits"].shape) != (*ids.shape, _vocabulary()):
            raise Wrong(
                "other-head",
                "`tiny` does not give a score to each word.",
                got=f"an output with {', '.join(map(str, output))}" if isinstance(output, dict) else shorten(output),
                wanted=wanted,
                advice="Which class was `newborn` made with?",
            )
        _judge_making(answer.value("tiny_config"), states)
        surprises.append(-float(output["logits"][0, place].double().log_softmax(-1)[word_id]))
    return surprises


def _vocabulary() -> int:
    return len(references.tokenizer(references.UNCASED))


def _judge_making(config: Any, states: Any) -> None:
    """Refuses a model that was made from another plan: its hidden states tell its size and its layers."""
    if not isinstance(config, Made) or config.fields.get("model_type") != "bert":
        return
    plan, size, layers = _plan(config.fields), states[0].shape[-1], len(states) - 1
    if (size, layers) != (plan["hidden_size"], plan["num_hidden_layers"]):
        raise Wrong(
            "other-model",
            "`tiny` was made from another plan.",
            got=f"a model with hidden_size={size} and num_hidden_layers={layers}",
            wanted="a model made from `tiny_config` as it is now",
            advice="Give `tiny_config` to `from_config`, and run that line again after each change of the plan.",
        )


def _judge_tiny(found: float, own: list[float], trained: float) -> None:
    blind = math.log(_vocabulary())
    if abs(own[0] - own[1]) > SAME:
        raise Wrong(
            "in-training",
            "`tiny` is in training mode.",
            got=f"a surprise of {own[0]:.6f}, then {own[1]:.6f}, from the same model",
            wanted="a model that gives the same number each time",
            advice="In training mode a model drops numbers at random. What did `newborn` get at its end?",
        )
    if abs(found - own[0]) < EXACT:
        return
    got = f"{found:.4g}, where `tiny` gives {own[0]:.4g}"
    wanted = "the surprise of `tiny` at “tea” in place of the mask"
    if abs(found - trained) < 0.05:
        raise Wrong(
            "trained-as-tiny",
            "`tiny_surprise` is the number of the trained model.",
            got=f"{found:.4g}",
            wanted=f"about as much as for one word among {_vocabulary():,} equally likely ones",
            advice="Which of the two models has read millions of sentences?",
        )
    if abs(found - blind) < 1:
        raise Wrong(
            "other-newborn",
            "A model that knows nothing, but this is not the number of yours.",
            got=got,
            wanted=wanted,
            advice="Call `surprise` with the scores of `tiny` itself, in evaluation mode, and keep all digits.",
        )
    raise Wrong(
        "not-blind",
        "`tiny_surprise` is not that of a model that knows nothing.",
        got=got,
        wanted=wanted,
        advice="One row of its logits: text 0, at `place`.",
    )


def _judge_trained(found: float, right: float) -> None:
    if abs(found - right) < EXACT:
        return
    if abs(found - right) < 0.06:
        raise Wrong(
            "rounded",
            "`trained_surprise` is rounded, or typed by hand.",
            got=f"{found:.6g}",
            wanted="the number that your `surprise` returns for `trained`, with all digits",
            advice="Write the call down in place of its result.",
        )
    raise Wrong(
        "other-trained",
        "`trained_surprise` is not that of the trained model.",
        got=f"{found:.4g}",
        wanted="the surprise of `trained` at “tea” in place of the mask",
        advice="The scores at `place`, from `trained` in evaluation mode, as `from_pretrained` leaves it.",
    )
