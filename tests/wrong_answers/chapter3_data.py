"""Recorded answers to the exercises of chapter 3 that prepare data: pairs, types, padding, preprocessing, schedules."""

import math
from functools import cache

import numpy as np
import torch
from datasets import load_dataset
from transformers import AutoTokenizer

from tests.wrong_answers import right, wrong

MINILM = "sentence-transformers/all-MiniLM-L6-v2"


@cache
def tokenizer():
    return AutoTokenizer.from_pretrained(MINILM)


def sentences(index=15, split="train"):
    example = load_dataset("nyu-mll/glue", "mrpc", split=split)[index]
    return example["sentence1"], example["sentence2"]


# ---------------------------------------------------------------- single-or-pair


def join_pair(first, second):
    ids = first["input_ids"] + second["input_ids"][1:]
    ones = len(second["input_ids"]) - 1
    types = [0] * len(first["input_ids"]) + [1] * ones
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": [1] * len(ids)}


def compared(together=None, differs=frozenset("abe"), join=join_pair):
    return together or tokenizer()(*sentences()), differs, join


def joined_with(**changes):
    return compared(join=lambda first, second: join_pair(first, second) | changes)


@right("single-or-pair")
def lists_joined():
    return compared()


@right("single-or-pair")
def tensors_and_a_list_of_letters():
    def join(first, second):
        ids = torch.tensor([first["input_ids"] + second["input_ids"][1:]])
        types = torch.zeros_like(ids)
        types[0, len(first["input_ids"]) :] = 1
        return {"attention_mask": torch.ones_like(ids), "token_type_ids": types, "input_ids": ids}

    return compared(dict(tokenizer()(*sentences(), return_tensors="pt")), ["E", "a", "b"], join)


@right("single-or-pair")
def arrays_and_a_text_of_letters():
    def join(first, second):
        return {key: np.array(value) for key, value in join_pair(first, second).items()}

    return compared(tokenizer()([sentences()]), "a, b, e", join)


@wrong("single-or-pair", "two-rows")
def a_batch_of_two():
    return compared(tokenizer()(list(sentences())))


@wrong("single-or-pair", "sentences-swapped")
def the_second_sentence_first():
    return compared(tokenizer()(*reversed(sentences())))


@wrong("single-or-pair", "joined-text")
def one_text_of_both():
    return compared(tokenizer()(" ".join(sentences())))


@wrong("single-or-pair", "one-sentence")
def the_first_sentence_alone():
    return compared(tokenizer()(sentences()[0]))


@wrong("single-or-pair", "other-pair")
def the_fifteenth_element():
    return compared(tokenizer()(*sentences(14)))


@wrong("single-or-pair", "other-pair")
def element_15_of_the_validation_split():
    return compared(tokenizer()(*sentences(15, "validation")))


@wrong("single-or-pair", "other-pair")
def without_special_tokens():
    return compared(tokenizer()(*sentences(), add_special_tokens=False))


@wrong("single-or-pair", "missing-keys")
def without_types():
    return compared(tokenizer()(*sentences(), return_token_type_ids=False))


@wrong("single-or-pair", "not-a-dict")
def ids_alone():
    return compared(tokenizer()(*sentences())["input_ids"])


@wrong("single-or-pair", "tokens-not-ids")
def tokens_of_the_pair():
    encoded = tokenizer()(*sentences())
    return compared(dict(encoded) | {"input_ids": encoded.tokens()})


@wrong("single-or-pair", "same-in-both", points=1)
def one_more_sep():
    return compared(differs={"a", "b", "c", "e"})


@wrong("single-or-pair", "same-in-both", points=1)
def everything_differs():
    return compared(differs=set("abcdef"))


@wrong("single-or-pair", "not-all", points=1)
def only_the_types():
    return compared(differs={"e"})


@wrong("single-or-pair", "not-letters", points=1)
def words_for_letters():
    return compared(differs={"token_type_ids", "[CLS]"})


