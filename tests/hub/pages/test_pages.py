"""What can be read: lists, cards, files, history, and errors as a browser gets them."""

from __future__ import annotations

import base64
import json

import pytest

from tests.hub.conftest import commit_body, file_line
from tests.hub.pages.conftest import parsed

CARD = b"""---
license: mit
tags: [one, two]
model-index:
- name: m
  results:
  - task: {name: Odd Task}
    dataset: {name: Some Data}
    metrics: [{name: Accuracy, value: 0.857843137}, not a metric]
---
# Intended uses
[file](LICENSE) [up](../../x) [known](https://huggingface.co/tiny-bert)
[known data](https://huggingface.co/datasets/nyu-mll/glue/tree/main) [unknown](https://huggingface.co/docs)
[here](#intended-uses) ~~gone~~ https://example.org/auto

![chart](img/a.png) ![far](https://example.org/far.png)

| a | b |
|--:|---|
| 1 | 2 |

```python
def f(): return 1
```
"""
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def commit(ask, repo_id: str, *operations, branch: str = "main", summary: str = "a commit") -> str:
    answer = ask("POST", f"/api/models/{repo_id}/commit/{branch}", commit_body(*operations, summary=summary))
    assert answer.status == 200, answer.body
    return answer.json["commitOid"]


def test_front_page_and_lists(stranger):
    assert {"/course/tiny-bert", "/datasets/nyu-mll/glue", "/spaces/evaluate-metric/f1"} <= set(
        parsed(stranger.get("/")).all("a", "href")
    )
    found = parsed(stranger.get("/models?search=tiny&task=text-classification&tag=tiny&author=course&sort=name"))
    assert "/course/tiny-bert" in found.all("a", "href") and "1 model found" in found.text
    assert "/course/tiny-bert" not in parsed(stranger.get("/models?license=mit&search=tiny-bert")).all("a", "href")
    nothing = parsed(stranger.get("/datasets?search=%3Cscript%3Ex"))
    assert "No datasets match" in nothing.text and nothing.all("input", "value") == ["<script>x"]
    assert "evaluate-metric/f1" in parsed(stranger.get("/?search=metric")).text


def test_filters_of_a_list_stay_in_the_addresses_of_its_other_pages(stranger, ask):
    for number in range(31):
        assert ask("POST", "/api/repos/create", {"name": f"paged-{number:02}"}).status == 200
    first = parsed(stranger.get("/models?search=paged-&sort=name"))
    (following,) = [href for href in first.all("a", "href") if "page=2" in href]
    second = parsed(stranger.get(following))
    assert "31 models found" in second.text and "paged-30" in second.text and "paged-00" not in second.text
    for number in range(31):
        ask("DELETE", "/api/repos/delete", {"name": f"paged-{number:02}"})


@pytest.mark.parametrize("path", ["/", "/models", "/course/tiny-bert", "/login", "/nobody/nothing", "/-/style.css"])
def test_every_page_is_fenced_in(stranger, path):
    headers = stranger.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"


def test_card(stranger, ask, repo_id):
    commit(ask, repo_id, file_line("README.md", CARD))
    page = parsed(stranger.get(f"/{repo_id}"))
    links = page.all("a", "href")
    assert {f"/{repo_id}/blob/main/LICENSE", "/tiny-bert", "/datasets/nyu-mll/glue/tree/main"} <= set(links)
    assert {"https://huggingface.co/docs", "#card-intended-uses", "https://example.org/auto"} <= set(links)
    assert {"/models?license=mit", "/models?tag=one"} <= set(links)
    assert page.all("img", "src") == [f"/{repo_id}/resolve/main/img/a.png"], "pictures from elsewhere are not loaded"
    assert "https://example.org/far.png" in links and "far" in page.text
    outside = [attributes for tag, attributes in page.elements if attributes.get("href", "").startswith("https:")]
    assert all(attributes["rel"] == "noopener noreferrer nofollow" for attributes in outside)
    for shown in (
        "Odd Task",
        "Some Data",
        "0.8578",
        f"git clone {stranger.hub.url}/{repo_id}",
        f"hf download {repo_id}",
    ):
        assert shown in page.text
    assert ("span", {"class": "k"}) in page.elements and ("td", {"class": "right"}) in page.elements
    assert "model-index" not in page.text, "metadata is no text"


