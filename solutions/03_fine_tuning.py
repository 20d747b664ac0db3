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
# - take one training step, and say what each line of it does;
# - load a data set from the Hub and read its labels;
# - turn texts or pairs of texts into padded batches, and tell what padding costs;
# - fine-tune a model with the Trainer and with a loop of your own, and tell whether it learned anything;
# - run that loop in several processes, and continue a run that was interrupted;
# - read learning curves.
#
# **About six hours**, a few minutes of them for training on a CPU. Everything runs on your own machine.

# %% id="start"
import grader
from grader import check, hint, progress, quiz
from grader.learning import figures
from grader.settings import hub_choice

grader.start(chapter=3)

# %%
device = grader.pick_device()
large = device.type != "cpu" and hub_choice() == "real"  # a GPU, and BERT itself instead of a stand-in for it

# %% tags=["parameters"]
checkpoint = "google-bert/bert-base-uncased" if large else "sentence-transformers/all-MiniLM-L6-v2"
peak_rate = 3e-5 if large else 2e-4  # the highest learning rate of a run: a larger model takes smaller steps
epochs = 1
batch_size = 32
max_length = 64  # tokens of a pair; what is longer is cut
max_steps = 10 if grader.is_grading() else -1  # -1: all steps of the epochs; no exercise depends on this run

# %% [markdown]
# ## 1. One training step
#
# *Fine-tuning* trains a pretrained model further, for a task of your own. In small, it looks like this: two sentences
# with their labels.

# %%
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(checkpoint)
first_model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2)
moods = tokenizer(["What a wonderful day!", "I hate this so much!"], padding=True, return_tensors="pt")
moods["labels"] = torch.tensor([1, 0])  # good, bad

# %% [markdown]
# The report is no error: the head, called `classifier`, is *missing* in the checkpoint. It is new, so its weights are
# random.
#
# Ten steps of training:

# %%
optimizer = torch.optim.AdamW(first_model.parameters(), lr=2e-4)
first_model.train()
for step in range(10):
    loss = first_model(**moods).loss
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    print(f"step {step}   loss {loss.item():.3f}")

# %% [markdown]
# The *loss* says how far the scores are from the labels. It starts near 0.69, the surprise of a coin toss, and falls
# towards 0: the model has learned these two sentences.
#
# `from_pretrained` leaves a model in evaluation mode; `train()` tells it that it is to learn.
#
# Now slowly, for a single weight of the head.

# %%
weight = first_model.classifier.weight
optimizer = torch.optim.AdamW(first_model.parameters(), lr=2e-4)
before = weight[0, 0].item()
first_model(**moods).loss.backward()
print(f"gradient {weight.grad[0, 0].item():+.1e}")
optimizer.step()
print(f"moved by {weight[0, 0].item() - before:+.1e}")
optimizer.zero_grad()
print("gradient", weight.grad)

# %% [markdown]
# - `backward` finds the *gradient* of each weight: how the loss would change if the weight grew.
# - `step` moves each weight a little, so that the loss falls. The *learning rate*, `lr`, says how far. AdamW's first
#   step is just as long, since it divides each gradient by its own size.
# - `zero_grad` forgets the gradients; otherwise those of the next step would be added.

# %% [markdown]
# AdamW ([Loshchilov and Hutter 2019](https://arxiv.org/abs/1711.05101)) comes with PyTorch. Older tutorials import it
# from `transformers`, where it is gone.

# %% [markdown]
# ## 2. The data
#
# Two sentences are learned by heart. A task needs thousands. MRPC holds pairs of sentences from the news: do both say
# the same thing? ([Dolan and Brockett 2005](https://aclanthology.org/I05-5002/))
#
# It is part of the GLUE benchmark ([Wang et al. 2018](https://arxiv.org/abs/1804.07461)).

# %%
from datasets import load_dataset

raw_datasets = load_dataset("nyu-mll/glue", "mrpc")
raw_datasets

# %% [markdown]
# A `DatasetDict`: 5,801 pairs in three *splits*, to learn from, to look at on the way, and for the end. Each has rows
# and named columns. Older tutorials say `"glue"`; today a data set has its namespace, as a model has.

# %% [markdown]
# The practice hub serves pairs of the same form and number, made by the course's own code: the people and companies are
# invented, and they are easier than the real ones.

# %%
raw_datasets["train"][0]

# %% [markdown]
# An index gives an element, a dictionary. The label is a number. The *features* of a split say what each column holds.

# %%
raw_datasets["train"].features

# %% [markdown]
# The label is a `ClassLabel`: numbers that have names. It translates both ways.

# %%
label_feature = raw_datasets["train"].features["label"]
print(label_feature.int2str(0), label_feature.str2int("equivalent"))
print(set(raw_datasets["test"]["label"]))

# %% [markdown]
# The labels of the test split are hidden, all of them are -1, as in a competition.

