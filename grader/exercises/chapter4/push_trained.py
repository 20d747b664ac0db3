"""The check of `push-trained`."""

from __future__ import annotations

import re
from typing import Any

from grader.exercises.catalogue import exercise
from grader.exercises.chapter4.own_repository import listing, own_repository
from grader.exercises.chapter4.pushed_model import has_model, has_tokenizer
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.repository import Repository
from grader.judging.verdict import Wrong

# A pair that says the same, and one that does not: the labels must be in the order in which they were learned.
YES, NO = "equivalent", "not_equivalent"
DATA = re.compile(r"\b(glue|mrpc)\b", re.IGNORECASE)
NAMELESS = re.compile(r"(label[_ ]?)?\d+", re.IGNORECASE)


@exercise(
    "push-trained",
    chapter=4,
    points=4,
    difficulty=3,
    minutes=15,
    asks=["trained_repo_id"],
    hints=[
        "What will somebody read who runs your model in a pipeline, and where does the pipeline take it from?",
        "`trainer.model.config.id2label` and `.label2id`; `trainer.push_to_hub(language=…, license=…, dataset=…)`: "
        "what you give it goes into the card.",
        "write both dictionaries into the config; push with the trainer, and name language, license and data; then "
        "look at what lies in the repository",
    ],
)
def push_trained(answer: Answer, draw: Draw) -> str:
    """Push a trained classifier

    Push the classifier that was trained above, or yours of chapter 3, with its Trainer, so that others can use it:

    - in a pipeline it answers with the names `"equivalent"` and `"not_equivalent"`;
    - its tokenizer is there;
    - its card tells `language`, `license` and the data it was trained on, `nyu-mll/glue`, in metadata or text.

    Set `trained_repo_id` to the id of the repository.
    """
    repository = own_repository(answer, "trained_repo_id")
    has_model(
        repository,
        pushed_by="The Trainer",
        advice="`trainer.push_to_hub()` saves the model and uploads it. A checkpoint folder is not the top.",
    )
    config = _classifier_config(repository)
    has_tokenizer(
        repository,
        beside="classifier",
        advice="A Trainer with `processing_class=tokenizer` pushes both; `tokenizer.push_to_hub` adds it.",
    )
    _check_labels(config)
    _check_weights(repository, config, draw)
    _check_card(repository)
    return f"{repository.id} answers “{YES}” or “{NO}”, and its card says what it was trained on."


def _classifier_config(repository: Repository) -> dict[str, Any]:
    config = repository.json("config.json")
    kinds = config.get("architectures") or []
    if not any("ForSequenceClassification" in str(kind) for kind in kinds):
        raise Wrong(
            "no-classifier",
            "The model there classifies nothing.",
            got=shorten(kinds),
            wanted="a model for sequence classification",
            advice="Push the model that the Trainer has trained, head and all.",
        )
    return config


def _check_labels(config: dict[str, Any]) -> None:
    # A config that keeps the names LABEL_0 and LABEL_1 does not write them down.
    names = {int(id): name for id, name in (config.get("id2label") or {}).items() if str(id).isdigit()}
    ids = config.get("label2id") or {}
    if not names or all(NAMELESS.fullmatch(str(name)) for name in names.values()):
        raise Wrong(
            "labels-without-names",
            "In a pipeline your model answers LABEL_0 and LABEL_1.",
            got=shorten(names) if names else "no names in config.json",
            wanted="names that say what the classes mean",
            advice="The config has `id2label` and `label2id`. Set both before you push; the features of the data set "
            "know the names.",
            earned=1,
        )
    if set(names.values()) != {YES, NO}:
        raise Wrong(
            "other-names",
            "The labels have other names.",
            got=shorten(names),
            wanted=f'"{YES}" and "{NO}", as MRPC calls them',
            advice="`features['label'].names` of the data set has them in order.",
            earned=1,
        )
    if names.get(1) != YES:
        raise Wrong(
            "names-swapped",
            "The names have changed places.",
            got=shorten(names),
            wanted="the order in which the data set counts them",
            advice="`features['label'].int2str(0)` says what 0 means.",
            earned=1,
        )
    if ids != {name: id for id, name in names.items()}:
        raise Wrong(
            "one-way-only",
            "`id2label` is right, `label2id` does not fit.",
            got=shorten(ids),
            wanted="the same table the other way around",
            advice="Whoever trains your model further needs the way from the name to the number.",
            earned=2,
        )


