"""Recorded answers to chapter 1."""

import numpy as np
import torch
from transformers import AutoModel, AutoModelForMaskedLM

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
def comparison_of_positions_in_numpy():
    return (lambda n: np.arange(n)[:, None] >= np.arange(n)[None, :],)


@right("causal-mask")
def lists_of_ones_and_zeros():
    return (lambda n: [[int(j <= i) for j in range(n)] for i in range(n)],)


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


@wrong("attention-by-hand", "raised")
def another_name_for_the_mask():
    return (lambda q, k, v, m=None: torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, -1) @ v,)


@wrong("zero-shot-own-labels", "partly-attempted")
def only_a_text():
    return TEXT, ..., ...


@wrong("attention-by-hand", "fixed-scaling")
def scaled_for_size_8_only():
    return (attention_with(scale=lambda q: 8**0.5, masking=hide),)