# %% exercise="labels-15-87"
label_train_15 = ...
label_validation_87 = ...
### BEGIN SOLUTION
names = raw_datasets["train"].features["label"]
label_train_15 = names.int2str(raw_datasets["train"][15]["label"])
label_validation_87 = names.int2str(raw_datasets["validation"][87]["label"])
### END SOLUTION

# %% [markdown]
# Where does the data lie?

# %%
import datasets
import huggingface_hub

print("downloaded ", huggingface_hub.constants.HF_HUB_CACHE)
print("as tables  ", datasets.config.HF_DATASETS_CACHE)

# %% [markdown]
# Both are folders of `$HF_HOME`. The tables are *Arrow* files, from which rows are read when somebody asks for them: a
# data set may be larger than the memory. And next time nothing is downloaded.

# %% [markdown]
# ## 3. From pairs to batches
#
# The tokenizer takes both sentences at once. `token_type_ids` tells them apart: 0 for the first, 1 for the second.

# %%
pair = tokenizer("The shop opens at nine.", "At nine the shop opens.")
for token, segment in zip(tokenizer.convert_ids_to_tokens(pair["input_ids"]), pair["token_type_ids"]):
    print(segment, token)

# %% exercise="single-or-pair"
together = ...
differs = ...
### BEGIN SOLUTION
example = raw_datasets["train"][15]
together = tokenizer(example["sentence1"], example["sentence2"])
differs = {"a", "b", "e"}
### END SOLUTION


def join_pair(first, second):
    """What the tokenizer returns for two single sentences -> the same three keys, for the pair."""
    ### BEGIN SOLUTION
    rest = len(second["input_ids"]) - 1
    return {
        "input_ids": first["input_ids"] + second["input_ids"][1:],
        "token_type_ids": first["token_type_ids"] + [1] * rest,
        "attention_mask": first["attention_mask"] + [1] * rest,
    }
    ### END SOLUTION

# %% [markdown]
# Why types? BERT was also pretrained to tell whether the second sentence really came after the first: *next sentence
# prediction* ([Devlin et al. 2019](https://aclanthology.org/N19-1423/)). Not every model has them:

# %%
from transformers import AutoConfig

for architecture in ("bert", "distilbert"):
    print(architecture, "knows", getattr(AutoConfig.for_model(architecture), "type_vocab_size", "no"), "types")

# %% [markdown]
# DistilBERT was pretrained without that task, and its types were left out
# ([Sanh et al. 2019](https://arxiv.org/abs/1910.01108)). It tells the sentences apart by the `[SEP]` alone. Use the
# tokenizer of your checkpoint, and you get what its model knows.

# %% exercise="token-types"
def token_types(input_ids, sep_id):
    """One row of ids, perhaps with padding -> a list with the type of each."""
    ### BEGIN SOLUTION
    types = [0] * len(input_ids)
    seps = [place for place, id in enumerate(input_ids) if id == sep_id]
    if len(seps) == 2:
        for place in range(seps[0] + 1, seps[1] + 1):
            types[place] = 1
    return types
    ### END SOLUTION

# %% [markdown]
# Now for many pairs at a time. A slice of a split is a dictionary of columns, each of them a list, and the tokenizer
# takes lists.

# %%
def tokenize_pairs(examples):
    return tokenizer(examples["sentence1"], examples["sentence2"], truncation=True, max_length=max_length)


[len(ids) for ids in tokenize_pairs(raw_datasets["train"][:8])["input_ids"]]

# %% [markdown]
# Eight pairs, different lengths. Longer ones than `max_length` are cut. No padding yet: each batch will decide for itself.
#
# `map` applies such a function to the whole data set. We let it run twice, and look at the clock.

# %%
import time

for run in ("first", "second"):
    began = time.perf_counter()
    tokenized_datasets = raw_datasets.map(tokenize_pairs, batched=True)
    print(f"{run} run {time.perf_counter() - began:.1f} seconds")
tokenized_datasets["train"].column_names

# %% [markdown]
# `map` adds columns to the old ones and writes the result to the cache. The second run recognizes function and data, and
# opens that file. After a restart of the notebook, so does the first one.

# %% [markdown]
# What does `batched=True` save? This time without the cache:

# %%
some_pairs = raw_datasets["train"].select(range(2000))
for options in [{}, {"batched": True}, {"batched": True, "num_proc": 2}]:
    began = time.perf_counter()
    some_pairs.map(tokenize_pairs, load_from_cache_file=False, **options)
    print(f"{time.perf_counter() - began:.1f} seconds", options)

# %% [markdown]
# Batched, `map` hands over 1,000 examples at a time: few calls instead of many. `num_proc` shares the work among
# processes, but these must be started first: it pays when there is much more to do than here.

# %% [markdown]
# `map(…, remove_columns=["name", …])` drops these old columns on the way, and keeps what the function returned.

