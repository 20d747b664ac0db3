"""What the course does with transformers: load by several names, push, load what was pushed.

The argument is the stock root: a tiny BERT with random weights is put there first.
"""

import sys
from pathlib import Path

import torch
from huggingface_hub import HfApi, snapshot_download
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BertTokenizerFast,
    pipeline,
)
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

model.push_to_hub("my-private-bert", private=True)
assert HfApi().model_info("learner/my-private-bert").private
files = {path.name for path in Path(snapshot_download("learner/my-bert")).iterdir()}
assert {"config.json", "model.safetensors", "tokenizer.json", ".gitattributes"} <= files, files
