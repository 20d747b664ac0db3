"""The check of `write-a-card`."""

from __future__ import annotations

import math
import re
from typing import Any

from grader.exercises.catalogue import exercise
from grader.exercises.chapter4.own_repository import listing, own_repository
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

# What a model card should tell (Mitchell et al. 2019, "Model Cards for Model Reporting").
SECTIONS = {
    "Model description": r"model (description|details)|description",
    "Intended uses & limitations": r"intended use|direct use|^uses$|^usage$",
    "How to use": r"how to (use|get started)|get started",
    "Limitations and bias": r"\bbias",
    "Training data": r"training data",
    "Training procedure": r"training procedure",
    "Variables and metrics": r"\b(variables|metrics)\b",
    "Evaluation results": r"evaluation|results",
}


# What a template leaves in a section that nobody filled in.
PLACEHOLDER = re.compile(
    r"<!--.*?-->|\[?more information needed\]?|\b(todo|tbd|tba)\b|[\s.…\-_*:]", re.DOTALL | re.IGNORECASE
)


_FRONT_MATTER = re.compile(r"\s*---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(\r?\n|$)", re.DOTALL)


# What a repository with a model in it has, whatever the library.
MODEL = re.compile(r"(^|/)config\.json$|\.(safetensors|bin|pt|pth|gguf|onnx|h5)$")


LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]+)?|multilingual|code")


# The license ids that the Hub offers most; the full list is at https://huggingface.co/docs/hub/repositories-licenses
LICENSES = {
    "apache-2.0", "mit", "openrail", "bigscience-openrail-m", "creativeml-openrail-m", "bigscience-bloom-rail-1.0",
    "afl-3.0", "artistic-2.0", "bsl-1.0", "bsd", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "cc", "cc0-1.0",
    "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0",
    "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0", "cdla-permissive-2.0", "ecl-2.0", "epl-2.0", "gpl", "gpl-2.0", "gpl-3.0", "agpl-3.0", "lgpl",
    "lgpl-2.1", "lgpl-3.0", "isc", "mpl-2.0", "ms-pl", "ncsa", "odbl", "odc-by", "ofl-1.1", "osl-3.0", "pddl",
    "unlicense", "wtfpl", "zlib", "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4", "gemma", "gfdl",
    "eupl-1.1", "eupl-1.2", "bigcode-openrail-m", "c-uda", "cdla-sharing-1.0", "cdla-permissive-1.0", "lgpl-lr",
    "etalab-2.0", "postgresql", "unknown", "other",
}  # fmt: skip


