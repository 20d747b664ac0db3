"""leaky_repository(): private, with tokens that are made up, and left alone once it is there."""

from huggingface_hub import HfApi, get_token, hf_hub_download

from grader.exercises.chapter4 import leak
from grader.learning.leak import leaky_repository
from tests.wrong_answers.chapter4 import new_id


def test_it_leaks_on_main_in_history_and_by_a_tag():
    repo_id, api = new_id(), HfApi()
    titles = leaky_repository(repo_id)
    assert titles[:3] == ["Show how it was trained", "Oops: remove .env", "Share the model"]
    assert api.model_info(repo_id).private
    assert sorted(api.list_repo_files(repo_id)) == sorted([".gitattributes", *leak.TO_KEEP])
    for path, revision in ((leak.SCRIPT, "main"), (leak.SETTINGS, leak.TAG)):
        with open(hf_hub_download(repo_id, path, revision=revision)) as file:
            (found,) = leak.TOKEN.findall(file.read())
        assert found != get_token()


def test_a_second_call_changes_nothing():
    repo_id, api = new_id(), HfApi()
    leaky_repository(repo_id)
    api.super_squash_history(repo_id)
    sha = api.model_info(repo_id).sha
    assert len(leaky_repository(repo_id)) == 1 and api.model_info(repo_id).sha == sha


def test_made_up_tokens_differ():
    assert leak.TOKEN.fullmatch(leak.made_up_token()) and leak.made_up_token() != leak.made_up_token()
