"""Recorded answers to chapter 1."""

from functools import cache

import numpy as np
import torch
from huggingface_hub import list_models, model_info
from transformers import (
    AutoModel,
    AutoModelForMaskedLM,
    AutoModelForQuestionAnswering,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    pipeline,
)

from grader.exercises.chapter1 import summarize_shorter
from tests.wrong_answers import right, wrong

# ---------------------------------------------------------------- zero-shot-own-labels

TEXT = "The bakery on the corner sells out of rye bread before nine."
LABELS = ["food", "travel", "weather", "sport"]
SCORES = [0.7, 0.15, 0.1, 0.05]


def result(text=TEXT, labels=LABELS, scores=SCORES):
    return {"sequence": text, "labels": list(labels), "scores": list(scores)}


@right("zero-shot-own-labels")
def as_the_pipeline_gives_it():
    return TEXT, LABELS[::-1], result()


@right("zero-shot-own-labels")
def a_list_of_one_result_and_a_tuple_of_labels():
    return TEXT, tuple(LABELS), [result()]


@wrong("zero-shot-own-labels", "multi-label", points=1)
def with_multi_label():
    return TEXT, LABELS, result(scores=[0.99, 0.4, 0.2, 0.1])


@wrong("zero-shot-own-labels", "too-few-labels")
def three_labels():
    return TEXT, LABELS[:3], result(labels=LABELS[:3], scores=[0.8, 0.15, 0.05])


@wrong("zero-shot-own-labels", "too-few-labels")
def the_same_label_twice():
    return TEXT, ["food", "food", "sport", "travel"], result()


@wrong("zero-shot-own-labels", "sentiment-pipeline")
def the_sentiment_pipeline():
    return TEXT, LABELS, [{"label": "POSITIVE", "score": 0.9}]


@wrong("zero-shot-own-labels", "copied-the-lesson")
def the_lessons_own_sentence():
    text = "This is a course about the Transformers library"
    return text, LABELS, result(text=text)


@wrong("zero-shot-own-labels", "other-text-or-labels")
def labels_changed_after_the_run():
    return TEXT, ["food", "travel", "weather", "music"], result()


@wrong("zero-shot-own-labels", "scores-not-sorted")
def scores_in_another_order():
    return TEXT, LABELS, result(scores=SCORES[::-1])


@wrong("zero-shot-own-labels", "not-a-list")
def labels_in_one_text():
    return TEXT, "food, travel, weather, sport", result()


@wrong("zero-shot-own-labels", "not-a-dict")
def only_the_best_label():
    return TEXT, LABELS, "food"


# ---------------------------------------------------------------- attention-by-hand


def attention_with(scale=lambda q: q.shape[-1] ** 0.5, axis=-1, masking=None):
    def attention(q, k, v, mask=None):
        scores = q @ k.transpose(-2, -1) / scale(q)
        if mask is not None and masking:
            scores = masking(scores, mask)
        return torch.softmax(scores, dim=axis) @ v

    return attention


def hide(scores, mask):
    return scores.masked_fill(~mask, float("-inf"))


@right("attention-by-hand")
def with_masked_fill():
    return (attention_with(masking=hide),)


@right("attention-by-hand")
def with_einsum_numpy_and_weights_returned():
    def attention(q, k, v, mask=None):
        scores = torch.einsum("bqd,bkd->bqk", q, k) / np.sqrt(q.size(-1))
        if mask is not None:
            scores = scores + torch.where(mask, 0.0, -1e9)
        weights = scores.exp() / scores.exp().sum(-1, keepdim=True)
        return (weights @ v).numpy(), weights

    return (attention,)


@wrong("attention-by-hand", "no-scaling")
def without_scaling():
    return (attention_with(scale=lambda q: 1, masking=hide),)


@wrong("attention-by-hand", "wrong-scaling")
def divided_by_the_size():
    return (attention_with(scale=lambda q: q.shape[-1], masking=hide),)


@wrong("attention-by-hand", "wrong-axis")
def softmax_over_the_queries():
    return (attention_with(axis=-2, masking=hide),)


@wrong("attention-by-hand", "no-softmax")
def scores_as_weights():
    return (lambda q, k, v, mask=None: q @ k.mT / q.shape[-1] ** 0.5 @ v,)


@wrong("attention-by-hand", "mask-ignored", points=2)
def mask_not_used():
    return (attention_with(),)


@wrong("attention-by-hand", "mask-added", points=2)
def mask_added_as_0_and_1():
    return (attention_with(masking=lambda scores, mask: scores + mask.float()),)


@wrong("attention-by-hand", "mask-gives-nan", points=2)
def mask_the_wrong_way_round():
    return (attention_with(masking=lambda scores, mask: scores.masked_fill(mask, float("-inf"))),)


@wrong("attention-by-hand", "mask-after-softmax", points=2)
def mask_on_the_weights():
    def attention(q, k, v, mask=None):
        weights = torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, -1)
        return (weights if mask is None else weights * mask) @ v

    return (attention,)


@wrong("attention-by-hand", "wrong-shape")
def weights_instead_of_vectors():
    return (lambda q, k, v, mask=None: torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, -1),)


@wrong("attention-by-hand", "not-a-tensor")
def nothing_returned():
    return (lambda q, k, v, mask=None: None,)


@wrong("attention-by-hand", "raised")
def keys_not_transposed():
    return (lambda q, k, v, mask=None: torch.softmax(q @ k, -1) @ v,)


@wrong("attention-by-hand", "not-a-function")
def the_result_instead_of_the_function():
    return (torch.ones(2, 4, 8),)


# ---------------------------------------------------------------- causal-mask


@right("causal-mask")
def tril_of_booleans():
    return (lambda n: torch.ones(n, n, dtype=torch.bool).tril(),)


@right("causal-mask")
def comparison_of_positions():
    return (lambda n: torch.arange(n)[:, None] >= torch.arange(n),)


@right("causal-mask")
def lists_made_into_a_tensor():
    return (lambda n: torch.tensor([[j <= i for j in range(n)] for i in range(n)]),)


@wrong("causal-mask", "not-a-torch-tensor", points=1)
def comparison_of_positions_in_numpy():
    return (lambda n: np.arange(n)[:, None] >= np.arange(n)[None, :],)


@wrong("causal-mask", "not-a-torch-tensor", points=1)
def lists_of_ones_and_zeros():
    return (lambda n: [[int(j <= i) for j in range(n)] for i in range(n)],)


@wrong("causal-mask", "numbers-not-booleans", points=1)
def ones_and_zeros_as_floats():
    return (lambda n: torch.tril(torch.ones(n, n)),)


@wrong("causal-mask", "looks-ahead")
def upper_triangle():
    return (lambda n: torch.ones(n, n).triu(),)


@wrong("causal-mask", "inverted")
def true_where_hidden():
    return (lambda n: torch.ones(n, n, dtype=torch.bool).triu(1),)


@wrong("causal-mask", "diagonal-masked")
def no_look_at_itself():
    return (lambda n: torch.ones(n, n).tril(-1),)


@wrong("causal-mask", "sees-all")
def no_mask_at_all():
    return (lambda n: torch.ones(n, n),)


@wrong("causal-mask", "additive-mask")
def zeros_and_minus_infinity():
    return (lambda n: torch.zeros(n, n).masked_fill(torch.ones(n, n).triu(1).bool(), float("-inf")),)


