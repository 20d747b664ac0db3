"""The check of `create-upload-delete`."""

from __future__ import annotations

from typing import Any

from grader.exercises.catalogue import exercise
from grader.exercises.chapter4.own_repository import listing, own_repository
from grader.judging import history
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.repository import Repository
from grader.judging.verdict import Wrong

PLAN, FOLDER, DRAFT = "plan.txt", "data", "draft.txt"
RULES = ".gitattributes"  # the hub puts it into a new repository by itself


@exercise(
    "create-upload-delete",
    chapter=4,
    points=3,
    difficulty=2,
    minutes=12,
    asks=["life_repo_id", "life_files"],
    hints=[
        "A file has a place on your disk and one in the repository. Which of the two is `path_in_repo`?",
        "`create_repo`, `upload_file(path_or_fileobj=…, path_in_repo=…)`, `upload_folder(folder_path=…, "
        "path_in_repo=…)`, `delete_file(path_in_repo, repo_id=…)`, `list_repo_files`: all of `HfApi`.",
        "create the repository; upload plan.txt and draft.txt; write two files into a folder on your disk; upload the "
        'folder as "data"; delete draft.txt; only then list the files',
    ],
)
def create_upload_delete(answer: Answer, draw: Draw) -> str:
    """The life of a repository

    Make a new repository in your namespace with the functions of `HfApi`. In the end it holds

    - `plan.txt`, a file that you uploaded;
    - `data/` with at least two files in it, a folder of yours that came up in **one** commit;
    - no `draft.txt` any more: you uploaded it, and deleted it in a later commit.

    Set `life_repo_id` to its id, and `life_files` to the list of the paths in it, as the hub tells you in the end.
    """
    repository = own_repository(answer, "life_repo_id")
    files = [path for path in repository.files if path != RULES]
    _check_plan(repository, files)
    _check_folder(repository, files)
    # What each commit held, oldest first.
    commits = [version for version in history.versions(repository.id) if history.MAIN in version.refs][::-1]
    states = [{file.path for file in history.files(repository.id, version.commit)} for version in commits]
    _check_draft(files, states)
    _check_one_commit(states)
    _check_listing(answer.value("life_files"), set(files), states)
    return f"{len(commits)} commits, {len(files)} files: {DRAFT} is gone from main, and still in the history."


def _check_plan(repository: Repository, files: list[str]) -> None:
    if PLAN in files:
        return
    if deeper := [path for path in files if path.endswith(f"/{PLAN}")]:
        raise Wrong(
            "absolute-path",
            f"`{PLAN}` lies deep inside folders of the repository.",
            got=deeper[0],
            wanted=f"`{PLAN}` at the top",
            advice="`path_in_repo` names the place in the repository; where the file lies on your disk is no part of "
            "it. Upload it again and delete the old path.",
        )
    raise Wrong(
        "no-plan",
        f"There is no `{PLAN}` in the repository.",
        got=listing(repository),
        wanted=f"a file `{PLAN}`",
        advice="`api.upload_file` needs what to upload, its path in the repository, and the repository's id.",
    )


def _check_folder(repository: Repository, files: list[str]) -> None:
    inside = [path for path in files if path.startswith(f"{FOLDER}/")]
    if len(inside) >= 2:
        return
    other = [path for path in files if path not in (PLAN, DRAFT)]
    mistake, advice = "no-folder", f'`api.upload_folder(folder_path=…, path_in_repo="{FOLDER}", …)` uploads a folder.'
    if inside:
        mistake, advice = "one-file-only", "Write a second file into the folder on your disk, then upload it."
    elif any(f"/{FOLDER}/" in path for path in files):
        mistake = "absolute-folder"
        advice = "`path_in_repo` is the place in the repository, without the folders of your disk."
    elif len(other) >= 2:
        mistake = "folder-at-the-top"
        advice = "Without `path_in_repo` the content of a folder lands at the top of the repository."
    raise Wrong(
        mistake,
        f"In `{FOLDER}/` there are too few files.",
        got=listing(repository),
        wanted=f"two files or more whose paths begin with `{FOLDER}/`",
        advice=advice,
        earned=1,
    )


def _check_draft(files: list[str], states: list[set[str]]) -> None:
    if DRAFT in files:
        raise Wrong(
            "not-deleted",
            f"`{DRAFT}` is still there.",
            got=f"`{DRAFT}` on main",
            wanted="a commit that deletes it",
            advice="`api.delete_file` takes the path in the repository first. Deleting the file on your disk changes "
            "nothing on the hub.",
            earned=1,
        )
    if not any(DRAFT in state for state in states):
        raise Wrong(
            "never-there",
            f"There never was a `{DRAFT}`.",
            got=f"no commit with such a file, of {len(states)}",
            wanted="an older commit that still has it",
            advice="Upload it first and delete it then, under the same name. A repository that is made anew has no "
            "history.",
            earned=1,
        )


def _check_one_commit(states: list[set[str]]) -> None:
    before: set[str] = set()
    for state in states:
        if len([path for path in state - before if path.startswith(f"{FOLDER}/")]) >= 2:
            return
        before = state
    raise Wrong(
        "file-by-file",
        f"The files in `{FOLDER}/` came up one by one.",
        got="a commit of its own for each file",
        wanted="two files or more in one commit",
        advice="One call for the whole folder makes one commit, so nobody ever sees half of it.",
        earned=2,
    )


def _check_listing(value: Any, files: set[str], states: list[set[str]]) -> None:
    if not isinstance(value, list | tuple | set) or not all(isinstance(path, str) for path in value):
        raise Wrong(
            "not-paths",
            "The repository is right; `life_files` is not a list of paths.",
            got=shorten(value),
            wanted="the paths as texts",
            advice="`api.list_repo_files` gives exactly that; of the records of `list_repo_tree`, take `.path`.",
            earned=2,
        )
    given = set(value) - {RULES}
    if given == files:
        return
    mistake, advice = "other-files", "Ask the hub for the list, do not write it by hand."
    if any(given == state - {RULES} for state in states):
        mistake, advice = "stale-list", "This was true some commits ago. Ask once more, after the last one."
    elif given == {path.partition("/")[0] for path in files}:
        mistake, advice = "top-level-only", "Files in folders count, too: they have a path with a slash."
    elif given == {path.rpartition("/")[2] for path in files}:
        mistake, advice = "names-only", "The path of a file includes its folder."
    raise Wrong(
        mistake,
        "The repository is right; `life_files` is not what lies in it.",
        got=shorten(sorted(given)),
        wanted=f"the paths of all {len(files)} files",
        advice=advice,
        earned=2,
    )