@wrong("single-or-pair", "not-letters", points=1)
def true_and_false():
    return compared(differs=[True, True, False, False, True, False])


@wrong("single-or-pair", "cls-twice", points=2)
def one_after_the_other():
    def join(first, second):
        return {key: first[key] + second[key] for key in first}

    return compared(join=join)


@wrong("single-or-pair", "sep-lost", points=2)
def only_one_sep():
    def join(first, second):
        return join_pair(first, second) | {"input_ids": first["input_ids"][:-1] + second["input_ids"][1:]}

    return compared(join=join)


@wrong("single-or-pair", "types-of-singles", points=2)
def types_as_they_were():
    def join(first, second):
        joined = join_pair(first, second)
        return joined | {"token_type_ids": [0] * len(joined["input_ids"])}

    return compared(join=join)


@wrong("single-or-pair", "other-types", points=2)
def the_first_sep_in_the_second_sentence():
    def join(first, second):
        ones = len(second["input_ids"])
        return join_pair(first, second) | {"token_type_ids": [0] * (len(first["input_ids"]) - 1) + [1] * ones}

    return compared(join=join)


@wrong("single-or-pair", "other-ids", points=2)
def the_second_sentence_in_front():
    return compared(join=lambda first, second: join_pair(second, first))


@wrong("single-or-pair", "other-mask", points=2)
def a_mask_of_types():
    def join(first, second):
        joined = join_pair(first, second)
        return joined | {"attention_mask": joined["token_type_ids"]}

    return compared(join=join)


@wrong("single-or-pair", "missing-keys")
def only_two_keys():
    return compared(join=lambda first, second: {"input_ids": first["input_ids"] + second["input_ids"][1:]})


@wrong("single-or-pair", "partly-attempted")
def letters_missing():
    return compared(differs=...)


# ---------------------------------------------------------------- token-types


@right("token-types")
def a_loop():
    def token_types(input_ids, sep_id):
        types, segment = [], 0
        for id in input_ids:
            types.append(segment % 2 if segment < 2 else 0)
            segment += id == sep_id
        return types if segment == 2 else [0] * len(types)

    return (token_types,)


@right("token-types")
def a_cumulative_sum():
    def token_types(input_ids, sep_id):
        is_sep = torch.tensor(input_ids) == sep_id
        before = is_sep.cumsum(0) - is_sep.long()
        return (before == 1).long() * (is_sep.sum() == 2)

    return (token_types,)


@right("token-types")
def borders_in_an_array():
    def token_types(input_ids, sep_id):
        seps = np.flatnonzero(np.array(input_ids) == sep_id)
        types = np.zeros((1, len(input_ids)), dtype=int)
        if len(seps) == 2:
            types[0, seps[0] + 1 : seps[1] + 1] = 1
        return types

    return (token_types,)


def types_by(rule):
    def token_types(input_ids, sep_id):
        return [int(rule(place, input_ids, sep_id)) for place in range(len(input_ids))]

    return (token_types,)


def seps_before(place, ids, sep):
    return ids[:place].count(sep)


@wrong("token-types", "second-sep-outside", points=1)
def ends_before_the_second_sep():
    return types_by(lambda i, ids, sep: seps_before(i, ids, sep) == 1 and ids[i] != sep and ids.count(sep) == 2)


@wrong("token-types", "first-sep-inside", points=1)
def starts_with_the_first_sep():
    return types_by(lambda i, ids, sep: seps_before(i + 1, ids, sep) == 1 and ids[i] != 0 or i == len(ids) - 1)


@wrong("token-types", "padding-typed", points=1)
def everything_after_the_first_sep():
    return types_by(lambda i, ids, sep: seps_before(i, ids, sep) >= 1)


@wrong("token-types", "third-segment")
def number_of_seps_before():
    def token_types(input_ids, sep_id):
        return [seps_before(place, [*input_ids, 0], sep_id) for place in range(1, len(input_ids) + 1)]

    return (token_types,)


