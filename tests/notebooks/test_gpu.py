"""With a GPU the chapters run as they stand: proved with a pretended one that is as strict as a real one.

The chapters take minutes, so they run only when asked for: `make test-long`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.notebooks.run import run_chapter
from grader.notebooks.source import chapter_number, solutions_in

ROOT = Path(__file__).parents[2]
PRETEND = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom tests.notebooks import pretended_gpu\npretended_gpu.install()\n"
STRICT = """
import grader, torch
device, x = grader.pick_device(), torch.randn(2, 4)
layer = torch.nn.Linear(4, 3).to(device)
for wrong in (lambda: layer(x), lambda: x.to(device) + x, lambda: x.to(device).numpy()):
    try:
        wrong()
    except RuntimeError as error:
        print("refused", str(error)[:40])
y = layer(x.to(device))
y.sum().backward()
assert y.device == layer.weight.grad.device == torch.zeros(2, device=device).device == device
assert torch.equal(y.cpu(), torch.nn.functional.linear(x, layer.weight.cpu(), layer.bias.cpu()))
"""
LONG = pytest.mark.skipif("COURSE_LONG_TESTS" not in os.environ, reason="belongs to `make test-long`")


def test_the_pretended_gpu_computes_right_and_refuses_what_a_gpu_refuses():
    done = subprocess.run([sys.executable, "-c", PRETEND + STRICT], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and done.stdout.count("refused") == 3, done.stdout + done.stderr


@LONG
@pytest.mark.parametrize("solution", solutions_in(ROOT), ids=lambda path: path.stem)
def test_full_points_on_a_gpu(solution, tmp_path):
    shutil.copytree(solution.parent, tmp_path / "course" / "solutions")
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "course")
    chapter = tmp_path / "course" / "solutions" / solution.name
    start = f"grader.start(chapter={chapter_number(solution)})\n"
    text = chapter.read_text(encoding="utf-8")
    assert text.count(start) == 1
    text = text.replace(start, start + PRETEND) + "\n# %%\nassert pretended_gpu.count > 100\n"
    chapter.write_text(text, encoding="utf-8")
    parameters = {"max_steps": 5} if chapter_number(solution) == 3 else {}
    run = run_chapter(chapter, tmp_path / "executed.ipynb", parameters=parameters)
    assert run.failure == "" and run.points == run.total_points > 0