@wrong("causal-mask", "wrong-shape")
def a_batch_axis_too_many():
    return (lambda n: torch.ones(1, n, n).tril(),)


@wrong("causal-mask", "not-attempted")
def the_stub():
    def causal_mask(n):
        raise NotImplementedError()

    return (causal_mask,)


# ---------------------------------------------------------------- count-parameters

SHARE = 0.6117


def meta_model(config, kind=AutoModelForMaskedLM):
    with torch.device("meta"):
        return kind.from_config(config)


def count(config):
    return sum(p.numel() for p in meta_model(config).parameters())


@right("count-parameters")
def on_the_meta_device():
    return count, SHARE


@right("count-parameters")
def with_num_parameters_and_a_tensor():
    return (lambda config: torch.tensor(meta_model(config).num_parameters())), torch.tensor(SHARE)


@wrong("count-parameters", "allocates-memory", points=1)
def built_in_memory():
    return (lambda config: sum(p.numel() for p in AutoModelForMaskedLM.from_config(config).parameters())), SHARE


@wrong("count-parameters", "moved-to-meta")
def made_first_and_moved_afterwards():
    return (
        lambda config: sum(p.numel() for p in AutoModelForMaskedLM.from_config(config).to("meta").parameters())
    ), SHARE


@wrong("count-parameters", "moved-to-meta", points=1)
def made_first_and_counted_before_the_move():
    def count_first(config):
        model = AutoModelForMaskedLM.from_config(config)
        found = model.num_parameters()
        model.to(device="meta")
        return found

    return count_first, SHARE


@wrong("count-parameters", "raised")
def a_device_for_from_config():
    return (lambda config: AutoModelForMaskedLM.from_config(config, device="meta").num_parameters()), SHARE


@wrong("count-parameters", "counts-shared-twice")
def through_the_state_dict():
    return (lambda config: sum(t.numel() for t in meta_model(config).state_dict().values())), SHARE


@wrong("count-parameters", "counts-buffers")
def with_buffers():
    def count_all(config):
        model = meta_model(config)
        return sum(t.numel() for t in [*model.parameters(), *model.buffers()])

    return count_all, SHARE


@wrong("count-parameters", "base-model")
def without_the_head():
    return (lambda config: sum(p.numel() for p in meta_model(config, AutoModel).parameters())), SHARE


@wrong("count-parameters", "counts-tensors")
def number_of_tensors():
    return (lambda config: len(list(meta_model(config).parameters()))), SHARE


@wrong("count-parameters", "wrong-count")
def a_fixed_number():
    return (lambda config: 109_514_298), SHARE


@wrong("count-parameters", "not-an-integer")
def in_words():
    return (lambda config: f"{count(config):,}"), SHARE


@wrong("count-parameters", "fraction-upside-down", points=2)
def the_fraction_upside_down():
    return count, 1 / SHARE


@wrong("count-parameters", "share-in-percent", points=2)
def the_share_in_percent():
    return count, 61.2


@wrong("count-parameters", "not-a-number", points=2)
def the_share_in_words():
    return count, "61%"


@wrong("count-parameters", "share-that-is-lost", points=2)
def what_was_taken_away():
    return count, 1 - SHARE


@wrong("count-parameters", "share-missing", points=2)
def the_share_left_open():
    return count, ...


@wrong("count-parameters", "counts-bytes")
def bytes_instead():
    return (lambda config: 4 * count(config)), SHARE


@wrong("attention-by-hand", "mask-transposed", points=2)
def mask_transposed():
    return (attention_with(masking=lambda scores, mask: hide(scores, mask.T)),)


@wrong("attention-by-hand", "masked-with-zero", points=2)
def masked_with_zero():
    return (attention_with(masking=lambda scores, mask: scores.masked_fill(~mask, 0)),)


@wrong("attention-by-hand", "library-call")
def the_library_does_it():
    def attention(q, k, v, mask=None):
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)

    return (attention,)


@wrong("attention-by-hand", "raised")
def an_error_that_speaks_of_callables():
    return (lambda q, k, v, mask=None: q @ k.mT / q.shape(-1) ** 0.5,)


@wrong("attention-by-hand", "all-axes-swapped")
def keys_turned_with_T():
    return (lambda q, k, v, mask=None: torch.softmax(q @ k.T / q.shape[-1] ** 0.5, -1) @ v,)


@wrong("attention-by-hand", "batch-swapped")
def the_first_two_axes_swapped():
    return (lambda q, k, v, mask=None: torch.softmax(q @ k.transpose(0, 1) / q.shape[-1] ** 0.5, -1) @ v,)


@wrong("attention-by-hand", "if-mask", points=2)
def asks_whether_the_mask_is_true():
    def attention(q, k, v, mask=None):
        scores = q @ k.mT / q.shape[-1] ** 0.5
        if mask:
            scores = scores.masked_fill(~mask, -1e9)
        return torch.softmax(scores, -1) @ v

    return (attention,)


@wrong("attention-by-hand", "mask-inverted", points=2)
def mask_inverted_with_a_large_number():
    return (attention_with(masking=lambda scores, mask: scores.masked_fill(mask, -1e9)),)


@wrong("attention-by-hand", "scaled-by-another-axis")
def scaled_by_the_number_of_queries():
    return (attention_with(scale=lambda q: q.shape[1] ** 0.5, masking=hide),)


@wrong("attention-by-hand", "scaled-by-another-axis")
def scaled_by_the_length_of_the_batch():
    return (attention_with(scale=lambda q: len(q) ** 0.5, masking=hide),)


@wrong("attention-by-hand", "raised")
def another_name_for_the_mask():
    return (lambda q, k, v, m=None: torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, -1) @ v,)


@wrong("zero-shot-own-labels", "partly-attempted")
def only_a_text():
    return TEXT, ..., ...


@wrong("attention-by-hand", "fixed-scaling")
def scaled_for_size_8_only():
    return (attention_with(scale=lambda q: 8**0.5, masking=hide),)


# ---------------------------------------------------------------- mask-token

ENGLISH, FRENCH = "google-bert/bert-base-uncased", "almanach/camembert-base"
MASKS = {ENGLISH: "[MASK]", FRENCH: "<mask>"}


@cache
def filler(checkpoint):
    return pipeline("fill-mask", model=checkpoint)


def guesses(checkpoint, text, **options):
    fill = filler(checkpoint)
    return fill(text.replace("___", fill.tokenizer.mask_token), **options)


def three_words(checkpoint, text):
    return [guess["token_str"] for guess in guesses(checkpoint, text, top_k=3)]