# %% exercise="preprocess-sst2"
def tokenize_reviews(examples):
    """Columns of SST-2, {name: list} -> what the tokenizer makes of the texts."""
    ### BEGIN SOLUTION
    return tokenizer(examples["sentence"], truncation=True, max_length=max_length)
    ### END SOLUTION


first_review = ...
### BEGIN SOLUTION
reviews = load_dataset("nyu-mll/glue", "sst2")
reviews = reviews.map(tokenize_reviews, batched=True, remove_columns=["sentence", "idx"])
first_review = reviews["validation"][0]
### END SOLUTION

# %% [markdown]
# To become a tensor, the rows of a batch must be padded: the work of a *collate function*. This is what it is given:

# %%
columns = ["input_ids", "token_type_ids", "attention_mask", "label"]
features = [{name: example[name] for name in columns} for example in tokenized_datasets["train"].select(range(3))]
[(len(feature["input_ids"]), feature["label"]) for feature in features]

# %% exercise="collate"
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
{name: tuple(tensor.shape) for name, tensor in data_collator(features).items()}

# %% [markdown]
# Padding to the longest of each batch is *dynamic*. With *fixed* padding all batches are equally wide. Twelve
# batches of our pairs, nothing cut:

# %%
texts = raw_datasets["train"][:96]
lengths = [len(ids) for ids in tokenizer(texts["sentence1"], texts["sentence2"])["input_ids"]]
figures.padding_bars(lengths, batch_size=8, width=128)

# %% [markdown]
# The text is the same on both sides. What is hatched costs as much time as text, and nobody reads it. Dynamic padding
# saves most where batches are small and texts differ much in length: try other sizes.

# %% exercise="padding-waste"
def padded_tokens(lengths, batch_size):
    """The tokens of all batches together, each padded to its own longest text."""
    ### BEGIN SOLUTION
    batches = [lengths[start : start + batch_size] for start in range(0, len(lengths), batch_size)]
    return sum(max(batch) * len(batch) for batch in batches)
    ### END SOLUTION


def saved_share(lengths, batch_size, width):
    """The share of the tokens of fixed padding that dynamic padding saves."""
    ### BEGIN SOLUTION
    return 1 - padded_tokens(lengths, batch_size) / (len(lengths) * width)
    ### END SOLUTION

# %% [markdown]
# Why then pad to a fixed width at all? A TPU runs programs that are compiled for one shape, and each new shape has to be
# compiled anew ([PyTorch/XLA](https://docs.pytorch.org/xla/release/r2.8/perf/recompilation.html)). There, equal widths
# save more than they waste.

# %% [markdown]
# MRPC is one of nine tasks of GLUE; a tenth set, `ax`, is for diagnosis only. Their columns differ, and so do their
# labels:

# %%
from datasets import load_dataset_builder

for task in ("cola", "qnli", "mnli", "stsb"):
    print(task, load_dataset_builder("nyu-mll/glue", task).info.features, "\n")

# %% [markdown]
# One text or two, under several names; two classes or three. STS-B says with a number from 0 to 5 how similar two
# sentences are, so its label is no class but a score.

# %% exercise="preprocess-any-glue"
def preprocess(task, examples):
    """A task's name and columns, {name: list} -> ids, types, mask and labels."""
    ### BEGIN SOLUTION
    texts = [column for column in examples.values() if isinstance(column[0], str)]
    batch = tokenizer(*texts, truncation=True, max_length=max_length)
    return {**batch, "labels": examples["label"]}
    ### END SOLUTION


def model_outputs(task):
    """A task's name -> how many numbers the head gives for one example."""
    ### BEGIN SOLUTION
    label = load_dataset_builder("nyu-mll/glue", task).info.features["label"]
    return len(label.names) if hasattr(label, "names") else 1
    ### END SOLUTION

# %% [markdown]
# ## 4. What counts as good?
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
# ## 5. The Trainer
#
# The body is pretrained, the head is new. The library warns about that: nothing is wrong.

# %%
from transformers import AutoModelForSequenceClassification, set_seed

set_seed(42)  # the new head gets the same random weights each time
model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2)

# %% [markdown]
# What a run writes goes into a folder that ends with this notebook.

# %%
import tempfile
from pathlib import Path

work_folder = tempfile.TemporaryDirectory(prefix="chapter-3-")
work = Path(work_folder.name)

# %% [markdown]
# *Mixed precision* computes large products with 16 bits instead of 32
# ([Micikevicius et al. 2018](https://arxiv.org/abs/1710.03740)). That saves time where a device has units for it. Has
# this one?

# %%
flags = grader.precision_flags(device)
print(f"{device.type}: {' and '.join(flags) or 'no gain here, so 32 bits everywhere'}")

# %% [markdown]
# `TrainingArguments` holds the settings. An *epoch* is one pass over all examples, a *batch* is what the model sees at
# once, and the *learning rate* says how far each step moves the weights: the most important number of all.

# %%
from sklearn.metrics import accuracy_score
from transformers import Trainer, TrainingArguments

