"""The check of `save-and-reload`."""

from __future__ import annotations

import difflib
import os
import tempfile
from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.parts import Parts
from grader.judging.verdict import Wrong
from grader.judging.wire import Made

VOCABULARY = 200
# What stands in a folder, and the files that people take for it.
ROLES = {
    "plan": ("config.json", "sizes, number of layers, names of labels"),
    "weights": ("model.safetensors", "the trained numbers, as bytes and nothing else"),
    "old_weights": ("pytorch_model.bin", "the same numbers as a pickle, which can run code when it is opened"),
    "pieces": ("tokenizer.json", "the whole vocabulary and the rules of cutting"),
    "tokenizer_options": ("tokenizer_config.json", "the tokenizer's class and how many tokens it may make"),
}


@exercise(
    "save-and-reload",
    chapter=2,
    points=3,
    difficulty=3,
    minutes=15,
    asks=["save_new", "reload", "roles"],
    hints=[
        "Run a model from `from_config` twice on the same ids. Are the results equal? What is different about a model "
        "from `from_pretrained`?",
        "`AutoModel.from_config(config)`, `.eval()`, `.save_pretrained(folder)`, `AutoModel.from_pretrained(folder)`; "
        "print a small file to see what is in it.",
        "save_new: model from config, evaluation mode, save, return its last hidden state for ids; reload: model from "
        "the folder, return the same",
    ],
)
def save_and_reload(answer: Answer, draw: Draw) -> str:
    """Save, reload, same outputs

    - `save_new(config, folder, ids)`: makes an `AutoModel` from a config, saves it in the folder, and returns its last
      hidden states for `ids`, a tensor of shape (batch, tokens).
    - `reload(folder, ids)`: the last hidden states of the model that lies in the folder. Both must agree, number by
      number.
    - `roles`: which file holds what? A dictionary from `"plan"`, `"weights"`, `"old_weights"` (before safetensors),
      `"pieces"` (vocabulary) and `"tokenizer_options"` to names of files.
    """
    parts = Parts()
    with parts.worth(2):
        for dropout in (0.0, 0.5):
            config, ids = _drawn(draw, dropout)
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                before = _states(answer.call("save_new", config, folder, ids), "`save_new`", config, ids)
                if not os.listdir(folder):
                    raise _nothing_saved("an empty folder")
                after = _states(_reloaded(answer, folder, ids), "`reload`", config, ids)
            _compare(before, after, dropout)
    with parts.worth(1):
        _judge_roles(answer.value("roles"))
    parts.settle()
    return "Saved, reloaded, and every number the same: config.json and model.safetensors are the whole model."


def _drawn(draw: Draw, dropout: float) -> tuple[Made, Any]:
    import torch

    heads = draw.choice([2, 4])
    size = heads * draw.choice([4, 8])
    sizes = {"hidden_size": size, "intermediate_size": 4 * size, "vocab_size": VOCABULARY}
    parts = {"num_hidden_layers": draw.integer(1, 3), "num_attention_heads": heads}
    dropouts = {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout}
    tokens = draw.integer(5, 9)
    ids = torch.tensor([draw.integers(tokens, 5, VOCABULARY - 1) for _ in range(2)])
    return Made("config", {"model_type": "bert", **sizes, **parts, **dropouts}), ids


def _reloaded(answer: Answer, folder: str, ids: Any) -> Any:
    try:
        return answer.call("reload", folder, ids)
    except LearnerRaised as raised:
        if not any(file in raised.text for file in ("config.json", "model.safetensors", "No such file", folder)):
            raise
        weights = "model.safetensors" in raised.text and "config.json" not in raised.text
        got = f"{raised.error}: {raised.text[:110]}"
        if weights:
            raise Wrong(
                "weights-not-saved",
                "The folder holds a plan, but no weights.",
                got=got,
                wanted="all that makes up the model",
                advice="A config and a model can both be saved; only the model has weights.",
            ) from None
        raise _nothing_saved(got) from None


