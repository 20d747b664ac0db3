"""Discussions and pull requests in a browser: who may do what, what is shown, and what hostile words do."""

from __future__ import annotations

import json
from html import unescape

import pytest

from grader.hub.accounts.accounts import Accounts
from grader.hub.store import discussions
from grader.hub.store.repos import Add, Delete, Repo, RepoStore
from tests.hub.conftest import commit_body, file_line
from tests.hub.pages.conftest import Parsed, parsed
from tests.hub.pages.test_hostile import CARDS, HANDLER, MARKUP, REVERSED, SCRIPT, harmless


@pytest.fixture
def repo(hub, repo_id) -> Repo:
    """The test's repository on the hub's disk."""
    return RepoStore(hub.hf_home.parent / "hub").find("models", repo_id)


@pytest.fixture
def people(hub, visitor, new_visitor):
    """Visitors by what they are to the test's repository; `reader` has a token that may only read."""
    accounts = Accounts(hub.hf_home.parent / "hub")
    author, bystander = (new_visitor(accounts.issue(name, "community")) for name in ("author", "bystander"))
    return {
        "owner": visitor,
        "author": author,
        "bystander": bystander,
        "reader": new_visitor(accounts.issue("author", "community-read", "read")),
    }


def talk_of(repo: Repo, number: int = 1) -> discussions.Discussion:
    return discussions.find(repo, number)


def test_a_discussion_from_its_form_to_its_end(repo_id, repo, people, ask):
    author, owner, home = people["author"], people["owner"], f"/{repo_id}/discussions"
    assert "Nothing was discussed" in parsed(author.get(home)).text
    too_long = author.post(home, {"title": "x" * 256, "description": "keep <me>"})
    assert too_long.status == 400 and b"256" in too_long.body and "keep <me>" in Parsed(author.last).text
    made = author.post(home, {"title": "Which rate?", "description": "# Setup\n**bold** [file](a.txt)"})
    assert made.status == 303 and made.headers["Location"] == f"{home}/1"
    page = parsed(author.get(f"{home}/1"))
    first = talk_of(repo).events[0].id
    assert "Which rate?" in page.text and "# Setup" not in page.text
    assert ("strong", {}) in page.elements and f"{first}-setup" in page.all("h2", "id")
    assert f"/{repo_id}/blob/main/a.txt" in page.all("a", "href")
    said = owner.get(f"{home}/1") and owner.post(f"{home}/1", {"action": "comment", "comment": "2e-5"})
    answer = talk_of(repo).events[-1]
    assert said.headers["Location"] == f"{home}/1#{answer.id}" and (answer.author, answer.text) == ("learner", "2e-5")
    assert answer.id in parsed(owner.get(f"{home}/1")).all("li", "id"), "where the clients' address of a comment leads"
    author.get(f"{home}/1")
    assert author.post(f"{home}/1", {"action": "rename", "title": "Which learning rate?"}).status == 303
    assert author.post(f"{home}/1", {"action": "close", "comment": "Thanks"}).status == 303
    assert [event.text for event in talk_of(repo).events[-2:]] == ["Thanks", "closed"]
    told = ask("GET", f"/api/models/{repo_id}/discussions/1").json
    assert (told["title"], told["status"]) == ("Which learning rate?", "closed")
    assert author.get(f"{home}/1") and author.post(f"{home}/1", {"action": "open"}).status == 303
    assert talk_of(repo).status == "open"


def test_who_may_do_what(repo_id, repo, people, stranger):
    discussions.start(repo, "talk", "", author="author")
    discussions.propose(repo, [Add("x", b"1")], "change", "", author="author")
    home = f"/{repo_id}/discussions"
    for fields, allowed in [
        ({"action": "comment", "comment": "hello"}, {"owner", "author", "bystander"}),
        ({"action": "rename", "title": "x"}, {"owner", "author"}),
        ({"action": "close"}, {"owner", "author"}),
        ({"action": "open"}, {"owner", "author"}),
        ({"action": "merge"}, {"owner"}),
    ]:
        for name in ("bystander", "reader", "author", "owner"):
            page = people[name].get(f"{home}/2").body.decode()
            before = talk_of(repo, 2)
            done = people[name].post(f"{home}/2", fields)
            assert done.status == (303 if name in allowed else 403), (fields, name)
            assert (talk_of(repo, 2) == before) is (name not in allowed)
            offered = f'name="action" value="{fields["action"]}"' in page
            assert offered is (name in allowed) or fields["action"] in ("close", "open"), (fields, name)
    assert talk_of(repo, 2).status == "merged" and repo.read_small(repo.resolve(), "x") == b"1"
    assert "Log in" in parsed(stranger.get(f"{home}/1")).text and "textarea" not in stranger.last
    for path in (home, f"{home}/1"):
        assert stranger.post(path, {"action": "comment", "comment": "x", "title": "x"}).status == 401
    assert people["reader"].get(home) and people["reader"].post(home, {"title": "x"}).status == 403