@wrong("token-types", "one-segment")
def the_sep_of_bert():
    return types_by(lambda i, ids, sep: seps_before(i, ids, 102) == 1)


@wrong("token-types", "inverted")
def zero_and_one_swapped():
    return types_by(lambda i, ids, sep: not (seps_before(i, ids, sep) == 1 and ids.count(sep) == 2))


@wrong("token-types", "other-types")
def the_second_half():
    return types_by(lambda i, ids, sep: i >= len(ids) / 2 - 3)


@wrong("token-types", "second-from-nowhere", points=1)
def only_padding_after_a_single_sentence():
    return types_by(lambda i, ids, sep: seps_before(i, ids, sep) == 1)


@wrong("token-types", "other-length")
def special_tokens_left_out():
    def token_types(input_ids, sep_id):
        border = input_ids.index(sep_id)
        return [0] * (border - 1) + [1] * (len(input_ids) - border - 2)

    return (token_types,)


@wrong("token-types", "not-whole-numbers")
def nothing_returned():
    return (lambda input_ids, sep_id: None,)


@wrong("token-types", "not-whole-numbers")
def truth_is_no_number():
    return (lambda input_ids, sep_id: ["0" for _ in input_ids] and 0.5,)


@wrong("token-types", "raised")
def always_two_seps():
    def token_types(input_ids, sep_id):
        first = input_ids.index(sep_id)
        second = input_ids.index(sep_id, first + 1)
        return [int(first < place <= second) for place in range(len(input_ids))]

    return (token_types,)


# ---------------------------------------------------------------- padding-waste


def cut(lengths, size):
    return [lengths[start : start + size] for start in range(0, len(lengths), size)]


def dynamic(lengths, size):
    return sum(max(batch) * len(batch) for batch in cut(lengths, size))


def share(lengths, size, width):
    return 1 - dynamic(lengths, size) / (len(lengths) * width)


@right("padding-waste")
def by_slices():
    return dynamic, share


@right("padding-waste")
def with_tensors():
    def padded_tokens(lengths, batch_size):
        total = torch.tensor(0)
        for batch in torch.tensor(lengths).split(batch_size):
            total += batch.max() * batch.numel()
        return total

    def saved_share(lengths, batch_size, width):
        fixed = torch.tensor(width * len(lengths))
        return (fixed - padded_tokens(lengths, batch_size)) / fixed

    return padded_tokens, saved_share


@right("padding-waste")
def row_by_row_in_numpy():
    def padded_tokens(lengths, batch_size):
        starts = np.arange(len(lengths)) // batch_size * batch_size
        return np.sum([max(lengths[start : start + batch_size]) for start in starts])

    return padded_tokens, lambda lengths, size, width: np.float64(
        1 - padded_tokens(lengths, size) / len(lengths) / width
    )


@wrong("padding-waste", "text-only")
def without_any_padding():
    return lambda lengths, size: sum(lengths), share


@wrong("padding-waste", "padding-only")
def only_the_padding():
    return lambda lengths, size: dynamic(lengths, size) - sum(lengths), share


@wrong("padding-waste", "longest-of-all")
def up_to_the_longest_of_all():
    return lambda lengths, size: max(lengths) * len(lengths), share