def words_by_hand(checkpoint, text, place=None, count=3):
    tokenizer, model = filler(checkpoint).tokenizer, filler(checkpoint).model
    inputs = tokenizer(text.replace("___", tokenizer.mask_token), return_tensors="pt")
    place = int((inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero()) if place is None else place
    with torch.no_grad():
        return model(**inputs).logits[0, place].topk(count).indices


@right("mask-token")
def with_the_pipeline():
    return MASKS, three_words


@right("mask-token")
def by_hand_and_with_spaces_in_a_tuple():
    def fill_gap(checkpoint, text):
        decode = filler(checkpoint).tokenizer.decode
        return tuple(" " + decode([i]) for i in words_by_hand(checkpoint, text).tolist())

    masks = {name: AutoTokenizer.from_pretrained(name).mask_token for name in (FRENCH, ENGLISH)}
    return {**masks, "FacebookAI/roberta-base": "<mask>"}, fill_gap


@wrong("mask-token", "mask-of-the-other")
def one_token_for_both():
    return {ENGLISH: "<mask>", FRENCH: "<mask>"}, three_words


@wrong("mask-token", "mask-id")
def ids_instead_of_tokens():
    return {name: AutoTokenizer.from_pretrained(name).mask_token_id for name in MASKS}, three_words


@wrong("mask-token", "wrong-mask-token")
def the_underscores():
    return dict.fromkeys(MASKS, "___"), three_words


@wrong("mask-token", "missing-keys")
def short_names_as_keys():
    return {"bert": "[MASK]", "camembert": "<mask>"}, three_words


@wrong("mask-token", "not-a-dict")
def masks_in_a_list():
    return list(MASKS.values()), three_words


@wrong("mask-token", "hard-coded-mask", points=1)
def berts_mask_for_both():
    def fill_gap(checkpoint, text):
        return [guess["token_str"] for guess in filler(checkpoint)(text.replace("___", "[MASK]"), top_k=3)]

    return MASKS, fill_gap


@wrong("mask-token", "hard-coded-mask", points=1)
def another_mask_for_both():
    def fill_gap(checkpoint, text):
        return [guess["token_str"] for guess in filler(checkpoint)(text.replace("___", "<mask>"), top_k=3)]

    return MASKS, fill_gap


@wrong("mask-token", "top-k-missing", points=1)
def as_many_as_the_pipeline_gives():
    return MASKS, lambda checkpoint, text: [guess["token_str"] for guess in guesses(checkpoint, text)]


@wrong("mask-token", "whole-results", points=1)
def the_dictionaries():
    return MASKS, lambda checkpoint, text: guesses(checkpoint, text, top_k=3)


@wrong("mask-token", "whole-sentences", points=1)
def the_sequences():
    return MASKS, lambda checkpoint, text: [guess["sequence"] for guess in guesses(checkpoint, text, top_k=3)]


@wrong("mask-token", "one-text", points=1)
def joined_words():
    return MASKS, lambda checkpoint, text: ", ".join(three_words(checkpoint, text))


@wrong("mask-token", "ids-not-words", points=1)
def ids_of_the_words():
    return MASKS, lambda checkpoint, text: words_by_hand(checkpoint, text).tolist()


@wrong("mask-token", "raw-pieces", points=1)
def pieces_as_in_the_vocabulary():
    def fill_gap(checkpoint, text):
        return filler(checkpoint).tokenizer.convert_ids_to_tokens(words_by_hand(checkpoint, text).tolist())

    return MASKS, fill_gap


@wrong("mask-token", "wrong-order", points=1)
def the_best_one_last():
    return MASKS, lambda checkpoint, text: three_words(checkpoint, text)[::-1]


@wrong("mask-token", "other-checkpoint", points=1)
def always_the_french_one():
    return MASKS, lambda checkpoint, text: three_words(FRENCH, text)


@wrong("mask-token", "other-position", points=1)
def guesses_for_the_last_token():
    def fill_gap(checkpoint, text):
        return [filler(checkpoint).tokenizer.decode([i]) for i in words_by_hand(checkpoint, text, place=-1).tolist()]

    return MASKS, fill_gap


@wrong("mask-token", "other-words", points=1)
def guesses_four_to_six():
    return MASKS, lambda checkpoint, text: [g["token_str"] for g in guesses(checkpoint, text, top_k=6)[3:]]


@wrong("mask-token", "partly-attempted")
def only_the_function():
    return ..., three_words


# ---------------------------------------------------------------- family-of

TASK_FAMILY = {
    "sort e-mails into folders": "encoder",
    "write on from the start of a story": "decoder",
    "translate a letter": "encoder-decoder",
    "mark the names in a text": "encoder",
    "chat": "decoder",
    "sum up a report in new words": "encoder-decoder",
    "suggest the next word while you type": "decoder",
    "find the words that answer a question": "encoder",
    "turn a sentence into a polite one": "encoder-decoder",
}
CHECKPOINT_FAMILY = {
    "facebook/bart-large-cnn": "encoder-decoder",
    "google-bert/bert-base-uncased": "encoder",
    "openai-community/gpt2": "decoder",
    "google/electra-base-discriminator": "encoder",
    "google-t5/t5-small": "encoder-decoder",
    "HuggingFaceTB/SmolLM2-135M-Instruct": "decoder",
    "FacebookAI/roberta-base": "encoder",
    "Helsinki-NLP/opus-mt-fr-en": "encoder-decoder",
    "Qwen/Qwen3-0.6B": "decoder",
}


@right("family-of")
def as_the_table_says():
    return TASK_FAMILY, CHECKPOINT_FAMILY


@right("family-of")
def spelled_in_other_ways():
    spelled = {"encoder": " Encoder ", "decoder": "decoder-only", "encoder-decoder": "Encoder/Decoder"}
    tasks = {key: spelled[family] for key, family in reversed(TASK_FAMILY.items())}
    return tasks, {key: family.replace("encoder-decoder", "seq2seq") for key, family in CHECKPOINT_FAMILY.items()}


@wrong("family-of", "bart-as-decoder", points=2.5)
def bart_only_writes():
    return TASK_FAMILY, CHECKPOINT_FAMILY | {"facebook/bart-large-cnn": "decoder"}


@wrong("family-of", "electra-as-decoder", points=2.5)
def electra_writes():
    return TASK_FAMILY, CHECKPOINT_FAMILY | {"google/electra-base-discriminator": "decoder"}


@wrong("family-of", "opus-mt-as-decoder", points=2.5)
def a_translator_only_writes():
    return TASK_FAMILY, CHECKPOINT_FAMILY | {"Helsinki-NLP/opus-mt-fr-en": "decoder"}


@wrong("family-of", "span-as-decoder", points=2.5)
def an_answer_is_written():
    return TASK_FAMILY | {"find the words that answer a question": "decoder"}, CHECKPOINT_FAMILY


@wrong("family-of", "translation-as-decoder", points=2.5)
def translations_are_written():
    tasks = TASK_FAMILY | dict.fromkeys(("translate a letter", "sum up a report in new words"), "decoder")
    return tasks, CHECKPOINT_FAMILY


@wrong("family-of", "chat-as-encoder-decoder", points=2.5)
def a_chat_reads_and_writes():
    return TASK_FAMILY | {"chat": "encoder-decoder"}, CHECKPOINT_FAMILY


@wrong("family-of", "names-swapped", points=1.5)
def the_two_names_swapped():
    swapped = {"encoder": "decoder", "decoder": "encoder", "encoder-decoder": "encoder-decoder"}
    return {key: swapped[family] for key, family in TASK_FAMILY.items()}, CHECKPOINT_FAMILY


@wrong("family-of", "no-family", points=1.5)
def a_family_that_is_none():
    return TASK_FAMILY | {"chat": "transformer"}, CHECKPOINT_FAMILY


@wrong("family-of", "left-open", points=1.5)
def copied_and_not_filled_in():
    return dict.fromkeys(TASK_FAMILY, ""), CHECKPOINT_FAMILY


@wrong("family-of", "missing-keys", points=1.5)
def one_task_short():
    return {key: family for key, family in TASK_FAMILY.items() if key != "chat"}, CHECKPOINT_FAMILY


@wrong("family-of", "not-a-dict", points=1.5)
def families_in_a_list():
    return list(TASK_FAMILY.values()), CHECKPOINT_FAMILY


@wrong("family-of", "partly-attempted", points=1.5)
def tasks_only():
    return TASK_FAMILY, ...


@wrong("family-of", "partly-attempted", points=1.5)
def checkpoints_only():
    return ..., CHECKPOINT_FAMILY


@wrong("family-of", "chat-as-encoder-decoder", points=2)
def one_wrong_in_each():
    return (
        TASK_FAMILY | {"chat": "encoder-decoder"},
        CHECKPOINT_FAMILY | {"google-t5/t5-small": "decoder"},
    )


@wrong("family-of", "story-as-encoder")
def everything_reads():
    return dict.fromkeys(TASK_FAMILY, "encoder"), dict.fromkeys(CHECKPOINT_FAMILY, "encoder")


# ---------------------------------------------------------------- carbon


def kilograms(power_w, hours, gpus, pue, g_per_kwh):
    return power_w / 1000 * hours * gpus * pue * g_per_kwh / 1000


@right("carbon")
def step_by_step():
    return (kilograms,)


@right("carbon")
def in_one_product_as_a_tensor():
    return (
        lambda power_w, hours, gpus, pue, g_per_kwh: torch.tensor([power_w, hours, gpus, pue, g_per_kwh / 1e6]).prod(),
    )


@right("carbon")
def a_numpy_product():
    return (lambda *inputs: np.array([np.prod(inputs) * 1e-6]),)


@wrong("carbon", "one-unit-slip")
def watts_taken_for_kilowatts():
    return (lambda *inputs: 1000 * kilograms(*inputs),)


@wrong("carbon", "both-units-slip")
def no_unit_changed():
    return (lambda *inputs: 1e6 * kilograms(*inputs),)


@wrong("carbon", "divided-twice")
def tonnes():
    return (lambda *inputs: kilograms(*inputs) / 1000,)


@wrong("carbon", "pue-forgotten")
def without_the_building():
    return (lambda power_w, hours, gpus, pue, g_per_kwh: kilograms(power_w, hours, gpus, 1, g_per_kwh),)


@wrong("carbon", "pue-divides")
def divided_by_pue():
    return (lambda power_w, hours, gpus, pue, g_per_kwh: kilograms(power_w, hours, gpus, 1 / pue, g_per_kwh),)


@wrong("carbon", "pue-overhead-only")
def only_what_the_building_adds():
    return (lambda power_w, hours, gpus, pue, g_per_kwh: kilograms(power_w, hours, gpus, pue - 1, g_per_kwh),)


@wrong("carbon", "gpus-forgotten")
def one_gpu():
    return (lambda power_w, hours, gpus, pue, g_per_kwh: kilograms(power_w, hours, 1, pue, g_per_kwh),)


@wrong("carbon", "grid-forgotten")
def only_the_energy():
    return (lambda power_w, hours, gpus, pue, g_per_kwh: kilograms(power_w, hours, gpus, pue, 1000),)


@wrong("carbon", "hours-forgotten")
def power_taken_for_energy():
    return (lambda power_w, hours, gpus, pue, g_per_kwh: kilograms(power_w, 1, gpus, pue, g_per_kwh),)


@wrong("carbon", "seconds")
def hours_in_seconds():
    return (lambda power_w, hours, gpus, pue, g_per_kwh: kilograms(power_w, 3600 * hours, gpus, pue, g_per_kwh),)


@wrong("carbon", "factor-and-unit")
def two_slips_at_once():
    return (lambda power_w, hours, gpus, pue, g_per_kwh: kilograms(power_w, hours, gpus, 1000, g_per_kwh),)


@wrong("carbon", "wrong-weight")
def added_instead_of_multiplied():
    return (lambda *inputs: sum(inputs),)


@wrong("carbon", "not-a-number")
def a_text_with_its_unit():
    return (lambda *inputs: f"{kilograms(*inputs):.1f} kg",)


@wrong("carbon", "raised")
def other_names_and_fewer_inputs():
    return (lambda power_w, hours, gpus: power_w * hours * gpus,)


# ---------------------------------------------------------------- find-a-model

GPT2, CAMEMBERT = "openai-community/gpt2", "almanach/camembert-base"


@right("find-a-model")
def two_ids():
    return GPT2, CAMEMBERT


@right("find-a-model")
def the_first_of_each_search():
    (french, *_) = list_models(filter=["fill-mask", "fr"])
    return next(iter(list_models(pipeline_tag="text-generation"))).id, french.id


@right("find-a-model")
def the_names_from_before_they_moved():
    return "HuggingFaceTB/SmolLM2-135M-Instruct ", "camembert/camembert-base"


@wrong("find-a-model", "other-task")
def a_model_that_classifies():
    return "distilbert/distilbert-base-uncased-finetuned-sst-2-english", CAMEMBERT


@wrong("find-a-model", "other-task", points=1)
def a_translator_from_french():
    return GPT2, "Helsinki-NLP/opus-mt-fr-en"


@wrong("find-a-model", "other-language", points=1)
def a_gap_filler_for_english():
    return GPT2, "google-bert/bert-base-uncased"


@wrong("find-a-model", "no-namespace")
def short_names():
    return "gpt2", "camembert-base"


@wrong("find-a-model", "no-namespace", points=1)
def the_second_name_is_short():
    return GPT2, "camembert-base"


@wrong("find-a-model", "swapped")
def the_two_ids_swapped():
    return CAMEMBERT, GPT2


@wrong("find-a-model", "no-such-model", points=1)
def a_model_of_another_namespace():
    return GPT2, "google-bert/camembert-base"


@wrong("find-a-model", "no-such-model")
def a_model_that_only_the_real_hub_has():
    return "Qwen/Qwen3-0.6B", CAMEMBERT


@wrong("find-a-model", "no-such-model")
def no_id_that_could_be():
    return "two/slashes/here", CAMEMBERT


@wrong("find-a-model", "an-address")
def addresses():
    return f"https://huggingface.co/{GPT2}", f"https://huggingface.co/{CAMEMBERT}"


@wrong("find-a-model", "a-data-set", points=1)
def a_data_set():
    return GPT2, "nyu-mll/glue"


@wrong("find-a-model", "whole-record")
def the_record():
    return model_info(GPT2), model_info(CAMEMBERT)


@wrong("find-a-model", "whole-search")
def the_search_itself():
    return list_models(pipeline_tag="text-generation"), CAMEMBERT


@wrong("find-a-model", "several-ids", points=1)
def all_that_were_found():
    return GPT2, [model.id for model in list_models(pipeline_tag="fill-mask")]


@wrong("find-a-model", "not-an-id")
def nothing_found():
    return None, None


@wrong("find-a-model", "partly-attempted")
def only_the_writer():
    return GPT2, ...


# ---------------------------------------------------------------- generate-two-of-fifteen

PROMPT = "The old lighthouse keeper opened the door and"
ENDS = (
    " saw a small boat that came in through the fog, with nobody on board at all, and no light to be seen there",
    " said that the storm would be over before the morning came, so we could all go home again and sleep there",
)


@cache
def writers_tokenizer():
    return AutoTokenizer.from_pretrained("HuggingFaceTB/SmolLM2-135M-Instruct")


def continued(end, tokens, prompt=PROMPT):
    return prompt + writers_tokenizer().decode(writers_tokenizer()(end)["input_ids"][:tokens])


def two_texts(tokens=15):
    return [continued(end, tokens) for end in ENDS]


@cache
def written_by_the_model():
    torch.manual_seed(1)
    generator = pipeline("text-generation", model="HuggingFaceTB/SmolLM2-135M-Instruct")
    return generator(PROMPT, do_sample=True, num_return_sequences=2, max_new_tokens=15, min_new_tokens=15)


@right("generate-two-of-fifteen")
def as_the_generator_gives_them():
    return PROMPT, written_by_the_model()


@right("generate-two-of-fifteen")
def texts_in_a_tuple_and_a_space_after_the_prompt():
    return PROMPT + " ", tuple(two_texts())


@right("generate-two-of-fifteen")
def two_calls_collected():
    return PROMPT, [[{"generated_text": text}] for text in two_texts()]


@right("generate-two-of-fifteen")
def a_list_of_one_prompt():
    return PROMPT, [[{"generated_text": text} for text in two_texts()]]


@wrong("generate-two-of-fifteen", "same-twice")
def without_sampling():
    return PROMPT, [{"generated_text": two_texts()[0]}] * 2


@wrong("generate-two-of-fifteen", "prompt-counted", points=1)
def with_max_length():
    start = len(writers_tokenizer()(PROMPT)["input_ids"])
    return PROMPT, two_texts(15 - start)


@wrong("generate-two-of-fifteen", "too-short", points=1)
def both_ended_early_by_themselves():
    start = len(writers_tokenizer()(PROMPT)["input_ids"])
    ends = (" slept for a very", " went out and then")
    return PROMPT, [continued(end, 14 - start) + "." for end in ends]


@wrong("generate-two-of-fifteen", "one-text")
def one_string():
    return PROMPT, two_texts()[0]


@wrong("generate-two-of-fifteen", "one-text")
def one_result():
    return PROMPT, [{"generated_text": two_texts()[0]}]


@wrong("generate-two-of-fifteen", "too-long", points=1)
def the_lessons_limit():
    return PROMPT, two_texts(20)


@wrong("generate-two-of-fifteen", "too-short", points=1)
def ended_early():
    return PROMPT, [two_texts()[0], two_texts(6)[1]]


@wrong("generate-two-of-fifteen", "words-not-tokens", points=1)
def fifteen_words():
    end = " extraordinarily unfriendly lighthouse" * 5
    return PROMPT, [PROMPT + end, PROMPT + end.replace("unfriendly", "unpredictable")]


@wrong("generate-two-of-fifteen", "prompt-missing")
def the_prompt_cut_off():
    return PROMPT, [text.removeprefix(PROMPT) for text in two_texts()]


@wrong("generate-two-of-fifteen", "prompt-missing")
def the_prompt_changed_afterwards():
    return "Another prompt that came later", two_texts()


@wrong("generate-two-of-fifteen", "a-chat")
def a_chat():
    messages = [{"role": "user", "content": PROMPT}, {"role": "assistant", "content": ENDS[0]}]
    return PROMPT, [{"generated_text": messages}] * 2


@wrong("generate-two-of-fifteen", "wrong-length")
def three_texts():
    return PROMPT, [*two_texts(), PROMPT + " slept."]


@wrong("generate-two-of-fifteen", "prompt-too-short")
def a_prompt_of_one_word():
    return "Once", ["Once upon a time", "Once more"]


# ---------------------------------------------------------------- nearest-sentence

MINILM = "sentence-transformers/all-MiniLM-L6-v2"


@cache
def reader():
    return AutoTokenizer.from_pretrained(MINILM), AutoModel.from_pretrained(MINILM)


def token_vectors(texts, pass_mask=True):
    tokenizer, model = reader()
    inputs = tokenizer(list(texts), padding=True, return_tensors="pt")
    mask = inputs["attention_mask"]
    with torch.no_grad():
        hidden = model(inputs["input_ids"], attention_mask=mask if pass_mask else None).last_hidden_state
    return hidden, mask.unsqueeze(-1)


def mean_vectors(texts, **options):
    hidden, mask = token_vectors(texts, **options)
    return (hidden * mask).sum(1) / mask.sum(1)


def unit(vectors):
    return torch.nn.functional.normalize(vectors, dim=-1)


def nearest_by(vectors_of, length=unit):
    """A `nearest_sentence` that makes vectors in its own way."""

    def nearest_sentence(query, sentences):
        vectors = length(vectors_of([query, *sentences]))
        similarities = vectors[1:] @ vectors[0]
        return int(similarities.argmax()), float(similarities.max())

    return nearest_sentence


nearest = nearest_by(mean_vectors)


@right("nearest-sentence")
def all_in_one_batch():
    return (nearest,)


@right("nearest-sentence")
def one_by_one_with_cosine_similarity():
    def nearest_sentence(query, sentences):
        tokenizer, model = reader()

        def vector(text):
            with torch.no_grad():
                return model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0)

        similarities = [torch.cosine_similarity(vector(query), vector(text), dim=0) for text in sentences]
        best = max(range(len(sentences)), key=similarities.__getitem__)
        return [torch.tensor(best), similarities[best]]

    return (nearest_sentence,)