settings = dict(
    per_device_train_batch_size=batch_size,
    per_device_eval_batch_size=64,
    learning_rate=peak_rate,
    save_strategy="no",
    report_to="none",
    use_cpu=device.type == "cpu",
    seed=42,
    **flags,
)
when = dict(num_train_epochs=epochs, max_steps=max_steps, logging_steps=5, eval_strategy="steps", eval_steps=0.25)
arguments = TrainingArguments(f"{work}/mrpc-model", **settings, **when)

# %% [markdown]
# `eval_steps=0.25`: a look at the validation split after each quarter of the run. Now all comes together:

# %%
def measure(eval_pred):
    logits, labels = eval_pred
    return {"accuracy": accuracy_score(labels, logits.argmax(-1))}


trainer = Trainer(
    model,
    arguments,
    train_dataset=tokenized_datasets["train"],
    eval_dataset=tokenized_datasets["validation"],
    data_collator=data_collator,
    processing_class=tokenizer,
    compute_metrics=measure,
)

# %% [markdown]
# Three of these names are younger than many tutorials:
#
# | older tutorials | today |
# |---|---|
# | `evaluation_strategy=` | `eval_strategy=` |
# | `Trainer(tokenizer=…)` | `processing_class=` |
# | `no_cuda=True` | `use_cpu=True` |
#
# First a look at the model before it learned anything.

# %%
before = trainer.evaluate()["eval_accuracy"]
print(f"before training: {before:.1%}")

# %% [markdown]
# The new head is guessing. Now it learns, and you can watch: the bar shows the steps, each row a look at the validation
# split. On two CPU cores this takes one to four minutes.

# %%
training = trainer.train()
print(f"{training.metrics['train_runtime']:.0f} seconds, {training.global_step} steps")

# %%
log = trainer.state.log_history
after = trainer.evaluate()["eval_accuracy"]
figures.learning_curve(
    [entry["step"] for entry in log if "loss" in entry],
    [entry["loss"] for entry in log if "loss" in entry],
    {"majority baseline": baseline, "before training": before, "after training": after},
    validation={entry["step"]: entry["eval_loss"] for entry in log if "eval_loss" in entry},
)

# %% [markdown]
# Both losses fall and the accuracy rises well above the baseline. Your numbers may differ a little from machine to
# machine. On the real MRPC, expect less.
#
# `predict` gives the scores themselves. The test split must go in without its labels: for a label of -1 there is no
# loss.

# %%
some_test_pairs = tokenized_datasets["test"].select(range(100)).remove_columns("label")
predicted = trainer.predict(some_test_pairs)
print(predicted.predictions.shape, predicted.predictions[0])
print(predicted.predictions.argmax(-1)[:12])

# %% exercise="trainer-sst2"
sst2_trainer = ...
sst2_predictions = ...
### BEGIN SOLUTION
sst2 = load_dataset("nyu-mll/glue", "sst2")
sst2 = sst2.map(lambda rows: tokenizer(rows["sentence"], truncation=True), batched=True)
sst2_trainer = Trainer(
    AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2),
    TrainingArguments(f"{work}/sst2-model", max_steps=60, logging_steps=5, **settings),
    train_dataset=sst2["train"],
    data_collator=data_collator,
    processing_class=tokenizer,
)
sst2_trainer.train()
sst2_predictions = sst2_trainer.predict(sst2["test"].remove_columns("label")).predictions.argmax(-1)
### END SOLUTION

# %% [markdown]
# ### Preparing the columns
#
# The Trainer dropped the columns that the model does not know, and handed over the labels as tensors. Without it, this
# is our work. Here it is on a toy data set:

# %%
toy = datasets.Dataset.from_dict({"text": ["a", "b"], "input_ids": [[7, 8], [9]], "stars": [5, 1]})
toy = toy.remove_columns(["text"]).rename_column("stars", "labels")
print(toy[0])
toy.set_format("torch")
print(toy[0])

# %% [markdown]
# `remove_columns` and `rename_column` return a new data set. `set_format` changes the one it is called on, and returns
# nothing: from now on, elements are made into tensors when they are read.

# %% exercise="columns"
ready_pair = ...
### BEGIN SOLUTION
ready_datasets = tokenized_datasets.remove_columns(["sentence1", "sentence2", "idx"]).rename_column("label", "labels")
ready_datasets.set_format("torch")
ready_pair = ready_datasets["train"][0]
### END SOLUTION

# %% [markdown]
# ### The schedule
#
# Each batch is a step. A `DataLoader` makes the batches, and knows how many there are in one epoch:

# %%
from torch.utils.data import DataLoader

batches = DataLoader(tokenized_datasets["train"], batch_size=batch_size)
print(f"{len(tokenized_datasets['train'])} pairs / {batch_size} = {len(tokenized_datasets['train']) / batch_size:.1f}")
print(len(batches), "batches")

