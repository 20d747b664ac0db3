"""Checks of chapter 2: using Transformers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

SENTENCES = [
    "What a lovely surprise!",
    "The room was cold and the soup was colder.",
    "I would watch this again with all of my friends tomorrow evening.",
    "Not my cup of tea.",
    "She explained every step with so much patience that even I understood it.",
    "The package arrived late, and half of it was broken.",
]


@exercise(
    "pipeline-by-hand",
    chapter=2,
    points=3,
    difficulty=3,
    minutes=15,
    asks=["classify"],
    hints=[
        "A pipeline does three things in a row. Which of the three do the tokenizer and the model do for you?",
        '`tokenizer(texts, padding=True, return_tensors="pt")`, `model(**inputs).logits`, `softmax(dim=-1)`, '
        "`model.config.id2label`.",
        "tokenize all texts in one batch; get the logits; softmax over the labels; "
        "for each row return its best label's name and score",
    ],
)
def pipeline_by_hand(answer: Answer, draw: Draw) -> str:
    """The pipeline, by hand

    Write `classify(texts)` with the `tokenizer` and the `model` from above, without `pipeline()`.

    It takes a list of texts and returns a list of dictionaries, one for each text:
    `{"label": "POSITIVE", "score": 0.98}`, exactly what the pipeline would say.
    """
    import torch

    texts = draw.sample(SENTENCES, 4)
    tokens = references.tokenizer(references.SENTIMENT)(texts, padding=True, return_tensors="pt")
    logits = torch.from_numpy(references.sentiment_logits(tokens["input_ids"], tokens["attention_mask"]))
    names = references.sentiment_model().config.id2label
    try:
        value = answer.call("classify", texts)
    except LearnerRaised as raised:
        if "padding" in raised.text:
            raise Wrong(
                "no-padding",
                "Texts of different lengths do not fit into one tensor yet.",
                got=f"{raised.error}: {raised.text[:90]}…",
                wanted="one batch for all texts",
                advice="Ask the tokenizer to fill the shorter ones up: `padding=True`.",
            ) from None
        raise
    expect.not_calling(answer, "classify", "pipeline")
    results = expect.list_of(value, "What `classify` returns", dict)
    if len(results) != len(texts):
        raise Wrong(
            "wrong-length",
            "There is not one result for each text.",
            got=f"{len(results)} results for {len(texts)} texts",
            wanted="one dictionary for each text",
            advice="Each row of the logits belongs to one text.",
        )
    for result in results:
        expect.dictionary(result, "A result of `classify`", keys=("label", "score"))
    scores = expect.array([result["score"] for result in results], "The scores")
    scores = expect.array(scores.reshape(-1).tolist(), "The list of scores", shape=(len(texts),))
    labels = [result["label"] if isinstance(result["label"], str) else shorten(result["label"]) for result in results]
    right_scores, right_labels = logits.softmax(-1).max(-1)
    if any(label not in names.values() for label in labels):
        raise Wrong(
            "label-numbers",
            "A label is not one of the model's label names.",
            got=shorten(labels),
            wanted=" or ".join(names.values()),
            advice="`model.config.id2label` turns a position into a name.",
        )
    expected = [names[int(i)] for i in right_labels]
    flipped = [names[1 - int(i)] for i in right_labels]
    if labels == flipped or (len(set(labels)) == 1 and len(set(expected)) == 2):
        raise Wrong(
            "fixed-names",
            "The names do not follow the logits.",
            got=shorten(labels),
            wanted="the name that belongs to the highest score of each text",
            advice="Do not write the names down yourself: `model.config.id2label` knows which position has which name.",
        )
    if labels != expected:
        raise Wrong(
            "wrong-labels",
            "At least one text gets another label than from the pipeline.",
            got=shorten(labels),
            wanted="the label with the highest score of each text",
            advice="`argmax(-1)` looks along the labels of one text, `argmax(0)` along the texts.",
        )
    if expect.close(scores, right_scores.numpy(), tolerance=2e-3):
        return "The same labels and scores as the pipeline: you have opened the box."
    if expect.close(scores, logits.max(-1).values.numpy(), tolerance=2e-3):
        raise Wrong(
            "logits-as-scores",
            "The labels are right, but the scores are logits.",
            got=shorten([round(float(s), 3) for s in scores]),
            wanted="probabilities: between 0 and 1, adding up to 1 over the labels",
            advice="One step is missing between the logits and the scores.",
            earned=1,
        )
    by_text = logits.softmax(0).gather(1, right_labels[:, None])[:, 0]
    if expect.close(scores, by_text.numpy(), tolerance=2e-3):
        raise Wrong(
            "softmax-over-batch",
            "The softmax runs over the texts instead of the labels.",
            got=shorten([round(float(s), 3) for s in scores]),
            wanted="scores that do not depend on the other texts of the batch",
            advice="The logits have shape (texts, labels). Which axis must add up to 1?",
            earned=1,
        )
    unmasked = torch.from_numpy(references.sentiment_logits(tokens["input_ids"])).softmax(-1).max(-1).values
    if expect.close(scores, unmasked.numpy(), tolerance=2e-3):
        raise Wrong(
            "mask-forgotten",
            "The padding is read as if it were text.",
            got="scores of short texts that change with the longest text",
            wanted="scores that do not depend on the padding",
            advice="Give the model all that the tokenizer returns: `model(**inputs)`.",
            earned=1,
        )
    for position, name in names.items():
        if expect.close(scores, logits.softmax(-1)[:, position].numpy(), tolerance=2e-3):
            raise Wrong(
                "score-of-one-label",
                f"Every score is the probability of {name}.",
                got=shorten([round(float(s), 3) for s in scores]),
                wanted="the probability of the label that you name",
                advice="Take the score at the position that won, for each text.",
                earned=1,
            )
    off = int((abs(scores - right_scores.numpy())).argmax())
    raise Wrong(
        "other-scores",
        "The labels are right, the scores are not.",
        got=f"{scores[off]:.3f} for {texts[off]!r}",
        wanted="the probability that the pipeline gives",
        advice="Compare with `pipeline()` on this one text, step by step.",
        earned=1,
    )


@exercise(
    "wordpiece",
    chapter=2,
    points=3,
    difficulty=4,
    minutes=20,
    asks=["wordpiece"],
    hints=[
        "You stand at the start of what is left of a word. Which piece do you try first: the longest or the shortest?",
        "Slices `word[start:end]` with `end` running from `len(word)` down; a piece inside the word starts with `##`.",
        "while start < len(word): for end from the end of the word down to start + 1: if the slice (with ## when "
        "start > 0) is in vocab, keep it and go on at end; if none is, return ['[UNK]']",
    ],
)
def wordpiece(answer: Answer, draw: Draw) -> str:
    """WordPiece, by hand

    Write `wordpiece(word, vocab)`. It cuts one word into pieces, as BERT's tokenizer does
    ([Devlin et al. 2018](https://arxiv.org/abs/1810.04805)):

    - at each place it takes the **longest** piece that is in the set `vocab`;
    - a piece that does not start the word is written with `##` in front;
    - it never goes back: a word that cannot be cut up this way becomes `["[UNK]"]`.
    """
    toy = {
        "un",
        "##believ",
        "##able",
        "##ably",
        "##a",
        "##b",
        "##l",
        "##e",
        "u",
        "##n",
        "play",
        "##ing",
        "ing",
        "##in",
        "##g",
        "[UNK]",
    }
    probes = [(word, toy) for word in ("playing", "unbelievable", "un", "plays", "xylophone")]
    probes.append(("abc", {"ab", "a", "##bc", "[UNK]"}))
    real = set(references.tokenizer(references.UNCASED).get_vocab())
    longer = [word for word in sorted(real) if word.isalpha() and word.isascii() and 5 <= len(word) <= 9]
    probes += [
        (first + second, real) for first, second in zip(draw.sample(longer, 6), draw.sample(longer, 6), strict=True)
    ]
    for word, vocab in probes:
        right = _wordpiece(word, vocab)
        found = answer.call("wordpiece", word, vocab)
        if not isinstance(found, list | tuple) or list(found) != right:
            _explain_pieces(word, vocab, found, right)
    return "The same pieces as BERT's own tokenizer, on words that nobody has ever written."


def _wordpiece(word: str, vocab: Collection[str], *, longest: bool = True) -> list[str]:
    pieces, start = [], 0
    while start < len(word):
        ends = range(len(word), start, -1) if longest else range(start + 1, len(word) + 1)
        prefix = "##" if start else ""
        end = next((end for end in ends if prefix + word[start:end] in vocab), None)
        if end is None:
            return ["[UNK]"]
        pieces.append(prefix + word[start:end])
        start = end
    return pieces


def _explain_pieces(word: str, vocab: Collection[str], found: Any, right: list[str]) -> None:
    got = f"{shorten(found)} for {word!r}"
    pieces = expect.list_of(found, f"What `wordpiece` returns for {word!r}", str)
    if right == ["[UNK]"] and pieces in (["UNK"], ["<unk>"], ["[unk]"]):
        raise Wrong(
            "unknown-spelling",
            "The piece for an unknown word is spelled differently.",
            got=got,
            wanted="[UNK] in its brackets",
        )
    if right == ["[UNK]"] and "".join(piece.removeprefix("##") for piece in pieces) == word:
        raise Wrong(
            "goes-back",
            "Another first piece would fit, but the rule does not go back.",
            got=got,
            wanted="the longest piece at each place; [UNK] when the rest cannot be cut up after it",
            advice="Never give up a piece that was found: BERT's tokenizer does not try a second way.",
        )
    if right == ["[UNK]"]:
        raise Wrong(
            "unknown-handling",
            "A word that cannot be cut up completely is not handled yet.",
            got=got,
            wanted="a list with the one piece [UNK], for the whole word",
            advice="As soon as no piece fits at some place, forget the pieces found so far.",
        )
    if "##" not in "".join(pieces) and len(pieces) > 1:
        raise Wrong(
            "no-marks",
            "The pieces inside the word carry no ##.",
            got=got,
            wanted="## in front of each piece but the first",
            advice="The vocabulary holds both kinds: look up the piece with its ##.",
        )
    if [piece.removeprefix("##") for piece in pieces] == [piece.removeprefix("##") for piece in right]:
        raise Wrong(
            "misplaced-marks",
            "The ## are not in the right places.",
            got=got,
            wanted="## in front of each piece but the first",
        )
    if any(piece not in vocab for piece in pieces):
        raise Wrong(
            "not-in-vocab",
            "A piece is not in the vocabulary that we gave.",
            got=got,
            wanted="pieces that are in `vocab`",
            advice="Look every piece up in the argument `vocab`, not in a tokenizer.",
        )
    if pieces == ["[UNK]"]:
        raise Wrong(
            "gives-up",
            "This word can be cut up.",
            got=got,
            wanted=f"{len(right)} pieces",
            advice="When a slice is not in the vocabulary, try a shorter one before giving up.",
        )
    if pieces == _wordpiece(word, vocab, longest=False):
        raise Wrong(
            "shortest-match",
            "You take the shortest piece that fits.",
            got=got,
            wanted="the longest piece at each place",
            advice="Start with the whole rest of the word and make it shorter.",
        )
    raise Wrong(
        "other-pieces",
        "These are not the pieces.",
        got=got,
        wanted="the longest piece at each place, from left to right",
    )


@exercise(
    "same-logits-twice",
    chapter=2,
    points=2,
    difficulty=2,
    minutes=5,
    asks=["batched_ids", "batched_logits"],
    hints=[
        "How many axes does the list of ids of one sentence have? And how many does the model expect?",
        "`torch.tensor([ids, ids])` has two axes; `model(…).logits` has one row for each sentence.",
        "make a tensor from a list that holds ids twice; call the model; keep its logits",
    ],
)
def same_logits_twice(answer: Answer, draw: Draw) -> str:
    """The same sentence twice in one batch

    `ids` holds the tokens of “I've been waiting for a HuggingFace course my whole life.”

    - `batched_ids`: a tensor that holds the sentence twice
    - `batched_logits`: the logits that `model` returns for it

    Both rows of the logits must be the same as for the sentence alone.
    """
    import torch

    tokenizer = references.tokenizer(references.SENTIMENT)
    plain = tokenizer.convert_tokens_to_ids(tokenizer.tokenize(references.WAITING))
    whole = tokenizer(references.WAITING)["input_ids"]
    given = answer.value("batched_ids")
    if isinstance(given, list):
        raise Wrong(
            "list-of-ids",
            "`batched_ids` is still a list.",
            got=f"a list of {len(given)}",
            wanted="a tensor with two rows",
            advice="The model takes tensors: wrap the list in `torch.tensor(…)`.",
        )
    found = expect.array(given, "`batched_ids`")
    if found.ndim == 1:
        raise Wrong(
            "one-axis",
            "`batched_ids` has one axis only.",
            got=f"shape {found.shape}",
            wanted="shape (2, number of tokens)",
            advice="A batch is a list of sentences, even when the sentences are equal.",
        )
    right = next((ids for ids in (plain, whole) if found.shape == (2, len(ids)) and (found == [ids, ids]).all()), None)
    if right is None:
        raise Wrong(
            "other-ids",
            "`batched_ids` does not hold the sentence twice.",
            got=f"shape {found.shape}: {shorten(found.tolist(), 60)}",
            wanted="two equal rows with the ids of the sentence",
        )
    logits = expect.array(answer.value("batched_logits"), "`batched_logits`", shape=(2, 2))
    reference = references.sentiment_logits(torch.tensor([right, right]))
    if expect.close(logits, reference, tolerance=2e-3):
        return f"Both rows say the same: {logits[0].round(2).tolist()}. A sentence does not notice its neighbors."
    if expect.close(logits.sum(-1), (logits.sum(-1) * 0 + 1)):
        raise Wrong(
            "probabilities",
            "These are probabilities, not logits.",
            got=shorten(logits.round(3).tolist()),
            wanted="the numbers before the softmax",
            advice="Take `.logits` of the model's output as they are.",
            earned=1,
        )
    raise Wrong(
        "other-logits",
        "`batched_ids` is right, `batched_logits` is not.",
        got=shorten(logits.round(3).tolist()),
        wanted="what `model` returns for `batched_ids`",
        advice="Run the model on `batched_ids` once more, and use the sentiment checkpoint of this section.",
        earned=1,
    )


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
    # Not the tokenizer's own id 0, so that a pad id that is written down instead of used comes to light.
    pad_id, longest = draw.integer(1, 90), max(map(len, sequences))
    value = expect.dictionary(
        answer.call("pad_batch", sequences, pad_id), "What `pad_batch` returns", keys=("input_ids", "attention_mask")
    )
    ids = expect.whole_numbers(value["input_ids"], "`input_ids`", shape=(len(sequences), longest)).astype(int)
    mask = expect.whole_numbers(value["attention_mask"], "`attention_mask`", shape=(len(sequences), longest))
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
