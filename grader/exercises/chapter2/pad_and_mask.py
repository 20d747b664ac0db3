"""The check of `pad-and-mask`."""

from __future__ import annotations

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter2.sentences import SENTENCES
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong


@exercise(
    "pad-and-mask",
    chapter=2,
    points=3,
    difficulty=3,
    minutes=15,
    asks=["pad_batch"],
    hints=[
        "How long must the shorter sentence become? And how can the model know which tokens to leave out?",
        "`max(len(ids) for ids in sequences)`, and lists: `[1] * n + [0] * m` is a row of a mask.",
        "for each sequence: its ids + pad_id up to the longest length; its mask: 1 for each id, 0 for each pad; "
        "both as tensors",
    ],
)
def pad_and_mask(answer: Answer, draw: Draw) -> str:
    """Two lengths, one batch

    Write `pad_batch(sequences, pad_id)`, without a tokenizer. `sequences` is a list of lists of token ids.

    Return `{"input_ids": …, "attention_mask": …}`, two tensors with one row for each sequence. Pad on the right.
    A model must give each sequence the same logits as when it stands alone.
    """
    import torch

    tokenizer = references.tokenizer(references.SENTIMENT)
    sequences = [tokenizer(text)["input_ids"] for text in draw.sample(SENTENCES, 3)]
    # Not the tokenizer's own id 0: a pad id that is written down instead of used comes to light. And the id of a real
    # token, as with models that pad with their end token: the value of an id does not say what is padding.
    pad_id, longest = draw.choice(sequences[0][1:-1]), max(map(len, sequences))
    value = expect.dictionary(
        answer.call("pad_batch", sequences, pad_id), "What `pad_batch` returns", keys=("input_ids", "attention_mask")
    )
    ids = expect.whole_numbers(value["input_ids"], "`input_ids`", shape=(len(sequences), longest)).astype(int)
    # A mask is compared with, not looked up: 1.0 and True are as good as 1.
    mask = expect.tensor(value["attention_mask"], "`attention_mask`", shape=(len(sequences), longest))
    right_ids = [sequence + [pad_id] * (longest - len(sequence)) for sequence in sequences]
    right_mask = [[1] * len(sequence) + [0] * (longest - len(sequence)) for sequence in sequences]
    if ids.tolist() == [[pad_id] * (longest - len(sequence)) + sequence for sequence in sequences]:
        raise Wrong(
            "left-padding",
            "The padding is on the left.",
            got="rows that begin with the padding id",
            wanted="the sentence first, then the padding",
            advice="BERT numbers the positions from the left: its first token must be [CLS].",
        )
    if ids.tolist() != right_ids:
        raise Wrong(
            "other-ids",
            "`input_ids` is not the sequences with padding after them.",
            got=shorten(next(row for row, right in zip(ids.tolist(), right_ids, strict=True) if row != right)),
            wanted=f"each sequence, then {pad_id} (the `pad_id` we gave) up to {longest} ids",
        )
    if (mask == 1).all():
        raise Wrong(
            "mask-all-ones",
            "The ids are right, but the mask lets the model read the padding.",
            got="1 everywhere in `attention_mask`",
            wanted="0 wherever there is padding",
            advice="Without the zeros the logits of the shorter sentence change: try it.",
            earned=1,
        )
    if (mask == 1 - torch.tensor(right_mask).double().numpy()).all():
        raise Wrong(
            "mask-inverted",
            "The zeros and ones of the mask have changed places.",
            got="0 for the words and 1 for the padding",
            wanted="1 for tokens to read, 0 for padding",
            advice="Read `attention_mask` as: may this token be attended to?",
            earned=1,
        )
    if (mask == (ids != pad_id)).all():
        raise Wrong(
            "mask-from-ids",
            "A real token is left out: it has the same id as the padding.",
            got=f"0 in the mask wherever the id is {pad_id}, also inside of a sentence",
            wanted="0 for the padding alone",
            advice="Many models pad with a token that texts have too. The lengths say what is padding.",
            earned=1,
        )
    if mask.tolist() != right_mask:
        raise Wrong(
            "other-mask",
            "The ids are right, the mask does not fit them.",
            got=shorten(mask.astype(int).tolist()),
            wanted="1 for tokens to read, 0 for padding",
            advice="Decide by the length of each sequence, not by the value of an id.",
            earned=1,
        )
    batch = references.sentiment_logits(torch.tensor(ids), torch.tensor(mask).long())
    alone = [references.sentiment_logits(torch.tensor([sequence]))[0] for sequence in sequences]
    gap = max(abs(row - single).max() for row, single in zip(batch, alone, strict=True))
    return f"In the batch and alone, the logits differ by at most {gap:.0e}: the padding has no say."
