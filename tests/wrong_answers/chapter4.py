"""Recorded answers to chapter 4: each leaves a repository on the practice hub, and hands in its id."""

import copy
import io
import tempfile
import uuid
from functools import cache

import torch
from huggingface_hub import EvalResult, HfApi, ModelCard, ModelCardData, whoami
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel

from tests.wrong_answers import right, wrong

CASED, UNCASED = "google-bert/bert-base-cased", "google-bert/bert-base-uncased"


def new_id():
    return f"{whoami()['name']}/case-{uuid.uuid4().hex[:8]}"


@cache
def model(name):
    return AutoModel.from_pretrained(name)


@cache
def tokenizer(name):
    return AutoTokenizer.from_pretrained(name)


def push(*parts):
    repo_id = new_id()
    for part in parts:
        part.push_to_hub(repo_id)
    return (repo_id,)


# ---------------------------------------------------------------- push-bert


@right("push-bert")
def model_then_tokenizer():
    return push(model(CASED), tokenizer(CASED))


@right("push-bert")
def saved_first_in_half_precision_then_the_folder_uploaded():
    repo_id = new_id()
    with tempfile.TemporaryDirectory() as folder:
        tokenizer(CASED).save_pretrained(folder)
        copy.deepcopy(model(CASED)).half().save_pretrained(folder, max_shard_size="50MB")
        HfApi().create_repo(repo_id)
        HfApi().upload_folder(repo_id=repo_id, folder_path=folder)
    return (repo_id,)


@wrong("push-bert", "other-model", points=1)
def the_uncased_model():
    return push(model(UNCASED), tokenizer(CASED))


@wrong("push-bert", "an-address")
def what_push_to_hub_returns():
    return (f"{HfApi().endpoint}/{new_id()}",)


@wrong("push-bert", "tokenizer-forgotten", points=1)
def model_only():
    return push(model(CASED))


@wrong("push-bert", "no-model")
def tokenizer_only():
    return push(tokenizer(CASED))


@wrong("push-bert", "other-namespace")
def somebody_elses_repository():
    return (CASED,)


@wrong("push-bert", "no-namespace")
def without_a_namespace():
    return ("my-first-bert",)


@wrong("push-bert", "no-such-repository")
def a_misspelled_id():
    return (new_id(),)


@wrong("push-bert", "other-tokenizer", points=1)
def the_uncased_tokenizer():
    return push(model(CASED), tokenizer(UNCASED))


@wrong("push-bert", "other-model", points=1)
def random_weights():
    torch.manual_seed(0)
    return push(BertModel(BertConfig.from_pretrained(CASED)), tokenizer(CASED))


@wrong("push-bert", "weights-as-pickle")
def weights_as_pickle():
    repo_id = new_id()
    buffer = io.BytesIO()
    torch.save({"weight": torch.ones(2)}, buffer)
    HfApi().create_repo(repo_id)
    HfApi().upload_file(path_or_fileobj=buffer.getvalue(), path_in_repo="pytorch_model.bin", repo_id=repo_id)
    return (repo_id,)


# ---------------------------------------------------------------- write-a-card

SECTIONS = (
    "Model description",
    "Intended uses & limitations",
    "How to use",
    "Limitations and bias",
    "Training data",
    "Training procedure",
    "Evaluation results",
)


def metadata(value=0.7, **changes):
    result = EvalResult(
        task_type="text-classification",
        dataset_type="nyu-mll/glue",
        dataset_name="GLUE MRPC",
        metric_type="accuracy",
        metric_value=value,
    )
    fields = {
        "language": "en",
        "license": "mit",
        "tags": ["course"],
        "datasets": ["nyu-mll/glue"],
        "metrics": ["accuracy"],
        "model_name": "a-model",
        "eval_results": [result],
    } | changes
    return ModelCardData(**{key: field for key, field in fields.items() if field is not None}).to_yaml()


