"""What the course does with datasets and evaluate: load, stream, push, load again, score."""

import pathlib

import datasets
import evaluate
from datasets import Dataset, DatasetDict, get_dataset_config_names, get_dataset_split_names, load_dataset
from datasets.exceptions import DatasetNotFoundError
from huggingface_hub import HfApi, HfFileSystem, upload_file

datasets.disable_progress_bars()

mrpc = load_dataset("nyu-mll/glue", "mrpc")
assert mrpc["train"].num_rows == 3 and mrpc["train"].column_names == ["sentence1", "sentence2", "label"]

streamed = load_dataset("nyu-mll/glue", "mrpc", split="train", streaming=True)
assert [row["label"] for row in streamed] == [1, 0, 1]

texts = Dataset.from_dict({"text": ["one", "two"]})
texts.push_to_hub("my-texts")
texts.push_to_hub("my-texts", split="test")
# first of all: later, older versions of datasets quietly fall back to what they have loaded before
try:
    load_dataset("learner/my-texts", revision="no-such-revision")
    raise AssertionError("a wrong revision must be told")
except (DatasetNotFoundError, ValueError) as error:
    assert "no-such-revision" in str(error), error
again = load_dataset("learner/my-texts")
assert again["train"]["text"] == ["one", "two"] and set(again) == {"train", "test"}
assert "learner/my-texts/README.md" in "".join(HfFileSystem().ls("datasets/learner/my-texts", detail=False))

# by branch, tag and commit; another config; private
api = HfApi()
before = api.dataset_info("learner/my-texts").sha
api.create_tag("learner/my-texts", tag="v1", repo_type="dataset")
Dataset.from_dict({"text": ["three"]}).push_to_hub("my-texts", commit_message="only one")
assert load_dataset("learner/my-texts", split="train").num_rows == 1
for revision in ("v1", before, before[:8]):
    assert load_dataset("learner/my-texts", split="train", revision=revision)["text"] == ["one", "two"]
old = load_dataset("learner/my-texts", split="train", revision="v1", streaming=True)
assert [row["text"] for row in old] == ["one", "two"]
texts.push_to_hub("my-texts", config_name="other", revision="experiment")
assert load_dataset("learner/my-texts", "other", revision="experiment")["train"].num_rows == 2
assert get_dataset_config_names("learner/my-texts") == ["default"]
assert set(get_dataset_split_names("learner/my-texts")) == {"train", "test"}
DatasetDict(train=texts, validation=texts).push_to_hub("my-pair", private=True)
assert load_dataset("learner/my-pair")["validation"]["text"] == ["one", "two"]
assert api.dataset_info("learner/my-pair").private

pathlib.Path("rows.csv").write_text("a,b\n1,2\n3,4\n")
api.create_repo("rows", repo_type="dataset")
upload_file(path_or_fileobj="rows.csv", path_in_repo="rows.csv", repo_id="learner/rows", repo_type="dataset")
rows = load_dataset("learner/rows", data_files="rows.csv", split="train", streaming=True)
assert [row["b"] for row in rows] == [2, 4], "a part of a file that git itself holds"

f1 = evaluate.load("f1")
assert f1.compute(predictions=[1, 0, 1], references=[1, 1, 1]) == {"f1": 0.8}
assert evaluate.list_evaluation_modules("metric", include_community=False) == ["f1"]
