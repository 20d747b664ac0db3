"""start(): four lines, the hub that it says, and clear refusals. Each runs in a process of its own, as a kernel is."""

import os
import subprocess
import sys
import sysconfig
import time

import pytest

from grader.exercises import CATALOGUE
from grader.hub.accounts.accounts import Accounts
from grader.hub.server import launch


@pytest.fixture
def home(tmp_path):
    yield tmp_path
    launch.stop(tmp_path)


def run(code, home, **variables):
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "COURSE_HOME", "NBGRADER"))
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**clean, "COURSE_HOME": str(home), **variables},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_four_lines_hub_models_device_progress(home):
    done = run("import grader; grader.start(chapter=1)", home, COURSE_DEVICE="cpu")
    hub, models, device, progress = done.stdout.splitlines()
    points = sum(item.points for item in CATALOGUE.items(1))
    assert "all-MiniLM-L6-v2 and SmolLM2-135M-Instruct are the real ones" in models and "stand-ins" in models
    assert launch.status(home).url in hub and '"learner"' in hub
    assert device.startswith("Device    cpu") and f"0 of {points} points in chapter 1" in progress


def test_clients_talk_to_the_practice_hub_and_keep_to_the_course_folder(home):
    code = (
        "import grader; grader.start(chapter=2)\n"
        "from huggingface_hub import whoami, constants\nfrom transformers import AutoTokenizer\n"
        "AutoTokenizer.from_pretrained('bert-base-uncased')\n"
        "print('WHO', whoami()['name'], constants.HF_HUB_CACHE)"
    )
    done = run(code, home, HF_HOME="/nonexistent", HF_TOKEN="hf_of_the_real_hub")
    assert f"WHO learner {home}" in done.stdout, done.stderr
    assert (home / ".course" / "hf" / "hub").is_dir()


def test_programs_of_the_environment_are_found(home):
    code = "import grader, shutil; grader.start(chapter=4); print('HF', shutil.which('hf'))"
    done = run(code, home, PATH=os.defpath)
    assert done.stdout.rpartition("HF ")[2].strip().startswith(sysconfig.get_path("scripts")), done.stderr


def test_a_client_imported_too_early_is_refused(home):
    done = run("import huggingface_hub.constants, grader; grader.start(chapter=1)", home)
    assert "ImportedTooEarly" in done.stderr and "Restart the kernel" in done.stderr


def test_start_twice_in_one_kernel_is_fine(home):
    code = "import grader; grader.start(chapter=1); import datasets; grader.start(chapter=1); print('twice')"
    assert run(code, home).stdout.endswith("twice\n")


def test_while_graded_the_hub_is_another_one_and_ends_with_the_kernel(home):
    learners = launch.start(home, stock=[])
    code = "import grader, os; grader.start(chapter=4); print('AT', os.environ['HF_ENDPOINT'])"
    done = run(code, home, NBGRADER_EXECUTION="autograde")
    graded = done.stdout.rpartition("AT ")[2].strip()
    assert graded.startswith("http://127.0.0.1:") and graded != learners.url
    deadline = time.monotonic() + 10
    while is_up(graded) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_up(graded) and launch.status(home) is not None


def is_up(url):
    import urllib.request

    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{url}/healthz", timeout=2).close()
    except OSError:
        return False
    return True


def test_a_hub_that_stopped_comes_back_while_the_notebook_is_open(home):
    code = (
        "import grader.learning.session as s; s.KEEP_ALIVE_SECONDS = 0.2\n"
        "import grader, time; grader.start(chapter=1)\n"
        "from grader.hub.server import launch\n"
        "url = launch.status().url; launch.stop(); time.sleep(3)\n"
        "print('BACK', launch.status() is not None and launch.status().url == url)"
    )
    assert "BACK True" in run(code, home).stdout


def test_unknown_choices_are_named(home):
    assert "COURSE_HUB is 'toy'" in run("import grader; grader.start(chapter=1)", home, COURSE_HUB="toy").stderr


def test_the_real_hub_is_left_to_the_learners_own_settings(home):
    code = "import grader, os; grader.start(chapter=1); print('ENDPOINT', os.environ.get('HF_ENDPOINT'), os.environ.get('HF_HOME'))"
    done = run(code, home, COURSE_HUB="real", HF_HOME="/somewhere/own")
    assert "the real one, https://huggingface.co; you can only read there until you log in" in done.stdout
    assert "ENDPOINT None /somewhere/own" in done.stdout and "stand-ins" not in done.stdout
    assert launch.status(home) is None


def test_who_one_is_on_the_real_hub(home, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    hub = launch.start(elsewhere, stock=[])
    token = Accounts(launch.overlay(elsewhere)).issue("ada", "notebook")
    own = {"COURSE_HUB": "real", "HF_ENDPOINT": hub.url, "HF_HOME": str(elsewhere / "own")}
    code = "from grader.learning.session import _connect; print(_connect())"  # without loading PyTorch three times
    done = run(code, home, **own, HF_TOKEN=token)
    assert f'the real one, {hub.url}; you are "ada" there, and what you push is really pushed' in done.stdout
    done = run(code, home, **own, HF_TOKEN="hf_of_yesterday")
    assert "does not take your token" in done.stdout and "HF_TOKEN" in done.stdout
    launch.stop(elsewhere)
    done = run(code, home, **own, HF_TOKEN=token)
    assert "no answer" in done.stdout and "only what your cache holds" in done.stdout and token not in done.stdout
    assert launch.status(home) is None


def test_a_kernel_of_the_practice_hub_is_not_taken_for_one_of_the_real_hub(home):
    code = "import grader, os; grader.start(chapter=1)\nos.environ['COURSE_HUB'] = 'real'; grader.start(chapter=1)"
    done = run(code, home)
    assert "make lab HUB=real" in done.stderr and "the real one, " not in done.stdout
