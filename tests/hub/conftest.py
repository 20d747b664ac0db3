"""A tiny stock, a hub that serves it, and ways to talk to that hub."""

from __future__ import annotations

import base64
import functools
import http.client
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.hub.accounts.accounts import Accounts
from grader.hub.server import launch
from grader.hub.server.launch import RunningHub
from grader.hub.store.repos import Add, RepoStore

CLIENTS = Path(__file__).parent / "clients"
WHEN = 1_700_000_000  # Unix seconds at which the tiny stock was made

# What a user of the real Hub may have set; none of it may reach the practice hub.
USERS_OWN = {
    "HF_ENDPOINT": "https://hub.invalid",
    "HF_TOKEN": "hf_of_the_real_hub",
    "HF_HUB_CACHE": "/nonexistent/real/hub",
    "HF_DATASETS_CACHE": "/nonexistent/real/datasets",
    "HF_METRICS_CACHE": "/nonexistent/real/metrics",
    "HF_EVALUATE_CACHE": "/nonexistent/real/evaluate",
    "HF_MODULES_CACHE": "/nonexistent/real/modules",
    "HF_HUB_OFFLINE": "1",
    "HTTP_PROXY": "http://proxy.invalid:3128",
}

F1_MODULE = b"""
import datasets
import evaluate


class TinyF1(evaluate.Metric):
    def _info(self):
        return evaluate.MetricInfo(
            description="Tiny F1",
            citation="",
            inputs_description="predictions and references",
            features=datasets.Features(
                {"predictions": datasets.Value("int32"), "references": datasets.Value("int32")}
            ),
        )

    def _compute(self, predictions, references):
        hits = sum(p == r == 1 for p, r in zip(predictions, references))
        return {"f1": 2 * hits / (sum(predictions) + sum(references))}
"""

GLUE_CARD = b"""---
license: cc-by-4.0
configs:
- config_name: mrpc
  data_files:
  - split: train
    path: mrpc/train-*
---
# Tiny GLUE
"""

MODEL_CARD = b"---\nlicense: apache-2.0\npipeline_tag: text-classification\ntags: [tiny]\n---\n# Tiny\n"


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stock root with a model (still without weights), a tiny `nyu-mll/glue` and a tiny metric."""
    root = tmp_path_factory.mktemp("stock")
    store = RepoStore(root)
    model = store.create("models", "course/tiny-bert", when=WHEN)
    model.commit([Add("config.json", b'{"model_type": "bert"}'), Add("README.md", MODEL_CARD)], "Add", when=WHEN)
    model.tag("714eb0f")
    store.alias("models", "tiny-bert", "course/tiny-bert")
    glue = store.create("datasets", "nyu-mll/glue", when=WHEN)
    glue.commit(
        [Add("README.md", GLUE_CARD), Add("mrpc/train-00000-of-00001.parquet", tiny_parquet())], "Add", when=WHEN
    )
    metric = store.create("spaces", "evaluate-metric/f1", sdk="gradio", when=WHEN)
    card = b"---\ntags: [evaluate, metric]\nsdk: gradio\n---\n"
    metric.commit([Add("f1.py", F1_MODULE), Add("README.md", card)], "Add", when=WHEN)
    store.clear_leftovers()
    return root


def tiny_parquet() -> bytes:
    """Three sentence pairs with labels."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"sentence1": ["a", "b", "c"], "sentence2": ["a", "x", "c"], "label": [1, 0, 1]})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def hub(stock: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub that serves the tiny stock; shared, so each test uses repositories of its own."""
    home = tmp_path_factory.mktemp("course")
    yield launch.start(home, stock=[stock])
    launch.stop(home)


@pytest.fixture
def store(tmp_path: Path) -> RepoStore:
    """An empty store."""
    return RepoStore(tmp_path / "root")


def quiet_environment() -> dict[str, str]:
    """For child processes: one thread each, no colors, no progress bars."""
    return os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TQDM_DISABLE": "1"}


@pytest.fixture(scope="session")
def run_client(hub: RunningHub) -> Callable[..., str]:
    """Run a script from `clients/` in a process of its own, as a client of the hub; gives back what it printed.

    `COURSE_CLIENT_PYTHON` names another interpreter to run them with, so other versions of the clients can be tried;
    `make test-colab` does.
    """
    accounts = Accounts(hub.hf_home.parent / "hub")
    tokens = {
        "OTHER_TOKEN": accounts.issue("somebody", "clients"),
        "READ_TOKEN": accounts.issue("learner", "clients-read", "read"),
    }
    python = os.environ.get("COURSE_CLIENT_PYTHON", sys.executable)

    def run(script: str, *arguments: object) -> str:
        done = subprocess.run(
            [python, CLIENTS / script, *map(str, arguments)],
            env=quiet_environment() | USERS_OWN | launch.client_environment(hub) | tokens,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@dataclass
class Answer:
    """What the hub answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The error's name for clients."""
        return self.headers["X-Error-Code"]


def send(
    hub: RunningHub, method: str, path: str, body: object = None, *, token: str | None = "the hub's", headers=()
) -> Answer:
    """Send a request as it is written, with no client in between. `body`: bytes, or what becomes JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=30)
    token = hub.token if token == "the hub's" else token
    sent = dict(headers) | ({"Authorization": f"Bearer {token}"} if token else {})
    connection.request(method, path, body if isinstance(body, bytes | None) else json.dumps(body).encode(), sent)
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read())
    connection.close()
    return answer


def commit_body(*operations: tuple[str, dict], summary: str = "a commit", **header: str) -> bytes:
    """The lines of a commit request."""
    lines = [("header", {"summary": summary, **header}), *operations]
    return b"".join(json.dumps({"key": key, "value": value}).encode() + b"\n" for key, value in lines)


def file_line(path: str, content: bytes) -> tuple[str, dict]:
    """The line of a commit request that adds a small file."""
    return "file", {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64"}


@pytest.fixture(scope="session")
def ask(hub: RunningHub) -> Callable[..., Answer]:
    """`send` to the shared hub."""
    return functools.partial(send, hub)


@pytest.fixture
def repo_id(ask: Callable[..., Answer], request: pytest.FixtureRequest) -> Iterator[str]:
    """A new model repository on the shared hub, for one test."""
    name = f"m{abs(hash(request.node.nodeid))}"
    assert ask("POST", "/api/repos/create", {"name": name}).status == 200
    yield f"learner/{name}"
    ask("DELETE", "/api/repos/delete", {"name": name})
