"""Checks of chapter 4: sharing models. Each looks at what really lies in the repository, on either hub."""

from __future__ import annotations

import re
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.repository import Repository, own_account
from grader.judging.verdict import Wrong

PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
# What a model card should tell (Mitchell et al. 2019, "Model Cards for Model Reporting").
SECTIONS = {
    "Model description": r"model description",
    "Intended uses & limitations": r"intended uses?",
    "How to use": r"how to (use|get started)",
    "Limitations and bias": r"\bbias",
    "Training data": r"training data",
    "Training procedure": r"training procedure",
    "Evaluation results": r"evaluation results?",
}
# The license ids that the Hub offers most; the full list is at https://huggingface.co/docs/hub/repositories-licenses
LICENSES = {
    "apache-2.0", "mit", "openrail", "bigscience-openrail-m", "creativeml-openrail-m", "bigscience-bloom-rail-1.0",
    "afl-3.0", "artistic-2.0", "bsl-1.0", "bsd", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "cc", "cc0-1.0",
    "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0",
    "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0", "cdla-permissive-2.0", "ecl-2.0", "epl-2.0", "gpl", "gpl-2.0", "gpl-3.0", "agpl-3.0", "lgpl",
    "lgpl-2.1", "lgpl-3.0", "isc", "mpl-2.0", "ms-pl", "ncsa", "odbl", "odc-by", "ofl-1.1", "osl-3.0", "pddl",
    "unlicense", "wtfpl", "zlib", "llama2", "llama3", "gemma", "unknown", "other",
}  # fmt: skip


@exercise(
    "push-bert",
    chapter=4,
    points=3,
    difficulty=2,
    minutes=10,
    asks=["bert_repo_id"],
    hints=[
        "Which two things does somebody need to use your model: only the weights?",
        "Both `model.push_to_hub(…)` and `tokenizer.push_to_hub(…)` take the id of the repository.",
        'repo id = your name + "/" + a name for the model; load model and tokenizer; push both to that id',
    ],
)
def push_bert(answer: Answer, draw: Draw) -> str:
    """Push a model

    Load model (`AutoModel`) and tokenizer of `google-bert/bert-base-cased`. Push **both** to one repository in your
    own namespace. Whoever loads your repository must get the same results.

    Set `bert_repo_id` to the id of your repository, like `"your-name/my-first-bert"`.
    """
    repository = _own_repository(answer, "bert_repo_id")
    files = repository.files
    pickles = [path for path in files if path.endswith(PICKLES)]
    if pickles:
        raise Wrong(
            "weights-as-pickle",
            "The weights lie there as a pickle.",
            got=", ".join(pickles),
            wanted="model.safetensors",
            advice="Unpickling runs code of whoever made the file. `push_to_hub` writes safetensors by itself.",
        )
    if "config.json" not in files or "model.safetensors" not in files:
        raise Wrong(
            "no-model",
            "There is no model in the repository.",
            got=_listing(repository),
            wanted="config.json and model.safetensors",
            advice="`model.push_to_hub(bert_repo_id)` uploads both.",
        )
    missing = [name for name in TOKENIZER_FILES if name not in files]
    if missing:
        raise Wrong(
            "tokenizer-forgotten",
            "The model is there, its tokenizer is not.",
            got=_listing(repository),
            wanted=" and ".join(missing),
            advice="Push the tokenizer to the same repository: a model without it cannot read.",
            earned=1,
        )
    _same_outputs(repository, draw)
    size = files["model.safetensors"].size / 1e6
    return f"{repository.id} holds a model of {size:.0f} MB and its tokenizer, and both give BERT's own results."


