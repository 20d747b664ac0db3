"""Recorded answers to chapter 2."""

from functools import cache

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from tests.wrong_answers import right, wrong

CHECKPOINT = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
WAITING = "I've been waiting for a HuggingFace course my whole life."


@cache
def parts():
    return AutoTokenizer.from_pretrained(CHECKPOINT), AutoModelForSequenceClassification.from_pretrained(CHECKPOINT)


def logits_of(*args, **kwargs):
    with torch.no_grad():
        return parts()[1](*args, **kwargs).logits


# ---------------------------------------------------------------- pipeline-by-hand


def classify_with(
    probabilities=lambda logits: logits.softmax(-1), *, mask=True, name=lambda model, i: model.config.id2label[i]
):
    tokenizer, model = parts()

    def classify(texts):
        inputs = tokenizer(texts, padding=True, return_tensors="pt")
        logits = logits_of(**inputs) if mask else logits_of(inputs["input_ids"])
        scores = probabilities(logits)
        best = logits.argmax(-1)
        return [{"label": name(model, int(i)), "score": float(row[i])} for row, i in zip(scores, best, strict=True)]

    return (classify,)


@right("pipeline-by-hand")
def one_batch():
    return classify_with()


@right("pipeline-by-hand")
def text_by_text_with_tensors_as_scores():
    tokenizer, model = parts()

    def classify(texts):
        results = []
        for text in texts:
            probabilities = logits_of(**tokenizer(text, return_tensors="pt"))[0].softmax(0).numpy()
            best = int(np.argmax(probabilities))
            results.append({"label": model.config.id2label[best], "score": probabilities[best]})
        return tuple(results)

    return (classify,)


@wrong("pipeline-by-hand", "logits-as-scores", points=1)
def without_softmax():
    return classify_with(lambda logits: logits)


@wrong("pipeline-by-hand", "softmax-over-batch", points=1)
def softmax_over_the_texts():
    return classify_with(lambda logits: logits.softmax(0))


@wrong("pipeline-by-hand", "mask-forgotten", points=1)
def only_the_ids():
    return classify_with(mask=False)


@wrong("pipeline-by-hand", "label-numbers")
def numbers_as_labels():
    return classify_with(name=lambda model, i: i)


@wrong("pipeline-by-hand", "label-numbers")
def generic_label_names():
    return classify_with(name=lambda model, i: f"LABEL_{i}")


@wrong("pipeline-by-hand", "fixed-names")
def names_in_another_order():
    return classify_with(name=lambda model, i: model.config.id2label[1 - i])


@wrong("pipeline-by-hand", "no-padding")
def without_padding():
    tokenizer, _ = parts()
    return (lambda texts: logits_of(**tokenizer(texts, return_tensors="pt")),)


@wrong("pipeline-by-hand", "wrong-length")
def only_the_first_text():
    (classify,) = classify_with()
    return (lambda texts: classify(texts)[:1],)


@wrong("pipeline-by-hand", "missing-keys")
def other_key_names():
    (classify,) = classify_with()
    return (lambda texts: [{"name": r["label"], "score": r["score"]} for r in classify(texts)],)


@wrong("pipeline-by-hand", "other-scores", points=1)
def sigmoid_instead_of_softmax():
    return classify_with(lambda logits: logits.sigmoid())


# ---------------------------------------------------------------- wordpiece


def pieces(word, vocab, *, ends=lambda start, n: range(n, start, -1), mark="##", unknown=lambda done: ["[UNK]"]):
    done, start = [], 0
    while start < len(word):
        for end in ends(start, len(word)):
            piece = (mark if start else "") + word[start:end]
            if piece in vocab:
                break
        else:
            return unknown(done)
        done.append(piece)
        start = end
    return done


@right("wordpiece")
def greedy():
    return (pieces,)


@right("wordpiece")
def recursive():
    def wordpiece(word, vocab, prefix=""):
        if not word:
            return []
        for end in range(len(word), 0, -1):
            if prefix + word[:end] in vocab:
                rest = wordpiece(word[end:], vocab, "##")
                return ["[UNK]"] if rest == ["[UNK]"] else (prefix + word[:end], *rest)
        return ["[UNK]"]

    return (wordpiece,)


