"""A class from release to gradebook, with stock nbgrader commands and three learners.

One does everything right (but writes to standard error, shows a script and lost a test cell), one hands in the chapter untouched, one makes
typical mistakes. The points must be exact, each mistake must be named in the feedback, and Validate must agree.
"""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.classroom.course import ClassExists, new_class
from grader.exercises import CATALOGUE
from grader.notebooks.build import release_notebook
from grader.notebooks.source import solutions_in, source_notebook

ROOT = Path(__file__).parents[2]
CHAPTERS = {int(path.name[:2]): path for path in solutions_in(ROOT)}
COURSE = "a-class"
# Five runs of a chapter, some of them of several minutes: `make test-long` does this with all chapters.
LONG = "COURSE_LONG_TESTS" in os.environ
GRADED = set(CHAPTERS) if LONG else {2}
NOISE = """\
import sys, warnings
from IPython.display import HTML, display
display(HTML("<b>shown</b><script>steal()</script>"))
print("a progress bar", file=sys.stderr)
warnings.warn("a warning", FutureWarning)
"""

# chapter -> exercise -> (answer, points, part of the message)
MISTAKES = {
    1: {
        "zero-shot-own-labels": (
            'my_text = "The goalkeeper was sent off after ten minutes."\n'
            'my_labels = ["sport", "music", "food", "travel"]\n'
            "my_result = zero_shot(my_text, candidate_labels=my_labels, multi_label=True)",
            1,
            "do not add up to 1",
        ),
        "attention-by-hand": (
            "def attention(q, k, v, mask=None):\n    return torch.softmax(q @ k.transpose(-2, -1), dim=-1) @ v",
            0,
            "The scores are not scaled.",
        ),
        "causal-mask": (
            "def causal_mask(n):\n    return torch.ones(n, n, dtype=torch.bool).triu()",
            0,
            "look ahead instead of back",
        ),
        "count-parameters": (
            "from transformers import AutoModelForMaskedLM\n\n"
            "def count_parameters(config):\n"
            "    return AutoModelForMaskedLM.from_config(config).num_parameters()\n\n"
            "kept_share = 0.61",
            1,
            "the whole model was built in memory",
        ),
        "pipeline-steps": ('quiz_pipeline_steps = "a"', 0, "The model reads numbers only"),
        "why-transfer-learning": ('quiz_why_transfer_learning = "d"', 1, "Pretraining is paid once"),
        "causal-against-masked": ("quiz_causal_against_masked = 1", 0, "not one of the options"),
    },
    2: {
        "pipeline-by-hand": (
            "def classify(texts):\n"
            "    inputs = tokenizer(texts, padding=True, return_tensors='pt')\n"
            "    rows = model(**inputs).logits\n"
            "    return [{'label': model.config.id2label[int(r.argmax())], 'score': float(r.max())} for r in rows]",
            1,
            "the scores are logits",
        ),
        "wordpiece": (
            "def wordpiece(word, vocab):\n    return [word] if word in vocab else ['[UNK]']",
            0,
            "This word can be cut up.",
        ),
        "same-logits-twice": (
            "batched_ids = torch.tensor(ids + ids)\nbatched_logits = None",
            0,
            "has one axis only",
        ),
        "pad-and-mask": (
            "def pad_batch(sequences, pad_id):\n"
            "    n = max(map(len, sequences))\n"
            "    rows = torch.tensor([s + [pad_id] * (n - len(s)) for s in sequences])\n"
            "    return {'input_ids': rows, 'attention_mask': torch.ones_like(rows)}",
            1,
            "lets the model read the padding",
        ),
    },
    3: {
        "labels-15-87": (
            "label_train_15 = raw_datasets['train'][15]['label']\nlabel_validation_87 = 'equivalent'",
            0,
            "is the number of the label",
        ),
        "collate": (
            "import torch\n\ndef collate(features):\n"
            "    n = max(len(f['input_ids']) for f in features)\n"
            "    keys = ('input_ids', 'token_type_ids', 'attention_mask')\n"
            "    return {k: torch.tensor([f[k] + [0] * (n - len(f[k])) for f in features]) for k in keys}",
            0,
            "The batch has no labels",
        ),
        "compute-metrics": (
            "import numpy as np\nfrom sklearn.metrics import accuracy_score, f1_score\n\n"
            "def compute_metrics(eval_pred):\n"
            "    logits, labels = eval_pred\n"
            "    guesses = logits.argmax(-1)\n"
            "    return {'accuracy': accuracy_score(labels, guesses), 'f1': f1_score(labels, guesses, average='macro')}",
            1,
            "the F1 score is not",
        ),
    },
    4: {
        "push-bert": (
            "bert_repo_id = f'{me}/half-a-bert'\n"
            "AutoModel.from_pretrained('google-bert/bert-base-cased').push_to_hub(bert_repo_id)",
            1,
            "The model is there, its tokenizer is not.",
        ),
        "write-a-card": (
            "card_repo_id = f'{me}/tiny-bert'\n"
            "ModelCard('---\\nlicense: Apache License\\nlanguage: en\\n---\\n# Mine').push_to_hub(card_repo_id)",
            0,
            "The metadata lacks",
        ),
    },
}