@right("nearest-sentence")
def with_numpy():
    def nearest_sentence(query, sentences):
        vectors = mean_vectors([query, *sentences]).numpy()
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        similarities = vectors[1:] @ vectors[0]
        return np.array([similarities.argmax(), similarities.max()])

    return (nearest_sentence,)


@wrong("nearest-sentence", "padding-averaged")
def mean_over_all_places():
    return (nearest_by(lambda texts: token_vectors(texts)[0].mean(1)),)


@wrong("nearest-sentence", "padding-averaged")
def mask_neither_passed_nor_used():
    return (nearest_by(lambda texts: token_vectors(texts, pass_mask=False)[0].mean(1)),)


@wrong("nearest-sentence", "padding-averaged")
def query_alone_and_padding_averaged():
    def vectors(texts):
        return torch.cat([token_vectors(part)[0].mean(1) for part in (texts[:1], texts[1:])])

    return (nearest_by(vectors),)


@wrong("nearest-sentence", "mask-not-passed")
def mask_used_but_not_passed():
    return (nearest_by(lambda texts: mean_vectors(texts, pass_mask=False)),)


@wrong("nearest-sentence", "not-normalized")
def plain_dot_product():
    return (nearest_by(mean_vectors, length=lambda vectors: vectors),)


@wrong("nearest-sentence", "not-normalized")
def dot_product_of_sums():
    return (nearest_by(lambda texts: token_vectors(texts)[0].mul(token_vectors(texts)[1]).sum(1), length=lambda v: v),)


