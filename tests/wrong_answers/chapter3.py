"""Recorded answers to chapter 3."""

import numpy as np
import torch
from datasets import load_dataset
from sklearn.metrics import accuracy_score, f1_score

from tests.wrong_answers import right, wrong

# ---------------------------------------------------------------- labels-15-87


def label(split, index):
    part = load_dataset("nyu-mll/glue", "mrpc", split=split)
    return part.features["label"].int2str(part[index]["label"])


def other(name):
    return "equivalent" if name == "not_equivalent" else "not_equivalent"


@right("labels-15-87")
def with_int2str():
    return label("train", 15), label("validation", 87)


@right("labels-15-87")
def through_the_names():
    splits = load_dataset("nyu-mll/glue", "mrpc")
    names = splits["train"].features["label"].names
    return names[splits["train"]["label"][15]], names[splits["validation"]["label"][87]]


@wrong("labels-15-87", "number-instead-of-name")
def numbers():
    splits = load_dataset("nyu-mll/glue", "mrpc")
    return splits["train"][15]["label"], splits["validation"][87]["label"]


@wrong("labels-15-87", "swapped")
def swapped():
    return label("validation", 87), label("train", 15)


@wrong("labels-15-87", "off-by-one", points=1)
def the_fifteenth_instead_of_index_15():
    return label("train", 14), label("validation", 87)


@wrong("labels-15-87", "wrong-split", points=1)
def both_from_the_train_split():
    return label("train", 15), label("train", 87)


@wrong("labels-15-87", "not-a-label")
def another_word():
    return "same", label("validation", 87)


@wrong("labels-15-87", "partly-attempted")
def one_missing():
    return label("train", 15), ...


# ---------------------------------------------------------------- collate

KEYS = ("input_ids", "token_type_ids", "attention_mask")


def collated(features, *, length=None, mask_fill=0, as_tensor=torch.tensor):
    longest = length or max(len(f["input_ids"]) for f in features)
    fill = {"attention_mask": mask_fill}
    batch = {key: as_tensor([f[key] + [fill.get(key, 0)] * (longest - len(f[key])) for f in features]) for key in KEYS}
    return batch | {"labels": torch.tensor([f["label"] for f in features])}


@right("collate")
def lists_then_tensors():
    return (collated,)


@right("collate")
def with_pad_sequence():
    def collate(features):
        batch = {
            key: torch.nn.utils.rnn.pad_sequence([torch.tensor(f[key]) for f in features], batch_first=True)
            for key in KEYS
        }
        return batch | {"labels": torch.LongTensor([f["label"] for f in features])}

    return (collate,)


@wrong("collate", "labels-dropped")
def without_labels():
    return (lambda features: {key: value for key, value in collated(features).items() if key != "labels"},)


@wrong("collate", "labels-dropped")
def label_in_the_singular():
    return (lambda features: {k.replace("labels", "label"): v for k, v in collated(features).items()},)


@wrong("collate", "mask-not-padded", points=1)
def mask_padded_with_ones():
    return (lambda features: collated(features, mask_fill=1),)


@wrong("collate", "fixed-length")
def to_128_tokens():
    return (lambda features: collated(features, length=128),)


@wrong("collate", "not-tensors")
def lists():
    return (lambda features: collated(features, as_tensor=list),)


@wrong("collate", "wrong-shape")
def cut_to_the_shortest():
    def collate(features):
        shortest = min(len(f["input_ids"]) for f in features)
        return collated([{**f, **{key: f[key][:shortest] for key in KEYS}} for f in features])

    return (collate,)


@wrong("collate", "missing-keys")
def without_token_types():
    return (lambda features: {k: v for k, v in collated(features).items() if k != "token_type_ids"},)


@wrong("collate", "other-labels", points=1)
def labels_with_an_axis_too_many():
    return (lambda features: collated(features) | {"labels": torch.tensor([[f["label"]] for f in features])},)


