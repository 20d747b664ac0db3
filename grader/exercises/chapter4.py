"""Checks of chapter 4: sharing models. Each looks at what really lies in the repository, on either hub."""

from __future__ import annotations

import math
import re
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.repository import NotLoggedIn, Repository, own_account
from grader.judging.verdict import Wrong

# Weights as a pickle; the Trainer's training_args.bin beside safe weights is nobody's model.
PICKLED_WEIGHTS = re.compile(r"(^|/)(pytorch_model[^/]*\.bin|[^/]*\.(pt|pth|pkl|ckpt))$")
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
# What a model card should tell (Mitchell et al. 2019, "Model Cards for Model Reporting").
SECTIONS = {
    "Model description": r"model (description|details)|description",
    "Intended uses & limitations": r"intended use|direct use|^uses$|^usage$",
    "How to use": r"how to (use|get started)|get started",
    "Limitations and bias": r"\bbias",
    "Training data": r"training data",
    "Training procedure": r"training procedure",
    "Evaluation results": r"evaluation|results",
}
# What a template leaves in a section that nobody filled in.
PLACEHOLDER = re.compile(
    r"<!--.*?-->|\[more information needed\]|\b(todo|tbd|tba)\b|[\s.…\-_*:]", re.DOTALL | re.IGNORECASE
)
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(\r?\n|$)", re.DOTALL)
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
    pickles = [path for path in files if PICKLED_WEIGHTS.search(path)]
    if pickles:
        raise Wrong(
            "weights-as-pickle",
            "The weights lie there as a pickle.",
            got=", ".join(pickles),
            wanted="model.safetensors",
            advice="Unpickling runs code of whoever made the file. `push_to_hub` writes safetensors by itself.",
        )
    # A large model comes in several files, with an index that names them.
    if "config.json" not in files or not {"model.safetensors", "model.safetensors.index.json"} & set(files):
        raise Wrong(
            "no-model",
            "There is no model at the top of the repository.",
            got=_listing(repository),
            wanted="config.json and model.safetensors",
            advice="`model.push_to_hub(bert_repo_id)` uploads both, and puts them where `from_pretrained` looks.",
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
    size = sum(file.size for path, file in files.items() if path.endswith(".safetensors")) / 1e6
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
    except Exception as error:  # whatever a damaged file makes the libraries raise
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
    reference = references.base_model(references.CASED)
    # A model of another size may not even have a row for each id.
    if (
        model.config.vocab_size == reference.config.vocab_size
        and model.config.model_type == reference.config.model_type
    ):
        with torch.no_grad():
            found, wanted = (each(**right).last_hidden_state for each in (model, reference))
        # Half precision is a choice that people make to save space.
        if found.shape == wanted.shape and torch.allclose(found, wanted, atol=0.02):
            return
    raise Wrong(
        "other-model",
        "Your model gives other hidden states.",
        got=f"a {model.config.model_type} model with a vocabulary of {model.config.vocab_size:,}, stored as "
        f"{repository.json('config.json').get('dtype', 'unknown')}",
        wanted="the hidden states of google-bert/bert-base-cased",
        advice="Load exactly this checkpoint with `from_pretrained`. A model made from a config has random weights.",
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
        "`ModelCardData(language=…, license=…, eval_results=[EvalResult(…)], …).to_yaml()` between two lines `---`, "
        'and `api.upload_file(path_or_fileobj=content.encode(), path_in_repo="README.md", …)`.',
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
            advice="Upload your text as `README.md` with `api.upload_file` or `ModelCard(content).push_to_hub(…)`.",
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


def _own_repository(answer: Answer, name: str) -> Repository:
    repo_id = expect.text(answer.value(name), f"`{name}`").strip()
    try:
        account = own_account()
    except NotLoggedIn as error:
        raise Wrong(
            "not-logged-in",
            "The hub does not know who you are.",
            got=shorten(str(error)),
            wanted="a valid token of your account",
            advice="On the practice hub run the first code cell again; on the real one, `hf auth login` in a terminal.",
        ) from None
    if "://" in repo_id:
        raise Wrong(
            "an-address",
            f"`{name}` is an address.",
            got=repr(repo_id),
            wanted=f'the id alone: "{account}/" and then the name',
            advice="Hand in the last two parts of the address.",
        )
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
