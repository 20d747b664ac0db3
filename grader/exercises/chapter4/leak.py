"""A repository with tokens in it, as people push them: in a script, and in a deleted file that a tag still leads to.

The tokens are made up anew each time and open nothing.
"""

from __future__ import annotations

import json
import re
import secrets
import string

CARD, CONFIG, WEIGHTS, SCRIPT, SETTINGS = "README.md", "config.json", "model.safetensors", "train.py", ".env"
TO_KEEP = (CARD, CONFIG, WEIGHTS, SCRIPT)
TAG = "v0.1"
# The Hub's tokens look like this; so short a rest as in hf_your_token_here is a placeholder.
TOKEN = re.compile("hf_[A-Za-z0-9]{20,}")


def leaky_repository(repo_id: str) -> list[str]:
    """Makes the repository, private, and returns the titles of its commits. One that is there already is left alone."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

    def add(path: str, content: str | bytes) -> CommitOperationAdd:
        return CommitOperationAdd(path, content if isinstance(content, bytes) else content.encode())

    api = HfApi()
    if not api.repo_exists(repo_id):
        api.create_repo(repo_id, private=True)
        model = [add(CARD, card()), add(CONFIG, json.dumps({"model_type": "bert"})), add(WEIGHTS, weights())]
        leaked = add(SETTINGS, f"HF_TOKEN={made_up_token()}\n")
        api.create_commit(repo_id, [*model, leaked], commit_message="Share the model")
        api.create_tag(repo_id, tag=TAG)
        api.create_commit(repo_id, [CommitOperationDelete(SETTINGS)], commit_message="Oops: remove .env")
        script = training_script(f'login("{made_up_token()}")')
        api.create_commit(repo_id, [add(SCRIPT, script)], commit_message="Show how it was trained")
    return [commit.title for commit in api.list_repo_commits(repo_id)]


def made_up_token() -> str:
    """It looks like one of the Hub's, and is nobody's."""
    return "hf_" + "".join(secrets.choice(string.ascii_letters) for _ in range(34))


def training_script(login: str) -> str:
    lines = (
        "from huggingface_hub import login",
        "from transformers import AutoModel",
        "",
        login,
        "",
        "",
        "def train(steps=100):",
        '    return AutoModel.from_pretrained("google-bert/bert-base-cased")',
    )
    return "\n".join(lines) + "\n"


def card() -> str:
    return "---\nlicense: mit\n---\n\n# A model with a past\n\nMade for an exercise.\n"


def weights() -> bytes:
    """The same bytes each time, so that a check can tell them from others."""
    import numpy
    from safetensors.numpy import save

    return save({"weight": numpy.arange(6, dtype="float32").reshape(2, 3)})