@wrong("nearest-sentence", "first-token")
def the_first_tokens_vector():
    return (nearest_by(lambda texts: token_vectors(texts)[0][:, 0]),)


@wrong("nearest-sentence", "special-tokens-left-out")
def without_special_tokens():
    def vectors(texts):
        return torch.stack([token_vectors([text])[0][0, 1:-1].mean(0) for text in texts])

    return (nearest_by(vectors),)


@wrong("nearest-sentence", "mask-lacks-an-axis")
def a_mask_without_the_last_axis():
    def vectors(texts):
        hidden, mask = token_vectors(texts)
        return (hidden * mask.squeeze(-1)).sum(1)

    return (nearest_by(vectors),)


@wrong("nearest-sentence", "farthest")
def with_argmin():
    def nearest_sentence(query, sentences):
        vectors = unit(mean_vectors([query, *sentences]))
        similarities = vectors[1:] @ vectors[0]
        return similarities.argmin(), similarities.min()

    return (nearest_sentence,)


@wrong("nearest-sentence", "distance")
def smallest_distance():
    def nearest_sentence(query, sentences):
        vectors = mean_vectors([query, *sentences])
        distances = (vectors[1:] - vectors[0]).norm(dim=-1)
        return distances.argmin(), distances.min()

    return (nearest_sentence,)


