# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Chapter 3: Fine-tuning a pretrained model
#
# By the end of this chapter you can
# - load a data set from the Hub and read its labels;
# - turn pairs of sentences into padded batches;
# - fine-tune a model with the Trainer, and tell whether it learned anything.
#
# **About 60 minutes**, two of them for training on a CPU. Everything runs on your own machine.

# %% id="start"
import grader
from grader import check, hint, progress, quiz
from grader.learning import figures

grader.start(chapter=3)

# %% tags=["parameters"]
checkpoint = "sentence-transformers/all-MiniLM-L6-v2"  # on a GPU, try "google-bert/bert-base-uncased"
epochs = 1
batch_size = 32
max_steps = 10 if grader.is_grading() else -1  # -1: all steps of the epochs; no exercise depends on this run

# %% [markdown]
# ## 1. The data
#
# MRPC holds pairs of sentences from the news: do both say the same thing?
# ([Dolan and Brockett 2005](https://aclanthology.org/I05-5002/)). It is part of the GLUE benchmark.
#
# The practice hub serves pairs of the same form, made by the course's own code: the people and companies are invented,
# and they are easier than the real ones.

# %%
from datasets import load_dataset

raw_datasets = load_dataset("nyu-mll/glue", "mrpc")
raw_datasets

# %% [markdown]
# Three splits: one to learn from, one to look at on the way, one for the end. The labels of the last one are hidden, all
# of them are -1, as in a competition.

# %%
raw_datasets["train"][0]

# %% [markdown]
# The label is a number. The *features* of a split say what it means.

# %%
raw_datasets["train"].features["label"]

# %% exercise="labels-15-87"
label_train_15 = ...
label_validation_87 = ...
### BEGIN SOLUTION
names = raw_datasets["train"].features["label"]
label_train_15 = names.int2str(raw_datasets["train"][15]["label"])
label_validation_87 = names.int2str(raw_datasets["validation"][87]["label"])
### END SOLUTION

# %% [markdown]
# ## 2. From pairs to batches
#
# The tokenizer takes both sentences at once. `token_type_ids` tells them apart: 0 for the first, 1 for the second.

# %%
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(checkpoint)
pair = tokenizer("The shop opens at nine.", "At nine the shop opens.")
for token, segment in zip(tokenizer.convert_ids_to_tokens(pair["input_ids"]), pair["token_type_ids"]):
    print(segment, token)

# %% [markdown]
# `map` does this for the whole data set, many pairs at a time. The few pairs of more than 64 tokens are cut. No padding
# yet: each batch will decide for itself.

# %%
def tokenize_pairs(examples):
    return tokenizer(examples["sentence1"], examples["sentence2"], truncation=True, max_length=64)


tokenized_datasets = raw_datasets.map(tokenize_pairs, batched=True)
[len(ids) for ids in tokenized_datasets["train"][:8]["input_ids"]]

# %% [markdown]
# Eight pairs, different lengths. To become a tensor they must be padded: the work of a *collate function*. This is what
# it is given:

# %%
columns = ["input_ids", "token_type_ids", "attention_mask", "label"]
features = [{name: example[name] for name in columns} for example in tokenized_datasets["train"].select(range(3))]
[(len(feature["input_ids"]), feature["label"]) for feature in features]

# %% exercise="collate"
import torch


def collate(features):
    """A list of examples -> one batch of tensors, padded to its longest example."""
    ### BEGIN SOLUTION
    longest = max(len(feature["input_ids"]) for feature in features)
    batch = {
        key: torch.tensor([feature[key] + [0] * (longest - len(feature[key])) for feature in features])
        for key in ("input_ids", "token_type_ids", "attention_mask")
    }
    batch["labels"] = torch.tensor([feature["label"] for feature in features])
    return batch
    ### END SOLUTION

# %% [markdown]
# The library has one too: `DataCollatorWithPadding`. From here on we use that.

# %%
from transformers import DataCollatorWithPadding