@wrong("collate", "other-values")
def padded_on_the_left():
    def collate(features):
        longest = max(len(f["input_ids"]) for f in features)
        batch = {key: torch.tensor([[0] * (longest - len(f[key])) + f[key] for f in features]) for key in KEYS}
        return batch | {"labels": torch.tensor([f["label"] for f in features])}

    return (collate,)


@wrong("collate", "raised")
def length_of_the_first_example():
    return (lambda features: collated(features, length=len(features[0]["input_ids"])),)


@wrong("collate", "floats")
def float_ids():
    return (
        lambda features: {
            key: value.float() if key == "input_ids" else value for key, value in collated(features).items()
        },
    )


@wrong("collate", "floats")
def float_labels():
    return (lambda features: collated(features) | {"labels": torch.tensor([float(f["label"]) for f in features])},)


@wrong("collate", "not-tensors")
def numpy_arrays():
    return (lambda features: {key: np.array(value) for key, value in collated(features).items()},)


@wrong("collate", "raised")
def not_padded():
    return (lambda features: {key: torch.tensor([f[key] for f in features]) for key in KEYS} | {"labels": 0},)


# ---------------------------------------------------------------- compute-metrics


def metrics_with(predict=lambda logits: logits.argmax(-1), f1=f1_score, scale=1):
    def compute_metrics(eval_pred):
        logits, labels = eval_pred
        predictions = predict(logits)
        return {"accuracy": scale * accuracy_score(labels, predictions), "f1": scale * f1(labels, predictions)}

    return (compute_metrics,)


@right("compute-metrics")
def with_scikit_learn():
    return metrics_with()


@right("compute-metrics")
def by_hand_from_the_attributes():
    def compute_metrics(eval_pred):
        guesses, labels = torch.tensor(eval_pred.predictions).argmax(-1).numpy(), eval_pred.label_ids
        hits = ((guesses == 1) & (labels == 1)).sum()
        return {"accuracy": (guesses == labels).mean(), "f1": 2 * hits / ((guesses == 1).sum() + (labels == 1).sum())}

    return (compute_metrics,)


@wrong("compute-metrics", "argmin")
def argmin():
    return metrics_with(lambda logits: logits.argmin(-1))


@wrong("compute-metrics", "argmax-axis")
def argmax_over_the_pairs():
    return metrics_with(lambda logits: logits.argmax(0))


@wrong("compute-metrics", "percent")
def in_percent():
    return metrics_with(scale=100)


@wrong("compute-metrics", "other-f1", points=1)
def macro_f1():
    return metrics_with(f1=lambda labels, guesses: f1_score(labels, guesses, average="macro"))


@wrong("compute-metrics", "missing-keys")
def accuracy_only():
    (full,) = metrics_with()
    return (lambda eval_pred: {"accuracy": full(eval_pred)["accuracy"]},)


@wrong("compute-metrics", "other-metrics")
def logit_of_label_1_above_a_half():
    return metrics_with(lambda logits: (logits[:, 1] > 0.5).astype(int))


@wrong("compute-metrics", "not-a-dict")
def a_number():
    return (lambda eval_pred: 0.5,)


@wrong("compute-metrics", "logits-as-predictions")
def argmax_forgotten():
    return metrics_with(lambda logits: logits)


@wrong("compute-metrics", "swapped-metrics")
def swapped_metrics():
    (full,) = metrics_with()
    return (lambda eval_pred: {"accuracy": full(eval_pred)["f1"], "f1": full(eval_pred)["accuracy"]},)


@wrong("compute-metrics", "f1-of-label-0", points=1)
def f1_of_the_other_label():
    return metrics_with(f1=lambda labels, guesses: f1_score(labels, guesses, pos_label=0))


@wrong("compute-metrics", "rounded")
def rounded():
    (full,) = metrics_with()
    return (lambda eval_pred: {name: round(value, 2) for name, value in full(eval_pred).items()},)


@wrong("compute-metrics", "not-a-tensor")
def metrics_as_texts():
    (full,) = metrics_with()
    return (lambda eval_pred: {name: str(value) for name, value in full(eval_pred).items()},)