@wrong("nearest-sentence", "finds-itself")
def query_in_the_list():
    return (lambda query, sentences: nearest(query, [query, *sentences]),)


@wrong("nearest-sentence", "index-shifted")
def counted_from_one():
    return (
        lambda query, sentences: ((nearest(query, sentences)[0] + 1) % len(sentences), nearest(query, sentences)[1]),
    )


@wrong("nearest-sentence", "index-outside")
def an_index_past_the_end():
    return (lambda query, sentences: (len(sentences), 0.5),)


@wrong("nearest-sentence", "in-percent")
def similarity_in_percent():
    return (lambda query, sentences: (nearest(query, sentences)[0], 100 * nearest(query, sentences)[1]),)


@wrong("nearest-sentence", "sentence-not-index")
def the_sentence_itself():
    return (lambda query, sentences: (sentences[nearest(query, sentences)[0]], nearest(query, sentences)[1]),)


@wrong("nearest-sentence", "not-a-pair")
def the_index_alone():
    return (lambda query, sentences: nearest(query, sentences)[0],)


@wrong("nearest-sentence", "not-a-pair")
def all_similarities():
    return (lambda query, sentences: unit(mean_vectors([query, *sentences]))[1:] @ unit(mean_vectors([query]))[0],)


@wrong("nearest-sentence", "other-sentence")
def always_the_first():
    return (lambda query, sentences: ((nearest(query, sentences)[0] + 1) % len(sentences), 0.123),)


@wrong("nearest-sentence", "other-similarity")
def a_rounded_similarity():
    return (lambda query, sentences: (nearest(query, sentences)[0], nearest(query, sentences)[1] + 0.05),)


# ---------------------------------------------------------------- name-the-entities

LABELED = {"PER": "persons", "ORG": "organizations", "LOC": "places"}


@cache
def tagger():
    return pipeline("ner", model="dbmdz/bert-large-cased-finetuned-conll03-english")


def names_in(text, strategy="simple", kind=set):
    """The names of a text by group, and those of other things under "MISC"."""
    found = {"persons": [], "organizations": [], "places": [], "MISC": []}
    for result in tagger()(text, aggregation_strategy=strategy):
        label = result.get("entity_group") or result["entity"][2:]
        found[LABELED.get(label, "MISC")].append(text[result["start"] : result["end"]])
    return {group: kind(names) for group, names in found.items()}


def three_groups(text, **options):
    return {group: names for group, names in names_in(text, **options).items() if group != "MISC"}


@right("name-the-entities")
def with_a_dictionary_of_sets():
    return (three_groups,)


@right("name-the-entities")
def first_label_decides_and_sorted_tuples():
    def unique(names):
        return tuple(sorted(set(names)))

    return (lambda text: three_groups(text, strategy="first", kind=unique),)


@right("name-the-entities")
def one_set_for_each_label_and_a_group_too_many():
    return (lambda text: names_in(text, strategy="max"),)


def by_looking_up(key, strategy, labels=LABELED):
    """A `name_entities` that looks up each label without asking whether it is there."""

    def name_entities(text):
        found = {group: set() for group in LABELED.values()}
        for result in tagger()(text, aggregation_strategy=strategy):
            found[labels[result[key]]].add(text[result["start"] : result["end"]])
        return found

    return (name_entities,)


@wrong("name-the-entities", "misc-unexpected")
def every_label_looked_up():
    return by_looking_up("entity_group", "simple")


@wrong("name-the-entities", "key-without-strategy")
def the_label_of_a_piece_of_a_whole_name():
    return by_looking_up("entity", "simple")


@wrong("name-the-entities", "key-with-strategy")
def the_label_of_a_name_of_a_piece():
    return by_looking_up("entity_group", "none")


@wrong("name-the-entities", "labels-looked-up")
def labels_as_keys_of_the_wrong_dictionary():
    return by_looking_up("entity_group", "simple", labels={label: label for label in LABELED})


@wrong("name-the-entities", "raised")
def the_argument_of_older_tutorials():
    return (lambda text: tagger()(text, grouped_entities=True),)


@wrong("name-the-entities", "spaces-in-names", points=2)
def the_words_as_the_tagger_puts_them_together():
    def name_entities(text):
        found = {group: set() for group in LABELED.values()}
        for result in tagger()(text, aggregation_strategy="simple"):
            if group := LABELED.get(result["entity_group"]):
                found[group].add(result["word"])
        return found

    return (name_entities,)


@right("name-the-entities")
def cut_out_of_the_text_by_their_places():
    def name_entities(text):
        results = tagger()(text, aggregation_strategy="average")
        return {
            group: [*{text[r["start"] : r["end"]] for r in results if r["entity_group"] == label}]
            for label, group in LABELED.items()
        }

    return (name_entities,)


@wrong("name-the-entities", "pieces-not-grouped")
def without_a_strategy():
    return (lambda text: three_groups(text, strategy="none"),)


@wrong("name-the-entities", "duplicates")
def lists_with_the_same_name_twice():
    return (lambda text: three_groups(text, kind=list),)


@wrong("name-the-entities", "label-keys")
def the_labels_as_keys():
    return (lambda text: {label: names_in(text)[group] for label, group in LABELED.items()},)


@wrong("name-the-entities", "missing-keys")
def other_words_as_keys():
    def name_entities(text):
        found = names_in(text)
        return {"people": found["persons"], "companies": found["organizations"], "places": found["places"]}

    return (name_entities,)


@wrong("name-the-entities", "group-left-out")
def only_groups_that_were_met():
    return (lambda text: {group: names for group, names in three_groups(text).items() if names},)


@wrong("name-the-entities", "other-things")
def everything_else_is_an_organization():
    def name_entities(text):
        found = names_in(text)
        nationalities = {"French", "German", "Italian", "Spanish", "Swiss"} & set(text.split())
        return {**three_groups(text), "organizations": found["organizations"] | found["MISC"] | nationalities}

    return (name_entities,)


@wrong("name-the-entities", "groups-swapped")
def persons_and_places_swapped():
    def name_entities(text):
        found = three_groups(text)
        return {**found, "persons": found["places"], "places": found["persons"]}

    return (name_entities,)


@wrong("name-the-entities", "one-per-group")
def only_the_last_name_of_each_group():
    return (lambda text: {group: set(names[-1:]) for group, names in three_groups(text, kind=list).items()},)


@wrong("name-the-entities", "one-text")
def a_name_instead_of_a_set():
    return (lambda text: {group: ", ".join(names) for group, names in three_groups(text).items()},)


@wrong("name-the-entities", "whole-results")
def what_the_tagger_gives():
    return (lambda text: [{**r, "score": float(r["score"])} for r in tagger()(text, aggregation_strategy="simple")],)


