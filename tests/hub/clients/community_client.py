"""What several people do with one hub through huggingface_hub: discuss, propose, merge, ask for access, move.

`OTHER_TOKEN` in the environment is the token of the account `somebody`, `READ_TOKEN` one of `learner` that may only read.
"""

import os
import tempfile
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import BadRequestError, GatedRepoError, HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.utils import get_session

owner, other = HfApi(), HfApi(token=os.environ["OTHER_TOKEN"])
reader, anonymous = HfApi(token=os.environ["READ_TOKEN"]), HfApi(token=False)
REPO = "learner/shared"


def refused(error: type[Exception], call, *arguments, **options) -> Exception:
    try:
        call(*arguments, **options)
    except error as raised:
        return raised
    raise AssertionError(f"{call.__name__}{arguments} should have raised {error.__name__}")


def fresh() -> str:
    """A cache that knows nothing: the clients fall back to what they have."""
    return tempfile.mkdtemp(dir=".")


def text_of(api: HfApi, path: str, **options) -> str:
    return Path(api.hf_hub_download(REPO, path, **options)).read_text()


owner.create_repo("shared")
owner.upload_file(path_or_fileobj=b"one\n", path_in_repo="a.txt", repo_id=REPO)

# discussions
asked = other.create_discussion(REPO, title="  What is this? ", description="<script>alert(1)</script>")
assert (asked.num, asked.title, asked.status, asked.author) == (1, "What is this?", "open", "somebody")
assert not asked.is_pull_request and asked.git_reference is None
assert asked.events[0].content == "<script>alert(1)</script>" and "<script>" not in asked.events[0].rendered
said = owner.comment_discussion(REPO, 1, "A test.")
edited = owner.edit_discussion_comment(REPO, 1, said.id, "A *good* test.")
assert edited.edited and edited.content == "A *good* test."
refused(HfHubHTTPError, other.edit_discussion_comment, REPO, 1, said.id, "Not mine.")
renamed = other.rename_discussion(REPO, 1, "What is this about?")
assert (renamed.old_title, renamed.new_title) == ("What is this?", "What is this about?")
closed = owner.change_discussion_status(REPO, 1, "closed", comment="Answered.")
assert closed.new_status == "closed"
details = owner.get_discussion_details(REPO, 1)
assert [event.type for event in details.events] == ["comment", "comment", "title-change", "comment", "status-change"]
assert owner.hide_discussion_comment(REPO, 1, said.id).content == ""
assert refused(HfHubHTTPError, reader.create_discussion, REPO, title="x").response.status_code == 403
assert "read-only stock" in str(refused(HfHubHTTPError, owner.create_discussion, "course/tiny-bert", title="x"))
assert list(owner.get_repo_discussions("course/tiny-bert")) == []
assert refused(HfHubHTTPError, owner.get_discussion_details, REPO, 99).response.status_code == 404
refused(RepositoryNotFoundError, owner.create_discussion, "learner/nothing", title="x")
refused(BadRequestError, owner.create_discussion, REPO, title="x" * 300)

# a pull request by somebody else, with a large file, and one more commit
proposed = other.create_commit(
    REPO,
    [CommitOperationAdd("b.txt", b"two\n"), CommitOperationAdd("weights.bin", b"\0" * 2000)],
    commit_message="Add b",
    commit_description="and weights",
    create_pr=True,
)
assert (proposed.pr_num, proposed.pr_revision) == (2, "refs/pr/2") and "/discussions/2" in proposed.pr_url
for address, words in ((asked.url, "What is this about?"), (proposed.pr_url, "weights.bin")):
    page = get_session().get(address, headers={"accept": "text/html"})
    assert page.status_code == 200 and words in page.text, address
other.upload_file(path_or_fileobj=b"three\n", path_in_repo="c.txt", repo_id=REPO, revision="refs/pr/2")
assert text_of(anonymous, "c.txt", revision="refs/pr/2") == "three\n" and not owner.file_exists(REPO, "b.txt")
refs = owner.list_repo_refs(REPO, include_pull_requests=True)
assert [ref.ref for ref in refs.pull_requests] == ["refs/pr/2"] and owner.list_repo_refs(REPO).pull_requests is None
assert refs.pull_requests[0].target_commit == owner.model_info(REPO, revision="refs/pr/2").sha
details = owner.get_discussion_details(REPO, 2)
assert details.is_pull_request and details.target_branch == "refs/heads/main" and details.conflicting_files == []
assert "+two" in details.diff and "weights.bin" in details.diff
assert [event.summary for event in details.events if event.type == "commit"][0] == "Add b"
assert refused(HfHubHTTPError, other.merge_pull_request, REPO, 2).response.status_code == 403
assert refused(HfHubHTTPError, other.upload_file, path_or_fileobj=b"", path_in_repo="x", repo_id=REPO)
owner.merge_pull_request(REPO, 2, comment="Thank you.")
assert owner.get_discussion_details(REPO, 2).merge_commit_oid == owner.model_info(REPO).sha
assert {"b.txt", "c.txt", "weights.bin"} <= set(owner.list_repo_files(REPO))
assert refused(HfHubHTTPError, owner.merge_pull_request, REPO, 2).response.status_code == 409

# two that are based on the same commit: the second needs a merge commit, the third is in conflict
for name in ("d.txt", "a.txt", "a.txt"):
    pull = owner.create_pull_request(REPO, title=f"Change {name}")
    assert pull.status == "draft" and pull.git_reference == f"refs/pr/{pull.num}"
    content = f"by {pull.num}\n".encode()
    owner.upload_file(path_or_fileobj=content, path_in_repo=name, repo_id=REPO, revision=pull.git_reference)