def test_how_to_use(stranger):
    model = parsed(stranger.get("/course/tiny-bert")).text
    assert 'pipeline("text-classification", model="course/tiny-bert")' in model
    assert 'AutoModelForSequenceClassification.from_pretrained("course/tiny-bert")' in model
    assert 'load_dataset("nyu-mll/glue")' in parsed(stranger.get("/datasets/nyu-mll/glue")).text
    assert 'evaluate.load("f1")' in parsed(stranger.get("/spaces/evaluate-metric/f1")).text


def test_metric_is_loaded_with_the_configuration_of_its_card(stranger, ask):
    assert ask("POST", "/api/repos/create", {"name": "tasks", "type": "space", "sdk": "static"}).status == 200
    card = '---\ntags: [metric]\n---\n`evaluate.load("glue", "no")`\n```python\nmetric = load("learner/tasks", \'mrpc\')\n```\n'
    body = commit_body(file_line("README.md", card.encode()))
    assert ask("POST", "/api/spaces/learner/tasks/commit/main", body).status == 200
    assert 'evaluate.load("learner/tasks", "mrpc")' in parsed(stranger.get("/spaces/learner/tasks")).text
    ask("DELETE", "/api/repos/delete", {"name": "tasks", "type": "space"})


def test_old_name_and_clone_address_lead_to_the_repository(stranger):
    assert stranger.get("/tiny-bert").headers["Location"] == "/course/tiny-bert"
    assert stranger.get("/course/tiny-bert.git").headers["Location"] == "/course/tiny-bert"


def test_repository_without_a_card(stranger, visitor, ask, repo_id):
    assert "no card yet" in parsed(stranger.get(f"/{repo_id}")).text
    assert f"/{repo_id}/edit/main/README.md" in parsed(visitor.get(f"/{repo_id}")).all("a", "href")


def test_files(stranger, ask, repo_id):
    commit(ask, repo_id, file_line("a folder/x#1.py", b"import os\n\nx = 1\n"), file_line("empty.txt", b""))
    ask("POST", f"/api/models/{repo_id}/branch/exp%2Fone", {})
    top = parsed(stranger.get(f"/{repo_id}/tree/main"))
    assert (
        f"/{repo_id}/tree/exp%2Fone" in top.all("a", "href") and "1.6 kB" in top.text and "initial commit" in top.text
    )
    below = parsed(stranger.get(f"/{repo_id}/tree/exp%2Fone/a%20folder"))
    address = f"/{repo_id}/blob/exp%2Fone/a%20folder/x%231.py"
    assert address in below.all("a", "href")
    shown = parsed(stranger.get(address))
    assert {"L1", "L2", "L3"} == {value for value in shown.all("span", "id") if value[0] == "L"}
    assert "3 lines" in shown.text and f"/{repo_id}/raw/exp%2Fone/a%20folder/x%231.py" in shown.all("a", "href")
    assert "empty" in parsed(stranger.get(f"/{repo_id}/blob/main/empty.txt")).text
    assert stranger.get(f"/{repo_id}/tree/main/empty.txt").headers["Location"] == f"/{repo_id}/blob/main/empty.txt"
    assert stranger.get(f"/{repo_id}/blob/main/a%20folder").headers["Location"] == f"/{repo_id}/tree/main/a%20folder"
    assert stranger.get(f"/{repo_id}/tree/main/nothing").status == 404


def test_large_and_long_files(stranger, visitor, ask, repo_id):
    visitor.get(f"/{repo_id}/upload/main")
    uploaded = visitor.upload(f"/{repo_id}/upload/main", {}, {"w.bin": b"\0" * 5000, "log.txt": b"line\n" * 300_000})
    assert uploaded.status == 303
    large = parsed(stranger.get(f"/{repo_id}/blob/main/w.bin"))
    assert "LFS" in large.text and "5,000 bytes" in large.text and not large.all("span", "id")
    raw = stranger.get(f"/{repo_id}/raw/main/w.bin")
    assert raw.body.startswith(b"version https://git-lfs") and raw.headers.get_content_type() == "text/plain"
    assert "sandbox" in raw.headers["Content-Security-Policy"]
    assert "too long" in parsed(stranger.get(f"/{repo_id}/blob/main/log.txt")).text


