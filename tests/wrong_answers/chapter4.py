"""Recorded answers to chapter 4: each leaves a repository on the practice hub, and hands in its id."""

import copy
import io
import tempfile
import uuid
from functools import cache
from pathlib import Path

import torch
import transformers
from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationDelete,
    EvalResult,
    HfApi,
    ModelCard,
    ModelCardData,
    list_models,
    snapshot_download,
    whoami,
)
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer, BertConfig, BertModel

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
    "Variables and metrics",
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


def push_card(content, with_model=True):
    repo_id = new_id()
    HfApi().create_repo(repo_id)
    files = {"README.md": content} | ({"config.json": "{}"} if with_model else {})
    add = [CommitOperationAdd(path, text.encode()) for path, text in files.items()]
    HfApi().create_commit(repo_id, add, commit_message="Add a card")
    return (repo_id,)


@right("write-a-card")
def with_the_helpers():
    return push_card(str(ModelCard(card(metadata()))))


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
        testing_metrics=said,
        results=said,
    )
    return push_card(f"---\n{metadata()}\n---\n{template.text}")


@wrong("write-a-card", "empty-sections", points=2)
def placeholders_everywhere():
    return push_card(card(metadata(), body="<!-- write here -->\n\n[More Information Needed] TODO ..."))


@wrong("write-a-card", "empty-sections", points=2)
def what_the_trainer_writes_where_it_knows_nothing():
    return push_card(card(metadata(), body="More information needed"))


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


@wrong("write-a-card", "no-model", points=2)
def a_card_and_nothing_else():
    return push_card(card(metadata()), with_model=False)


@wrong("push-bert", "no-such-repository")
def saved_and_not_pushed():
    repo_id = new_id()
    with tempfile.TemporaryDirectory() as folder:
        tokenizer(CASED).save_pretrained(Path(folder, repo_id))
    return (repo_id,)


@wrong("push-bert", "does-not-load", points=0)
def a_broken_upload():
    (repo_id,) = push(model(CASED), tokenizer(CASED))
    HfApi().upload_file(path_or_fileobj=b"x" * 100, path_in_repo="model.safetensors", repo_id=repo_id)
    return (repo_id,)


# ---------------------------------------------------------------- discover


def searched(task, language, library, count, reverse=False):
    models = HfApi().list_models(
        pipeline_tag=task,
        filter=[tag for tag in (language, library) if tag],
        sort="downloads",
        limit=count,
        expand=["safetensors"],
    )
    known = [model for model in models if model.safetensors]
    return [model.id for model in sorted(known, key=lambda model: model.safetensors.total, reverse=reverse)]


@right("discover")
def one_query():
    return (searched,)


@right("discover")
def by_tags_alone_and_a_look_at_each():
    def discover(task, language, library, count):
        found = []
        for record in HfApi().list_models(filter=[task, language, library], sort="downloads", limit=count):
            info = HfApi().model_info(record.id)
            if info.safetensors:
                found.append((info.safetensors.total, record.id))
        return tuple(id for _, id in sorted(found))

    return (discover,)


@wrong("discover", "records-not-ids")
def the_records():
    return (lambda task, language, library, count: list(HfApi().list_models(pipeline_tag=task, limit=count)),)


@wrong("discover", "whole-search")
def the_search_itself():
    return (lambda task, language, library, count: HfApi().list_models(pipeline_tag=task, limit=count),)


@wrong("discover", "not-a-list")
def nothing_returned():
    return (lambda task, language, library, count: None,)


@wrong("discover", "library-ignored")
def without_the_library():
    return (lambda task, language, library, count: searched(task, language, None, count),)


@wrong("discover", "language-ignored")
def without_the_language():
    return (lambda task, language, library, count: searched(task, None, library, count),)


@wrong("discover", "task-ignored")
def without_the_task():
    return (lambda task, language, library, count: searched(None, language, library, count),)


@wrong("discover", "largest-first")
def the_wrong_way_around():
    return (lambda *asked: searched(*asked, reverse=True),)


@wrong("discover", "too-few")
def only_the_best():
    return (lambda *asked: searched(*asked)[:1],)


@wrong("discover", "count-ignored")
def a_limit_of_its_own():
    return (lambda task, language, library, count: searched(task, language, library, 8),)