data_collator = DataCollatorWithPadding(tokenizer)

# %% [markdown]
# ## 3. What counts as good?
#
# Always answering with the more frequent label is right surprisingly often. A model must beat this *baseline*.
#
# **Accuracy** is the share of right answers. The **F1 score** looks at one label only: it is high when the model finds
# most of these pairs (recall) and is mostly right when it says so (precision).

# %%
validation_labels = raw_datasets["validation"]["label"]
baseline = max(validation_labels.count(0), validation_labels.count(1)) / len(validation_labels)
print(f"majority baseline: {baseline:.1%}")

# %% exercise="compute-metrics"
import evaluate
import numpy as np

metric = evaluate.load("glue", "mrpc")


def compute_metrics(eval_pred):
    """eval_pred holds predictions (pairs, 2) and label_ids (pairs,) -> {"accuracy": ..., "f1": ...}"""
    ### BEGIN SOLUTION
    logits, labels = eval_pred
    return metric.compute(predictions=np.argmax(logits, axis=-1), references=labels)
    ### END SOLUTION

# %% [markdown]
# ## 4. Training
#
# The body is pretrained, the head is new. The library warns about that: nothing is wrong.

# %%
from transformers import AutoModelForSequenceClassification

device = grader.pick_device()
model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2)

# %% [markdown]
# `TrainingArguments` holds the settings. An *epoch* is one pass over all examples, a *batch* is what the model sees at
# once, and the *learning rate* says how far each step moves the weights: the most important number of all.

# %%
from sklearn.metrics import accuracy_score
from transformers import Trainer, TrainingArguments

arguments = TrainingArguments(
    "../build/mrpc-model",
    num_train_epochs=epochs,
    max_steps=max_steps,
    per_device_train_batch_size=batch_size,
    per_device_eval_batch_size=64,
    learning_rate=2e-4,
    logging_steps=5,
    save_strategy="no",
    report_to="none",
    use_cpu=device.type == "cpu",
    seed=42,
    **grader.precision_flags(device),
)


def accuracy(eval_pred):
    logits, labels = eval_pred
    return {"accuracy": accuracy_score(labels, logits.argmax(-1))}


trainer = Trainer(
    model,
    arguments,
    train_dataset=tokenized_datasets["train"],
    eval_dataset=tokenized_datasets["validation"],
    data_collator=data_collator,
    processing_class=tokenizer,
    compute_metrics=accuracy,
)

# %% [markdown]
# First a look at the model before it learned anything.

# %%
before = trainer.evaluate()["eval_accuracy"]
print(f"before training: {before:.1%}")

# %% [markdown]
# The new head is guessing: it gives nearly every pair the same label. Now it learns. On two CPU cores this takes a
# minute or two.

# %%
training = trainer.train()
print(f"{training.metrics['train_runtime']:.0f} seconds, {training.global_step} steps")

# %%
after = trainer.evaluate()["eval_accuracy"]
log = [entry for entry in trainer.state.log_history if "loss" in entry]
figures.learning_curve(
    [entry["step"] for entry in log],
    [entry["loss"] for entry in log],
    {"majority baseline": baseline, "before training": before, "after training": after},
)

# %% [markdown]
# The loss falls and the accuracy rises well above the baseline. Your numbers may differ a little from machine to
# machine. On the real MRPC, expect ten to fifteen points less.

# %% [markdown]
# ## Quiz

# %% quiz="how-a-pair-goes-in"

# %% quiz="why-batched-map"

# %% quiz="dynamic-padding"

# %% quiz="what-collate-makes"

# %% quiz="what-a-baseline-tells"

# %% quiz="new-head-warning"

# %% quiz="what-arguments-hold"

# %% quiz="why-validation"

# %% quiz="what-accelerate-adds"

# %% [markdown]
# ## In this chapter you saw
#
# - `load_dataset`, features and label names;
# - pairs, dynamic padding, and the collate function that does it;
# - the Trainer, a metric, a baseline, and a model that learned.

# %%
progress(3)