# %% [markdown]
# The learning rate changes on the way. BERT's grew for a while, the *warm-up*, and then fell on a straight line
# ([Devlin et al. 2019](https://aclanthology.org/N19-1423/)). For twelve steps:

# %%
from transformers import get_linear_schedule_with_warmup

toy_optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=2e-4)
toy_scheduler = get_linear_schedule_with_warmup(toy_optimizer, num_warmup_steps=4, num_training_steps=12)
for step in range(12):
    rate = toy_scheduler.get_last_lr()[0]
    print(f"step {step:2}   {rate:.6f}   {'#' * round(rate * 2e5)}")
    toy_optimizer.step()
    toy_scheduler.step()

# %% [markdown]
# Small steps first, while the new head knows nothing; small steps last, to come to rest.

# %% exercise="schedule"
import math


def training_steps(examples, batch_size, epochs):
    """How many steps a training takes."""
    ### BEGIN SOLUTION
    return math.ceil(examples / batch_size) * epochs
    ### END SOLUTION


def learning_rate(step, peak, warmup_steps, total_steps):
    """The learning rate of one step; the first step has number 0."""
    ### BEGIN SOLUTION
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * (total_steps - step) / (total_steps - warmup_steps)
    ### END SOLUTION

# %% [markdown]
# ## 6. A loop of your own
#
# What does `trainer.train()` do? Less than you may think. First the batches. `shuffle`: in each epoch in another order.

# %%
loop_datasets = tokenized_datasets.remove_columns(["sentence1", "sentence2", "idx"]).rename_column("label", "labels")
loop_datasets.set_format("torch")
train_loader = DataLoader(loop_datasets["train"], batch_size=batch_size, shuffle=True, collate_fn=data_collator)
validation_loader = DataLoader(loop_datasets["validation"], batch_size=64, collate_fn=data_collator)
first_batch = next(iter(train_loader))
{name: tuple(tensor.shape) for name, tensor in first_batch.items()}

# %% [markdown]
# A model, an optimizer that moves its weights, and a schedule that lowers the learning rate to zero. `fused`: all of a
# weight's update in one go, as the Trainer does it.

# %%
from transformers import get_scheduler

set_seed(42)
loop_model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2).to(device)
loop_optimizer = torch.optim.AdamW(loop_model.parameters(), lr=peak_rate, fused=True)
total_steps = epochs * len(train_loader) if max_steps < 0 else max_steps
loop_scheduler = get_scheduler("linear", loop_optimizer, num_warmup_steps=0, num_training_steps=total_steps)
print(total_steps, "steps")

# %% [markdown]
# And the loop: five lines for each batch. One more draws the loss while it falls, and `autocast` is mixed precision
# (with 32 bits where only `fp16` would work: that needs a few lines more). One to four minutes on two CPU cores.

# %%
half = torch.autocast(device.type, torch.bfloat16, enabled=flags.get("bf16", False))
live = figures.LiveCurve(total_steps)
loop_model.train()
for epoch in range(epochs):
    for _, batch in zip(range(total_steps - len(live.losses)), train_loader):
        with half:
            loss = loop_model(**batch.to(device)).loss
        loss.backward()
        loop_optimizer.step()
        loop_scheduler.step()
        loop_optimizer.zero_grad()
        live.add(loss.item())

# %% [markdown]
# Measuring is a loop too. `eval()` switches *dropout* off, which sets numbers to zero at random during training
# ([Srivastava et al. 2014](https://jmlr.org/papers/v15/srivastava14a.html)); `no_grad()` saves the work for gradients.

# %%
loop_metric = evaluate.load("glue", "mrpc")
loop_model.eval()
for batch in validation_loader:
    with torch.no_grad(), half:
        logits = loop_model(**batch.to(device)).logits
    loop_metric.add_batch(predictions=logits.argmax(-1).tolist(), references=batch["labels"].tolist())
by_loop = loop_metric.compute()
by_loop

# %%
names = {"majority baseline": baseline, "before training": before, "Trainer": after, "own loop": by_loop["accuracy"]}
figures.learning_curve(range(1, total_steps + 1), live.losses, names)

# %% [markdown]
# It learns as well as with the Trainer, in a few lines of our own. The numbers differ by some points: the batches came
# in another order, and the Trainer also shortens very long gradients (`max_grad_norm`).
#
# The metric was fed batch by batch, and computed once, at the end. Older tutorials load metrics with `datasets.load_metric`; today they have a library of their own, `evaluate`.

# %% [markdown]
# `batch.to(device)` works since the data collator returns more than a plain dictionary. A plain one has no `.to`; its
# tensors are moved one by one:

# %%
plain_batch = dict(first_batch)
moved = {name: tensor.to(loop_model.device) for name, tensor in plain_batch.items()}
{name: tensor.device for name, tensor in moved.items()}