def test_only_a_form_of_this_hub_counts(repo_id, repo, people):
    discussions.start(repo, "talk", "", author="author")
    owner, home = people["owner"], f"/{repo_id}/discussions"
    before = [talk_of(repo)]
    for path, fields in ((home, {"title": "x"}), (f"{home}/1", {"action": "comment", "comment": "x"})):
        owner.get(f"{home}/1")
        assert owner.post(path, fields | {"form_token": "0" * 64}).status == 403
        assert owner.post(path, fields, Origin="http://evil.example").status == 403
        people["author"].get(f"{home}/1")
        other = people["author"].hidden()["form_token"]
        assert owner.post(path, fields | {"form_token": other}).status == 403, "the form of another visitor"
    assert discussions.all_of(repo) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "comment", "comment": " \n"},
        {"action": "rename", "title": ""},
        {"action": "merge"},
        {"action": "x"},
        {},
    ],
)
def test_form_with_a_mistake_changes_nothing(repo_id, repo, visitor, fields):
    discussions.start(repo, "talk", "words", author="author")
    before = talk_of(repo)
    visitor.get(f"/{repo_id}/discussions/1")
    answer = visitor.post(f"/{repo_id}/discussions/1", fields)
    assert answer.status == 400 and b'role="alert"' in answer.body and talk_of(repo) == before


def test_pull_request_made_through_the_api_is_seen_and_merged(repo_id, repo, people, stranger, ask):
    repo.commit([Add("a.txt", b"one\ntwo\n"), Add("gone.txt", b"x\n"), Add("w.bin", b"\0" * 3000)], "files")
    body = commit_body(
        file_line("a.txt", b"one\n2\n"), ("deletedFile", {"path": "gone.txt"}), ("deletedFile", {"path": "w.bin"})
    )
    url = ask("POST", f"/api/models/{repo_id}/commit/main?create_pr=1", body).json["pullRequestUrl"]
    address = url.removeprefix(stranger.hub.url)
    page = parsed(stranger.get(address))
    kinds = page.all("span", "class")
    assert kinds.count("plus") == 1 and kinds.count("minus") == 2 and "+2" in page.text and "-two" in page.text
    assert "Large file (LFS) of 3.0 kB" in page.text and "It can be merged" in page.text and "3 files" in page.text
    assert f"/{repo_id}/commit/{repo.resolve('refs/pr/1')}" in page.all("a", "href")
    owner = people["owner"]
    assert owner.get(address) and owner.post(address, {"action": "merge"}).status == 303
    assert repo.read_small(repo.resolve(), "a.txt") == b"one\n2\n"
    merged = parsed(stranger.get(address))
    assert "Its changes are in" in merged.text and merged.all("span", "class").count("plus") == 1
    again = owner.get(address) and owner.post(address, {"action": "merge"})
    assert again.status == 409 and b"merged" in again.body
    assert owner.post(address, {"action": "close", "comment": "late"}).status == 409
    assert "late" in Parsed(owner.last).text and talk_of(repo).events[-1].text == "merged", "kept in the form alone"


def test_conflict_names_the_files(repo_id, repo, visitor):
    repo.commit([Add("a.txt", b"1"), Add("b.txt", b"1")], "files")
    discussions.propose(repo, [Add("a.txt", b"2"), Delete("b.txt")], "Change", "", author="author")
    address = f"/{repo_id}/discussions/1"
    visitor.get(address)  # with a button that merges
    repo.commit([Add("a.txt", b"3")], "meanwhile")
    answer = visitor.post(address, {"action": "merge"})
    assert answer.status == 409 and repo.read_small(repo.resolve(), "b.txt") == b"1"
    page = visitor.get(address)
    listed = page.body.decode().partition("It cannot be merged")[2].partition("</ul>")[0]
    assert "a.txt" in listed and "b.txt" not in listed and b'value="merge"' not in page.body


def test_draft_is_marked_as_ready(repo_id, repo, visitor):
    discussions.start(repo, "Draft", "", author="learner", pull_request=True)
    address = f"/{repo_id}/discussions/1"
    assert "It holds no commit yet" in parsed(visitor.get(address)).text
    repo.commit([Add("x", b"1")], "x", branch="refs/pr/1")
    assert "A draft cannot be merged" in parsed(visitor.get(address)).text
    assert visitor.post(address, {"action": "open"}).status == 303
    assert visitor.get(address) and visitor.post(address, {"action": "merge"}).status == 303
    assert repo.read_small(repo.resolve(), "x") == b"1"