@right("discover")
def by_functions_of_the_library():
    def discover(task, language, library, count):
        models = list_models(filter=[task, language, library], expand=["safetensors", "downloads"])
        models = sorted(models, key=lambda model: model.downloads, reverse=True)[:count]
        known = {model.id: model.safetensors.total for model in models if model.safetensors}
        return sorted(known, key=known.get)

    return (discover,)


def sized(models):
    return sorted(models, key=lambda model: model.safetensors.total if model.safetensors else 0)


@wrong("discover", "not-the-most-downloaded", points=2)
def all_of_them_by_size_and_then_the_first():
    def discover(task, language, library, count):
        models = HfApi().list_models(pipeline_tag=task, filter=[language, library], expand=["safetensors"])
        return [model.id for model in sized(models) if model.safetensors][:count]

    return (discover,)


@wrong("discover", "not-the-most-downloaded", points=2)
def in_no_order_of_downloads():
    def discover(task, language, library, count):
        asked = {"pipeline_tag": task, "filter": [language, library], "limit": count}
        return [model.id for model in sized(HfApi().list_models(**asked, expand=["safetensors"])) if model.safetensors]

    return (discover,)


@wrong("discover", "unknown-size-kept", points=2)
def an_unknown_size_as_zero():
    def discover(task, language, library, count):
        asked = {"pipeline_tag": task, "filter": [language, library], "limit": count, "sort": "downloads"}
        return [model.id for model in sized(HfApi().list_models(**asked, expand=["safetensors"]))]

    return (discover,)


@wrong("discover", "raised")
def an_unknown_size_not_thought_of():
    def discover(task, language, library, count):
        asked = {"pipeline_tag": task, "filter": [language, library], "limit": count, "sort": "downloads"}
        models = HfApi().list_models(**asked, expand=["safetensors"])
        return [model.id for model in sorted(models, key=lambda model: model.safetensors.total)]

    return (discover,)


@wrong("discover", "nothing-found")
def sizes_not_asked_for():
    def discover(task, language, library, count):
        models = HfApi().list_models(pipeline_tag=task, filter=[language, library], limit=count, sort="downloads")
        return [model.id for model in sized(models) if model.safetensors]

    return (discover,)


@wrong("discover", "no-namespace")
def names_without_a_namespace():
    return (lambda *asked: [id.partition("/")[2] for id in searched(*asked)],)


# ---------------------------------------------------------------- right-task

FRENCH = "almanach/camembert-base"
RIGHT_CLASS = "AutoModelForMaskedLM"
FATE = {"embeddings": "taken", "encoder": "taken", "lm_head": "left out", "classifier": "new"}


@cache
def load_report(class_name):
    _, info = getattr(transformers, class_name).from_pretrained(FRENCH, output_loading_info=True)
    return info


def new_weights(class_name):
    return load_report(class_name)["missing_keys"]


@right("right-task")
def the_missing_keys():
    return new_weights, RIGHT_CLASS, FATE


@right("right-task")
def what_changes_from_one_load_to_the_next():
    def new_weights(class_name):
        first, second = (getattr(transformers, class_name).from_pretrained(FRENCH).state_dict() for _ in range(2))
        # A new bias is zero each time, so it goes with its weight.
        new = {key.rpartition(".")[0] for key in first if not torch.equal(first[key], second[key])}
        return [key for key in first if key.rpartition(".")[0] in new]

    return new_weights, "transformers.AutoModelForMaskedLM", FATE | {"pooler": "new"}


@wrong("right-task", "whole-info")
def the_whole_report():
    return load_report, RIGHT_CLASS, FATE


@wrong("right-task", "a-count")
def how_many():
    return lambda name: len(new_weights(name)), RIGHT_CLASS, FATE


@wrong("right-task", "left-out-not-new")
def the_unexpected_keys():
    return lambda name: list(load_report(name)["unexpected_keys"]), RIGHT_CLASS, FATE


@wrong("right-task", "both-kinds")
def all_that_the_report_names():
    def both(name):
        return sorted([*load_report(name)["missing_keys"], *load_report(name)["unexpected_keys"]])

    return both, RIGHT_CLASS, FATE


@wrong("right-task", "every-weight")
def every_name():
    names = cache(lambda name: list(getattr(transformers, name).from_pretrained(FRENCH).state_dict()))
    return names, RIGHT_CLASS, FATE


@wrong("right-task", "class-ignored")
def always_the_same_class():
    return lambda name: new_weights("AutoModelForQuestionAnswering"), RIGHT_CLASS, FATE


