"""The training loop that all stand-ins share: a sequence classifier over length-sorted batches, scheduled by steps.

Everything random comes from one seed and the number of steps is fixed beforehand, so that a slower machine takes
longer but does the same.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertForSequenceClassification, PreTrainedTokenizerBase
from transformers.modeling_outputs import SequenceClassifierOutput

from grader.hub.stock.training.lora import add_lora

WARM_UP = 0.06  # share of the steps
POOL = 4000  # examples that are sorted by length together
LONGEST = 160  # tokens; longer inputs are cut


@dataclass(frozen=True)
class Example:
    """One text, or a pair of texts, and its class."""

    text: str
    label: int
    second: str | None = None


@dataclass(frozen=True)
class Encoded:
    """An example as the model reads it."""

    input_ids: list[int]
    token_type_ids: list[int]
    label: int


def encode(tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example]) -> list[Encoded]:
    """Tokenizes examples; those of one call must all be single texts or all be pairs."""
    pairs = [example.second for example in examples] if examples[0].second is not None else None
    tokens = tokenizer([example.text for example in examples], pairs, truncation=True, max_length=LONGEST)
    columns = zip(tokens["input_ids"], tokens["token_type_ids"], examples, strict=True)
    return [Encoded(ids, types, example.label) for ids, types, example in columns]


def new_classifier(base: Path, labels: Sequence[str], seed: int) -> BertForSequenceClassification:
    """The base model with a fresh classifier, ready for `train`: corrections added, embeddings frozen."""
    torch.manual_seed(seed)
    model = BertForSequenceClassification.from_pretrained(
        base,
        num_labels=len(labels),
        hidden_dropout_prob=0.0,  # the corrections are too small to overfit, and this saves a fifth of the time
        attention_probs_dropout_prob=0.0,
        classifier_dropout=0.1,
        attn_implementation="eager",  # on a CPU the fused attention spends half of a step in its backward pass
        dtype=torch.float32,
    )
    add_lora(model)
    return model


def train(
    model: nn.Module,
    examples: Sequence[Encoded],
    *,
    passes: int,
    learning_rate: float,
    tokens_per_batch: int = 2048,
    seed: int = 0,
) -> int:
    """Trains in place with AdamW, warm-up and linear decay in bfloat16; returns the number of steps."""
    shuffle = random.Random(seed)
    steps = [batch for _ in range(passes) for batch in _shuffled_batches(examples, tokens_per_batch, shuffle)]
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=learning_rate, weight_decay=0.01, fused=True)
    warm_up = WARM_UP * len(steps)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm_up, (len(steps) - step) / (len(steps) - warm_up))
    )
    model.train()
    started, recent = time.monotonic(), []
    for step, batch in enumerate(steps, start=1):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = _forward(model, batch, with_loss=True).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        recent.append(loss.item())
        if step % 50 == 0 or step == len(steps):
            mean = sum(recent) / len(recent)
            print(f"step {step}/{len(steps)}  loss {mean:.4f}  {time.monotonic() - started:.0f} s", flush=True)
            recent.clear()
    return len(steps)


@torch.inference_mode()
def predict(model: nn.Module, examples: Sequence[Encoded], tokens_per_batch: int = 8192) -> Tensor:
    """The logits of all examples in their order, in the precision of the model: (examples, classes)."""
    model.eval()
    order = sorted(range(len(examples)), key=lambda index: len(examples[index].input_ids))
    batches = _batches([examples[index] for index in order], tokens_per_batch)
    logits = torch.cat([_forward(model, batch).logits for batch in batches])
    return logits[torch.tensor(order).argsort()]


def accuracy(logits: Tensor, examples: Sequence[Encoded]) -> float:
    """The share of examples whose highest logit is that of their label."""
    labels = torch.tensor([example.label for example in examples])
    return (logits.argmax(dim=-1) == labels).float().mean().item()


def _shuffled_batches(examples: Sequence[Encoded], tokens: int, shuffle: random.Random) -> list[list[Encoded]]:
    order = list(examples)
    shuffle.shuffle(order)
    pools = [order[start : start + POOL] for start in range(0, len(order), POOL)]
    batches = [
        batch for pool in pools for batch in _batches(sorted(pool, key=lambda example: len(example.input_ids)), tokens)
    ]
    shuffle.shuffle(batches)
    return batches


def _batches(by_length: Sequence[Encoded], tokens: int) -> list[list[Encoded]]:
    """Cuts a sequence sorted by length into batches of at most `tokens` tokens, padding included."""
    batches: list[list[Encoded]] = [[]]
    for example in by_length:
        if batches[-1] and len(example.input_ids) * (len(batches[-1]) + 1) > tokens:
            batches.append([])
        batches[-1].append(example)
    return batches


def _forward(model: nn.Module, batch: Sequence[Encoded], with_loss: bool = False) -> SequenceClassifierOutput:
    length = max(len(example.input_ids) for example in batch)
    padding = [[0] * (length - len(example.input_ids)) for example in batch]
    ids = [example.input_ids + pad for example, pad in zip(batch, padding, strict=True)]
    types = [example.token_type_ids + pad for example, pad in zip(batch, padding, strict=True)]
    mask = [[1] * len(example.input_ids) + pad for example, pad in zip(batch, padding, strict=True)]
    labels = torch.tensor([example.label for example in batch]) if with_loss else None
    return model(
        input_ids=torch.tensor(ids),
        token_type_ids=torch.tensor(types),
        attention_mask=torch.tensor(mask),
        labels=labels,
    )
