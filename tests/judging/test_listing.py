"""A drawn list of models: the client's functions read it as they read the Hub's, and no longer than it is open."""

from huggingface_hub import HfApi, list_models

from grader.judging.listing import listed

MODELS = [
    {"id": "a/few", "pipeline_tag": "fill-mask", "tags": ["en"], "downloads": 1, "parameters": 10},
    {"id": "a/many", "pipeline_tag": "fill-mask", "tags": ["en", "fr"], "downloads": 9, "parameters": None},
    {"id": "a/other", "pipeline_tag": "translation", "tags": ["en"], "downloads": 5, "parameters": 20},
]


def ids(**asked):
    return [model.id for model in list_models(**asked)]


def test_it_filters_sorts_and_limits():
    with listed(MODELS):
        assert ids() == ["a/few", "a/many", "a/other"]
        assert ids(sort="downloads", limit=2) == ["a/many", "a/other"]
        assert ids(pipeline_tag="fill-mask", filter=["en"]) == ids(filter=["fill-mask", "en"]) == ["a/few", "a/many"]
        assert ids(filter="fr") == ["a/many"]


def test_sizes_are_told_to_those_who_ask():
    with listed(MODELS):
        assert [model.safetensors for model in HfApi().list_models(limit=2)] == [None, None]
        few, many = HfApi().list_models(limit=2, expand=["safetensors"])
        assert few.safetensors.total == HfApi().model_info("a/few").safetensors.total == 10
        assert many.safetensors is None


def test_it_ends():
    with listed(MODELS):
        assert HfApi().model_info("google-bert/bert-base-cased").id == "google-bert/bert-base-cased"
    assert "a/few" not in ids()
