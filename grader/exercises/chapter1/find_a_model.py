"""The check of `find-a-model`: it asks the hub itself what lies under the ids that it is given."""

from __future__ import annotations

from typing import Any

from grader.exercises.catalogue import exercise
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong
from grader.judging.wire import Opaque

WRITING, GAPS, FRENCH = "text-generation", "fill-mask", "fr"


@exercise(
    "find-a-model",
    chapter=1,
    points=2,
    difficulty=2,
    minutes=8,
    asks=["writer_id", "french_id"],
    hints=[
        "By which of its tags would you know such a model, if you saw only the record and not the name?",
        '`list_models` takes `pipeline_tag="…"` and `filter="…"`; each record it gives has an `.id` and `.tags`.',
        "list the models of one task and print id and tags; for the second, keep those whose tags hold the language "
        "code; copy an id as it stands there, namespace and all",
    ],
)
def find_a_model(answer: Answer, draw: Draw) -> str:
    """Find a model on the Hub

    Search with `list_models` and hand in the ids of two models, like `"namespace/name"`:

    - `writer_id`: a model for the task `text-generation`
    - `french_id`: a model for the task `fill-mask` that reads French (language code `fr`)

    Take ids that your search prints: a practice hub has only some of the models that there are.
    """
    given = answer.value("writer_id"), answer.value("french_id")
    writer = _record(given[0], "`writer_id`", earned=0)
    if not _is_for(writer, WRITING):
        if _is_for(writer, GAPS) and isinstance(given[1], str) and "/" in given[1]:
            french = _record(given[1], "`french_id`", earned=0)
            if _is_for(french, WRITING):
                raise Wrong(
                    "swapped",
                    "The two ids have changed places.",
                    got=f"`writer_id` is for {_task(writer)}, `french_id` for {_task(french)}",
                    wanted=f"a model for {WRITING} first, one for {GAPS} second",
                    advice="Hand each over under the other name.",
                )
        _refuse_task(writer, "`writer_id`", WRITING, earned=0)
    french = _record(given[1], "`french_id`", earned=1)
    if not _is_for(french, GAPS):
        _refuse_task(french, "`french_id`", GAPS, earned=1)
    if FRENCH not in (french.tags or []):
        languages = [tag for tag in french.tags or [] if len(tag) == 2]
        raise Wrong(
            "other-language",
            f"`writer_id` is right; {french.id} fills gaps, but not in French.",
            got=f"the languages {', '.join(languages)}" if languages else "no language among its tags",
            wanted="a model whose tags hold the language code of French",
            advice="Two conditions at once: the task as `pipeline_tag`, the language as `filter`.",
            earned=1,
        )
    return f"{writer.id} writes, {french.id} fills French gaps: both are on the Hub, and their tags say so."


def _record(given: Any, name: str, earned: float) -> Any:
    """What the hub knows about the model of this id."""
    repo_id = _text(given, name, earned).strip()
    if "://" in repo_id or repo_id.startswith("www."):
        raise Wrong(
            "an-address",
            f"{name} is an address.",
            got=shorten(repo_id),
            wanted="the id alone: namespace, slash, name",
            advice="It is the part after the hub's own address.",
            earned=earned,
        )
    if "/" not in repo_id:
        raise Wrong(
            "no-namespace",
            f"{name} has no namespace.",
            got=shorten(repo_id),
            wanted="namespace, slash, name: two people may use the same name",
            advice="Take `.id` of a record that `list_models` or `model_info` gives.",
            earned=earned,
        )
    record = _ask_hub("model_info", repo_id)
    if record is not None:
        return record
    if _ask_hub("dataset_info", repo_id) is not None:
        raise Wrong(
            "a-data-set",
            f"{name} is a data set.",
            got=shorten(repo_id),
            wanted="a model",
            advice="`list_models` lists models only.",
            earned=earned,
        )
    raise Wrong(
        "no-such-model",
        f"This hub does not have a model of the id in {name}.",
        got=shorten(repo_id),
        wanted="an id for which `model_info` gives a record here",
        advice="A practice hub has few of the models that there are on the real one. Take an id that your own search "
        "printed, letter by letter.",
        earned=earned,
    )


def _text(given: Any, name: str, earned: float) -> str:
    if isinstance(given, str):
        return given
    mistake, advice = "not-an-id", "Take the `.id` of one record that your search gave."
    if isinstance(given, list | tuple) and given and all(isinstance(item, str) for item in given):
        mistake, advice = "several-ids", "Choose one of them."
    elif isinstance(given, Opaque) and given.type_name == "ModelInfo":
        mistake = "whole-record"
        advice = "The record holds much more than the id: which of its attributes is the id alone?"
    elif isinstance(given, Opaque) and given.type_name == "generator":
        mistake = "whole-search"
        advice = "`list_models` gives one record after the other. Go through them in a loop, or take the `next` one."
    raise Wrong(
        mistake,
        f"{name} is not one id.",
        got=shorten(given),
        wanted="a text: namespace, slash, name",
        advice=advice,
        earned=earned,
    )


def _ask_hub(question: str, repo_id: str) -> Any:
    """The record that `HfApi().model_info` or `dataset_info` gives, None when there is no such repository."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    try:
        return getattr(HfApi(), question)(repo_id)
    except (HFValidationError, RepositoryNotFoundError):
        return None


def _task(record: Any) -> str:
    return record.pipeline_tag or "no task that its card names"


def _is_for(record: Any, task: str) -> bool:
    return task == record.pipeline_tag or task in (record.tags or [])


def _refuse_task(record: Any, name: str, task: str, earned: float) -> None:
    raise Wrong(
        "other-task",
        f"{name} is a model for another task." if not earned else f"`writer_id` is right; {name} has another task.",
        got=f"{record.id}, made for {_task(record)}",
        wanted=f"a model that carries the tag {task}",
        advice=f"Ask `list_models` for `pipeline_tag` {task}, then look at the tags.",
        earned=earned,
    )
