"""The check of `git-and-lfs`."""

from __future__ import annotations

from fnmatch import fnmatchcase

from grader.exercises.catalogue import exercise
from grader.exercises.chapter4.own_repository import listing, own_repository
from grader.judging import history
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.history import File, Version
from grader.judging.repository import Repository
from grader.judging.verdict import Wrong

NAME = "vectors.f32"
# The Hub takes no larger file without git-lfs: https://huggingface.co/docs/hub/repositories-getting-started
LIMIT = 10_000_000  # bytes
# Text that people write stays far below; weights and vectors do not.
LARGE = 1_000_000  # bytes
RULES = ".gitattributes"
# The trained word vectors of BERT and of its stand-ins lie well between these.
WIDEST, NARROWEST = 50.0, 1e-4
# How files begin that are more than bare numbers: pickles (in a zip file, too), arrays with a header.
CONTAINERS = {b"PK\x03\x04": "`torch.save`", b"\x93NUMPY": "`numpy.save`"} | {
    bytes([0x80, protocol]): "`pickle`" for protocol in (2, 3, 4, 5)
}
SAFETENSORS = b'{"'  # begins with eight bytes for the length of its header, and then the header


@exercise(
    "git-and-lfs",
    chapter=4,
    points=3,
    difficulty=3,
    minutes=15,
    asks=["lfs_repo_id"],
    hints=[
        "Which command tells git-lfs about a kind of file, and must it come before or after `git add`?",
        '`git lfs track "*.f32"` writes a line into `.gitattributes`, which is a file to be committed, too.',
        "create a repository; clone; track *.f32; write vectors.f32 into the clone; add it and .gitattributes; "
        "commit; push",
    ],
)
def git_and_lfs(answer: Answer, draw: Draw) -> str:
    """A large file, by git

    Save word vectors of a BERT, `model.get_input_embeddings().weight`, as a file of more than 10 MB, `vectors.f32`:
    float32 numbers and nothing else, as `vectors.detach().numpy().tofile(path)` writes them. Put it into a repository
    of your own with git: clone, track, commit, push. The Hub does not know the ending `.f32`, so git-lfs must be told.

    The large file must be with git-lfs in **every** commit, and whoever clones must get it that way. Set `lfs_repo_id`
    to the repository's id. No git-lfs on your machine? The text above says what to do.
    """
    repository = own_repository(answer, "lfs_repo_id")
    versions = history.versions(repository.id)
    vectors = _vectors(repository, versions)
    _kept_outside_of_git(repository, vectors, versions)
    if not _is_tracked(repository):
        raise Wrong(
            "rules-not-pushed",
            f"The file is with git-lfs, but nothing in the repository says that `{NAME}` should be.",
            got=f"no line in {RULES} that fits {NAME}",
            wanted=f"a {RULES} on main with a line for this ending",
            advice=f"`git lfs track` has changed {RULES} in your clone: add, commit and push that file, too.",
            earned=2,
        )
    content = history.content(repository.id, vectors)
    _only_numbers(content)
    _like_word_vectors(content)
    size = vectors.size / 1e6
    return f"{repository.id} keeps a pointer in git, and {size:.1f} MB beside it."


def _vectors(repository: Repository, versions: list[Version]) -> File:
    """The file in the newest commit."""
    newest = history.files(repository.id, versions[0].commit)
    vectors = next((file for file in newest if file.path == NAME), None)
    if vectors is None:
        elsewhere = next((file.path for file in newest if file.path.endswith("/" + NAME)), "")
        raise Wrong(
            "no-large-file",
            f"There is no `{NAME}` at the top of the repository.",
            got=f"it lies in {elsewhere}" if elsewhere else listing(repository),
            wanted=f"{NAME} on the branch main",
            advice="Did the push say “rejected”? Then a commit holds the file without git-lfs: "
            "`git lfs migrate import --above=10MB` mends it, and you push again. Else `git status` says what is "
            "committed; a commit stays with you until you push it.",
        )
    return vectors


