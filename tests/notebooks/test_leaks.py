"""The search for leaked tokens finds one wherever it may be: it would be worth nothing if it found none anywhere."""

import os
import subprocess
from pathlib import Path

import nbformat
import pytest
from huggingface_hub import HfApi, get_token
from nbformat.v4 import new_code_cell, new_notebook, new_output

from grader.exercises.chapter4 import leak
from tests.notebooks import leaks
from tests.wrong_answers.chapter4 import new_id

TOKEN = leak.made_up_token()


@pytest.mark.parametrize(
    "cell",
    [
        new_code_cell(f"login('{TOKEN}')"),
        new_code_cell("x", outputs=[new_output("stream", text=f"token: {TOKEN}\n")]),
        new_code_cell("x", outputs=[new_output("display_data", data={"text/html": f"<b>{TOKEN}</b>"})]),
        new_code_cell("x", outputs=[new_output("error", ename="E", evalue=TOKEN, traceback=[])]),
        new_code_cell("x", metadata={"note": TOKEN}),
    ],
    ids=["source", "stream", "html", "error", "metadata"],
)
def test_in_a_notebook(cell, tmp_path):
    path = tmp_path / "notebook.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("hf_hub_download('hf_home')"), cell]), path)
    for known in ("", TOKEN):
        assert [line.partition(":")[0] for line in leaks.in_notebook(path, known)] == ["cell 1"]


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "chapters").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_no_chapter_brings_one_along(path):
    assert list(leaks.in_notebook(path)) == []


def test_a_token_of_another_form_is_found_by_itself(tmp_path):
    path = tmp_path / "notebook.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("print('oauth-12345')")]), path)
    assert list(leaks.in_notebook(path)) == [] and len(list(leaks.in_notebook(path, "oauth-12345"))) == 1


@pytest.mark.parametrize("path", ["notes.txt", "weights.bin"])
def test_on_a_hub_also_when_it_was_deleted_again(path, tmp_path):
    """As a file in git and as one of git-lfs; looked for in a copy of what the hub of the tests keeps."""
    repo_id, token = new_id(), leak.made_up_token()
    hub = Path(os.environ["HF_HOME"]).parent / "hub"
    HfApi().create_repo(repo_id)
    assert list(leaks.in_folder(hub, token)) == []
    HfApi().upload_file(repo_id=repo_id, path_in_repo=path, path_or_fileobj=b"\0" * 9 + token.encode())
    HfApi().delete_file(path, repo_id)
    HfApi().super_squash_history(repo_id)
    assert len(list(leaks.in_folder(hub, token))) == 1
    assert list(leaks.in_folder(hub, get_token())) == [], "the hub keeps a hash of the token, and never the token"


def test_in_a_message_of_a_commit(tmp_path):
    git = ["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@localhost"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", f"Use {TOKEN}"], check=True)
    assert any("object of git" in place for place in leaks.in_folder(tmp_path, TOKEN))