assert refused(HfHubHTTPError, owner.merge_pull_request, REPO, 3).response.status_code == 409
for number in (3, 4, 5):
    owner.change_discussion_status(REPO, number, "open")
for number in (3, 4):
    owner.merge_pull_request(REPO, number)
assert text_of(owner, "a.txt") == "by 4\n" and text_of(owner, "d.txt") == "by 3\n"
assert owner.list_repo_commits(REPO)[0].title == "Change a.txt (#4)"
assert owner.get_discussion_details(REPO, 5).conflicting_files == ["a.txt"]
assert "a.txt" in str(refused(HfHubHTTPError, owner.merge_pull_request, REPO, 5))
owner.change_discussion_status(REPO, 5, "closed")

# lists
every = list(owner.get_repo_discussions(REPO))
assert [item.num for item in every] == [5, 4, 3, 2, 1]
assert [item.num for item in owner.get_repo_discussions(REPO, discussion_type="discussion")] == [1]
assert [item.num for item in owner.get_repo_discussions(REPO, author="somebody")] == [2, 1]
other.create_discussion(REPO, title="Still open")
assert [item.num for item in owner.get_repo_discussions(REPO, discussion_status="open")] == [6]

# a pull request from an older commit
first = owner.list_repo_commits(REPO)[-1].commit_id
late = owner.upload_file(
    path_or_fileobj=b"", path_in_repo="e.txt", repo_id=REPO, create_pr=True, parent_commit=first, commit_message="Late"
)
assert set(owner.list_repo_files(REPO, revision=late.pr_revision)) == {".gitattributes", "e.txt"}

# moving: the old name goes on to work, for reading and for writing
owner.move_repo(REPO, "learner/renamed")
assert owner.model_info(REPO).id == "learner/renamed" and text_of(owner, "a.txt") == "by 4\n"
owner.upload_file(path_or_fileobj=b"moved", path_in_repo="f.txt", repo_id=REPO)
assert owner.file_exists("learner/renamed", "f.txt") and len(list(owner.get_repo_discussions(REPO))) == 7
assert refused(HfHubHTTPError, owner.move_repo, "learner/renamed", "somebody/renamed").response.status_code == 403
assert refused(HfHubHTTPError, other.move_repo, "learner/renamed", "somebody/renamed").response.status_code == 403
owner.create_repo("shared")
assert owner.list_repo_files(REPO) == [".gitattributes"], "a new repository takes the name back"
assert refused(HfHubHTTPError, owner.move_repo, "learner/renamed", REPO).response.status_code == 409
refused(RepositoryNotFoundError, owner.move_repo, "learner/nothing", "learner/something")
owner.delete_repo("learner/renamed")

# squashing
owner.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=REPO)
owner.super_squash_history(REPO, commit_message="all in one")
assert [commit.title for commit in owner.list_repo_commits(REPO, formatted=True)] == ["all in one"]
assert text_of(owner, "x.txt") == "x"

# gated repositories: everybody sees them, and gets the files after having asked
owner.update_repo_settings(REPO, gated="auto")
assert other.model_info(REPO).gated == "auto" and "x.txt" in anonymous.list_repo_files(REPO)
assert [model.id for model in owner.list_models(author="learner", gated=True)] == [REPO]
assert refused(GatedRepoError, anonymous.hf_hub_download, REPO, "x.txt", cache_dir=fresh())
assert refused(GatedRepoError, other.hf_hub_download, REPO, "x.txt", cache_dir=fresh())
assert refused(GatedRepoError, other.snapshot_download, REPO, cache_dir=fresh())
refused(GatedRepoError, other.auth_check, REPO)
owner.auth_check(REPO)
owner.auth_check(REPO, write=True)
assert text_of(owner, "x.txt", cache_dir=fresh()) == "x"
ask = {"url": f"{other.endpoint}/{REPO}/ask-access", "headers": {"authorization": f"Bearer {other.token}"}}
assert get_session().post(**ask).json() == {"status": "accepted"}
assert text_of(other, "x.txt", cache_dir=fresh()) == "x"
assert [request.username for request in owner.list_accepted_access_requests(REPO)] == ["somebody"]
owner.reject_access_request(REPO, "somebody", rejection_reason="No.")
assert "rejected" in str(refused(GatedRepoError, other.hf_hub_download, REPO, "x.txt", cache_dir=fresh()))
assert get_session().post(**ask).json() == {"status": "rejected"}, "asking again changes no decision"
owner.update_repo_settings(REPO, gated="manual")
owner.cancel_access_request(REPO, "somebody")
assert [request.username for request in owner.list_pending_access_requests(REPO)] == ["somebody"]
refused(HfHubHTTPError, list, other.list_pending_access_requests(REPO))
owner.accept_access_request(REPO, "somebody")
other.auth_check(REPO)
assert refused(HfHubHTTPError, other.auth_check, REPO, write=True).response.status_code == 403
refused(BadRequestError, owner.grant_access, REPO, "somebody")
assert refused(HfHubHTTPError, owner.grant_access, REPO, "nobody-of-this-hub").response.status_code == 404
owner.update_repo_settings(REPO, gated=False)
assert text_of(anonymous, "x.txt", cache_dir=fresh()) == "x"

overview = owner.get_user_overview("learner")
assert overview.username == "learner" and overview.num_models >= 1
assert refused(HfHubHTTPError, owner.get_user_overview, "nobody-of-this-hub").response.status_code == 404