@wrong("right-task", "parts-not-names")
def names_of_the_parts():
    return lambda name: {key.partition(".")[0] for key in new_weights(name)}, RIGHT_CLASS, FATE


@wrong("right-task", "not-a-list")
def only_printed():
    return lambda name: None, RIGHT_CLASS, FATE


@wrong("right-task", "new-head", points=1)
def the_class_of_the_warning():
    return new_weights, "AutoModelForSequenceClassification", FATE


@wrong("right-task", "one-architecture-only", points=1)
def the_class_that_the_auto_class_chooses():
    return new_weights, "CamembertForMaskedLM", FATE


@wrong("right-task", "no-head", points=1)
def the_body():
    return new_weights, "AutoModel", FATE


@wrong("right-task", "looks-left-only", points=1)
def a_class_for_the_next_word():
    return new_weights, "AutoModelForCausalLM", FATE


@wrong("right-task", "task-not-class", points=1)
def the_name_of_the_task():
    return new_weights, "fill-mask", FATE


@wrong("right-task", "class-not-name", points=1)
def the_class_itself():
    return new_weights, transformers.AutoModelForMaskedLM, FATE


@wrong("right-task", "upside-down", points=2)
def heads_changed_places():
    return new_weights, RIGHT_CLASS, FATE | {"lm_head": "new", "classifier": "left out"}


@wrong("right-task", "other-fate", points=2)
def everything_new():
    return new_weights, RIGHT_CLASS, dict.fromkeys(FATE, "new")


@wrong("right-task", "other-word", points=2)
def words_of_the_report():
    return new_weights, RIGHT_CLASS, FATE | {"classifier": "MISSING"}


@wrong("right-task", "parts-missing", points=2)
def only_the_heads():
    return new_weights, RIGHT_CLASS, {"lm_head": "left out", "classifier": "new"}


# ---------------------------------------------------------------- swap-the-checkpoint


def states(model_class, tokenizer_class, checkpoint, text):
    inputs = tokenizer_class.from_pretrained(checkpoint)(text, return_tensors="pt")
    with torch.no_grad():
        return model_class.from_pretrained(checkpoint).eval()(**inputs)


def with_auto_classes(checkpoint, text):
    return states(AutoModel, AutoTokenizer, checkpoint, text).last_hidden_state


@right("swap-the-checkpoint")
def auto_classes():
    return (with_auto_classes,)


@right("swap-the-checkpoint")
def the_class_that_the_config_names():
    def states_of(checkpoint, text):
        config = transformers.AutoConfig.from_pretrained(checkpoint)
        model_class = transformers.AutoModel._model_mapping[type(config)]
        inputs = transformers.pipeline("feature-extraction", model=checkpoint, device="cpu").tokenizer(
            [text], return_tensors="np"
        )
        with torch.no_grad():
            model = model_class.from_pretrained(checkpoint)
            return model(torch.tensor(inputs["input_ids"]))[0].numpy().tolist()

    return (states_of,)


@wrong("swap-the-checkpoint", "random-weights", points=1)
def berts_model_for_all():
    return (lambda checkpoint, text: states(BertModel, AutoTokenizer, checkpoint, text).last_hidden_state,)


@wrong("swap-the-checkpoint", "other-tokenizer", points=1)
def berts_tokenizer_for_all():
    def states_of(checkpoint, text):
        with torch.no_grad():
            return AutoModel.from_pretrained(checkpoint)(**tokenizer(UNCASED)(text, return_tensors="pt"))[0]

    return (states_of,)


@wrong("swap-the-checkpoint", "other-tokenizer", points=1)
def berts_class_of_tokenizer():
    return (lambda *asked: states(AutoModel, transformers.BertTokenizer, *asked).last_hidden_state,)


@wrong("swap-the-checkpoint", "checkpoint-ignored", points=1)
def one_checkpoint_for_all():
    return (lambda checkpoint, text: with_auto_classes(UNCASED, text),)


@wrong("swap-the-checkpoint", "whole-output")
def everything_the_model_returns():
    return (lambda checkpoint, text: states(AutoModel, AutoTokenizer, checkpoint, text),)


@wrong("swap-the-checkpoint", "scores-not-states")
def with_the_head():
    return (lambda checkpoint, text: states(transformers.AutoModelForMaskedLM, AutoTokenizer, checkpoint, text).logits,)


@wrong("swap-the-checkpoint", "pooled")
def one_vector():
    return (lambda checkpoint, text: with_auto_classes(checkpoint, text)[:, 0],)