@wrong("wordpiece", "shortest-match")
def shortest_first():
    return (lambda word, vocab: pieces(word, vocab, ends=lambda start, n: range(start + 1, n + 1)),)


@wrong("wordpiece", "no-marks")
def marks_forgotten_in_the_look_up():
    return (lambda word, vocab: pieces(word, vocab, mark=""),)


@wrong("wordpiece", "no-marks")
def marks_forgotten_in_the_result():
    return (lambda word, vocab: [piece.removeprefix("##") for piece in pieces(word, vocab)],)


@wrong("wordpiece", "misplaced-marks")
def marks_on_every_piece():
    return (lambda word, vocab: ["##" + piece.removeprefix("##") for piece in pieces(word, vocab)],)


@wrong("wordpiece", "unknown-handling")
def pieces_before_the_unknown_one():
    return (lambda word, vocab: pieces(word, vocab, unknown=lambda done: [*done, "[UNK]"]),)


@wrong("wordpiece", "unknown-handling")
def empty_when_unknown():
    return (lambda word, vocab: pieces(word, vocab, unknown=lambda done: []),)


@wrong("wordpiece", "gives-up")
def whole_words_only():
    return (lambda word, vocab: [word] if word in vocab else ["[UNK]"],)


@wrong("wordpiece", "not-a-list")
def one_text():
    return (lambda word, vocab: " ".join(pieces(word, vocab)),)


# ---------------------------------------------------------------- same-logits-twice


def plain_ids():
    tokenizer, _ = parts()
    return tokenizer.convert_tokens_to_ids(tokenizer.tokenize(WAITING))


@right("same-logits-twice")
def without_special_tokens():
    batch = torch.tensor([plain_ids()] * 2)
    return batch, logits_of(batch)


@right("same-logits-twice")
def the_tokenizers_own_call_and_a_list_of_logits():
    batch = parts()[0]([WAITING, WAITING], return_tensors="pt")
    return batch["input_ids"].numpy(), logits_of(**batch).tolist()


@wrong("same-logits-twice", "one-axis")
def one_long_row():
    ids = torch.tensor(plain_ids() * 2)
    return ids, logits_of(ids[None])


@wrong("same-logits-twice", "list-of-ids")
def a_list_of_lists():
    return [plain_ids()] * 2, logits_of(torch.tensor([plain_ids()] * 2))


@wrong("same-logits-twice", "other-ids")
def one_row_only():
    batch = torch.tensor([plain_ids()])
    return batch, logits_of(batch)


@wrong("same-logits-twice", "other-ids")
def two_other_sentences():
    batch = parts()[0](["What a day!", "What a day!"], return_tensors="pt")["input_ids"]
    return batch, logits_of(batch)


@wrong("same-logits-twice", "probabilities", points=1)
def after_the_softmax():
    batch = torch.tensor([plain_ids()] * 2)
    return batch, logits_of(batch).softmax(-1)


@wrong("same-logits-twice", "wrong-shape")
def logits_of_one_row():
    batch = torch.tensor([plain_ids()] * 2)
    return batch, logits_of(batch)[0]


@wrong("same-logits-twice", "other-logits", points=1)
def logits_of_another_sentence():
    other = parts()[0](["I hate this!"] * 2, return_tensors="pt")["input_ids"]
    return torch.tensor([plain_ids()] * 2), logits_of(other)


@wrong("same-logits-twice", "whole-output")
def the_whole_output():
    batch = torch.tensor([plain_ids()] * 2)
    return batch, parts()[1](batch)


# ---------------------------------------------------------------- pad-and-mask


def padded(sequences, pad_id, *, left=False, mask=lambda n, gap: [1] * n + [0] * gap, length=None):
    longest = length or max(map(len, sequences))
    rows, masks = [], []
    for ids in sequences:
        gap = [pad_id] * (longest - len(ids))
        rows.append(gap + ids if left else ids + gap)
        masks.append(mask(len(ids), len(gap)))
    return {"input_ids": torch.tensor(rows), "attention_mask": torch.tensor(masks)}


