"""The start of a chapter: a hub that answers, fixed seeds, a device, quiet libraries."""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
import threading
import time
from pathlib import Path

from grader.hub.errors import HubError
from grader.hub.server.joining import join
from grader.hub.server.launch import client_environment
from grader.hub.server.launch import start as start_hub
from grader.hub.stock.recipes import RECIPES
from grader.hub.stock.stocking import ensure_stock
from grader.judging.repository import NotLoggedIn, own_account
from grader.learning.devices import pick_device
from grader.learning.memory import keep_for_reuse
from grader.learning.progress import load, next_step, summary
from grader.settings import class_hub_token, course_home, hub_choice, someone_depends_on_it, state_dir

SEED = 20171206
KEEP_ALIVE_SECONDS = 600
KEEPER = "keeps-the-practice-hub-alive"
QUIET_LIBRARIES = {
    # Bars and warnings on standard error clutter a notebook, and cost points in a test cell of stock nbgrader.
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TQDM_DISABLE": "1",
    # Tokenizers warn when a process that used their threads forks, as a data loader does.
    "TOKENIZERS_PARALLELISM": "false",
}

# PyTorch's threads wait for each other in a busy loop. On a machine that does anything else that makes training
# twice as slow and worse; waiting passively costs a sixth on an idle one. Read when torch is first imported.
CALM_THREADS = {"OMP_WAIT_POLICY": "PASSIVE"}


class ImportedTooEarly(RuntimeError):
    """A Hub client was imported before `start`, with another hub: it would not notice this one any more."""


def start(chapter: int) -> None:
    """Prepares the notebook of a chapter and prints a few lines: hub, its models, device, progress.

    Raises `ImportedTooEarly` when a Hub client already looks elsewhere, `HubError` when no hub can be started or the
    class hub does not answer, and `DeviceError` when the device that was asked for is not there.
    """
    earned, total, todo = summary(load(), chapter)
    os.environ.update(QUIET_LIBRARIES)
    _find_own_programs()
    for name, value in CALM_THREADS.items():
        os.environ.setdefault(name, value)
    print(f"Hub       {_connect()}")
    if hub_choice() != "real":
        print(f"Models    {_models()}")
    print(f"Device    {_prepare_torch()}")
    print(f"Progress  {earned:g} of {total} points in chapter {chapter}. {next_step(todo)}")


def _find_own_programs() -> None:
    """Shell cells find `hf` and the other programs of this environment, also when nobody has activated it."""
    own, path = sysconfig.get_path("scripts"), os.environ.get("PATH", "")
    if own not in path.split(os.pathsep):
        os.environ["PATH"] = own + os.pathsep + path


def _connect() -> str:
    choice = hub_choice()
    if choice == "real":
        return _look_at_real_hub()
    if choice != "practice" and not someone_depends_on_it():
        return _connect_to_class_hub(choice)
    # A graded notebook gets a hub of its own, which starts empty and ends with the kernel.
    stock = ensure_stock(print)
    home = course_home()
    hub = start_hub(home, stock=stock, ephemeral=someone_depends_on_it())
    _refuse_other_endpoint(hub.url)
    if not someone_depends_on_it():
        _keep_hub_alive(home, stock)
    os.environ.update(client_environment(hub))
    return f'practice hub on this machine, {hub.url}; you are "{hub.account}" there'


def _look_at_real_hub() -> str:
    """Nothing is set: address, cache and token are the learner's own, from their environment or `hf auth login`."""
    if Path(os.environ.get("HF_HOME", "")).is_relative_to(state_dir()):
        raise ImportedTooEarly(
            f"COURSE_HUB is 'real', but this kernel is set up for the hub at {os.environ.get('HF_ENDPOINT')}. Nothing "
            "was changed. Start JupyterLab with `make lab HUB=real`, or restart the kernel and set COURSE_HUB first."
        )
    from huggingface_hub import constants, get_token

    hub = f"the real one, {constants.ENDPOINT}"
    if get_token() is None:
        return f"{hub}; you can only read there until you log in, with `hf auth login` in a terminal"
    try:
        return f'{hub}; you are "{own_account()}" there, and what you push is really pushed'
    except NotLoggedIn as problem:
        return f"{hub}; it does not take your token. {problem}"
    except Exception as problem:  # each release of the client has network errors of its own
        return f"{hub}; no answer ({problem}), so only what your cache holds can be loaded"


def _connect_to_class_hub(url: str) -> str:
    hub = join(url, class_hub_token(), course_home())
    _refuse_other_endpoint(hub.url)
    os.environ.update(client_environment(hub))
    if hub.account:
        return f'class hub at {hub.url}; you are "{hub.account}" there'
    return f"class hub at {hub.url}; you can only read there until COURSE_HUB_TOKEN is set"


def _models() -> str:
    real = [recipe.repo_id.rpartition("/")[2] for recipe in RECIPES if recipe.is_real_model]
    return f"{' and '.join(real)} are the real ones; all others in stock are small stand-ins for the models so named"


def _keep_hub_alive(home: Path, stock: list[Path]) -> None:
    """The hub stops when nobody asks it anything for an hour, but an open notebook may rest longer than that."""

    def ask_now_and_then() -> None:
        while True:
            time.sleep(KEEP_ALIVE_SECONDS)
            # Finding the hub is a request to it; if it has stopped, it comes back under the same address.
            with contextlib.suppress(HubError):
                start_hub(home, stock=stock)

    if not any(thread.name == KEEPER for thread in threading.enumerate()):
        threading.Thread(target=ask_now_and_then, name=KEEPER, daemon=True).start()


def _refuse_other_endpoint(url: str) -> None:
    constants = sys.modules.get("huggingface_hub.constants")
    if constants is not None and url != constants.ENDPOINT:
        raise ImportedTooEarly(
            f"The Hub client was imported before grader.start() and looks at {constants.ENDPOINT}, not at {url}. "
            "Nothing was changed. Restart the kernel and run the notebook from its first cell."
        )


def _prepare_torch() -> str:
    import random

    import numpy
    import torch
    from transformers.utils import logging

    random.seed(SEED)
    numpy.random.seed(SEED)
    torch.manual_seed(SEED)
    keep_for_reuse()
    logging.disable_progress_bar()
    device = pick_device()
    if device.type == "cuda":
        return f"cuda, {torch.cuda.get_device_name(device)}"
    return f"{device.type}, {torch.get_num_threads()} threads" if device.type == "cpu" else device.type
