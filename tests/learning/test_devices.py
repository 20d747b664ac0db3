"""One function chooses the device; no notebook and no module names one itself."""

import ast
from pathlib import Path

import jupytext
import pytest
import torch
from IPython.core.inputtransformer2 import TransformerManager

from grader.learning.devices import DeviceError, pick_device, precision_flags

ROOT = Path(__file__).parents[2]
DEVICE_NAMES = {"cuda", "cuda:0", "mps", "cpu", "gpu"}


def test_the_device_that_was_asked_for(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    assert pick_device() == torch.device("cpu")
    monkeypatch.setenv("COURSE_DEVICE", "toaster")
    with pytest.raises(ValueError, match="toaster"):
        pick_device()


def test_a_missing_gpu_is_a_clear_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="DEVICE=cuda was asked for"):
        pick_device("cuda")


def test_auto_takes_a_gpu_when_there_is_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert pick_device("auto").type == "cuda"


def test_precision_fits_the_device(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: False)
    assert precision_flags(torch.device("cuda")) == {"fp16": True}
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    assert precision_flags(torch.device("cpu")) == {}


def hard_coded_devices(source: str) -> list[str]:
    """Calls that move or load something to a device by name: `x.to("cuda")`, `device="cpu"`, `x.cuda()`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [arg.value for arg in node.args if isinstance(arg, ast.Constant)] if name in ("to", "device") else []
        given += [
            k.value.value
            for k in node.keywords
            if k.arg in ("device", "device_map") and isinstance(k.value, ast.Constant)
        ]
        if name in ("cuda", "mps", "cpu") and isinstance(node.func, ast.Attribute) and not node.args:
            # `.cpu()` brings results back to be read by people or NumPy; `.cuda()` and `.mps()` choose.
            found += [f".{name}()"] if name != "cpu" else []
        found += [f'{name}("{value}")' for value in given if value in DEVICE_NAMES]
    return found


def chosen_by_name(source: str) -> list[str]:
    """Names of GPUs that stand anywhere but in a comparison: `name = "cuda"`, `torch.autocast("cuda")`."""
    tree = ast.parse(source)
    compared = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Compare) for part in ast.walk(node)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in compared]
    return [node.value for node in texts if node.value in DEVICE_NAMES - {"cpu"}]


def test_the_finder_finds():
    assert chosen_by_name('name = "cuda"\ntorch.autocast("mps")\nlarge = device.type == "cuda"') == ["cuda", "mps"]
    assert hard_coded_devices('x.to("cuda")\ny = f(device="cpu")\nz.cuda()\ntorch.device("cuda:0")') != []
    assert len(hard_coded_devices('x.to("cuda")\ny = f(device="cpu")\nz.cuda()\ntorch.device("cuda:0")')) == 4
    assert hard_coded_devices('torch.device("meta")\nx.to(device)\nx.cpu()') == []


@pytest.mark.parametrize("path", sorted((ROOT / "solutions").glob("*.py")), ids=lambda p: p.name)
def test_no_chapter_names_a_device(path):
    for cell in jupytext.read(path).cells:
        if cell.cell_type == "code" and cell.source:
            source = TransformerManager().transform_cell(cell.source)  # shell lines are no Python
            assert hard_coded_devices(source) == [] and chosen_by_name(source) == []


@pytest.mark.parametrize("path", sorted((ROOT / "grader").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_names_a_device(path):
    assert hard_coded_devices(path.read_text(encoding="utf-8")) == []