def test_list_has_filters_counts_and_pages(repo_id, repo, stranger):
    discussions.propose(repo, [Add("x", b"1")], "A change", "", author="author")
    discussions.start(repo, "Over and done", "", author="author")
    discussions.set_status(repo, 2, "closed", author="author")
    discussions.start(repo, "Question 3", "", author="author")
    one, folder = talk_of(repo, 3), repo.path / "discussions"
    for number in range(4, 34):
        stored = json.loads((folder / "3.json").read_bytes()) | {"number": number, "title": f"Question {number}"}
        (folder / f"{number}.json").write_text(json.dumps(stored))
    home = f"/{repo_id}/discussions"

    def titles(query: str) -> list[str]:
        links = [href for href in parsed(stranger.get(home + query)).all("a", "href") if href.startswith(f"{home}/")]
        return [href.removeprefix(f"{home}/") for href in links]

    assert one.title == "Question 3" and titles("") == [str(number) for number in range(33, 3, -1)]
    assert titles("?page=2") == ["3", "1"] and titles("?page=x") == titles("")
    assert titles("?status=closed") == ["2"] and titles("?type=pull_request") == ["1"]
    assert titles("?status=all&type=pull_request") == ["1"] and len(titles("?status=all&page=2")) == 3
    assert titles("?status=%3Cb%3E&type=%22") == titles("")
    front = parsed(stranger.get(f"/{repo_id}"))
    assert "Community 32 open" in " ".join(front.text.split()) and home in front.all("a", "href")
    assert f"{home}?status=open&type=all&page=2" in map(unescape, parsed(stranger.get(home)).all("a", "href"))


def test_long_discussion_has_pages(repo_id, repo, visitor):
    discussions.start(repo, "Long", "first", author="author")
    for number in range(49):
        discussions.comment(repo, 1, f"answer {number}", author="author")
    address = f"/{repo_id}/discussions/1"
    assert not parsed(visitor.get(address)).all("a", "rel"), "one page"
    posted = visitor.post(address, {"action": "comment", "comment": "the last **word**"}).headers["Location"]
    assert posted == f"{address}?page=2#{talk_of(repo).events[-1].id}"
    assert "the last word" in parsed(visitor.get(posted.partition("#")[0])).text
    assert "the last" not in parsed(visitor.get(address)).text and f"{address}?page=2" in Parsed(visitor.last).all(
        "a", "href"
    )


def test_stock_is_calm(visitor):
    page = visitor.get("/course/tiny-bert/discussions")
    assert "comes with the hub" in parsed(page).text and b"New discussion" not in page.body
    assert visitor.get("/new") and visitor.post("/course/tiny-bert/discussions", {"title": "x"}).status == 403
    assert visitor.get("/course/tiny-bert/discussions/1").status == 404


def test_only_who_may_see_the_files_sees_what_would_change(repo_id, repo, people, stranger, ask):
    repo.commit([Add("secret.txt", b"secret words\n")], "a secret")
    discussions.propose(repo, [Add("secret.txt", b"other words\n")], "Change", "", author="author")
    address = f"/{repo_id}/discussions/1"
    ask("PUT", f"/api/models/{repo_id}/settings", {"gated": "manual"})
    for name in ("bystander", "author"):
        page = parsed(people[name].get(address)).text
        assert "secret" not in page and "only for those who have access" in page
    assert "secret words" in parsed(people["owner"].get(address)).text
    ask("PUT", f"/api/models/{repo_id}/settings", {"visibility": "private"})
    for path in (address, f"/{repo_id}/discussions"):
        assert people["author"].get(path).status == 404 and stranger.get(path).status in (401, 404)
        people["author"].get("/new")
        assert people["author"].post(path, {"action": "comment", "comment": "x", "title": "x"}).status == 404


def test_hostile_words_are_harmless(repo_id, repo, visitor):
    title = f"{HANDLER} {SCRIPT} {REVERSED}"
    files = [Add("<script>x.txt", SCRIPT.encode()), Add(REVERSED, b"\x1b[31m\n")]
    discussions.propose(repo, files, title, "\n\n".join(CARDS), author="author")
    for text in [*MARKUP, *CARDS]:
        discussions.comment(repo, 1, text, author="author")
    discussions.rename(repo, 1, f"{title} {{{{ 7*7 }}}}", author="author")
    for path in ("", "/1"):
        page = visitor.get(f"/{repo_id}/discussions{path}").body.decode()
        harmless(page, own_scripts=1)
        assert "{{ 7*7 }}" in Parsed(page).text
    ids = [attributes["id"] for _, attributes in Parsed(page).elements if "id" in attributes]
    assert len(ids) == len(set(ids)) and "photo\\u202egnp.exe" in Parsed(page).text
    assert visitor.get(f"/{repo_id}/discussions/1%00").status == visitor.get(f"/{repo_id}/discussions/0").status == 404


def test_discussion_that_is_made_to_keep_the_hub_busy(repo_id, repo, visitor):
    discussions.start(repo, "Long", "", author="author")
    for _ in range(8):
        discussions.comment(repo, 1, "*a" * 31_000, author="author")
    page = visitor.get(f"/{repo_id}/discussions/1").body
    # Up to some length they are rendered, and the rest is shown as it was written.
    assert page.count(b'class="told card"') == 3 and page.count(b'class="message-text"') == 5