@right("pad-and-mask")
def lists_then_tensors():
    return (padded,)


@right("pad-and-mask")
def numpy_with_a_boolean_mask():
    def pad_batch(sequences, pad_id):
        longest = max(len(s) for s in sequences)
        ids = np.full((len(sequences), longest), pad_id)
        for row, sequence in zip(ids, sequences, strict=True):
            row[: len(sequence)] = sequence
        return {"input_ids": ids, "attention_mask": ids != pad_id}

    return (pad_batch,)


@wrong("pad-and-mask", "mask-all-ones", points=1)
def padding_without_a_mask():
    return (lambda s, p: padded(s, p, mask=lambda n, gap: [1] * (n + gap)),)


@wrong("pad-and-mask", "mask-inverted", points=1)
def mask_the_wrong_way_round():
    return (lambda s, p: padded(s, p, mask=lambda n, gap: [0] * n + [1] * gap),)


@wrong("pad-and-mask", "left-padding")
def padding_on_the_left():
    return (lambda s, p: padded(s, p, left=True, mask=lambda n, gap: [0] * gap + [1] * n),)


@wrong("pad-and-mask", "other-mask", points=1)
def mask_moved_by_one():
    return (lambda s, p: padded(s, p, mask=lambda n, gap: [1] * (n - 1) + [0] * (gap + 1)),)


@wrong("pad-and-mask", "wrong-shape")
def padded_to_a_fixed_length():
    return (lambda s, p: padded(s, p, length=64),)


@wrong("pad-and-mask", "other-ids")
def the_pad_id_written_down():
    return (lambda s, p: padded(s, 0),)


@wrong("pad-and-mask", "missing-keys")
def ids_only():
    return (lambda s, p: {"input_ids": padded(s, p)["input_ids"]},)


@wrong("pad-and-mask", "not-a-dict")
def a_pair():
    return (lambda s, p: tuple(padded(s, p).values()),)


@wrong("pad-and-mask", "raised")
def not_padded_at_all():
    return (lambda s, p: {"input_ids": torch.tensor(s), "attention_mask": torch.tensor(s)},)


@wrong("pad-and-mask", "floats")
def filled_into_zeros_that_are_floats():
    def pad_batch(sequences, pad_id):
        batch = padded(sequences, pad_id)
        return batch | {"input_ids": batch["input_ids"].float()}

    return (pad_batch,)


@wrong("pad-and-mask", "list-not-tensor")
def rows_as_lists():
    return (lambda s, p: {key: value.tolist() for key, value in padded(s, p).items()},)


@wrong("pipeline-by-hand", "library-call")
def the_pipeline_itself():
    from transformers import pipeline

    def classify(texts):
        return pipeline("sentiment-analysis", model=CHECKPOINT)(texts)

    return (classify,)


@wrong("pipeline-by-hand", "score-of-one-label", points=1)
def always_the_score_of_positive():
    tokenizer, model = parts()

    def classify(texts):
        rows = logits_of(**tokenizer(texts, padding=True, return_tensors="pt")).softmax(-1)
        return [{"label": model.config.id2label[int(row.argmax())], "score": row[1].item()} for row in rows]

    return (classify,)


@wrong("pipeline-by-hand", "not-a-list")
def return_forgotten():
    return (lambda texts: None,)


@wrong("wordpiece", "goes-back")
def a_second_way_when_the_first_fails():
    def wordpiece(word, vocab, prefix=""):
        if not word:
            return []
        for end in range(len(word), 0, -1):
            if prefix + word[:end] in vocab:
                rest = wordpiece(word[end:], vocab, "##")
                if rest != ["[UNK]"]:
                    return [prefix + word[:end], *rest]
        return ["[UNK]"]

    return (wordpiece,)


@wrong("wordpiece", "unknown-spelling")
def unk_without_brackets():
    return (lambda word, vocab: pieces(word, vocab, unknown=lambda done: ["UNK"]),)


@wrong("wordpiece", "not-in-vocab")
def the_tokenizers_own_vocabulary():
    return (lambda word, vocab: AutoTokenizer.from_pretrained("google-bert/bert-base-uncased").tokenize(word),)
