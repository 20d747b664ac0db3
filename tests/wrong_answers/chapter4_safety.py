"""Recorded answers to the exercises of chapter 4 about git, privacy and secrets."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy
import pytest
import torch
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from safetensors.torch import save_file

from grader.exercises.chapter4 import leak
from tests.wrong_answers import right, wrong
from tests.wrong_answers.chapter4 import CASED, new_id

LARGE, MEDIUM = (
    numpy.random.default_rng(0).normal(0, 0.05, count).astype("<f4").tobytes() for count in (2_600_000, 500_000)
)


def new_repository(**settings):
    repo_id = new_id()
    HfApi().create_repo(repo_id, **settings)
    return repo_id


def upload(repo_id, path="notes.txt", content=b"a note\n", **how):
    HfApi().upload_file(repo_id=repo_id, path_in_repo=path, path_or_fileobj=content, **how)


# ---------------------------------------------------------------- private-repo


@right("private-repo")
def private_from_the_start():
    repo_id = new_repository(private=True)
    upload(repo_id)
    return (repo_id,)


@right("private-repo")
def made_private_afterwards():
    repo_id = new_repository()
    upload(repo_id)
    HfApi().update_repo_settings(repo_id, visibility="private")
    return (repo_id,)


@wrong("private-repo", "still-public")
def as_it_was_created():
    repo_id = new_repository()
    upload(repo_id)
    return (repo_id,)


@wrong("private-repo", "gated-not-private", points=1)
def gated():
    repo_id = new_repository()
    upload(repo_id)
    HfApi().update_repo_settings(repo_id, gated="manual")
    return (repo_id,)


@wrong("private-repo", "private-in-the-card")
def written_into_the_card():
    repo_id = new_repository()
    upload(repo_id, "README.md", b"---\nlicense: mit\nprivate: true\n---\n# Secret\n")
    return (repo_id,)


@wrong("private-repo", "nothing-in-it", points=1)
def empty():
    return (new_repository(private=True),)


@wrong("private-repo", "no-such-repository")
def deleted_to_hide_it():
    repo_id = new_repository(private=True)
    HfApi().delete_repo(repo_id)
    return (repo_id,)


@wrong("private-repo", "no-such-repository")
def a_data_set():
    return (new_repository(private=True, repo_type="dataset"),)


@wrong("private-repo", "other-namespace")
def not_ones_own():
    return (CASED,)


@wrong("private-repo", "an-address")
def the_address_of_the_page():
    return (str(HfApi().create_repo(new_id(), private=True)),)


# ---------------------------------------------------------------- git-and-lfs


class Clone:
    """A clone of a repository, and the git of a person whose settings are nobody else's."""

    def __init__(self, repo_id, folder):
        self.repo_id, self.folder = repo_id, Path(folder) / "clone"
        helper = '!f() { echo username=x; echo "password=$(cat "$HF_TOKEN_PATH")"; }; f'
        (Path(folder) / "gitconfig").touch()
        self.environment = os.environ | {
            "GIT_CONFIG_GLOBAL": str(Path(folder) / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        for name, value in (("user.name", "a"), ("user.email", "a@localhost"), ("credential.helper", helper)):
            self("config", "--global", name, value, cwd=folder)
        self("lfs", "install", cwd=folder)
        self("clone", "-q", f"{HfApi().endpoint}/{self.repo_id}", self.folder, cwd=folder)

    def __call__(self, *arguments, cwd=None):
        command = ["git", *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd or self.folder, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def write(self, content, path="vectors.f32"):
        target = self.folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)

    def commit(self, *paths):
        self("add", *(paths or ("-A",)))
        self("commit", "-q", "-m", "Change")

    def push(self, *more):
        self("push", "-q", "origin", "HEAD", *more)


@contextmanager
def clone(repo_id=""):
    if shutil.which("git-lfs") is None:
        pytest.skip("git-lfs is not installed")
    with tempfile.TemporaryDirectory() as folder:
        yield Clone(repo_id or new_repository(), folder)


@right("git-and-lfs")
@cache
def clone_track_commit_push():
    with clone() as git:
        git("lfs", "track", "*.f32")
        git.write(LARGE)
        git.commit()
        git.push()
    return (git.repo_id,)


@right("git-and-lfs")
@cache
def by_its_name_and_in_two_versions():
    with clone() as git:
        git("lfs", "track", "vectors.f32")
        git.commit(".gitattributes")
        for content in (MEDIUM, LARGE):
            git.write(content)
            git.commit()
            git.push()
    return (git.repo_id,)


@right("git-and-lfs")
@cache
def without_git_lfs_by_the_library():
    repo_id = new_repository()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, ".gitattributes").write_text("*.f32 filter=lfs diff=lfs merge=lfs -text\n")
        Path(folder, "vectors.f32").write_bytes(LARGE)
        HfApi().upload_folder(repo_id=repo_id, folder_path=folder)
    return (repo_id,)


@right("git-and-lfs")
@cache
def migrated_after_the_hub_refused():
    with clone() as git:
        git.write(LARGE)
        git.commit()
        git("lfs", "migrate", "import", "--above=10MB", "--yes")
        git.push()
    return (git.repo_id,)


@right("git-and-lfs")
@cache
def rewritten_after_a_mistake():
    with clone() as git:
        git.write(MEDIUM)
        git.commit()
        git.push()
        git.write(LARGE)
        git.commit()
        git("lfs", "migrate", "import", "--include=*.f32", "--everything", "--yes")
        git.push("--force")
    return (git.repo_id,)


@wrong("git-and-lfs", "no-large-file")
@cache
def refused_because_it_was_not_tracked():
    with clone() as git:
        git.write(LARGE)
        git.commit()
        with pytest.raises(AssertionError, match="belongs in Git LFS"):
            git.push()
    return (git.repo_id,)


@wrong("git-and-lfs", "binary-in-git")
@cache
def made_smaller_so_that_it_passes():
    with clone() as git:
        git.write(MEDIUM)
        git.commit()
        git.push()
    return (git.repo_id,)


@wrong("git-and-lfs", "binary-in-history", points=1)
@cache
def put_right_in_the_next_commit():
    with clone() as git:
        git.write(MEDIUM)
        git.commit()
        git("lfs", "track", "*.f32")
        git.write(LARGE)
        git.commit()
        git.push()
    return (git.repo_id,)


@wrong("git-and-lfs", "binary-in-history", points=1)
@cache
def left_behind_on_a_branch():
    with clone() as git:
        git("checkout", "-q", "-b", "draft")
        git.write(MEDIUM)
        git.commit()
        git.push()
        git("checkout", "-q", "main")
        git("lfs", "track", "*.f32")
        git.write(LARGE)
        git.commit()
        git.push()
    return (git.repo_id,)


@wrong("git-and-lfs", "rules-not-pushed", points=2)
@cache
def rules_left_at_home():
    with clone() as git:
        git("lfs", "track", "*.f32")
        git.write(LARGE)
        git.commit("vectors.f32")
        git.push()
    return (git.repo_id,)


@wrong("git-and-lfs", "too-small")
@cache
def below_the_limit():
    with clone() as git:
        git("lfs", "track", "*.f32")
        git.write(MEDIUM)
        git.commit()
        git.push()
    return (git.repo_id,)


@wrong("git-and-lfs", "no-large-file")
@cache
def not_pushed():
    with clone() as git:
        git("lfs", "track", "*.f32")
        git.write(LARGE)
        git.commit()
    return (git.repo_id,)


@wrong("git-and-lfs", "no-large-file")
@cache
def in_a_folder():
    with clone() as git:
        git("lfs", "track", "*.f32")
        git.write(LARGE, "data/vectors.f32")
        git.commit()
        git.push()
    return (git.repo_id,)


@wrong("git-and-lfs", "no-large-file")
@cache
def on_another_branch():
    with clone() as git:
        git("checkout", "-q", "-b", "vectors")
        git("lfs", "track", "*.f32")
        git.write(LARGE)
        git.commit()
        git.push()
    return (git.repo_id,)


def pushed_with_git_lfs(write):
    with clone() as git:
        git("lfs", "track", "*.f32")
        write(git.folder / "vectors.f32")
        git.commit()
        git.push()
    return (git.repo_id,)


@wrong("git-and-lfs", "not-only-numbers", points=2)
@cache
def saved_by_torch():
    return pushed_with_git_lfs(lambda path: torch.save(torch.ones(2_600_000), path))


@wrong("git-and-lfs", "not-only-numbers", points=2)
@cache
def cut_off_in_a_number():
    return pushed_with_git_lfs(lambda path: path.write_bytes(LARGE + b"x"))


@wrong("git-and-lfs", "not-only-numbers", points=2)
@cache
def safetensors_by_another_name():
    return pushed_with_git_lfs(lambda path: save_file({"vectors": torch.ones(2_600_000)}, path))


@wrong("git-and-lfs", "not-word-vectors", points=2)
@cache
def nothing_but_zeros():
    return pushed_with_git_lfs(lambda path: path.write_bytes(bytes(10_400_000)))


@wrong("git-and-lfs", "not-word-vectors", points=2)
@cache
def eight_bytes_for_each_number():
    return pushed_with_git_lfs(lambda path: numpy.frombuffer(LARGE, "<f4").astype("<f8").tofile(path))


# ---------------------------------------------------------------- no-secrets


def leaky():
    repo_id = new_id()
    leak.leaky_repository(repo_id)
    return repo_id


def leaky_with_a_clean_script():
    repo_id = leaky()
    upload(repo_id, leak.SCRIPT, leak.training_script("login()").encode())
    return repo_id


@right("no-secrets")
def squashed_and_untagged():
    repo_id = leaky_with_a_clean_script()
    HfApi().super_squash_history(repo_id)
    HfApi().delete_tag(repo_id, tag=leak.TAG)
    return (repo_id,)


@right("no-secrets")
def deleted_and_made_anew():
    repo_id = leaky()
    api = HfApi()
    with tempfile.TemporaryDirectory() as folder:
        api.snapshot_download(repo_id, local_dir=folder, ignore_patterns=".cache/*")
        script = Path(folder, leak.SCRIPT)
        script.write_text(leak.TOKEN.sub("", script.read_text()))
        api.delete_repo(repo_id)
        api.create_repo(repo_id, private=True)
        api.upload_folder(repo_id=repo_id, folder_path=folder, ignore_patterns=".cache/*")
    return (repo_id,)


@right("no-secrets")
@cache
def a_new_beginning_by_git():
    with clone(leaky_with_a_clean_script()) as git:
        git("checkout", "-q", "--orphan", "clean")
        git.commit()
        git("push", "-q", "--force", "origin", "clean:main", f":refs/tags/{leak.TAG}")
    return (git.repo_id,)


@wrong("no-secrets", "token-on-main")
def untouched():
    return (leaky(),)


@wrong("no-secrets", "token-on-main")
def squashed_without_a_look_at_the_files():
    repo_id = leaky()
    HfApi().super_squash_history(repo_id)
    HfApi().delete_tag(repo_id, tag=leak.TAG)
    return (repo_id,)


@wrong("no-secrets", "token-on-main")
def cut_in_two():
    repo_id = leaky()
    token = leak.made_up_token()
    script = leak.training_script(f'login("{token[:12]}" + "{token[12:]}")')
    upload(repo_id, leak.SCRIPT, script.encode())
    HfApi().super_squash_history(repo_id)
    HfApi().delete_tag(repo_id, tag=leak.TAG)
    return (repo_id,)


@wrong("no-secrets", "token-in-history", points=1)
def only_the_newest_files():
    return (leaky_with_a_clean_script(),)


@wrong("no-secrets", "token-on-another-ref", points=2)
def tag_forgotten():
    repo_id = leaky_with_a_clean_script()
    HfApi().super_squash_history(repo_id)
    return (repo_id,)


@wrong("no-secrets", "token-on-another-ref", points=2)
def kept_a_backup_branch():
    repo_id = leaky_with_a_clean_script()
    HfApi().create_branch(repo_id, branch="backup")
    HfApi().super_squash_history(repo_id)
    HfApi().delete_tag(repo_id, tag=leak.TAG)
    return (repo_id,)


@wrong("no-secrets", "token-in-a-message", points=1)
def named_in_the_message():
    repo_id = leaky_with_a_clean_script()
    HfApi().super_squash_history(repo_id, commit_message=f"Take out {leak.made_up_token()}")
    HfApi().delete_tag(repo_id, tag=leak.TAG)
    return (repo_id,)


@wrong("no-secrets", "files-lost")
def the_script_thrown_away():
    repo_id = leaky()
    HfApi().create_commit(repo_id, [CommitOperationDelete(leak.SCRIPT)], commit_message="Away with it")
    HfApi().super_squash_history(repo_id)
    HfApi().delete_tag(repo_id, tag=leak.TAG)
    return (repo_id,)


@wrong("no-secrets", "files-lost")
def a_repository_with_nothing():
    return (new_repository(),)


@wrong("no-secrets", "script-emptied")
def the_script_as_an_empty_file():
    repo_id = leaky()
    upload(repo_id, leak.SCRIPT, b"# removed\n")
    return (repo_id,)


@wrong("no-secrets", "weights-changed")
def other_weights():
    repo_id = leaky_with_a_clean_script()
    operation = CommitOperationAdd(leak.WEIGHTS, b"x" * 40)
    HfApi().create_commit(repo_id, [operation], commit_message="Other weights")
    return (repo_id,)


@wrong("no-secrets", "no-such-repository")
def deleted():
    repo_id = leaky()
    HfApi().delete_repo(repo_id)
    return (repo_id,)