@wrong("name-the-entities", "lower-case")
def everything_in_lower_case():
    return (lambda text: {group: {name.lower() for name in names} for group, names in three_groups(text).items()},)


@wrong("name-the-entities", "other-text")
def sets_that_keep_what_they_have():
    kept = {"persons": {"Ada Lovelace"}, "organizations": set(), "places": set()}

    def name_entities(text):
        for group, names in three_groups(text).items():
            kept[group] |= names
        return kept

    return (name_entities,)


@wrong("name-the-entities", "names-missing")
def no_place_is_found():
    return (lambda text: {**three_groups(text), "places": set()},)


@wrong("name-the-entities", "not-a-dict")
def names_in_three_sets():
    return (lambda text: tuple(three_groups(text).values()),)


# ---------------------------------------------------------------- answer-from-context


@cache
def reader_model():
    name = "distilbert/distilbert-base-cased-distilled-squad"
    return AutoTokenizer.from_pretrained(name), AutoModelForQuestionAnswering.from_pretrained(name)


def point(question, context):
    """Ids, offsets, and the two tokens that the model points at."""
    tokenizer, model = reader_model()
    inputs = tokenizer(question, context, return_offsets_mapping=True, return_tensors="pt")
    offsets = inputs.pop("offset_mapping")[0].tolist()
    with torch.no_grad():
        output = model(**inputs)
    return inputs["input_ids"][0], offsets, int(output.start_logits.argmax()), int(output.end_logits.argmax())


def span_of(question, context):
    _, offsets, first, last = point(question, context)
    return offsets[first][0], offsets[last][1]


def answering(pick):
    """A `find_answer` whose three things are made of context, start and end."""
    return (lambda question, context: pick(context, *span_of(question, context)),)


@right("answer-from-context")
def both_tokens_by_argmax():
    return answering(lambda context, start, end: (context[start:end], start, end))


@right("answer-from-context")
def the_best_span_in_a_dictionary_with_tensors():
    def find_answer(question, context):
        tokenizer, model = reader_model()
        inputs = tokenizer(question, context, return_offsets_mapping=True, return_tensors="pt")
        offsets = inputs.pop("offset_mapping")[0]
        with torch.no_grad():
            output = model(**inputs)
        sums = output.start_logits[0][:, None] + output.end_logits[0][None, :]
        inside = torch.tensor([part == 1 for part in inputs.sequence_ids(0)])
        sums = sums.masked_fill(~(inside[:, None] & inside[None, :]).triu(), -torch.inf)
        first, last = divmod(int(sums.argmax()), len(offsets))
        start, end = offsets[first, 0], offsets[last, 1]
        return {"score": 0.9, "start": start, "end": end, "answer": context[int(start) : int(end)]}

    return (find_answer,)


@right("answer-from-context")
def numpy_numbers_in_a_list():
    return answering(lambda context, start, end: [context[start:end], np.int64(start), np.int64(end)])


@wrong("answer-from-context", "token-positions")
def places_of_tokens():
    def find_answer(question, context):
        ids, _, first, last = point(question, context)
        return reader_model()[0].decode(ids[first : last + 1]), first, last + 1

    return (find_answer,)


@wrong("answer-from-context", "end-inclusive")
def the_end_is_the_last_character():
    return answering(lambda context, start, end: (context[start:end], start, end - 1))


@wrong("answer-from-context", "end-inclusive")
def cut_off_by_one():
    return answering(lambda context, start, end: (context[start : end - 1], start, end - 1))


@wrong("answer-from-context", "decoded")
def put_together_from_tokens():
    def find_answer(question, context):
        ids, offsets, first, last = point(question, context)
        return reader_model()[0].decode(ids[first : last + 1]), offsets[first][0], offsets[last][1]

    return (find_answer,)


@wrong("answer-from-context", "last-token-lost")
def the_last_tokens_beginning():
    def find_answer(question, context):
        _, offsets, first, last = point(question, context)
        start, end = offsets[first][0], offsets[last][0]
        return context[start:end], start, end

    return (find_answer,)


@wrong("answer-from-context", "counted-elsewhere")
def counted_with_the_question():
    def find_answer(question, context):
        start, end = span_of(question, context)
        return context[start:end], start + len(question) + 1, end + len(question) + 1

    return (find_answer,)


@wrong("answer-from-context", "span-of-the-question")
def a_word_of_the_question():
    return (lambda question, context: (question[:8], 0, 8),)


@wrong("answer-from-context", "whole-context")
def all_of_the_context():
    return (lambda question, context: (context, 0, len(context)),)


@wrong("answer-from-context", "too-much")
def some_words_around_it():
    return answering(lambda context, start, end: (context[max(0, start - 20) : end + 1], max(0, start - 20), end + 1))


@wrong("answer-from-context", "same-place")
def always_the_beginning():
    return (lambda question, context: (context[:3], 0, 3),)


@wrong("answer-from-context", "same-place")
def outputs_and_offsets_of_the_lesson():
    start, end = span_of("Who has an old piano?", "Ruth Okafor has an old piano. It was made in Leipzig.")
    return (lambda question, context: (context[start:end], start, end),)


@wrong("answer-from-context", "same-place")
def outputs_of_the_lesson():
    def find_answer(question, context):
        _, offsets, _, _ = point(question, context)
        start, end = offsets[16][0], offsets[18][1]
        return context[start:end], start, end

    return (find_answer,)


@wrong("answer-from-context", "token-positions")
def the_context_cut_at_places_of_tokens():
    def find_answer(question, context):
        _, _, first, last = point(question, context)
        return context[first : last + 1], first, last + 1

    return (find_answer,)


@wrong("answer-from-context", "other-answer")
def the_last_words():
    return (lambda question, context: (context[-9:], len(context) - 9, len(context)),)


@wrong("answer-from-context", "not-three-things")
def the_answer_alone():
    return answering(lambda context, start, end: context[start:end])


@wrong("answer-from-context", "not-three-things")
def the_two_places_alone():
    return answering(lambda context, start, end: (start, end))


@wrong("answer-from-context", "not-a-text")
def another_order():
    return answering(lambda context, start, end: (start, end, context[start:end]))


@wrong("answer-from-context", "missing-keys")
def a_dictionary_without_places():
    return answering(lambda context, start, end: {"answer": context[start:end]})


# ---------------------------------------------------------------- summarize-shorter

SUMMARY = "The Elm River bridge is closed for repairs until October because two pillars are cracked."
SENTENCES = summarize_shorter.ARTICLE.strip().replace("\n", " ").split(". ")


@right("summarize-shorter")
def one_sentence():
    return (SUMMARY,)


@right("summarize-shorter")
def as_short_as_a_sentence_can_be():
    return ("The Elm River bridge closes in March.",)


@right("summarize-shorter")
def closed_in_other_words():
    return ("The Elm River's 1904 bridge needs work, so no cars can cross it between March and October.",)


@right("summarize-shorter")
def two_sentences_in_other_words():
    text = "From March on, nobody can cross the old bridge, which has to be fixed.\nDrivers take the highway instead."
    return ([text],)


@right("summarize-shorter")
def with_a_word_for_the_bridge_and_one_for_the_closing():
    text = (
        "The Elm River crossing will not be usable for cars between March and October while cracked pillars are fixed."
    )
    return (text,)