@wrong("swap-the-checkpoint", "no-batch-axis")
def without_the_batch():
    return (lambda checkpoint, text: with_auto_classes(checkpoint, text)[0],)


# ---------------------------------------------------------------- create-upload-delete

LIFE = [".gitattributes", "data/one.txt", "data/two.txt", "plan.txt"]


def two_files():
    folder = tempfile.mkdtemp()
    for name in ("one.txt", "two.txt"):
        Path(folder, name).write_text(name, encoding="utf-8")
    return folder


def lived(plan="plan.txt", data="data", draft=True, delete=True):
    """A repository that has gone through its life, with what was left out or done in another way."""
    api, repo_id = HfApi(), new_id()
    api.create_repo(repo_id)
    if plan:
        api.upload_file(path_or_fileobj=b"A plan.\n", path_in_repo=plan, repo_id=repo_id)
    if draft:
        api.upload_file(path_or_fileobj=b"A draft.\n", path_in_repo="draft.txt", repo_id=repo_id)
    if data is not None:
        api.upload_folder(folder_path=two_files(), path_in_repo=data, repo_id=repo_id)
    if draft and delete:
        api.delete_file("draft.txt", repo_id=repo_id)
    return repo_id


@right("create-upload-delete")
def one_call_after_the_other():
    repo_id = lived()
    return repo_id, HfApi().list_repo_files(repo_id)


@right("create-upload-delete")
def in_commits_of_several_operations():
    repo_id = new_id()
    HfApi().create_repo(repo_id, private=True)
    add = [CommitOperationAdd(name, b"x") for name in ("plan.txt", "draft.txt", "data/a.txt", "data/deep/b.txt")]
    HfApi().create_commit(repo_id, add, commit_message="All")
    HfApi().create_commit(repo_id, [CommitOperationDelete("draft.txt")], commit_message="No draft")
    return repo_id, {"plan.txt", "data/a.txt", "data/deep/b.txt"}


@wrong("create-upload-delete", "absolute-path")
def the_path_on_the_disk():
    repo_id = lived(plan="/home/me/course/plan.txt")
    return repo_id, HfApi().list_repo_files(repo_id)


@wrong("create-upload-delete", "no-plan")
def without_a_plan():
    return lived(plan=""), LIFE


@wrong("create-upload-delete", "folder-at-the-top", points=1)
def the_folder_at_the_top():
    return lived(data=""), LIFE


@wrong("create-upload-delete", "absolute-folder", points=1)
def the_folder_with_its_path():
    return lived(data="/home/me/data"), LIFE


@wrong("create-upload-delete", "no-folder", points=1)
def without_the_folder():
    return lived(data=None), LIFE


@wrong("create-upload-delete", "not-deleted", points=1)
def the_draft_is_still_there():
    return lived(delete=False), LIFE


@wrong("create-upload-delete", "never-there", points=1)
def never_a_draft():
    return lived(draft=False), LIFE


@wrong("create-upload-delete", "file-by-file", points=2)
def each_file_for_itself():
    repo_id = lived(data=None)
    for name in ("one", "two"):
        HfApi().upload_file(path_or_fileobj=b"x", path_in_repo=f"data/{name}.txt", repo_id=repo_id)
    return repo_id, LIFE


@wrong("create-upload-delete", "one-file-only", points=1)
def a_folder_of_one():
    repo_id = lived(data=None)
    HfApi().upload_file(path_or_fileobj=b"x", path_in_repo="data/one.txt", repo_id=repo_id)
    return repo_id, LIFE


@wrong("create-upload-delete", "stale-list", points=2)
def listed_too_early():
    return lived(), [*LIFE, "draft.txt"]


@wrong("create-upload-delete", "top-level-only", points=2)
def folders_not_looked_into():
    return lived(), ["data", "plan.txt"]


@wrong("create-upload-delete", "names-only", points=2)
def without_the_folders_name():
    return lived(), ["one.txt", "two.txt", "plan.txt"]


@wrong("create-upload-delete", "not-paths", points=2)
def records_of_the_tree():
    repo_id = lived()
    return repo_id, list(HfApi().list_repo_tree(repo_id))


@wrong("create-upload-delete", "no-such-repository")
def a_data_set():
    repo_id = new_id()
    HfApi().create_repo(repo_id, repo_type="dataset")
    return repo_id, LIFE


# ---------------------------------------------------------------- pin-a-revision

