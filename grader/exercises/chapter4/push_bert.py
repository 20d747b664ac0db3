"""The check of `push-bert`."""

from __future__ import annotations

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.exercises.chapter4.own_repository import own_repository
from grader.exercises.chapter4.pushed_model import has_model, has_tokenizer
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.repository import Repository
from grader.judging.verdict import Wrong


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
    repository = own_repository(answer, "bert_repo_id")
    has_model(
        repository,
        pushed_by="`push_to_hub`",
        advice="`model.push_to_hub(bert_repo_id)` uploads both, and puts them where `from_pretrained` looks.",
    )
    has_tokenizer(
        repository,
        beside="model",
        advice="Push the tokenizer to the same repository: a model without it cannot read.",
    )
    _same_outputs(repository, draw)
    size = sum(size for path, size in repository.files.items() if path.endswith(".safetensors")) / 1e6
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
