"""What the course does with the `hf` command."""

import json
import os
import subprocess
import sys
from pathlib import Path

from huggingface_hub import ModelCard

HF = Path(sys.executable).with_name("hf")
ENVIRONMENT = os.environ | {"NO_COLOR": "1", "COLUMNS": "200"}


def hf(*words: str, fails: bool = False) -> str:
    """What the command prints."""
    done = subprocess.run([HF, *words], env=ENVIRONMENT, capture_output=True, text=True)
    assert (done.returncode != 0) is fails, f"hf {' '.join(words)}:\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


assert "learner" in hf("auth", "whoami")
hf("repos", "create", "by-command")
assert "already" in hf("repos", "create", "by-command", fails=True)
hf("repos", "create", "by-command", "--exist-ok")

Path("folder/sub").mkdir(parents=True)
Path("folder/weights.bin").write_bytes(os.urandom(50_000))
Path("folder/sub/notes.txt").write_text("notes")
Path("folder/sub/draft.tmp").write_text("draft")
card = "---\nlicense: mit\npipeline_tag: fill-mask\n---\n# By command\n"
Path("folder/README.md").write_text(card)
hf("upload", "learner/by-command", "folder", ".", "--exclude", "*.tmp", "--commit-message", "By command")
hf("upload", "learner/by-command", "folder/sub/notes.txt", "later.txt")

hf("download", "learner/by-command", "--include", "*.bin", "--include", "sub/*", "--local-dir", "copy")
found = {
    str(path.relative_to("copy")) for path in Path("copy").rglob("*") if path.is_file() and ".cache" not in path.parts
}
assert found == {"weights.bin", "sub/notes.txt"}, found
assert Path("copy/weights.bin").read_bytes() == Path("folder/weights.bin").read_bytes()
assert "README.md" in hf("download", "learner/by-command", "README.md", "--quiet")
assert ModelCard.load("learner/by-command").content.strip() == card.strip()
assert "no-such-file" in hf("download", "learner/by-command", "no-such-file.txt", fails=True)
hf("download", "learner/no-such-model", fails=True)

assert json.loads(hf("models", "info", "learner/by-command", "--json"))["pipeline_tag"] == "fill-mask"
listed = json.loads(hf("models", "ls", "--author", "learner", "--pipeline-tag", "fill-mask", "--json"))
assert "learner/by-command" in [model["id"] for model in listed]
assert "nyu-mll/glue" in hf("datasets", "ls", "--search", "glue")
assert "nyu-mll/glue" in hf("datasets", "info", "nyu-mll/glue")

hf("repos", "tag", "create", "learner/by-command", "v1")
assert "v1" in hf("repos", "tag", "list", "learner/by-command")
hf("repos", "settings", "learner/by-command", "--private")
hf("repos", "move", "learner/by-command", "learner/by-the-command")
hf("discussions", "create", "learner/by-the-command", "--title", "How?", "--body", "By command.")
assert "How?" in hf("discussions", "list", "learner/by-the-command")
hf("upload", "learner/by-the-command", "folder/sub/draft.tmp", "draft.txt", "--create-pr")
assert "+draft" in hf("discussions", "diff", "learner/by-the-command", "2")
assert "by-the-command" in hf("repos", "ls")
hf("repos", "delete", "learner/by-the-command", "--yes")
assert "learner/by-the-command" not in hf("models", "ls", "--author", "learner")
