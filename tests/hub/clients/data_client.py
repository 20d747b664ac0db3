"""What the course does with datasets and evaluate: load, stream, push, load again, score."""

import pathlib

import datasets
import evaluate
from datasets import Dataset, load_dataset
from huggingface_hub import HfFileSystem

datasets.disable_progress_bars()

mrpc = load_dataset("nyu-mll/glue", "mrpc")
assert mrpc["train"].num_rows == 3 and mrpc["train"].column_names == ["sentence1", "sentence2", "label"]

streamed = load_dataset("nyu-mll/glue", "mrpc", split="train", streaming=True)
assert [row["label"] for row in streamed] == [1, 0, 1]

texts = Dataset.from_dict({"text": ["one", "two"]})
texts.push_to_hub("my-texts")
texts.push_to_hub("my-texts", split="test")
again = load_dataset("learner/my-texts")
assert again["train"]["text"] == ["one", "two"] and set(again) == {"train", "test"}
assert "learner/my-texts/README.md" in "".join(HfFileSystem().ls("datasets/learner/my-texts", detail=False))

pathlib.Path("rows.csv").write_text("a,b\n1,2\n3,4\n")
from huggingface_hub import upload_file  # noqa: E402

upload_file(path_or_fileobj="rows.csv", path_in_repo="rows.csv", repo_id="learner/my-texts", repo_type="dataset")
rows = load_dataset("learner/my-texts", data_files="rows.csv", split="train", streaming=True)
assert [row["b"] for row in rows] == [2, 4], "a part of a file that git itself holds"

f1 = evaluate.load("f1")
assert f1.compute(predictions=[1, 0, 1], references=[1, 1, 1]) == {"f1": 0.8}
assert evaluate.list_evaluation_modules("metric", include_community=False) == ["f1"]
