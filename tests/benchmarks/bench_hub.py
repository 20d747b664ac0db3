"""What the practice hub costs: its start, its memory, and its speed beside doing the same without it.

Where a client needs time of its own, the same client is also measured at a server that repeats recorded answers:
what it needs there, no hub can save.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import psutil

from grader.hub.server import launch
from grader.hub.server.launch import RunningHub
from grader.hub.stock.stocking import ensure_stock
from grader.hub.store.repos import AddLarge, RepoStore
from tests.benchmarks.canned import canned

ROUNDS = 3
CHECKPOINT = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
# What the client asks for costs the same however large the weights are: a small and a middle-sized checkpoint.
LOADED = {"92 MB": CHECKPOINT, "270 MB": "HuggingFaceTB/SmolLM2-135M-Instruct"}
LARGE = 540 << 20  # bytes: a checkpoint of the size of BERT in float32, with some to spare
LEARNERS = 100
HEADS, CLIENTS = 2000, 4

# In a process of its own, because clients read their settings once. Prints two times in seconds. Without the garbage
# collector, as in timeit: else its rounds can fall into the same one of the two each time.
LOAD = """
import gc, json, sys, time
from huggingface_hub import snapshot_download
from transformers import AutoModel, AutoTokenizer, logging

gc.disable()
logging.disable_progress_bar()
local, times = snapshot_download(sys.argv[1]), ([], [])
for _ in range(15):
    for source, taken in zip((sys.argv[1], local), times):
        began = time.perf_counter()
        AutoTokenizer.from_pretrained(source)
        AutoModel.from_pretrained(source)
        taken.append(time.perf_counter() - began)
print(json.dumps([sorted(taken)[len(taken) // 2] for taken in times]))
"""
DOWNLOAD = """
import json, os, sys, time
from huggingface_hub import hf_hub_download

began = time.perf_counter()
path = hf_hub_download("learner/large", "model.safetensors", local_dir=sys.argv[1])
with open(path, "r+b") as file:
    os.fsync(file.fileno())
print(json.dumps(time.perf_counter() - began))
"""
COPY = """
import json, os, subprocess, sys, time

began = time.perf_counter()
subprocess.run(["cp", *sys.argv[1:]], check=True)
with open(sys.argv[2], "r+b") as file:
    os.fsync(file.fileno())
print(json.dumps(time.perf_counter() - began))
"""


def measure() -> dict[str, float]:
    """All measurements, by name."""
    with tempfile.TemporaryDirectory(prefix="bench-hub-") as folder:
        home = Path(folder)
        figures = _starts(home / "empty")
        hub = launch.start(home, stock=ensure_stock())
        try:
            with canned(hub.url, home) as recorded:
                endpoints = {"": hub.url, ", recorded answers": recorded}
                figures |= _loading(hub, endpoints) | _download(hub, endpoints, home)
            return figures | _heads(hub) | _classroom(hub)
        finally:
            launch.stop(home)


def _starts(home: Path) -> dict[str, float]:
    """Medians: seconds from the call to the first answer, and the server's memory (RSS)."""
    seconds, megabytes = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        hub = launch.start(home, stock=[])
        seconds.append(time.perf_counter() - began)
        megabytes.append(psutil.Process(hub.pid).memory_info().rss / 1e6)
        launch.stop(home)
    return {"hub start (s)": statistics.median(seconds), "hub memory (MB)": statistics.median(megabytes)}


def _loading(hub: RunningHub, endpoints: dict[str, str]) -> dict[str, float]:
    """`endpoints`: what a measure's name ends with, and the server that it is of."""
    ratios = {}
    for size, checkpoint in LOADED.items():
        for ending, endpoint in endpoints.items():
            through_hub, from_folder = _client(hub, LOAD, checkpoint, HF_ENDPOINT=endpoint)
            ratios[f"from_pretrained, {size}, warm cache / local folder{ending}"] = through_hub / from_folder
    return ratios


def _download(hub: RunningHub, endpoints: dict[str, str], home: Path) -> dict[str, float]:
    """Shares of the speed of copying the file, each until it is on the same disk."""
    store = RepoStore(home / ".course" / "hub")
    original = home / "original"
    with original.open("wb") as file:
        for _ in range(LARGE >> 20):
            file.write(os.urandom(1 << 20))
    large = store.lfs.add(original)
    store.create("models", "learner/large").commit([AddLarge("model.safetensors", large.sha256, large.size)], "Add")
    shares = {ending: [] for ending in endpoints}
    for _ in range(ROUNDS + 1):
        copied = _client(hub, COPY, original, home / "copy")
        (home / "copy").unlink()
        for ending, endpoint in endpoints.items():
            target = home / "downloaded"
            shares[ending].append(copied / _client(hub, DOWNLOAD, target, HF_ENDPOINT=endpoint))
            shutil.rmtree(target)
    # The first round records, and waits for what was written before.
    return {
        f"download of 540 MB, share of cp's speed{ending}": statistics.median(found[1:])
        for ending, found in shares.items()
    }


def _heads(hub: RunningHub) -> dict[str, float]:
    path = f"/{CHECKPOINT}/resolve/main/config.json"

    def ask(_: int) -> None:
        connection = HTTPConnection("127.0.0.1", hub.port)
        for _ in range(HEADS // CLIENTS):
            connection.request("HEAD", path)
            response = connection.getresponse()
            response.read()
            assert response.status == 200
        connection.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(ask, range(CLIENTS)))
    return {"HEAD resolve (requests/s)": HEADS / (time.perf_counter() - began)}


def _classroom(hub: RunningHub) -> dict[str, float]:
    """How many times longer a hundred learners wait who all fetch the files of chapter 2 at once; none may fail."""

    def fetch(_: int) -> None:
        connection = HTTPConnection("127.0.0.1", hub.port, timeout=600)
        connection.request("GET", f"/api/models/{CHECKPOINT}/tree/main?recursive=true")
        for entry in json.loads(connection.getresponse().read()):
            connection.request("GET", f"/{CHECKPOINT}/resolve/main/{entry['path']}")
            response, size = connection.getresponse(), 0
            while piece := response.read(1 << 20):
                size += len(piece)
            assert (response.status, size) == (200, entry["size"])
        connection.close()

    began = time.perf_counter()
    fetch(0)
    alone = time.perf_counter() - began
    began = time.perf_counter()
    with ThreadPoolExecutor(LEARNERS) as pool:
        list(pool.map(fetch, range(LEARNERS)))
    together = time.perf_counter() - began
    return {"100 learners at once (s)": together, "100 learners at once / one": together / alone}


def _client(hub: RunningHub, script: str, *arguments: object, **variables: str):
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=os.environ | launch.client_environment(hub) | {"HF_HUB_DISABLE_PROGRESS_BARS": "1"} | variables,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:.2f}")