@exercise(
    "write-a-card",
    chapter=4,
    points=3,
    difficulty=2,
    minutes=15,
    asks=["card_repo_id"],
    hints=[
        "What would you want to know before you use a stranger's model in your own work?",
        "`ModelCardData(language=…, license=…, eval_results=[EvalResult(…)], …).to_yaml()` between two lines `---`, "
        'and `api.upload_file(path_or_fileobj=content.encode(), path_in_repo="README.md", …)`.',
        "metadata between two lines ---; then a heading and a sentence for each section; push it to your repository",
    ],
)
def write_a_card(answer: Answer, draw: Draw) -> str:
    """Write a model card

    Write a card for a model in your own namespace and push it. Set `card_repo_id` to the repository's id.

    - Sections: model description; intended uses & limitations; how to use; limitations and bias; training data;
      training procedure; variables and metrics; evaluation results
      ([Mitchell et al. 2019](https://arxiv.org/abs/1810.03993)).
    - Metadata: `language`, `license`, `tags`, `datasets`, `metrics`, and a `model-index` with one measured result.
    """
    repository = own_repository(answer, "card_repo_id")
    try:
        content = repository.text("README.md")
    except LookupError:
        raise Wrong(
            "no-card",
            "The repository has no card.",
            got=listing(repository),
            wanted="a file README.md",
            advice="Upload your text as `README.md` with `api.upload_file`.",
        ) from None
    metadata = _metadata(content)
    needed = ("language", "license", "tags", "datasets", "metrics", "model-index")
    if missing := [key for key in needed if not metadata.get(key)]:
        raise Wrong(
            "missing-metadata",
            f"The metadata lacks {', '.join(f'`{key}`' for key in missing)}, or leaves it empty.",
            got=f"the keys {', '.join(map(str, metadata)) or 'none'}",
            wanted=", ".join(needed),
            advice="`ModelCardData` takes each as an argument; `model_name` and `eval_results` make the model-index.",
        )
    languages = metadata["language"] if isinstance(metadata["language"], list) else [metadata["language"]]
    if not all(LANGUAGE.fullmatch(str(language)) for language in languages):
        raise Wrong(
            "wrong-language-code",
            "The Hub does not know this language.",
            got=shorten(metadata["language"]),
            wanted='a code such as "en" or "fr" (ISO 639)',
            advice="Write the code, not the name of the language.",
        )
    if metadata["license"] not in LICENSES:
        raise Wrong(
            "wrong-license-id",
            "This is not one of the license ids that we know.",
            got=shorten(metadata["license"]),
            wanted='an id such as "apache-2.0", "mit" or "cc-by-4.0"',
            advice="Ids are in lower case with hyphens, without the word “license”.",
        )
    _check_results(metadata["model-index"])
    sections = _sections(content)
    missing = [name for name, pattern in SECTIONS.items() if not any(re.search(pattern, title) for title in sections)]
    if missing:
        raise Wrong(
            "missing-sections",
            f"The metadata is complete; sections are missing: {', '.join(missing)}.",
            got=f"the headings {shorten(list(sections))}",
            wanted=f"all {len(SECTIONS)} sections",
            advice="Give each section a heading of its own (`## ` and its title), and at least a sentence below it.",
            earned=1,
        )
    for name, pattern in SECTIONS.items():
        if not any(text for title, text in sections.items() if re.search(pattern, title)):
            raise Wrong(
                "empty-sections",
                f"The section “{name}” says nothing yet.",
                got="a heading with nothing, or only a placeholder, below it",
                wanted="at least one sentence of your own in each section",
                advice="What would a stranger want to know there? Where you do not know it yourself, say that.",
                earned=2,
            )
    if not any(MODEL.search(path) for path in repository.files):
        raise Wrong(
            "no-model",
            "The card is complete, but there is no model that it could be about.",
            got=listing(repository),
            wanted="the card of a model, in the model's own repository",
            advice="Push a model to this repository (the card that it brings must not take the place of yours), or "
            "upload your card to a repository that has one.",
            earned=2,
        )
    return f"{repository.id} has a card that people and the Hub can read."


def _metadata(content: str) -> dict[str, Any]:
    import yaml

    match = _FRONT_MATTER.match(content)
    if not match and content.lstrip().startswith("---"):
        raise Wrong(
            "metadata-not-closed",
            "The metadata has no end.",
            got="a line `---` at the top, and no second one",
            wanted="a line `---` before and one after the metadata",
        )
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
        value = result.metric_value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Wrong(
                "metric-not-a-number",
                f"The value of {result.metric_type} is not a number.",
                got=shorten(value),
                wanted="a number such as 0.83",
                advice="Without quotes and without a percent sign.",
            )


def _sections(content: str) -> dict[str, str]:
    """Lower-case titles of the card's headings, each with the text below it down to the next heading of its level.

    Placeholders are taken out, so that a section that nobody filled in has an empty text.
    """
    from markdown_it import MarkdownIt

    body = _FRONT_MATTER.sub("", content, count=1)
    tokens, lines = MarkdownIt("commonmark").parse(body), body.splitlines()
    headings = [
        (int(t.tag[1]), *t.map, tokens[i + 1].content) for i, t in enumerate(tokens) if t.type == "heading_open"
    ]
    sections: dict[str, str] = {}
    for i, (level, _, start, title) in enumerate(headings):
        end = next((first for deeper, first, _, _ in headings[i + 1 :] if deeper <= level), len(lines))
        inner = {n for _, first, last, _ in headings[i + 1 :] for n in range(first, last)}
        text = "\n".join(lines[n] for n in range(start, end) if n not in inner)
        sections[title.strip().lower()] = PLACEHOLDER.sub("", text)
    return sections
