"""The check of `swap-the-checkpoint`: two checkpoints of the hub, and a third architecture that is made on the spot."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

ENGLISH, FRENCH = references.UNCASED, references.FRENCH
TEXTS = {
    ENGLISH: ["The train to Rome was late.", "Nobody knew the answer.", "She bought three red apples."],
    FRENCH: ["Le chat dort sur le canapé.", "Nous mangeons du fromage.", "Il pleut depuis ce matin."],
}
# Architectures that are not BERT's, with sizes that a moment makes.
SMALL = {
    "distilbert": {"dim": 32, "hidden_dim": 64, "n_layers": 2, "n_heads": 2},
    "electra": {
        "embedding_size": 32,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    },
    "roberta": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2},
}


@exercise(
    "swap-the-checkpoint",
    chapter=4,
    points=3,
    difficulty=2,
    minutes=10,
    asks=["states_of"],
    hints=[
        "Where does it stand in a checkpoint's own files which classes it needs?",
        "`AutoTokenizer` and `AutoModel`: their `from_pretrained` reads the config and picks the class.",
        "the same function, with the two class names of BERT replaced by the two Auto classes",
    ],
)
def swap_the_checkpoint(answer: Answer, draw: Draw) -> str:
    """Swap the checkpoint

    `states_of_bert` above works for BERT alone. Write `states_of(checkpoint, text)` that works for a checkpoint of
    **any** architecture, and does the same: text in, last hidden states out, of shape (1, tokens, size). We try it with
    three architectures.
    """
    with _small_checkpoint(draw) as (folder, kind):
        probes = [(name, draw.choice(TEXTS[name])) for name in (ENGLISH, FRENCH)] + [
            (folder, draw.choice(TEXTS[ENGLISH]))
        ]
        names = {ENGLISH: ENGLISH, FRENCH: FRENCH, folder: f"a small model of the kind {kind}"}
        for checkpoint, text in probes:
            wanted = _states(checkpoint, text)
            try:
                value = answer.call("states_of", checkpoint, text)
            except LearnerRaised as raised:
                _explain_error(raised, names[checkpoint], checkpoint)
                raise
            _compare(value, wanted, names[checkpoint], checkpoint, text)
    return f"BERT, CamemBERT and {kind} through one function: the config of each says which classes it needs."


@contextmanager
def _small_checkpoint(draw: Draw) -> Iterator[tuple[str, str]]:
    """A folder with a new model of another architecture and BERT's tokenizer, and the name of the architecture."""
    import torch
    from transformers import AutoConfig, AutoModel

    kind, seed = draw.choice(sorted(SMALL)), draw.integer(0, 10**6)
    tokenizer = references.tokenizer(ENGLISH)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # A seed of our own must not move the learner's random numbers.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            config = AutoConfig.for_model(kind, vocab_size=tokenizer.vocab_size, pad_token_id=0, **SMALL[kind])
            AutoModel.from_config(config).save_pretrained(folder)
        names = tokenizer.model_input_names
        tokenizer.model_input_names = ["input_ids", "attention_mask"]  # not every architecture knows segments
        try:
            tokenizer.save_pretrained(folder)
        finally:
            tokenizer.model_input_names = names
        yield folder, kind


def _states(checkpoint: str, text: str, other_tokenizer: Any = None) -> Any:
    """The last hidden states as float64 NumPy array, shape (1, tokens, size).

    other_tokenizer: what loads a tokenizer by the checkpoint's name, in place of the right one
    """
    import torch

    # What lies in a folder of ours is gone in a moment: not to be kept.
    kept = checkpoint in TEXTS
    load_tokenizer = other_tokenizer or (references.tokenizer if kept else references.tokenizer.__wrapped__)
    load_model = references.base_model if kept else references.base_model.__wrapped__
    inputs = load_tokenizer(checkpoint)(text, return_tensors="pt")
    with torch.no_grad():
        return load_model(checkpoint)(**inputs).last_hidden_state.double().numpy()


def _explain_error(raised: LearnerRaised, name: str, checkpoint: str) -> None:
    # An id without a row in the table, or an input that the architecture does not know.
    if "index out of range" not in raised.text and "token_type_ids" not in raised.text:
        return
    raise Wrong(
        "other-tokenizer",
        f"The model cannot read what the tokenizer gives it: {name}.",
        got=shorten(f"{raised.error}: {raised.text}"),
        wanted="the ids and inputs that this checkpoint knows",
        advice="Its own tokenizer gives exactly these. Which one does your function load?",
        earned=1 if checkpoint != ENGLISH else 0,
    ) from None


def _compare(value: Any, wanted: Any, name: str, checkpoint: str, text: str) -> None:
    if isinstance(value, dict) and "last_hidden_state" in value:
        raise Wrong(
            "whole-output",
            "`states_of` returns the whole output.",
            got=f"an output with {', '.join(map(str, value))}",
            wanted="the last hidden states in it",
            advice="Take `.last_hidden_state` of it.",
        )
    from transformers import BertTokenizer

    found = expect.array(value, "What `states_of` returns")
    if _is_close(found, wanted):
        return
    got = f"shape {found.shape}"
    mistake, advice = "other-numbers", "Compare with `AutoModel` and `AutoTokenizer`, step by step."
    if checkpoint != ENGLISH and _is_close(found, _states(ENGLISH, text)):
        mistake, advice = "checkpoint-ignored", "Does your function load the checkpoint that it is given?"
    elif found.ndim == 3 and found.shape[1] != wanted.shape[1]:
        mistake = "other-tokenizer"
        got = f"{found.shape[1]} tokens"
        advice = "Another tokenizer has cut the text up. Load it by the model's name, and let it choose its class."
    elif found.ndim == 3 and found.shape[2] == len(references.tokenizer(ENGLISH)):
        mistake, advice = "scores-not-states", "This class has a head. Which one stops at the hidden states?"
    elif found.shape == wanted.shape[1:]:
        mistake, advice = "no-batch-axis", "Keep the axis of the batch, also for one text."
    elif found.shape == (1, wanted.shape[2]):
        mistake, advice = "pooled", "One vector for each token, not one for the text."
    elif found.shape == wanted.shape and _is_close(found, _states(checkpoint, text, BertTokenizer.from_pretrained)):
        mistake = "other-tokenizer"
        got = "what the right model gives for the ids of BERT's tokenizer"
        advice = "The model is right, the tokenizer is not: which class should choose it?"
    elif found.shape == wanted.shape:
        mistake = "random-weights"
        got = "the right shape, but other numbers"
        advice = (
            "A class that does not fit finds none of its weights in the checkpoint, and makes random ones. Who should "
            "choose the class?"
        )
    raise Wrong(
        mistake,
        f"`states_of` is not right for {name}.",
        got=got,
        wanted=f"its hidden states, of shape {wanted.shape}",
        advice=advice,
        earned=1 if checkpoint != ENGLISH else 0,
    )


def _is_close(found: Any, wanted: Any) -> bool:
    """Close enough also for a learner who runs in half precision."""
    return expect.close(found, wanted, tolerance=2e-2)