def _kept_outside_of_git(repository: Repository, vectors: File, versions: list[Version]) -> None:
    """Raises `Wrong` when git itself holds a large file, in the newest commit or in an older one."""
    if not vectors.is_lfs:
        raise Wrong(
            "binary-in-git",
            f"`{NAME}` lies in git itself.",
            got=f"all {vectors.size:,} bytes of it in the commit",
            wanted="a small pointer in the commit, and the content with git-lfs",
            advice="Tracking counts for what is added afterwards. Begin anew: delete the repository and the clone, "
            "then track first.",
        )
    if vectors.size <= LIMIT:
        raise Wrong(
            "too-small",
            f"`{NAME}` is smaller than the limit.",
            got=f"{vectors.size:,} bytes",
            wanted="more than 10 MB: 10,000,000 bytes",
            advice="A number takes 4 bytes, and `vectors.shape` says how many there are. How many vectors do you need?",
        )
    for version in versions:
        for file in history.files(repository.id, version.commit):
            if not file.is_lfs and file.size > LARGE:
                title = version.message.partition("\n")[0]
                raise Wrong(
                    "binary-in-history",
                    "The newest commit is fine, but an older one holds a large file in git itself.",
                    got=f"{file.path} with {file.size:,} bytes in the commit {version.commit[:8]} “{title}”",
                    wanted="no commit with a large file, on no branch",
                    advice="Every clone gets all commits, so this one makes all of them larger. "
                    '`git lfs migrate import --include="*.f32" --everything` and a push with `--force` rewrite it.',
                    earned=1,
                )


def _only_numbers(content: bytes) -> None:
    """Raises `Wrong` when the file has more in it than numbers of four bytes."""
    kind = next((kind for start, kind in CONTAINERS.items() if content.startswith(start)), "")
    if content[8:10] == SAFETENSORS:
        kind = "`safetensors.torch.save_file`"
    if kind or len(content) % 4:
        raise Wrong(
            "not-only-numbers",
            f"`{NAME}` is well kept, but it holds more than numbers.",
            got=f"a file of the kind that {kind} writes" if kind else f"{len(content):,} bytes, no multiple of 4",
            wanted="4 bytes for each number, and nothing else",
            advice="`vectors.detach().numpy().tofile(path)` writes such a file.",
            earned=2,
        )


def _like_word_vectors(content: bytes) -> None:
    """Raises `Wrong` when the numbers, read as float32, cannot be the word vectors of a model."""
    import numpy

    numbers = numpy.frombuffer(content, "<f4")
    if not numpy.isfinite(numbers).all() or abs(numbers).max() > WIDEST or numpy.median(abs(numbers)) < NARROWEST:
        seen = ", ".join(f"{number:.3g}" for number in numbers[len(numbers) // 2 :][:4])
        raise Wrong(
            "not-word-vectors",
            f"`{NAME}` is well kept, but read as float32 its numbers are no word vectors.",
            got=f"{seen} in the middle of the file",
            wanted="numbers around 0, hardly any of them 0 itself, none beyond a few units",
            advice="`vectors.dtype` must be `float32` before `tofile`; and are these the weights of the embedding?",
            earned=2,
        )


def _is_tracked(repository: Repository) -> bool:
    """Whether the last line of .gitattributes that fits the file gives it to git-lfs."""
    try:
        lines = repository.text(RULES).splitlines()
    except LookupError:
        return False
    tracked = False
    for pattern, *attributes in (line.split() for line in lines if line.strip() and not line.startswith("#")):
        if fnmatchcase(NAME, pattern.strip('"').removeprefix("/")):
            filters = [attribute for attribute in attributes if attribute.lstrip("-!").startswith("filter")]
            tracked = filters[-1] == "filter=lfs" if filters else tracked
    return tracked