@right("summarize-shorter")
def two_sentences_joined_into_one():
    return (f"{SENTENCES[0]}, as engineers found cracks in two of its pillars.",)


@right("summarize-shorter")
def with_what_follows_from_the_article():
    text = (
        "For seven months, from March on, the bridge from 1904 is shut for repairs at a cost of $4 million; it has never "
        "been closed for so long."
    )
    return (text,)


@right("summarize-shorter")
def open_for_people_on_foot():
    text = (
        "The bridge will be closed between March and October, but not closed for people on foot: they get a wooden one."
    )
    return (text,)


@right("summarize-shorter")
def two_verbs_and_two_months():
    return ("The old stone bridge over the Elm River will be closed and reopened in March and October.",)


@wrong("summarize-shorter", "until-march", points=1)
def closed_until_march():
    return (
        "The old stone bridge over the Elm River is being closed for repairs until March, at a cost of $4 million.",
    )


@wrong("summarize-shorter", "opens-in-march", points=1)
def opened_and_closed_the_other_way_round():
    return ("The old stone bridge in the Elm River will open for repairs in March and close again in October.",)


@wrong("summarize-shorter", "from-october", points=1)
def closed_from_october():
    return ("The bridge over the Elm River will be closed from October because of cracks in its pillars.",)


@wrong("summarize-shorter", "never-closed")
def never_closed():
    return ("The bridge will never be closed for repairs, not even in March.",)


@wrong("summarize-shorter", "stays-open")
def open_all_the_time():
    return ("The Elm River bridge will stay open during the repairs, which last from March to October.",)


@wrong("summarize-shorter", "about-itself", points=1)
def a_text_about_a_text():
    text = "That's a rewritten version of the text with dates: the bridge is closed for repairs, which is October."
    return (text,)


@wrong("summarize-shorter", "invented", points=1)
def a_year_of_its_own():
    return ("The old stone bridge, now a wooden bridge, will be closed for repairs in March 2024 for many cars.",)


@wrong("summarize-shorter", "invented", points=1)
def a_month_of_its_own():
    return ("The Elm River bridge closes for repairs in March and opens again in September, after some months.",)


@wrong("summarize-shorter", "copied")
def two_sentences_from_two_places():
    return (f"{SENTENCES[0]}. {SENTENCES[4]}.",)


@wrong("summarize-shorter", "copied")
def three_sentences_in_a_row():
    return (". ".join(SENTENCES[:3]) + ".",)


@wrong("summarize-shorter", "copied")
def the_first_sentence():
    return (f"{SENTENCES[0]}.",)


@wrong("summarize-shorter", "copied")
def the_beginning_in_other_lines():
    return ("\n".join(summarize_shorter.ARTICLE.split()[:30]) + "…",)


@wrong("summarize-shorter", "article-included")
def request_article_and_summary():
    return (f"Summarize this text.\n\n{summarize_shorter.ARTICLE.strip()}\n\n{SUMMARY}",)


@wrong("summarize-shorter", "whole-result")
def what_the_generator_returns():
    return ([{"generated_text": [{"role": "assistant", "content": SUMMARY}]}],)


@wrong("summarize-shorter", "whole-result")
def the_last_message():
    return ({"role": "assistant", "content": SUMMARY},)


@wrong("summarize-shorter", "too-long")
def hardly_shorter():
    return (f"{SUMMARY} " + "Nine thousand drivers a day have to go another way, by the highway in the south. " * 3,)


@wrong("summarize-shorter", "too-short")
def a_headline():
    return ("Elm River bridge closed from March",)


@wrong("summarize-shorter", "fact-lost", points=1)
def not_a_word_of_when():
    return ("The old bridge over the Elm River is being repaired because engineers found cracks in its pillars.",)


@wrong("summarize-shorter", "fact-lost")
def another_subject():
    return ("The city is building a new highway for nine thousand cars, six kilometers farther south of here.",)


@wrong("summarize-shorter", "special-tokens")
def decoded_with_its_marks():
    return (f"<|im_start|>assistant\n{SUMMARY}<|im_end|>",)


@wrong("summarize-shorter", "not-a-text")
def no_summary():
    return (None,)


# ---------------------------------------------------------------- translate


@cache
def translator_model():
    name = "Helsinki-NLP/opus-mt-fr-en"
    return AutoTokenizer.from_pretrained(name), AutoModelForSeq2SeqLM.from_pretrained(name)


def written(sentences, **options):
    tokenizer, model = translator_model()
    return model.generate(**tokenizer(sentences, padding=True, return_tensors="pt"), **options)


def english(sentences, **options):
    return translator_model()[0].batch_decode(written(sentences, **options), skip_special_tokens=True)


@right("translate")
def in_one_batch():
    return (english,)


@right("translate")
def one_by_one_into_a_tuple():
    return (lambda sentences: tuple(english([sentence])[0] for sentence in sentences),)


@right("translate")
def without_a_search():
    return (lambda sentences: english(sentences, num_beams=1),)


@right("translate")
def sorted_by_length_and_put_back():
    def to_english(sentences):
        order = sorted(range(len(sentences)), key=lambda row: len(sentences[row]))
        texts = dict(zip(order, english([sentences[row] for row in order]), strict=True))
        return [texts[row] for row in range(len(sentences))]

    return (to_english,)


@wrong("translate", "source-returned")
def through_the_tokenizer_and_back():
    return (lambda sentences: list(sentences),)


@wrong("translate", "order-lost")
def the_last_one_first():
    return (lambda sentences: english(sentences)[::-1],)


@wrong("translate", "special-tokens")
def special_tokens_kept():
    return (lambda sentences: translator_model()[0].batch_decode(written(sentences)),)


@wrong("translate", "ids-not-text")
def ids_of_the_tokens():
    return (written,)


@wrong("translate", "ids-not-text")
def ids_in_lists():
    return (lambda sentences: written(sentences).tolist(),)


@wrong("translate", "one-text")
def the_first_row_decoded():
    return (lambda sentences: english(sentences)[0],)


@wrong("translate", "wrong-length")
def a_list_of_the_first():
    return (lambda sentences: english(sentences)[:1],)


@wrong("translate", "nested-list")
def a_list_for_each():
    return (lambda sentences: [english([sentence]) for sentence in sentences],)


@wrong("translate", "same-for-all")
def the_first_one_for_all():
    return (lambda sentences: english(sentences)[:1] * len(sentences),)


@wrong("translate", "cut-off")
def three_tokens_each():
    return (lambda sentences: [text[:7].rstrip() for text in english(sentences)],)


@wrong("translate", "other-text")
def translations_of_something_else():
    return (lambda sentences: [f"Lunch number {number} costs {number} dollars." for number in range(len(sentences))],)


@wrong("translate", "raised")
def a_batch_without_padding():
    return (lambda sentences: translator_model()[1].generate(**translator_model()[0](sentences, return_tensors="pt")),)


@wrong("translate", "mask-missing", points=1)
def ids_alone_without_their_mask():
    def to_english(sentences):
        tokenizer, model = translator_model()
        inputs = tokenizer(sentences, padding=True, return_tensors="pt")
        return tokenizer.batch_decode(model.generate(inputs["input_ids"]), skip_special_tokens=True)

    return (to_english,)


@wrong("translate", "empty")
def nothing_written():
    return (lambda sentences: [""] * len(sentences),)
