"""How to use a repository from Python and from a terminal: the lines to copy from its page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.hub.info.describe import Facts
from grader.hub.store.repos import Repo

# The class that loads a model with the head for its task.
_AUTO_CLASSES = {
    "fill-mask": "AutoModelForMaskedLM",
    "text-generation": "AutoModelForCausalLM",
    "text-classification": "AutoModelForSequenceClassification",
    "zero-shot-classification": "AutoModelForSequenceClassification",
    "token-classification": "AutoModelForTokenClassification",
    "question-answering": "AutoModelForQuestionAnswering",
    "translation": "AutoModelForSeq2SeqLM",
    "summarization": "AutoModelForSeq2SeqLM",
    "multiple-choice": "AutoModelForMultipleChoice",
    "image-classification": "AutoModelForImageClassification",
}
_PIPELINES = (
    "feature-extraction",
    "fill-mask",
    "image-classification",
    "text-classification",
    "text-generation",
    "token-classification",
    "zero-shot-classification",
)


@dataclass(frozen=True)
class Snippet:
    """Some lines to copy, and what they do."""

    title: str
    text: str


def snippets(repo: Repo, facts: Facts, card: str, url: str, endpoint: str) -> list[Snippet]:
    """For this repository, the most likely way first.

    `card`: the text of its card, `url`: where the repository is seen, `endpoint`: the hub.
    """
    kind = repo.type[:-1]
    option = "" if kind == "model" else f" --repo-type {kind}"
    return [
        *_python(repo, facts, card),
        Snippet("Download all files", f"HF_ENDPOINT={endpoint} hf download {repo.id}{option}"),
        Snippet("Clone with git", f"git lfs install\ngit clone {url}"),
    ]


def _python(repo: Repo, facts: Facts, card: str) -> list[Snippet]:
    if repo.type == "datasets":
        return [Snippet("Load with datasets", _load_dataset(repo, facts))]
    if repo.type == "spaces":
        return [Snippet("Load with evaluate", _load_metric(repo, card))] if "metric" in facts.tags else []
    if facts.library_name == "sentence-transformers":
        text = f'from sentence_transformers import SentenceTransformer\n\nmodel = SentenceTransformer("{repo.id}")'
        return [Snippet("With sentence-transformers", text), Snippet("With transformers", _auto(repo, "AutoModel"))]
    if facts.library_name != "transformers":
        return []
    task = facts.pipeline_tag or ""
    found = [Snippet("Load tokenizer and model", _auto(repo, _AUTO_CLASSES.get(task, "AutoModel")))]
    if task in _PIPELINES:
        text = f'from transformers import pipeline\n\npipe = pipeline("{task}", model="{repo.id}")'
        found.insert(0, Snippet("Use in a pipeline", text))
    return found


def _load_dataset(repo: Repo, facts: Facts) -> str:
    configs = facts.card.get("configs")
    names = [item["config_name"] for item in configs or [] if isinstance(item, dict) and _is_word(item)]
    chosen = f', "{names[0]}"' if len(names) > 1 else ""
    return f'from datasets import load_dataset\n\ndataset = load_dataset("{repo.id}"{chosen})'


def _load_metric(repo: Repo, card: str) -> str:
    """With the configuration that the card's own example names: nothing else says which ones there are."""
    name = repo.id.removeprefix("evaluate-metric/")
    example = re.search(rf"""\bload\(\s*["'](?:evaluate-metric/)?{re.escape(name)}["']\s*,\s*["']([\w.-]+)["']""", card)
    chosen = f', "{example[1]}"' if example else ""
    return f'import evaluate\n\nmetric = evaluate.load("{name}"{chosen})'


def _is_word(config: dict) -> bool:
    """Can its name stand in a line of Python as it is?"""
    name = config.get("config_name")
    return isinstance(name, str) and name.replace("-", "").replace("_", "").replace(".", "").isalnum()


def _auto(repo: Repo, model_class: str) -> str:
    return (
        f"from transformers import AutoTokenizer, {model_class}\n\n"
        f'tokenizer = AutoTokenizer.from_pretrained("{repo.id}")\n'
        f'model = {model_class}.from_pretrained("{repo.id}")'
    )
