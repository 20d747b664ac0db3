"""What the course reads with huggingface_hub: snapshots, `hf://` paths, long lists, headers of weights; and its errors."""

import io
import json
import os
import struct
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi, HfFileSystem, hf_hub_url, snapshot_download
from huggingface_hub.errors import (
    BadRequestError,
    EntryNotFoundError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import get_hf_file_metadata, http_get

api, other = HfApi(), HfApi(token=os.environ["OTHER_TOKEN"])
anonymous, wrong = HfApi(token=False), HfApi(token="hf_wrong")
REPO = "learner/much"


def refused(error: type[Exception], call, *arguments, **options) -> Exception:
    try:
        call(*arguments, **options)
    except error as raised:
        assert type(raised) is error, (
            f"{call.__name__} should have raised {error.__name__}, not {type(raised).__name__}"
        )
        return raised
    raise AssertionError(f"{call.__name__}{arguments} should have raised {error.__name__}")


def safetensors(*shape: int) -> bytes:
    size = 4
    for length in shape:
        size *= length
    header = json.dumps({"w": {"dtype": "F32", "shape": shape, "data_offsets": [0, size]}}).encode()
    return struct.pack("<Q", len(header)) + header + os.urandom(size)


api.create_repo("much")
weights, large = safetensors(3, 5), os.urandom(300_000)
files = {"model.safetensors": weights, "data/large.bin": large, "data/notes.txt": b"notes", "odd name/ü.txt": b"odd"}
api.create_commit(REPO, [CommitOperationAdd(*item) for item in files.items()], commit_message="four files")

# snapshots
plain = Path(snapshot_download(REPO, local_dir="plain"))
assert all((plain / name).read_bytes() == content for name, content in files.items())
folder = Path(snapshot_download(REPO, allow_patterns=["data/*", "*.safetensors"], ignore_patterns="*.bin"))
assert {path.name for path in folder.rglob("*") if path.is_file()} == {"notes.txt", "model.safetensors"}
(folder / "data/notes.txt").resolve().write_bytes(b"not fetched again")
again = Path(snapshot_download(REPO))
assert again == folder and (folder / "data/notes.txt").read_bytes() == b"not fetched again"
assert {path.name for path in folder.rglob("*") if path.is_file()} >= {"large.bin", "ü.txt"}

# a download that broke off goes on where it was
url = hf_hub_url(REPO, "data/large.bin")
half = io.BytesIO(b"?" * 100_000)
half.seek(0, io.SEEK_END)
http_get(url, half, resume_size=100_000, expected_size=len(large), headers={})
assert half.getvalue() == b"?" * 100_000 + large[100_000:]

# weights
assert api.get_safetensors_metadata(REPO).parameter_count == {"F32": 15}
assert api.model_info(REPO, expand=["safetensors"]).safetensors.total == 15
assert REPO in [model.id for model in api.list_models(num_parameters="min:10,max:20")]
assert REPO not in [model.id for model in api.list_models(num_parameters="min:1K")]

# paths
fs = HfFileSystem()
assert {path.rpartition("/")[2] for path in fs.ls(REPO, detail=False)} == {
    ".gitattributes", "model.safetensors", "data", "odd name",
}  # fmt: skip
assert fs.glob(f"{REPO}/**/*.txt") == [f"{REPO}/data/notes.txt", f"{REPO}/odd name/ü.txt"]
with fs.open(f"{REPO}/data/large.bin", "rb") as file:
    file.seek(200_000)
    assert file.read(10) == large[200_000:200_010]
with fs.open(f"{REPO}/written.txt", "w") as file:
    file.write("through hf://")
assert fs.cat_file(f"{REPO}/written.txt") == b"through hf://" and fs.info(f"{REPO}/written.txt")["size"] == 13
fs.cp_file(f"{REPO}/data/large.bin", f"{REPO}/copied.bin")
assert api.get_paths_info(REPO, "copied.bin")[0].lfs.size == len(large)
fs.rm(f"{REPO}/written.txt")
assert not fs.exists(f"{REPO}/written.txt") and not fs.exists("learner/nothing/x")

# long lists come in pages
many = [CommitOperationAdd(f"many/{number:04}.txt", b"") for number in range(1005)]
api.create_commit(REPO, many, commit_message="many files")
assert len(list(api.list_repo_tree(REPO, "many"))) == 1005
assert len(api.list_repo_files(REPO)) == 1005 + 6
api.create_branch(REPO, branch="busy")
for number in range(52):
    operation = CommitOperationAdd("count.txt", str(number).encode())
    api.create_commit(REPO, [operation], commit_message=f"step {number}", revision="busy")
titles = [commit.title for commit in api.list_repo_commits(REPO, revision="busy")]
assert titles[:52] == [f"step {number}" for number in reversed(range(52))] and titles[-1] == "initial commit"

# lists of repositories
api.create_repo("sentences", repo_type="dataset")
card = b"---\nlanguage: [fr, en]\ntask_categories: [translation]\nsize_categories: [n<1K]\nlicense: mit\n---\n"
api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id="learner/sentences", repo_type="dataset")
found = api.list_datasets(language=["fr", "en"], task_categories="translation", size_categories="n<1K")
assert [dataset.id for dataset in found] == ["learner/sentences"]
assert not list(api.list_datasets(language="de", author="learner"))
assert [dataset.id for dataset in api.list_datasets(dataset_name="glue", search="nyu")] == ["nyu-mll/glue"]
card = b"---\nlanguage: fr\nlibrary_name: some-library\ndatasets: [learner/sentences]\n---\n"
api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=REPO)
for wanted in ({"filter": ["fr", "some-library"]}, {"trained_dataset": "learner/sentences"}, {"search": "MUCH"}):
    assert [model.id for model in api.list_models(**wanted)] == [REPO], wanted