# %% exercise="own-loop-sst2"
def train(model, batches, learning_rate, epochs):
    """Trains the model -> a list with the loss of every step."""
    ### BEGIN SOLUTION
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
    scheduler = get_scheduler("linear", optimizer, num_warmup_steps=0, num_training_steps=epochs * len(batches))
    losses = []
    model.train()
    for _ in range(epochs):
        for batch in batches:
            loss = model(**{name: tensor.to(model.device) for name, tensor in batch.items()}).loss
            loss.backward()
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            losses.append(loss.item())
    return losses
    ### END SOLUTION


def accuracy(model, batches):
    """The share of right answers over all examples, between 0 and 1."""
    ### BEGIN SOLUTION
    hits = examples = 0
    model.eval()
    for batch in batches:
        with torch.no_grad():
            logits = model(**{name: tensor.to(model.device) for name, tensor in batch.items()}).logits
        hits += (logits.argmax(-1).cpu() == batch["labels"].cpu()).sum().item()
        examples += len(batch["labels"])
    return hits / examples
    ### END SOLUTION


loop_predictions = ...
### BEGIN SOLUTION
sst2_tokens = load_dataset("nyu-mll/glue", "sst2").map(
    lambda rows: tokenizer(rows["sentence"], truncation=True), batched=True, remove_columns=["sentence", "idx"]
)
some_reviews = sst2_tokens["train"].shuffle(seed=42).select(range(60 * 32))
review_batches = DataLoader(some_reviews, batch_size=32, shuffle=True, collate_fn=data_collator)
review_model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2).to(device)
review_losses = train(review_model, review_batches, peak_rate, 1)

review_model.eval()
loop_predictions = []
for batch in DataLoader(sst2_tokens["test"].remove_columns("label"), batch_size=64, collate_fn=data_collator):
    with torch.no_grad():
        loop_predictions += review_model(**batch.to(device)).logits.argmax(-1).tolist()
del review_model
### END SOLUTION

# %% [markdown]
# ### The same numbers again
#
# New weights, the order of the batches, dropout: all of it is drawn at random. A *seed* fixes the draw.

# %%
def first_losses(seed):
    set_seed(seed)
    some_model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2).train()
    some_optimizer = torch.optim.AdamW(some_model.parameters(), lr=peak_rate)
    losses = []
    for _, batch in zip(range(3), DataLoader(loop_datasets["train"], 8, shuffle=True, collate_fn=data_collator)):
        some_optimizer.zero_grad()
        loss = some_model(**batch).loss
        loss.backward()
        some_optimizer.step()
        losses.append(loss.item())
    return losses


for seed in (1, 1, 2):
    print(f"seed {seed}  ", first_losses(seed))

# %% [markdown]
# The same seed gives the same numbers, to the last digit. That holds on one machine: another processor, or another
# number of threads, adds up in another order, and rounds differently. So report a range: several seeds, best and worst.

# %% [markdown]
# ### Large batches in a small memory
#
# `backward` adds to the gradients that are there already. So several small batches can make one step together:
# *gradient accumulation*. What does one large batch give, and what do two halves of it?

# %%
whole = data_collator([loop_datasets["train"][i] for i in range(8)])
halves = [{name: tensor[part] for name, tensor in whole.items()} for part in (slice(0, 4), slice(4, 8))]
calm_model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2).eval()  # no dropout
for batches_of_one_step in ([whole], halves):
    calm_model.zero_grad()
    for batch in batches_of_one_step:
        calm_model(**batch).loss.backward()
    print(len(batches_of_one_step), "backward", calm_model.classifier.weight.grad[0, :3])

# %% [markdown]
# Almost: the second gradient is too long by a factor. Which one, and where does it come from? The Trainer does it right
# by itself, with `gradient_accumulation_steps=2`.

# %% exercise="gradient-accumulation"
def accumulated_step(model, small_batches, learning_rate):
    """One step of SGD with the gradients of all small batches -> model.state_dict()"""
    ### BEGIN SOLUTION
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for batch in small_batches:
        (model(**batch).loss / len(small_batches)).backward()
    optimizer.step()
    return model.state_dict()
    ### END SOLUTION

# %% [markdown]
# First some room: a model, its gradients and its optimizer stay in memory as long as they have a name.

# %%
from grader.learning.memory import make_room

of_the_loop = ("loop_model", "loop_optimizer", "loop_scheduler", "loss", "logits", "batch")
make_room(globals(), *of_the_loop, "trainer", "model", "calm_model", "first_model", "optimizer", "weight")

# %% [markdown]
# ## 7. Accelerate
#
# A loop for several GPUs, or several machines, must share out batches, gradients and results. *Accelerate* does that
# for a loop like ours. We write a script, since that is what one launches.

# %%
# %%writefile {work}/train.py
import json
import sys
import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from datasets import load_dataset
from torch.utils.data import DataLoader
from transformers import AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding


def batches(tokenizer, split, size):
    rows = load_dataset("nyu-mll/glue", "sst2", split=split)
    rows = rows.map(lambda some: tokenizer(some["sentence"], truncation=True), batched=True)
    rows = rows.remove_columns(["sentence", "idx"])
    return DataLoader(rows, batch_size=size, collate_fn=DataCollatorWithPadding(tokenizer))


def fine_tune(checkpoint, steps, report):
    accelerator = Accelerator(cpu=True)  # without cpu=True: one GPU for each process, where there are some
    count = accelerator.num_processes
    if count > 1:
        torch.set_num_threads(1)  # as many threads as cores, over all processes
    set_seed(42)  # the same new head in all of them
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    calm = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2, **calm)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-4)
    train_batches = batches(tokenizer, f"train[:{16 * steps}]", 16 // count)
    test_batches = batches(tokenizer, "validation[:77]", 16 // count)
    model, optimizer, train_batches, test_batches = accelerator.prepare(model, optimizer, train_batches, test_batches)

    model.train()
    for batch in train_batches:
        accelerator.backward(model(**batch).loss)
        optimizer.step()
        optimizer.zero_grad()

    model.eval()
    hits, with_tail = [], 0
    for batch in test_batches:
        with torch.no_grad():
            hit = model(**batch).logits.argmax(-1) == batch["labels"]
        with_tail += len(accelerator.gather(hit))
        hits += accelerator.gather_for_metrics(hit).tolist()
    if accelerator.is_main_process:
        facts = {"processes": count, "gather": with_tail, "gather_for_metrics": len(hits), "right": sum(hits)}
        open(report, "w").write(json.dumps(facts))
    # First the model, which talks to the other processes, then the connection that it talks through.
    model, optimizer = accelerator.free_memory(model, optimizer)
    accelerator.end_training()


if __name__ == "__main__":
    fine_tune(sys.argv[1], int(sys.argv[2]), sys.argv[3])

# %% [markdown]
# Four lines share the work:
#
# - `prepare` takes model, optimizer and batches, and gives back ones that know the other processes;
# - `accelerator.backward` averages the gradients of all processes;
# - `gather_for_metrics` brings their results together;
# - `is_main_process` lets only one of them write.
#
# First in one process, as a script:

# %%
few_steps = 6 if max_steps < 0 else 2
plain = "--num_machines 1 --mixed_precision no --dynamo_backend no"
train_script = work / "train.py"
# !accelerate launch --cpu --num_processes 1 {plain} {train_script} {checkpoint} {few_steps} {work}/one.json

# %% [markdown]
# `accelerate launch` starts a script, once for each process. Two of them now, with half a batch each. The option for
# that is called `--multi_gpu`, also where our script stays on the CPU. (`accelerate config` asks for such settings once,
# and keeps them.)

# %%
# !accelerate launch --multi_gpu --num_processes 2 --main_process_port 0 {plain} {train_script} {checkpoint} {few_steps} {work}/two.json

# %% [markdown]
# And from the notebook. `notebook_launcher` forks this very kernel, so no Accelerator may be alive in it: the Trainer
# has left one. (It calls any device CUDA when it says hello.) A kernel that has trained on a GPU cannot fork any more:
# there it stays with one process, as it does on Colab.

# %%
import socket
import sys

from accelerate import Accelerator, notebook_launcher
from accelerate.state import AcceleratorState

AcceleratorState._reset_state(reset_partial_state=True)
sys.path.insert(0, str(work))
from train import fine_tune

with socket.socket() as probe:  # the two processes meet at a port that is free
    probe.bind(("127.0.0.1", 0))
    port = str(probe.getsockname()[1])
processes = 2 if device.type == "cpu" else 1
notebook_launcher(fine_tune, (checkpoint, few_steps, f"{work}/launched.json"), num_processes=processes, use_port=port)

# A new state, for the Trainers of this chapter, the earlier ones too.
AcceleratorState._reset_state(reset_partial_state=True)
accelerator = Accelerator(cpu=device.type == "cpu")

# %%
import json

for name in ("one", "two", "launched"):
    facts = json.loads((work / f"{name}.json").read_text())
    print(facts, f"accuracy {facts['right'] / facts['gather_for_metrics']:.4f}")

# %% [markdown]
# The same accuracy each time. The 77 reviews do not share out evenly, so some of them were given to both processes: `gather`
# counts these twice, `gather_for_metrics` knows what to drop.

# %% exercise="accelerate-loop"
def accelerated(accelerator, model, train_batches, test_batches, learning_rate):
    """Trains for one epoch -> the accuracy over all processes, between 0 and 1."""
    ### BEGIN SOLUTION
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
    model, optimizer, train_batches, test_batches = accelerator.prepare(model, optimizer, train_batches, test_batches)
    model.train()
    for batch in train_batches:
        accelerator.backward(model(**batch).loss)
        optimizer.step()
        optimizer.zero_grad()

    hits = []
    model.eval()
    for batch in test_batches:
        with torch.no_grad():
            guesses = model(**batch).logits.argmax(-1)
        hits += accelerator.gather_for_metrics(guesses == batch["labels"]).tolist()
    return sum(hits) / len(hits)
    ### END SOLUTION

# %% [markdown]
# ## 8. Reading the curves
#
# Now we do it wrong, on purpose: 96 reviews alone, seen ten times.

# %%
reviews_in_tokens = load_dataset("nyu-mll/glue", "sst2").map(lambda rows: tokenizer(rows["sentence"]), batched=True)
few, others = (reviews_in_tokens[split].select(range(n)) for split, n in (("train", 96), ("validation", 128)))
each_epoch = dict(logging_strategy="epoch", eval_strategy="epoch")
few_settings = settings | each_epoch | dict(per_device_train_batch_size=16, learning_rate=peak_rate)


def few_reviews(folder, callbacks=(), **more):
    set_seed(42)
    some_model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2)
    some_arguments = TrainingArguments(f"{work}/{folder}", **(few_settings | more))
    collated = dict(data_collator=data_collator, callbacks=list(callbacks))
    return Trainer(some_model, some_arguments, train_dataset=few, eval_dataset=others, **collated)

# %%
overfitted = few_reviews("by-heart", num_train_epochs=10 if max_steps < 0 else 2)
overfitted.train()
losses = {
    name: [entry[key] for entry in overfitted.state.log_history if key in entry]
    for name, key in (("training", "loss"), ("validation", "eval_loss"))
}
figures.loss_curves({"96 reviews, again and again": (losses["training"], losses["validation"])})

# %% [markdown]
# *Over-fitting*: the model learns these few reviews by heart, down to a loss of almost nothing. For others it gets no
# better any more, and at some point worse: it is wrong, and sure of it.
#
# *Early stopping* ends such a run when the validation loss no longer falls, and goes back to the best model.

# %%
from transformers import EarlyStoppingCallback

best = dict(save_strategy="best", save_only_model=True, save_total_limit=1, load_best_model_at_end=True)
stopped = few_reviews(
    "stopped",
    [EarlyStoppingCallback(early_stopping_patience=2)],
    num_train_epochs=10 if max_steps < 0 else 2,
    metric_for_best_model="eval_loss",
    greater_is_better=False,
    **best,
)
stopped.train()
print(f"stopped after {stopped.state.epoch:.0f} epochs, best validation loss {stopped.state.best_metric:.3f}")

# %% [markdown]
# ### After an interruption
#
# Power cut, kernel killed, time is up. With *checkpoints* little is lost. This run ends in its fifth step, by an error;
# it has saved itself after the third.

# %%
from transformers import TrainerCallback


class PowerCut(TrainerCallback):
    def on_step_begin(self, args, state, control, **kwargs):
        if state.global_step == 4:
            raise KeyboardInterrupt


saving = dict(save_strategy="steps", save_steps=3, max_steps=6, eval_strategy="no", per_device_train_batch_size=8)
try:
    few_reviews("cut", [PowerCut()], **saving).train()
except KeyboardInterrupt:
    print("cut off; saved:", [path.name for path in (work / "cut").iterdir()])

# %% [markdown]
# A checkpoint holds more than weights: the optimizer, the schedule, the place in the data, and the random numbers. So a
# resumed run continues as if nothing had happened. Does it? Compared with a run that nobody interrupted:

# %%
resumed = few_reviews("cut", **saving)
resumed.train(resume_from_checkpoint=True)
unbroken = few_reviews("whole", **saving | dict(save_strategy="no"))
unbroken.train()
pairs = zip(resumed.model.parameters(), unbroken.model.parameters())
print("largest difference of a weight:", max((a - b).abs().max().item() for a, b in pairs))

# %% [markdown]
# No difference, or none to speak of. Only the steps since the last checkpoint were done twice.
#
# The same works after a killed kernel: run the cells up to the Trainer again, then resume. But our folder ends with the
# notebook. Give a run that matters a folder of its own.

# %% [markdown]
# Now four runs that others have made. *Under-fitting*: both losses still fall, or stay high. A *good fit*: both are
# low, and close together. *Rate too high*: the loss jumps, and does not come to rest.

# %%
from grader.exercises.chapter3.read_the_curves import curves

figures.loss_curves({f"Run {name}": run for name, run in curves().items()})

# %% exercise="read-the-curves"
regimes = ...
### BEGIN SOLUTION
regimes = {"A": "under-fitting", "B": "over-fitting", "C": "rate too high", "D": "good fit"}
### END SOLUTION

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
# - one training step: loss, gradient, a small move of each weight;
# - `load_dataset`, features and label names, and the cache of `map`;
# - pairs and their types, dynamic padding and what it saves, and the collate function that does it;
# - the Trainer, a metric, a baseline, and a model that learned;
# - a training loop of your own, and the same loop in two processes;
# - seeds, accumulated gradients, early stopping, checkpoints, and how to read learning curves.

# %%
progress(3)