@wrong("padding-waste", "last-batch-dropped")
def whole_batches_only():
    return lambda lengths, size: dynamic(lengths[: len(lengths) // size * size], size), share


@wrong("padding-waste", "last-batch-filled")
def each_batch_full():
    return lambda lengths, size: sum(max(batch) * size for batch in cut(lengths, size)), share


@wrong("padding-waste", "sorted-first")
def by_length():
    return lambda lengths, size: dynamic(sorted(lengths), size), share


@wrong("padding-waste", "widths-only")
def one_row_for_each_batch():
    return lambda lengths, size: sum(map(max, cut(lengths, size))), share


@wrong("padding-waste", "other-count")
def padded_to_eights():
    return lambda lengths, size: sum((max(b) // 8 + 1) * 8 * len(b) for b in cut(lengths, size)), share


@wrong("padding-waste", "not-an-integer")
def a_list_of_widths():
    return lambda lengths, size: [max(batch) for batch in cut(lengths, size)], share


@wrong("padding-waste", "percent", points=2)
def in_percent():
    return dynamic, lambda *args: 100 * share(*args)


@wrong("padding-waste", "what-is-left", points=2)
def what_is_still_needed():
    return dynamic, lambda *args: 1 - share(*args)


@wrong("padding-waste", "of-dynamic", points=2)
def share_of_the_smaller_number():
    return dynamic, lambda lengths, size, width: len(lengths) * width / dynamic(lengths, size) - 1


@wrong("padding-waste", "tokens-not-share", points=2)
def saved_tokens():
    return dynamic, lambda lengths, size, width: len(lengths) * width - dynamic(lengths, size)


@wrong("padding-waste", "padding-share", points=2)
def share_of_padding():
    return dynamic, lambda lengths, size, width: 1 - sum(lengths) / (len(lengths) * width)


@wrong("padding-waste", "last-batch-filled", points=2)
def fixed_batches_full():
    return (
        dynamic,
        lambda lengths, size, width: 1 - dynamic(lengths, size) / (math.ceil(len(lengths) / size) * size * width),
    )


@wrong("padding-waste", "not-a-number", points=2)
def share_as_a_text():
    return dynamic, lambda *args: f"{share(*args):.0%}"


@wrong("padding-waste", "other-share", points=2)
def half():
    return dynamic, lambda *args: 0.5 if share(*args) < 0.45 else 0.1


# ---------------------------------------------------------------- preprocess-sst2


def sst2(split="validation", index=0):
    return load_dataset("nyu-mll/glue", "sst2", split=split)[index]


def cut_to_64(*texts, **options):
    return tokenizer()(*texts, truncation=True, max_length=64, **options)


def encoded_review(review, keep=("label",), **options):
    return dict(cut_to_64(review["sentence"], **options)) | {name: review[name] for name in keep}


def reviews_with(tokenize=lambda examples: cut_to_64(examples["sentence"]), first=None):
    return tokenize, first or encoded_review(sst2())


@right("preprocess-sst2")
def one_column():
    return reviews_with()


@right("preprocess-sst2")
def mapped_with_tensors():
    def tokenize_reviews(examples):
        return {**tokenizer()(examples["sentence"], truncation=True), "labels": examples["label"]}

    reviews = load_dataset("nyu-mll/glue", "sst2", split="validation[:9]")
    reviews = reviews.map(tokenize_reviews, batched=True, remove_columns=["sentence", "idx", "label"])
    return tokenize_reviews, reviews.with_format("torch")[0]


@right("preprocess-sst2")
def cut_at_the_models_places():
    return reviews_with(lambda examples: tokenizer()(examples["sentence"], truncation=True, max_length=512))


@wrong("preprocess-sst2", "other-columns")
def the_columns_of_mrpc():
    return reviews_with(lambda examples: cut_to_64(examples["sentence1"], examples["sentence2"]))


@wrong("preprocess-sst2", "text-twice")
def a_pair_call():
    return reviews_with(lambda examples: cut_to_64(examples["sentence"], examples["sentence"]))


@wrong("preprocess-sst2", "padded")
def padded_in_the_map():
    return reviews_with(lambda examples: cut_to_64(examples["sentence"], padding="max_length"))


@wrong("preprocess-sst2", "padded")
def padded_to_the_longest():
    return reviews_with(lambda examples: cut_to_64(examples["sentence"], padding=True))


@wrong("preprocess-sst2", "not-cut")
def without_truncation():
    return reviews_with(lambda examples: tokenizer()(examples["sentence"]))


@wrong("preprocess-sst2", "one-row")
def only_the_first():
    return reviews_with(lambda examples: cut_to_64(examples["sentence"][0]))


@wrong("preprocess-sst2", "no-special-tokens")
def without_special_tokens_in_the_map():
    return reviews_with(lambda examples: cut_to_64(examples["sentence"], add_special_tokens=False))


@wrong("preprocess-sst2", "missing-keys")
def ids_only():
    return reviews_with(lambda examples: {"input_ids": cut_to_64(examples["sentence"])["input_ids"]})


@wrong("preprocess-sst2", "other-ids")
def letters_cut():
    return reviews_with(lambda examples: cut_to_64([text[:20] for text in examples["sentence"]]))


@wrong("preprocess-sst2", "not-a-dict")
def a_list_of_ids():
    return reviews_with(lambda examples: cut_to_64(examples["sentence"])["input_ids"])


@wrong("preprocess-sst2", "other-types")
def types_of_a_second_sentence():
    def tokenize_reviews(examples):
        encoded = cut_to_64(examples["sentence"])
        return dict(encoded) | {"token_type_ids": encoded["attention_mask"]}

    return reviews_with(tokenize_reviews)


@wrong("preprocess-sst2", "columns-kept", points=2)
def the_sentence_kept():
    return reviews_with(first=encoded_review(sst2(), keep=("sentence", "label")))


@wrong("preprocess-sst2", "columns-kept", points=2)
def the_number_kept():
    return reviews_with(first=encoded_review(sst2(), keep=("idx", "label")))


@wrong("preprocess-sst2", "label-removed", points=2)
def all_columns_removed():
    return reviews_with(first=encoded_review(sst2(), keep=()))


@wrong("preprocess-sst2", "not-tokenized", points=2)
def the_old_data_set():
    return reviews_with(first=sst2())


@wrong("preprocess-sst2", "wrong-split", points=2)
def the_first_to_learn_from():
    return reviews_with(first=encoded_review(sst2("train")))


@wrong("preprocess-sst2", "wrong-split", points=2)
def the_first_of_the_test_split():
    return reviews_with(first=encoded_review(sst2("test")))


@wrong("preprocess-sst2", "other-review", points=2)
def the_second_review():
    return reviews_with(first=encoded_review(sst2(index=1)))


@wrong("preprocess-sst2", "padded-first", points=2)
def the_first_review_padded():
    return reviews_with(first=encoded_review(sst2(), padding="max_length"))


@wrong("preprocess-sst2", "other-label", points=2)
def the_other_mood():
    first = encoded_review(sst2())
    return reviews_with(first=first | {"label": 1 - first["label"]})


@wrong("preprocess-sst2", "partly-attempted")
def no_review():
    return lambda examples: cut_to_64(examples["sentence"]), ...


# ---------------------------------------------------------------- columns


def tokenized(split="train", index=0, **options):
    part = load_dataset("nyu-mll/glue", "mrpc", split=f"{split}[:3]")
    part = part.map(lambda pair: cut_to_64(pair["sentence1"], pair["sentence2"], **options), batched=True)
    return part.rename_column("label", "labels").remove_columns(["sentence1", "sentence2", "idx"]), index


def ready(split="train", index=0, **options):
    part, index = tokenized(split, index, **options)
    return part.with_format("torch")[index]


@right("columns")
def removed_renamed_and_formatted():
    part, _ = tokenized()
    part.set_format("torch")
    return (part[0],)


@right("columns")
def selected_and_only_looked_at_as_tensors():
    part, _ = tokenized()
    return (part.select_columns(["labels", "input_ids", "token_type_ids", "attention_mask"]).with_format("torch")[0],)


@right("columns")
def tensors_by_hand_of_shorter_rows():
    example = load_dataset("nyu-mll/glue", "mrpc", split="train")[0]
    encoded = tokenizer()(example["sentence1"], example["sentence2"], truncation=True, max_length=20)
    tensors = {key: torch.tensor([row]) for key, row in encoded.items()}
    return (tensors | {"labels": torch.tensor([example["label"]])},)


@wrong("columns", "columns-kept")
def the_texts_kept():
    return (ready() | dict(zip(("sentence1", "sentence2"), sentences(0), strict=True)),)


@wrong("columns", "columns-kept")
def the_index_kept():
    return (ready() | {"idx": torch.tensor(0)},)


@wrong("columns", "not-renamed")
def label_as_it_was():
    return ({key.replace("labels", "label"): value for key, value in ready().items()},)


@wrong("columns", "labels-gone")
def label_removed():
    return ({key: value for key, value in ready().items() if key != "labels"},)


@wrong("columns", "not-tensors", points=1)
def without_a_format():
    return (tokenized()[0][0],)


@wrong("columns", "not-tensors", points=1)
def in_numpy():
    return (tokenized()[0].with_format("numpy")[0],)


@wrong("columns", "missing-keys")
def without_a_mask():
    return ({key: value for key, value in ready().items() if key != "attention_mask"},)


@wrong("columns", "wrong-split", points=1)
def from_the_validation_split():
    return (ready("validation"),)


@wrong("columns", "other-pair", points=1)
def the_second_pair():
    return (ready(index=1),)


@wrong("columns", "other-pair", points=1)
def padded_too():
    return (ready(padding="max_length"),)


@wrong("columns", "other-label", points=1)
def the_number_renamed():
    pair = ready()
    return (pair | {"labels": 1 - pair["labels"]},)


@wrong("columns", "other-values", points=1)
def an_empty_mask():
    pair = ready()
    return (pair | {"attention_mask": pair["attention_mask"] * 0},)


@wrong("columns", "whole-data-set")
def all_splits():
    return (load_dataset("nyu-mll/glue", "mrpc"),)


@wrong("columns", "nothing-returned")
def what_set_format_returns():
    return (tokenized()[0].set_format("torch"),)


@wrong("columns", "not-a-dict")
def a_data_set():
    return (tokenized()[0],)


# ---------------------------------------------------------------- schedule


def steps(examples, batch_size, epochs):
    return math.ceil(examples / batch_size) * epochs


def rate(step, peak, warmup_steps, total_steps):
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * (total_steps - step) / (total_steps - warmup_steps)


def rates(rising=None, falling=None):
    """The right schedule, with another rise or another fall."""

    def learning_rate(step, peak, warmup_steps, total_steps):
        other = rising if step < warmup_steps else falling
        return (other or rate)(step, peak, warmup_steps, total_steps)

    return steps, learning_rate


@right("schedule")
def two_lines():
    return steps, rate


@right("schedule")
def with_the_librarys_own_schedule():
    from transformers import get_linear_schedule_with_warmup

    def training_steps(examples, batch_size, epochs):
        return epochs * len(torch.utils.data.DataLoader(range(examples), batch_size=batch_size))

    def learning_rate(step, peak, warmup_steps, total_steps):
        optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=peak)
        lines = get_linear_schedule_with_warmup(optimizer, warmup_steps, total_steps)
        return optimizer.defaults["lr"] * lines.lr_lambdas[0](step)

    return training_steps, learning_rate


@right("schedule")
def interpolated_in_numpy():
    def learning_rate(step, peak, warmup_steps, total_steps):
        corners = ([0, warmup_steps, total_steps], [0, peak, 0])
        return np.interp(step, *(corners if warmup_steps else ([0, total_steps], [peak, 0])))

    return lambda examples, size, epochs: -(-examples // size) * epochs, learning_rate


@wrong("schedule", "last-batch-dropped")
def rounded_down():
    return lambda examples, size, epochs: examples // size * epochs, rate


@wrong("schedule", "rounded-once")
def all_epochs_in_one_row():
    return lambda examples, size, epochs: math.ceil(examples * epochs / size), rate


@wrong("schedule", "one-epoch")
def epochs_forgotten():
    return lambda examples, size, epochs: math.ceil(examples / size), rate


@wrong("schedule", "one-too-many")
def always_one_more():
    return lambda examples, size, epochs: (examples // size + 1) * epochs, rate


@wrong("schedule", "examples-not-batches")
def a_step_for_each_example():
    return lambda examples, size, epochs: examples * epochs, rate


@wrong("schedule", "not-an-integer")
def not_rounded():
    return lambda examples, size, epochs: examples / size * epochs, rate


@wrong("schedule", "other-steps")
def one_more_for_each_run():
    return lambda examples, size, epochs: steps(examples, size, epochs) + 1, rate


@wrong("schedule", "step-from-one", points=1)
def counted_from_one():
    return rates(lambda step, peak, warmup, total: peak * (step + 1) / warmup)


@wrong("schedule", "no-warmup", points=1)
def at_the_peak_from_the_start():
    return rates(lambda step, peak, warmup, total: peak)


@wrong("schedule", "no-warmup", points=1)
def falling_from_the_start():
    return rates(*[lambda step, peak, warmup, total: peak * (total - step) / total] * 2)


@wrong("schedule", "decay-from-step-0", points=1)
def falling_as_if_from_step_0():
    return rates(falling=lambda step, peak, warmup, total: peak * (total - step) / total)


@wrong("schedule", "no-decay", points=1)
def flat_after_the_warmup():
    return rates(falling=lambda step, peak, warmup, total: peak)


@wrong("schedule", "upside-down", points=1)
def rising_again():
    return rates(falling=lambda step, peak, warmup, total: peak * (step - warmup) / (total - warmup))


@wrong("schedule", "grows-on", points=1)
def a_warmup_without_end():
    return rates(
        falling=lambda step, peak, warmup, total: (
            peak * step / warmup if warmup and step > warmup else rate(step, peak, warmup, total)
        )
    )


@wrong("schedule", "cosine", points=1)
def a_cosine():
    return rates(
        falling=lambda step, peak, warmup, total: (
            peak * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
        )
    )


@wrong("schedule", "share-not-rate", points=1)
def a_share_of_the_peak():
    return steps, lambda step, peak, warmup, total: rate(step, 1, warmup, total)


@wrong("schedule", "whole-numbers", points=1)
def divided_without_rest():
    return rates(lambda step, peak, warmup, total: peak * (step // warmup))


@wrong("schedule", "divided-by-zero", points=1)
def always_a_warmup():
    return steps, lambda step, peak, warmup, total: min(peak * step / warmup, rate(step, peak, warmup, total))


@wrong("schedule", "other-rate", points=1)
def halved():
    return rates(falling=lambda step, peak, warmup, total: peak * 0.77)


@wrong("schedule", "not-a-number", points=1)
def all_rates():
    return steps, lambda step, peak, warmup, total: [rate(i, peak, warmup, total) for i in range(total)]


# ---------------------------------------------------------------- preprocess-any-glue

GLUE_TEXTS = {
    **dict.fromkeys(("cola", "sst2"), ("sentence",)),
    **dict.fromkeys(("mrpc", "stsb", "rte", "wnli"), ("sentence1", "sentence2")),
    **dict.fromkeys(("mnli", "ax"), ("premise", "hypothesis")),
    "qqp": ("question1", "question2"),
    "qnli": ("question", "sentence"),
}


def outputs(task):
    return {"stsb": 1, "mnli": 3, "ax": 3}.get(task, 2)


def glue(task, examples, texts=None, **options):
    encoded = cut_to_64(*(examples[name] for name in texts or GLUE_TEXTS[task]), **options)
    return dict(encoded) | {"labels": examples["label"]}


@right("preprocess-any-glue")
def a_table_of_columns():
    return glue, outputs


@right("preprocess-any-glue")
def columns_that_hold_texts():
    from datasets import load_dataset_builder

    def preprocess(task, examples):
        texts = [column for column in examples.values() if isinstance(column[0], str)]
        batch = tokenizer()(*texts, truncation=True, max_length=128)
        batch["labels"] = torch.tensor(examples["label"])
        return batch

    def model_outputs(task):
        label = load_dataset_builder("nyu-mll/glue", task).info.features["label"]
        return len(getattr(label, "names", ["score"]))

    return preprocess, model_outputs


@right("preprocess-any-glue")
def all_but_label_and_number():
    def preprocess(task, examples):
        return glue(task, examples, [name for name in examples if name not in ("label", "idx")])

    return preprocess, lambda task: np.int64(outputs(task))


@wrong("preprocess-any-glue", "hard-coded-columns")
def only_the_columns_of_mrpc():
    return lambda task, examples: glue("mrpc", examples), outputs


@wrong("preprocess-any-glue", "hard-coded-columns")
def the_first_two_columns():
    return lambda task, examples: glue(task, examples, list(examples)[:2]), outputs


@wrong("preprocess-any-glue", "hard-coded-columns")
def a_table_with_a_gap():
    tasks = {task: texts for task, texts in GLUE_TEXTS.items() if task != "ax"}
    return lambda task, examples: glue(task, examples, tasks[task]), outputs


@wrong("preprocess-any-glue", "one-text-lost")
def the_first_text_only():
    return lambda task, examples: glue(task, examples, list(examples)[:1]), outputs


@wrong("preprocess-any-glue", "order-swapped")
def columns_from_the_back():
    return lambda task, examples: glue(task, examples, GLUE_TEXTS[task][::-1]), outputs


@wrong("preprocess-any-glue", "order-swapped")
def columns_by_name():
    return lambda task, examples: glue(task, examples, sorted(GLUE_TEXTS[task])), outputs


@wrong("preprocess-any-glue", "joined-text")
def texts_joined():
    def preprocess(task, examples):
        joined = [" ".join(texts) for texts in zip(*(examples[name] for name in GLUE_TEXTS[task]), strict=True)]
        return glue("sst2", {"sentence": joined, "label": examples["label"]})

    return preprocess, outputs


@wrong("preprocess-any-glue", "labels-missing")
def without_labels_at_all():
    def preprocess(task, examples):
        return {key: value for key, value in glue(task, examples).items() if key != "labels"}

    return preprocess, outputs


@wrong("preprocess-any-glue", "columns-kept")
def added_to_the_old_columns():
    return lambda task, examples: examples | glue(task, examples), outputs


@wrong("preprocess-any-glue", "columns-kept")
def the_number_kept_too():
    return lambda task, examples: glue(task, examples) | {"idx": examples["idx"]}, outputs


@wrong("preprocess-any-glue", "padded")
def padded_to_the_longest_of_three():
    return lambda task, examples: glue(task, examples, padding=True), outputs


@wrong("preprocess-any-glue", "not-cut")
def nothing_cut():
    def preprocess(task, examples):
        encoded = tokenizer()(*(examples[name] for name in GLUE_TEXTS[task]))
        return dict(encoded) | {"labels": examples["label"]}

    return preprocess, outputs


@wrong("preprocess-any-glue", "scores-rounded", points=2)
def labels_as_whole_numbers():
    return lambda task, examples: glue(task, examples) | {"labels": torch.tensor(examples["label"]).long()}, outputs


@wrong("preprocess-any-glue", "other-labels")
def labels_of_nobody():
    return lambda task, examples: glue(task, examples) | {"labels": [0] * len(examples["label"])}, outputs


@wrong("preprocess-any-glue", "score-as-class", points=3)
def two_for_scores():
    return glue, lambda task: 2 if task == "stsb" else outputs(task)


@wrong("preprocess-any-glue", "outputs-raised", points=3)
def names_of_every_label():
    from datasets import load_dataset_builder

    return glue, lambda task: len(load_dataset_builder("nyu-mll/glue", task).info.features["label"].names)


@wrong("preprocess-any-glue", "always-two", points=3)
def two_for_inference():
    return glue, lambda task: 1 if task == "stsb" else 2


@wrong("preprocess-any-glue", "other-number", points=3)
def one_for_two_classes():
    return glue, lambda task: 1 if outputs(task) == 2 else outputs(task)


@wrong("preprocess-any-glue", "not-one-number", points=3)
def names_of_labels():
    return glue, lambda task: ["a", "b"]