TINY = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}


@cache
def two_versions():
    """A repository with two models under one name, and its commits, the newest first."""
    repo_id = new_id()
    for _ in range(2):
        BertModel(BertConfig(**TINY)).push_to_hub(repo_id)
    return repo_id, [commit.commit_id for commit in HfApi().list_repo_commits(repo_id)]


def states_of_revision(repo_id, **options):
    def states_at(revision, ids):
        chosen = options or {"revision": revision}
        with torch.no_grad():
            return AutoModel.from_pretrained(repo_id, **chosen)(ids).last_hidden_state

    return states_at


def pinned(**options):
    repo_id, commits = two_versions()
    return repo_id, commits[1], states_of_revision(repo_id, **options)


@right("pin-a-revision")
def two_pushes():
    return pinned()


@right("pin-a-revision")
def from_a_download_of_each_version():
    repo_id, commits = two_versions()

    def states_at(revision, ids):
        folder = snapshot_download(repo_id, revision=revision)
        with torch.no_grad():
            return BertModel.from_pretrained(folder)(ids)[0].numpy()

    return repo_id, f"{commits[1]}\n", states_at


@wrong("pin-a-revision", "revision-ignored", points=1)
def always_main():
    def states_at(revision, ids):
        return states_of_revision(two_versions()[0])("main", ids)

    return (*two_versions()[:1], two_versions()[1][1], states_at)


@wrong("pin-a-revision", "pinned-always", points=1)
def always_the_old_one():
    return pinned(revision=two_versions()[1][1])


@wrong("pin-a-revision", "newest-commit")
def the_last_push():
    repo_id, commits = two_versions()
    return repo_id, commits[0], states_of_revision(repo_id)


@wrong("pin-a-revision", "short-id")
def the_first_digits():
    repo_id, commits = two_versions()
    return repo_id, commits[1][:8], states_of_revision(repo_id)


@wrong("pin-a-revision", "a-name")
def the_name_of_a_branch():
    repo_id, _ = two_versions()
    return repo_id, "main", states_of_revision(repo_id)


@wrong("pin-a-revision", "no-such-commit")
def a_commit_of_another_repository():
    repo_id, _ = two_versions()
    return repo_id, HfApi().list_repo_commits(CASED)[0].commit_id, states_of_revision(repo_id)


@wrong("pin-a-revision", "no-model-there")
def the_commit_that_made_the_repository():
    repo_id, commits = two_versions()
    return repo_id, commits[-1], states_of_revision(repo_id)


@wrong("pin-a-revision", "same-weights")
def only_a_note_was_added():
    repo_id = new_id()
    BertModel(BertConfig(**TINY)).push_to_hub(repo_id)
    HfApi().upload_file(path_or_fileobj=b"x", path_in_repo="notes.txt", repo_id=repo_id)
    return repo_id, HfApi().list_repo_commits(repo_id)[1].commit_id, states_of_revision(repo_id)


@wrong("pin-a-revision", "one-model-only")
def the_same_weights_twice():
    repo_id, small = new_id(), BertModel(BertConfig(**TINY))
    commits = [small.push_to_hub(repo_id).oid for _ in range(2)]
    return repo_id, commits[0], states_of_revision(repo_id)


@wrong("pin-a-revision", "a-record")
def the_record_of_a_commit():
    repo_id, _ = two_versions()
    return repo_id, HfApi().list_repo_commits(repo_id)[1], states_of_revision(repo_id)


@wrong("pin-a-revision", "whole-output", points=1)
def the_whole_output_at_a_revision():
    repo_id, commits = two_versions()
    whole = lambda revision, ids: AutoModel.from_pretrained(repo_id, revision=revision)(ids)  # noqa: E731
    return repo_id, commits[1], whole


@wrong("pin-a-revision", "other-weights", points=1)
def made_from_a_config():
    repo_id, commits = two_versions()
    return repo_id, commits[1], lambda revision, ids: BertModel(BertConfig(**TINY)).eval()(ids)[0]


# ---------------------------------------------------------------- push-trained

NAMES = {0: "not_equivalent", 1: "equivalent"}
MINILM = "sentence-transformers/all-MiniLM-L6-v2"
TRAINED_CARD = f"---\nlanguage: en\nlicense: mit\nbase_model: {MINILM}\ndatasets: [nyu-mll/glue]\n---\n# A classifier\n"