def _check_weights(repository: Repository, config: dict[str, Any], draw: Draw) -> None:
    """The model loads, answers, and is no longer the pretrained one that it began as."""
    import torch
    from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

    pair = draw.choice([("The shop opens at nine.", "At nine the shop opens."), ("It rained.", "Prices have risen.")])
    try:
        tokenizer = AutoTokenizer.from_pretrained(repository.id)
        model = AutoModelForSequenceClassification.from_pretrained(
            repository.id, dtype="float32", use_safetensors=True
        ).eval()
        with torch.no_grad():
            logits = model(**tokenizer(*pair, return_tensors="pt")).logits
    except Exception as error:  # whatever a damaged file makes the libraries raise
        raise Wrong(
            "does-not-load",
            "The repository cannot be loaded and run.",
            got=shorten(str(error)),
            wanted="a classifier that answers a pair of sentences",
            advice="Push once more, straight from the Trainer.",
        ) from None
    if not torch.isfinite(logits).all():
        raise Wrong(
            "not-finite", "The model answers with numbers that are none.", got=shorten(logits.tolist()), earned=2
        )
    base = _base(repository)
    if not base:
        return
    try:
        before = AutoModel.from_pretrained(base, dtype="float32").state_dict()
    except Exception:  # a folder of the learner's, or a model that is no longer there
        return
    after = model.base_model.state_dict()
    shared = [key for key in before if key in after and before[key].is_floating_point() and "pooler" not in key]
    if shared and all(torch.equal(before[key], after[key]) for key in shared):
        raise Wrong(
            "not-trained",
            "Every weight of the body is still that of the pretrained model.",
            got=f"the weights of {base}, and a head on top",
            wanted="a model that was trained",
            advice="Run the training cell first, and push the model of that Trainer.",
            earned=2,
        )


def _base(repository: Repository) -> str:
    """The model that this one was made from, as its card says; empty when it does not."""
    named = _metadata(repository).get("base_model") or ""
    named = named[0] if isinstance(named, list) else named
    return named if isinstance(named, str) and re.fullmatch(r"[\w.-]+/[\w.-]+", named) else ""


def _metadata(repository: Repository) -> dict[str, Any]:
    from huggingface_hub import ModelCard

    try:
        return ModelCard(repository.text("README.md"), ignore_metadata_errors=True).data.to_dict()
    except Exception:  # no card, or one that is no YAML: told where the card is judged
        return {}


def _check_card(repository: Repository) -> None:
    if "README.md" not in repository.files:
        raise Wrong(
            "no-card",
            "The repository has no card.",
            got=listing(repository),
            wanted="a file README.md",
            advice="`trainer.push_to_hub()` writes one; `model.push_to_hub()` knows nothing of the training.",
            earned=3,
        )
    metadata, text = _metadata(repository), repository.text("README.md")
    missing = [key for key in ("language", "license") if not metadata.get(key)]
    if missing:
        raise Wrong(
            "card-incomplete",
            f"The card does not tell {' and '.join(f'`{key}`' for key in missing)}.",
            got=f"the keys {', '.join(metadata) or 'none'}",
            wanted="language, license and the data",
            advice="`trainer.push_to_hub(language=…, license=…, dataset=…)` hands these on to the card.",
            earned=3,
        )
    if not DATA.search(f"{metadata.get('datasets', '')} {text}"):
        raise Wrong(
            "data-not-named",
            "The card does not say what the model was trained on.",
            got="no word of the data set",
            wanted="its id, in the metadata or in the text",
            advice="`trainer.push_to_hub(dataset=…)` writes it down.",
            earned=3,
        )