def _same_outputs(repository: Repository, draw: Draw) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    words = ["Paris", "lovely", "train", "Monday", "UNESCO", "quickly", "seven", "bread", "Anna", "river"]
    text = " ".join(draw.sample(words, 6))
    right = references.tokenizer(references.CASED)(text, return_tensors="pt")
    try:
        tokenizer = AutoTokenizer.from_pretrained(repository.id)
        model = AutoModel.from_pretrained(repository.id, dtype="float32", use_safetensors=True).eval()
    except (OSError, ValueError) as error:
        raise Wrong(
            "does-not-load",
            "The repository cannot be loaded.",
            got=shorten(str(error)),
            wanted="files that `from_pretrained` can read",
            advice="Push once more, straight from the loaded model and tokenizer.",
        ) from None
    found = tokenizer(text, return_tensors="pt")
    if found["input_ids"].tolist() != right["input_ids"].tolist():
        raise Wrong(
            "other-tokenizer",
            "Your tokenizer cuts a sentence in another way.",
            got=shorten(tokenizer.tokenize(text)),
            wanted="the pieces of google-bert/bert-base-cased",
            advice="A cased model needs the cased tokenizer: Paris and paris are different words to it.",
            earned=1,
        )
    with torch.no_grad():
        same = torch.allclose(
            model(**right).last_hidden_state,
            references.base_model(references.CASED)(**right).last_hidden_state,
            atol=1e-3,
        )
    if not same:
        raise Wrong(
            "other-model",
            "Your model gives other hidden states.",
            got=f"a {model.config.model_type} model that is not google-bert/bert-base-cased",
            wanted="the hidden states of google-bert/bert-base-cased",
            advice="Was the model loaded with `from_pretrained`, and not made from a config with random weights?",
            earned=1,
        )


@exercise(
    "write-a-card",
    chapter=4,
    points=3,
    difficulty=2,
    minutes=15,
    asks=["card_repo_id"],
    hints=[
        "What would you want to know before you use a stranger's model in your own work?",
        "`ModelCard(content)` with `ModelCardData(language=…, license=…, eval_results=[EvalResult(…)], …).to_yaml()` "
        "between two lines `---` at the top, and `card.push_to_hub(…)`.",
        "metadata between two lines ---; then a heading and a sentence for each section; push it to your repository",
    ],
)
def write_a_card(answer: Answer, draw: Draw) -> str:
    """Write a model card

    Write a card for a model in your own namespace and push it. Set `card_repo_id` to the repository's id.

    - Sections: model description; intended uses & limitations; how to use; limitations and bias; training data;
      training procedure; evaluation results ([Mitchell et al. 2019](https://arxiv.org/abs/1810.03993)).
    - Metadata: `language`, `license`, `tags`, `datasets`, `metrics`, and a `model-index` with one measured result.
    """
    repository = _own_repository(answer, "card_repo_id")
    try:
        content = repository.text("README.md")
    except LookupError:
        raise Wrong(
            "no-card",
            "The repository has no card.",
            got=_listing(repository),
            wanted="a file README.md",
            advice="`ModelCard(content).push_to_hub(card_repo_id)` writes it.",
        ) from None
    metadata = _metadata(content)
    needed = ("language", "license", "tags", "datasets", "metrics", "model-index")
    if missing := [key for key in needed if not metadata.get(key)]:
        raise Wrong(
            "missing-metadata",
            f"The metadata lacks {', '.join(f'`{key}`' for key in missing)}.",
            got=f"the keys {', '.join(map(str, metadata)) or 'none'}",
            wanted=", ".join(needed),
            advice="`ModelCardData` takes each as an argument; `model_name` and `eval_results` make the model-index.",
        )
    if str(metadata["license"]).lower() not in LICENSES or metadata["license"] != str(metadata["license"]).lower():
        raise Wrong(
            "wrong-license-id",
            "The Hub does not know this license id.",
            got=shorten(metadata["license"]),
            wanted='an id such as "apache-2.0", "mit" or "cc-by-4.0"',
            advice="Ids are in lower case with hyphens, without the word “license”.",
        )
    _check_results(metadata["model-index"])
    headings = [line.lstrip("#").strip().lower() for line in content.splitlines() if line.startswith("#")]
    missing = [name for name, pattern in SECTIONS.items() if not any(re.search(pattern, line) for line in headings)]
    if missing:
        raise Wrong(
            "missing-sections",
            f"The metadata is complete; {len(missing)} of {len(SECTIONS)} sections are missing.",
            got=f"the headings {shorten(headings)}",
            wanted=", ".join(missing),
            advice="Give each section a heading of its own, and at least a sentence below it.",
            earned=1,
        )
    if empty := _empty_sections(content):
        raise Wrong(
            "empty-sections",
            f"The section “{empty[0]}” says nothing.",
            got="a heading without text below it",
            wanted="at least one sentence in each section",
            earned=2,
        )
    return f"{repository.id} has a card that people and the Hub can read."