def classifier(names=NAMES, trained=True):
    labels = {"id2label": dict(names), "label2id": {name: id for id, name in names.items()}} if names else {}
    model = AutoModelForSequenceClassification.from_pretrained(MINILM, num_labels=2, **labels)
    if trained:
        with torch.no_grad():
            model.base_model.encoder.layer[0].output.dense.bias += 0.01
    return model


def push_classifier(model=None, with_tokenizer=True, card=TRAINED_CARD):
    (repo_id,) = push(model or classifier(), *([tokenizer(MINILM)] if with_tokenizer else []))
    if card:
        HfApi().upload_file(path_or_fileobj=card.encode(), path_in_repo="README.md", repo_id=repo_id)
    else:
        HfApi().delete_file("README.md", repo_id=repo_id)
    return (repo_id,)


def trainer(model, repo_id, **options):
    pairs = [tokenizer(MINILM)("It rained.", f"There was rain, {n} times.") | {"labels": n % 2} for n in range(4)]
    arguments = transformers.TrainingArguments(
        tempfile.mkdtemp(),
        max_steps=1,
        per_device_train_batch_size=2,
        learning_rate=1e-3,
        hub_model_id=repo_id,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        **options,
    )
    made = transformers.Trainer(model, arguments, train_dataset=pairs, processing_class=tokenizer(MINILM))
    made.train()
    return made


@right("push-trained")
def by_the_trainer():
    repo_id = new_id()
    told = {"language": "en", "license": "mit", "dataset": "nyu-mll/glue", "tasks": "text-classification"}
    trainer(classifier(trained=False), repo_id).push_to_hub(**told)
    return (repo_id,)


@right("push-trained")
def model_tokenizer_and_a_card_by_hand():
    return push_classifier()


@wrong("push-trained", "labels-without-names", points=1)
def the_trainer_without_names():
    repo_id = new_id()
    trainer(classifier(None, trained=False), repo_id).push_to_hub(language="en", license="mit", dataset="glue")
    return (repo_id,)


@wrong("push-trained", "labels-without-names", points=1)
def numbers_as_names():
    return push_classifier(classifier({0: "0", 1: "1"}))


@wrong("push-trained", "other-names", points=1)
def names_of_another_task():
    return push_classifier(classifier({0: "NEGATIVE", 1: "POSITIVE"}))


@wrong("push-trained", "names-swapped", points=1)
def names_in_alphabetical_order():
    return push_classifier(classifier({0: "equivalent", 1: "not_equivalent"}))


@wrong("push-trained", "one-way-only", points=2)
def only_one_dictionary():
    model = classifier()
    model.config.label2id = {"LABEL_0": 0, "LABEL_1": 1}
    return push_classifier(model)


@wrong("push-trained", "tokenizer-forgotten", points=1)
def the_classifier_alone():
    return push_classifier(with_tokenizer=False)


@wrong("push-trained", "no-classifier")
def the_body_alone():
    return push_classifier(AutoModel.from_pretrained(MINILM))


@wrong("push-trained", "not-trained", points=2)
def named_but_not_trained():
    return push_classifier(classifier(trained=False))


@wrong("push-trained", "no-card", points=3)
def without_a_card():
    return push_classifier(card="")


@wrong("push-trained", "card-incomplete", points=3)
def what_the_trainer_writes_by_itself():
    repo_id = new_id()
    trainer(classifier(trained=False), repo_id).push_to_hub()
    return (repo_id,)


@wrong("push-trained", "data-not-named", points=3)
def a_card_without_the_data():
    return push_classifier(card=TRAINED_CARD.replace("datasets: [nyu-mll/glue]\n", ""))


@wrong("push-trained", "no-model")
def only_the_training_folder():
    repo_id = new_id()
    HfApi().create_repo(repo_id)
    HfApi().upload_file(path_or_fileobj=b"x", path_in_repo="training_args.bin", repo_id=repo_id)
    return (repo_id,)


@wrong("push-trained", "weights-as-pickle")
def a_state_dict_as_pickle():
    (repo_id,) = push_classifier()
    HfApi().upload_file(path_or_fileobj=b"x", path_in_repo="model.pt", repo_id=repo_id)
    return (repo_id,)


@wrong("push-trained", "does-not-load", points=0)
def a_damaged_classifier():
    (repo_id,) = push_classifier()
    HfApi().upload_file(path_or_fileobj=b"x" * 100, path_in_repo="model.safetensors", repo_id=repo_id)
    return (repo_id,)