def _nothing_saved(got: str) -> Wrong:
    return Wrong(
        "nothing-saved",
        "There is no model in the folder that we gave to both functions.",
        got=got,
        wanted="the model that `save_new` has saved there",
        advice="Does `save_new` save the model, and in the folder that it is given?",
    )


def _states(value: Any, name: str, config: Made, ids: Any) -> Any:
    """The hidden states that a function returned, as an array of shape (batch, tokens, size)."""
    shape = (*ids.shape, config.fields["hidden_size"])
    wanted = f"the last hidden states, shape {shape}"
    if isinstance(value, dict):
        is_output = "last_hidden_state" in value
        raise Wrong(
            "whole-output" if is_output else "weights-not-outputs",
            f"{name} returns {'a whole output' if is_output else 'a dictionary'}.",
            got=shorten(", ".join(map(str, value))) if value else "an empty dictionary",
            wanted=wanted,
            advice="Take the hidden states out of it." if is_output else "Run the model on `ids`, and compare outputs.",
        )
    if isinstance(value, str) or (
        isinstance(value, list | tuple) and value and all(isinstance(item, str) for item in value)
    ):
        raise Wrong(
            "names-not-numbers",
            f"{name} returns names.",
            got=shorten(value),
            wanted=wanted,
            advice="Equal names of files or layers prove little: two models can differ in every weight.",
        )
    found = expect.array(value, f"What {name} returns")
    if found.shape == (shape[0], shape[2]):
        raise Wrong(
            "pooled",
            f"{name} returns one vector for each text.",
            got=f"shape {found.shape}",
            wanted=wanted,
            advice="One for each token: another part of the output.",
        )
    if found.shape != shape:
        raise Wrong(
            "other-shape",
            f"What {name} returns has another shape.",
            got=f"shape {found.shape}",
            wanted=wanted,
            advice="Use the config and the ids that you are given, and `AutoModel`, which has no head.",
        )
    return found


def _compare(before: Any, after: Any, dropout: float) -> None:
    if expect.close(before, after):
        return
    got = f"numbers that differ by up to {abs(before - after).max():.2g}"
    wanted = "the same hidden states before and after"
    if dropout:
        raise Wrong(
            "dropout-active",
            "The outputs differ, but only for a model with dropout.",
            got=got + f", with a dropout of {dropout}",
            wanted=wanted,
            advice="A model in training mode drops numbers at random. What does `.training` say of the model that you "
            "save, and of the one that you load?",
        )
    raise Wrong(
        "other-weights",
        "The reloaded model has other weights.",
        got=got,
        wanted=wanted,
        advice="A config makes a new model with random weights each time. Are the weights taken from the folder, and "
        "is it the saved model that `save_new` runs?",
    )


def _judge_roles(value: Any) -> None:
    given = expect.dictionary(value, "`roles`", keys=tuple(ROLES))
    files = [file for file, _ in ROLES.values()]
    for role, (file, holds) in ROLES.items():
        found = given[role]
        if found == file:
            continue
        if not isinstance(found, str):
            raise Wrong(
                "not-a-file-name",
                f"The file for {role!r} is no text.",
                got=shorten(found),
                wanted="the name of a file in quotes",
            )
        if found.rpartition("/")[2] == file:
            raise Wrong(
                "a-path",
                f"The file for {role!r} is a path.",
                got=shorten(found),
                wanted="the name of the file alone",
                advice="What comes behind the last slash?",
            )
        near = found not in files and difflib.get_close_matches(found, files, n=1, cutoff=0.75)
        raise Wrong(
            "misspelled" if near else "other-role",
            f"{shorten(found, 40)} is not the file for {role!r}.",
            got=shorten(found, 60),
            wanted=f"the file that holds {holds}",
            advice="Look at its name once more: the spelling must be exact."
            if near
            else "Print the names and the first lines of the files in the folder above.",
        )