def test_history(stranger, ask, repo_id):
    commit(
        ask, repo_id, file_line("a.txt", b"one\ntwo\nthree\n"), file_line("gone.txt", b"x\n"), summary="first\n\nwhy"
    )
    sha = commit(ask, repo_id, file_line("a.txt", b"one\n2\nthree\n"), ("deletedFile", {"path": "gone.txt"}))
    listed = parsed(stranger.get(f"/{repo_id}/commits/main"))
    assert f"/{repo_id}/commit/{sha}" in listed.all("a", "href") and "learner" in listed.text
    page = parsed(stranger.get(f"/{repo_id}/commit/{sha}"))
    classes = page.all("span", "class")
    assert classes.count("plus") == 1 and classes.count("minus") == 2 and "-two" in page.text and "+2" in page.text
    assert "removed" in page.text
    first = parsed(stranger.get(f"/{repo_id}/commit/{sha}"))
    (parent,) = [href for href in first.all("a", "href") if "/commit/" in href]
    assert "why" in parsed(stranger.get(parent)).text
    assert stranger.get(f"/{repo_id}/commit/main").status == 404
    of_file = parsed(stranger.get(f"/{repo_id}/commits/main?path=gone.txt"))
    assert "first" in of_file.text and "a commit" in of_file.text
    assert "initial commit" not in of_file.text
    assert "No commit changed this" in parsed(stranger.get(f"/{repo_id}/commits/main?path=never.txt")).text


def test_long_history_has_pages(stranger, ask, repo_id):
    for number in range(31):
        commit(ask, repo_id, file_line("n.txt", b"%d" % number), summary=f"number {number}")
    first = parsed(stranger.get(f"/{repo_id}/commits/main"))
    (older,) = [href for href in first.all("a", "href") if "after=" in href]
    second = parsed(stranger.get(older))
    assert "number 30" in first.text and "number 0" in second.text and "initial commit" in second.text


def test_commit_with_more_than_a_page_can_show(stranger, visitor, ask, repo_id):
    many = [file_line(f"{number}.txt", b"x\n" * 100) for number in range(120)]
    sha = commit(ask, repo_id, *many, file_line("long.txt", b"y\n" * 200_000))
    page = parsed(stranger.get(f"/{repo_id}/commit/{sha}"))
    assert "21 more files" in page.text and page.all("span", "class").count("plus") <= 5000
    visitor.get(f"/{repo_id}/upload/main")
    visitor.upload(f"/{repo_id}/upload/main", {}, {"w.bin": b"\0" * 3000})
    visitor.upload(f"/{repo_id}/upload/main", {}, {"w.bin": b"\0" * 4_200_000})
    head = ask("GET", f"/api/models/{repo_id}").json["sha"]
    assert "3.0 kB before, 4.2 MB now" in parsed(stranger.get(f"/{repo_id}/commit/{head}")).text


def test_errors_are_pages_for_browsers_and_json_for_programs(stranger, ask):
    page = stranger.get("/nobody/nothing")
    assert page.status == 404 and page.headers.get_content_type() == "text/html" and b"Not found" in page.body
    missing = stranger.get("/course/tiny-bert/blob/main/no.txt")
    assert missing.status == 404 and b"<h1>" in missing.body
    told = ask("GET", "/course/tiny-bert/resolve/main/no.txt", headers={"Accept": "*/*"})
    assert told.code == "EntryNotFound" and json.loads(told.body)["error"]
    assert stranger.get("/api/models/nobody/nothing").headers.get_content_type() == "application/json"


def test_private_repository_is_seen_by_its_owner_only(stranger, visitor, ask, repo_id):
    commit(ask, repo_id, file_line("a.png", PNG))
    assert ask("PUT", f"/api/models/{repo_id}/settings", {"visibility": "private"}).status == 200
    paths = ["", "/tree/main", "/blob/main/a.png", "/raw/main/a.png", "/resolve/main/a.png", "/commits/main"]
    for path in paths:
        assert stranger.get(f"/{repo_id}{path}").status in (401, 404)
        assert visitor.get(f"/{repo_id}{path}").status == 200
    assert repo_id not in stranger.get("/models").body.decode() and repo_id in visitor.get("/models").body.decode()
