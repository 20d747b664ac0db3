"""A drawn list of models in place of the Hub's, for as long as it is open: what else the Hub knows stays as it is.

The client's own functions work on it as on the real one, so a learner's code may ask in any of their ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock


@contextmanager
def listed(models: list[dict[str, Any]]) -> Iterator[None]:
    """models: in the order of the Hub's own choice, each with id, pipeline_tag, tags, downloads and parameters.

    `parameters` is their number, or None when the Hub does not know it.
    """
    from huggingface_hub import HfApi, ModelInfo, hf_api

    ask_the_hub, look_at_the_hub = hf_api.paginate, HfApi.model_info
    by_id = {model["id"]: model for model in models}

    def paginate(path: str, params: dict, *rest: Any, **named: Any) -> Any:
        if not path.endswith("/api/models"):
            return ask_the_hub(path, params, *rest, **named)
        return iter([_record(model, "safetensors" in (params.get("expand") or [])) for model in _found(models, params)])

    def model_info(self: HfApi, repo_id: str, *rest: Any, **named: Any) -> ModelInfo:
        if repo_id in by_id:
            return ModelInfo(**_record(by_id[repo_id], True), siblings=None)
        return look_at_the_hub(self, repo_id, *rest, **named)

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(hf_api, "paginate", paginate))
        stack.enter_context(mock.patch.object(HfApi, "model_info", model_info))
        yield


def _found(models: list[dict], params: dict) -> list[dict]:
    tags = params.get("filter") or []
    wanted = {tags} if isinstance(tags, str) else set(tags)
    task = params.get("pipeline_tag")
    found = [
        model
        for model in models
        if wanted <= {*model["tags"], model["pipeline_tag"]} and task in (None, model["pipeline_tag"])
    ]
    return sorted(found, key=lambda model: -model["downloads"]) if params.get("sort") == "downloads" else found


def _record(model: dict[str, Any], with_size: bool) -> dict[str, Any]:
    """As the Hub answers: the number of parameters is there for those only who ask for it."""
    record = {key: model[key] for key in ("id", "pipeline_tag", "tags", "downloads")}
    if with_size and model["parameters"] is not None:
        record["safetensors"] = {"parameters": {"F32": model["parameters"]}, "total": model["parameters"]}
    return record