for order in ("created_at", "downloads", "last_modified", "likes", "trending_score"):
    assert REPO in [model.id for model in api.list_models(author="learner", sort=order)]
newest = list(api.list_models(sort="created_at", limit=1))
assert [model.id for model in newest] == [REPO]
told = next(iter(api.list_models(search="much", expand=["sha", "tags"])))
assert told.sha == api.model_info(REPO).sha and "fr" in told.tags and told.author is None
assert [space.id for space in api.list_spaces(filter="metric")] == ["evaluate-metric/f1"]
refused(BadRequestError, list, api.list_models(inference="warm"))

# errors, each as the clients know it
everywhere = ((api, 404), (anonymous, 401), (other, 404))
for client, status in everywhere:
    assert refused(RepositoryNotFoundError, client.model_info, "learner/nothing").response.status_code == status
    refused(RepositoryNotFoundError, client.list_repo_files, "learner/nothing")
for client in (api, anonymous):
    refused(RevisionNotFoundError, client.model_info, REPO, revision="no")
    refused(RemoteEntryNotFoundError, get_hf_file_metadata, hf_hub_url(REPO, "no.txt"), token=client.token)
    refused(RevisionNotFoundError, get_hf_file_metadata, hf_hub_url(REPO, "a", revision="no"), token=client.token)
refused(RemoteEntryNotFoundError, list, api.list_repo_tree(REPO, "no"))
assert issubclass(RemoteEntryNotFoundError, EntryNotFoundError)
upload = {"path_or_fileobj": b"x", "path_in_repo": "x.txt", "repo_id": REPO}
for client, status in ((anonymous, 401), (wrong, 401), (other, 403)):
    assert refused(HfHubHTTPError, client.upload_file, **upload).response.status_code == status
    assert refused(HfHubHTTPError, client.create_repo, "learner/another").response.status_code == status
    assert refused(HfHubHTTPError, client.delete_repo, REPO).response.status_code == status
assert refused(HfHubHTTPError, wrong.whoami).response.status_code == 401
assert refused(HfHubHTTPError, api.create_repo, "much").response.status_code == 409
assert refused(HfHubHTTPError, api.create_branch, REPO, branch="busy").response.status_code == 409
late = {"commit_message": "late", "parent_commit": api.list_repo_commits(REPO)[-1].commit_id}
assert (
    refused(HfHubHTTPError, api.create_commit, REPO, [CommitOperationAdd("y", b"y")], **late).response.status_code
    == 412
)