def nbgrader(*arguments, cwd, check=True):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "COURSE_HOME"))}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert not check or done.returncode == 0, f"nbgrader {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done


def submission(path, kind, chapter):
    """The notebook that a learner hands in."""
    complete = source_notebook(path)
    notebook = release_notebook(complete)
    solutions = {cell.metadata.nbgrader.grade_id: cell.source for cell in complete.cells if is_answer(cell)}
    if kind == "solution":
        # A learner deletes what cannot be edited: nbgrader must put it back.
        del notebook.cells[
            next(i for i, cell in enumerate(notebook.cells) if cell.metadata.get("nbgrader", {}).get("grade"))
        ]
    for cell in notebook.cells:
        if is_answer(cell) and kind == "solution":
            cell.source = NOISE + solutions[cell.metadata.nbgrader.grade_id]
        if is_answer(cell) and kind == "mistakes" and cell.metadata.nbgrader.grade_id in MISTAKES[chapter]:
            cell.source = MISTAKES[chapter][cell.metadata.nbgrader.grade_id][0]
    return notebook


def is_answer(cell):
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def text_of(page):
    """The readable text of a feedback page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page).replace("&quot;", '"').replace("`", ""))


@pytest.mark.slow
@pytest.mark.parametrize("chapter", sorted(GRADED))
def test_a_class(chapter, tmp_path):
    solution = CHAPTERS[chapter]
    name = solution.stem
    teacher, learners = tmp_path / COURSE, ("mistakes", "solution", "untouched")
    assert new_class(teacher, ROOT, seed="a fixed seed", chapters=[chapter]) == [name]

    # the instructor releases, three learners fetch, answer and submit, the instructor collects
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    shared = [f"--Exchange.root={exchange}", f"--course={COURSE}"]
    nbgrader("generate_assignment", name, *shared, cwd=teacher)
    assert not any("BEGIN SOLUTION" in path.read_text() for path in (teacher / "release").rglob("*.ipynb"))
    nbgrader("release_assignment", name, *shared, cwd=teacher)
    for learner in learners:
        home = tmp_path / learner
        home.mkdir()
        own = [*shared, f"--student={learner}", f"--Exchange.cache={home / 'cache'}"]
        nbgrader("fetch_assignment", name, *own, cwd=home)
        fetched = home / name / f"{name}.ipynb"
        assert fetched.exists()
        nbformat.write(submission(solution, learner, chapter), fetched)
        nbgrader("submit", name, *own, cwd=home)
    nbgrader("collect", name, *shared, "--ExchangeCollect.check_owner=False", cwd=teacher)

    nbgrader("autograde", name, *shared, cwd=teacher)
    nbgrader("generate_feedback", name, *shared, cwd=teacher)
    nbgrader("release_feedback", name, *shared, cwd=teacher)
    nbgrader("export", "--to=grades.csv", *shared, cwd=teacher)

    # exact points for each exercise, in the gradebook and in the export
    items = CATALOGUE.items(chapter)
    points = {
        "solution": {item.id: item.points for item in items},
        "untouched": {item.id: 0 for item in items},
        "mistakes": {item.id: MISTAKES[chapter].get(item.id, (None, 0, ""))[1] for item in items},
    }
    with Gradebook(f"sqlite:///{teacher / 'gradebook.db'}") as gradebook:
        for learner in learners:
            notebook = gradebook.find_submission_notebook(name, name, learner)
            found = {grade.name.removeprefix("check-"): grade.auto_score for grade in notebook.grades}
            assert found == points[learner], learner
            assert not any(grade.needs_manual_grade for grade in notebook.grades)
    with (teacher / "grades.csv").open() as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == {learner: sum(points[learner].values()) for learner in learners}

    # each mistake has its own message in the feedback, each untouched exercise says so
    pages = {
        learner: text_of((teacher / "feedback" / learner / name / f"{name}.html").read_text()) for learner in learners
    }
    for _, _, message in MISTAKES[chapter].values():
        assert message in pages["mistakes"], message
    assert pages["untouched"].count("Not attempted") >= len(items)
    assert "Not yet" not in pages["solution"] and "Not attempted" not in pages["solution"]

    # what learners display is shown without scripts
    raw = (teacher / "feedback" / "solution" / name / f"{name}.html").read_text()
    assert "<b>shown</b>" in raw and "<script>steal()" not in raw

    # Validate, which learners run themselves, says the same
    for learner in ("solution", "mistakes"):
        failed = failed_in_validation(tmp_path / learner / name / f"{name}.ipynb")
        lost = {id for id, earned in points[learner].items() if earned < CATALOGUE.find(id).points}
        assert failed == lost, learner


def failed_in_validation(path):
    """Ids of the exercises whose test cells fail in `nbgrader validate`; run apart, as it sets up its own kernel."""
    code = (
        "import json, sys\nfrom nbgrader.validator import Validator\nfrom traitlets.config import Config\n"
        "c = Config(); c.Execute.timeout = 900\n"
        "print('RESULT', json.dumps([cell['source'] for cell in Validator(config=c).validate(sys.argv[1]).get('failed', [])]))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "COURSE_HOME"))}
    environment["COURSE_SEED"] = "a fixed seed"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=path.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT")] or [done.stderr]
    return set(re.findall(r'(?:check|quiz)\(\\"([a-z0-9-]+)\\"', line))


def test_a_folder_that_holds_a_class_is_left_alone(tmp_path):
    new_class(tmp_path / "c", ROOT, chapters=[4])
    before = (tmp_path / "c" / "nbgrader_config.py").read_text()
    with pytest.raises(ClassExists, match="Nothing was changed"):
        new_class(tmp_path / "c", ROOT)
    assert (tmp_path / "c" / "nbgrader_config.py").read_text() == before


def test_a_class_whose_making_was_interrupted_is_made_again(tmp_path):
    new_class(tmp_path / "c", ROOT, chapters=[4])
    (tmp_path / "c" / "nbgrader_config.py").unlink()
    assert new_class(tmp_path / "c", ROOT, chapters=[4]) == ["04_sharing"]
    assert (tmp_path / "c" / "nbgrader_config.py").exists()


def test_two_classes_draw_from_different_secrets(tmp_path):
    for name in "ab":
        new_class(tmp_path / name, ROOT, chapters=[4])
    assert (tmp_path / "a" / "nbgrader_config.py").read_text() != (tmp_path / "b" / "nbgrader_config.py").read_text()