def card(yaml=None, sections=SECTIONS, body="A sentence that says something."):
    text = "".join(f"## {title}\n\n{body}\n\n" for title in sections)
    return (f"---\n{yaml}\n---\n" if yaml else "") + f"# A model\n\n{text}"


def push_card(content):
    repo_id = new_id()
    HfApi().create_repo(repo_id)
    HfApi().upload_file(path_or_fileobj=content.encode(), path_in_repo="README.md", repo_id=repo_id)
    return (repo_id,)


@right("write-a-card")
def with_the_helpers():
    repo_id = new_id()
    HfApi().create_repo(repo_id)
    ModelCard(card(metadata())).push_to_hub(repo_id)
    return (repo_id,)


@right("write-a-card")
def by_hand_with_deeper_headings_and_other_case():
    content = card(metadata(license="cc-by-4.0", language=["en", "fr"]), [title.upper() for title in SECTIONS])
    content = content.replace("## LIMITATIONS", "### LIMITATIONS").replace("## HOW TO USE\n", "HOW TO USE\n---\n")
    return push_card(content + "## Citation\n\n```python\n# not a heading\n```\n\n## Glossary\n")


@right("write-a-card")
def from_the_librarys_template():
    said = "A sentence that says something."
    template = ModelCard.from_template(
        ModelCardData(),
        model_description=said,
        direct_use=said,
        get_started_code=said,
        bias_risks_limitations=said,
        training_data=said,
        training_regime=said,
        results=said,
    )
    return push_card(f"---\n{metadata()}\n---\n{template.text}")


@wrong("write-a-card", "empty-sections", points=2)
def placeholders_everywhere():
    return push_card(card(metadata(), body="<!-- write here -->\n\n[More Information Needed] TODO ..."))


@wrong("write-a-card", "wrong-language-code")
def the_name_of_the_language():
    return push_card(card(metadata(language="English")))


@wrong("write-a-card", "metadata-not-closed")
def second_line_forgotten():
    return push_card(card(metadata()).replace("\n---\n# A model", "\n# A model"))


@wrong("write-a-card", "missing-sections", points=1)
def headings_without_a_space():
    return push_card(card(metadata()).replace("## ", "##"))


@wrong("write-a-card", "no-card")
def a_repository_without_a_card():
    repo_id = new_id()
    HfApi().create_repo(repo_id)
    return (repo_id,)


@wrong("write-a-card", "no-metadata")
def text_only():
    return push_card(card())


@wrong("write-a-card", "missing-metadata")
def without_a_license():
    return push_card(card(metadata(license=None)))


@wrong("write-a-card", "missing-metadata")
def without_a_result():
    return push_card(card(metadata(eval_results=None, model_name=None)))


@wrong("write-a-card", "wrong-license-id")
def a_license_in_words():
    return push_card(card(metadata(license="Apache License 2.0")))


@wrong("write-a-card", "metric-not-a-number")
def a_metric_in_words():
    return push_card(card(metadata(value="83%")))


@wrong("write-a-card", "missing-sections", points=1)
def only_a_description():
    return push_card(card(metadata(), SECTIONS[:1]))


@wrong("write-a-card", "missing-sections", points=1)
def bias_forgotten():
    return push_card(card(metadata(), [title for title in SECTIONS if "bias" not in title]))


@wrong("write-a-card", "empty-sections", points=2)
def headings_without_text():
    return push_card(card(metadata(), body=""))


@wrong("write-a-card", "not-a-text")
def the_card_itself():
    return (ModelCard(card(metadata())),)


@wrong("write-a-card", "metric-not-a-number")
def not_a_number():
    return push_card(card(metadata().replace("value: 0.7", "value: .nan")))


@right("write-a-card")
def with_a_byte_order_mark_from_an_editor():
    return push_card("\ufeff" + card(metadata()))


@wrong("push-bert", "does-not-load", points=0)
def a_broken_upload():
    (repo_id,) = push(model(CASED), tokenizer(CASED))
    HfApi().upload_file(path_or_fileobj=b"x" * 100, path_in_repo="model.safetensors", repo_id=repo_id)
    return (repo_id,)