def _metadata(content: str) -> dict[str, Any]:
    import yaml

    match = re.match(r"\s*---\s*\n(.*?)\n---\s*(\n|$)", content, re.DOTALL)
    try:
        metadata = yaml.safe_load(match.group(1)) if match else None
    except yaml.YAMLError as error:
        raise Wrong(
            "bad-yaml", "The metadata is not valid YAML.", got=shorten(str(error)), wanted="lines like `license: mit`"
        ) from None
    if not isinstance(metadata, dict):
        raise Wrong(
            "no-metadata",
            "The card begins without metadata.",
            got=shorten(content[:60]),
            wanted="metadata between two lines `---` at the very top",
            advice="`ModelCardData(…).to_yaml()` gives the lines in between.",
        )
    return metadata


def _check_results(model_index: Any) -> None:
    from huggingface_hub.repocard_data import model_index_to_eval_results

    try:
        _, results = model_index_to_eval_results(model_index)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        results = []
    if not results:
        raise Wrong(
            "bad-model-index",
            "The model-index holds no result that the Hub can read.",
            got=shorten(model_index),
            wanted="a result with task, dataset, metric and value",
            advice="Let `ModelCardData(model_name=…, eval_results=[EvalResult(…)])` write it.",
        )
    for result in results:
        if isinstance(result.metric_value, bool) or not isinstance(result.metric_value, int | float):
            raise Wrong(
                "metric-not-a-number",
                f"The value of {result.metric_type} is not a number.",
                got=shorten(result.metric_value),
                wanted="a number such as 0.83",
                advice="Without quotes and without a percent sign.",
            )


def _empty_sections(content: str) -> list[str]:
    """Headings with neither text nor a deeper heading below them."""
    body = re.sub(r"\A\s*---.*?\n---\s*\n", "", content, flags=re.DOTALL)
    parts = re.split(r"^(#+)\s*(.+)$", body, flags=re.MULTILINE)
    sections = list(zip(parts[1::3], parts[2::3], parts[3::3], strict=True))
    empty = []
    for i, (marks, title, text) in enumerate(sections):
        has_deeper = i + 1 < len(sections) and len(sections[i + 1][0]) > len(marks)
        if not text.strip() and not has_deeper:
            empty.append(title.strip())
    return empty


def _own_repository(answer: Answer, name: str) -> Repository:
    repo_id = expect.text(answer.value(name), f"`{name}`").strip()
    account = own_account()
    if "/" not in repo_id:
        raise Wrong(
            "no-namespace",
            f"`{name}` has no namespace.",
            got=repr(repo_id),
            wanted=f'"{account}/" and then the name',
            advice="An id has two parts: whose it is, and what it is called.",
        )
    if repo_id.partition("/")[0] != account:
        raise Wrong(
            "other-namespace",
            f"`{name}` lies in somebody else's namespace.",
            got=repr(repo_id),
            wanted=f'an id that begins with "{account}/"',
            advice="You are logged in as `whoami()` says; only there may you write.",
        )
    try:
        return Repository(repo_id)
    except LookupError:
        raise Wrong(
            "no-such-repository",
            f"There is no repository {repo_id!r} on the hub.",
            got="nothing under this id",
            wanted="a repository that you pushed",
            advice="Look at the output of your push: which id does it name?",
        ) from None


def _listing(repository: Repository) -> str:
    names = [path for path in repository.files if path != ".gitattributes"]
    return "the files " + ", ".join(names[:8]) if names else "an empty repository"
