"""What the course does with transformers: load by several names, push, load what was pushed.

The argument is the stock root: a tiny BERT with random weights is put there first.
"""

import sys
from pathlib import Path

import torch
from huggingface_hub import HfApi, ModelCard, snapshot_download
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BertTokenizerFast,
    Trainer,
    TrainingArguments,
    pipeline,
)
from transformers.pipelines import SUPPORTED_TASKS
from transformers.utils import logging

from grader.hub.store.repos import Add, RepoStore

logging.set_verbosity_error()
SENTENCE = "i love this course"


def put_tiny_bert_into(stock: Path) -> None:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *SENTENCE.split()]
    Path("vocab.txt").write_text("\n".join(words))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    BertForSequenceClassification(config).save_pretrained("tiny")
    BertTokenizerFast("vocab.txt").save_pretrained("tiny")
    repo = RepoStore(stock).find("models", "course/tiny-bert")
    repo.commit([Add(path.name, path) for path in Path("tiny").iterdir()], "Add the weights")
    repo.tag("0123abc")
    name, pin = SUPPORTED_TASKS["text-classification"]["default"]["model"]
    default = RepoStore(stock).create("models", name)
    default.commit([Add(path.name, path) for path in Path("tiny").iterdir()], "The same weights")
    default.tag(pin)


def scores(name: str, **options) -> list[float]:
    model = AutoModelForSequenceClassification.from_pretrained(name, **options)
    tokenizer = AutoTokenizer.from_pretrained(name, **options)
    return model(**tokenizer(SENTENCE, return_tensors="pt")).logits[0].tolist()


put_tiny_bert_into(Path(sys.argv[1]))
canonical = scores("course/tiny-bert")
assert scores("tiny-bert") == canonical, "the old name serves the same model"
assert scores("course/tiny-bert", revision="0123abc") == canonical, "a tag that looks like a short sha"
head = HfApi().model_info("course/tiny-bert").sha
assert scores("course/tiny-bert", revision=head[:7]) == canonical, "a short sha"

with_task = pipeline("text-classification", "course/tiny-bert")(SENTENCE)
assert pipeline(model="course/tiny-bert")(SENTENCE) == with_task, "the task is read off the hub"

for name in ("course/no-such-model", "course/tiny-bert"):
    try:
        AutoTokenizer.from_pretrained(name, revision="no-such-revision")
    except OSError:
        continue
    raise AssertionError(f"{name}: a wrong name or revision must be an OSError")

model = AutoModelForSequenceClassification.from_pretrained("course/tiny-bert")
tokenizer = AutoTokenizer.from_pretrained("course/tiny-bert")
model.push_to_hub("my-bert")
tokenizer.push_to_hub("my-bert")
assert scores("learner/my-bert") == canonical, "what was pushed is what is loaded"
assert pipeline(model="learner/my-bert")(SENTENCE) == with_task, "the task follows from the class of the model"
assert HfApi().model_info("learner/my-bert").safetensors.total == model.num_parameters()

# a branch, a tag and a commit of one's own; the configuration alone
model.push_to_hub("my-bert", revision="bigger")
with torch.no_grad():
    model.classifier.bias += 1
first = HfApi().model_info("learner/my-bert").sha
HfApi().create_tag("learner/my-bert", tag="v1")
model.push_to_hub("my-bert", commit_message="another bias")
model.config.push_to_hub("my-bert", commit_message="the same configuration")
assert HfApi().list_repo_commits("learner/my-bert")[0].title == "another bias"
assert scores("learner/my-bert") != canonical
for revision in ("v1", first, first[:7]):
    assert scores("learner/my-bert", revision=revision) == canonical, revision
assert AutoModelForSequenceClassification.from_pretrained("learner/my-bert", revision="bigger").num_parameters()
model.push_to_hub("my-bert", create_pr=True)

# the model of a task, when none is named: transformers asks for the commit that it was made with
assert pipeline("text-classification")(SENTENCE) == with_task

# a training run that pushes, and the card that it writes
rows = [{**tokenizer(SENTENCE), "labels": label} for label in (0, 1)] * 2
trainer = Trainer(
    model=model,
    args=TrainingArguments(
        "my-trained",
        push_to_hub=True,
        hub_strategy="every_save",
        max_steps=2,
        save_steps=1,
        logging_steps=1,
        per_device_train_batch_size=2,
        report_to="none",
        use_cpu=True,
    ),
    train_dataset=rows,
    processing_class=tokenizer,
)
trainer.train()
trainer.push_to_hub(dataset="Tiny sentences", tags=["two-steps"], finetuned_from="course/tiny-bert")
info = HfApi().model_info("learner/my-trained")
assert info.pipeline_tag == "text-classification" and info.card_data.library_name == "transformers"
assert {"generated_from_trainer", "two-steps", "base_model:course/tiny-bert"} <= set(info.tags)
assert {"training_args.bin", "model.safetensors", "README.md"} <= {file.rfilename for file in info.siblings}
assert "Training procedure" in ModelCard.load("learner/my-trained").text
assert len(HfApi().list_repo_commits("learner/my-trained")) > 2, "it pushed at each save"
assert pipeline(model="learner/my-trained")(SENTENCE)[0]["label"] in ("LABEL_0", "LABEL_1")

model.push_to_hub("my-private-bert", private=True)
assert HfApi().model_info("learner/my-private-bert").private
files = {path.name for path in Path(snapshot_download("learner/my-bert")).iterdir()}
assert {"config.json", "model.safetensors", "tokenizer.json", ".gitattributes"} <= files, files
