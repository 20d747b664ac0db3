# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Chapter 4: Sharing models and tokenizers
#
# By the end of this chapter you can
# - push a model with its tokenizer to the Hub and load it from there;
# - see what is in a repository, and load an older version of it;
# - write a model card that people and programs understand.
#
# **About 45 minutes.** You push to the *practice hub* on your own machine: nothing leaves it.

# %% id="start"
import grader
from grader import check, hint, progress, quiz

grader.start(chapter=4)

# %% [markdown]
# ## 1. Who are you?
#
# Whoever pushes needs a token. The practice hub made one for you and put it where the libraries look for it.

# %%
from huggingface_hub import whoami

me = whoami()["name"]
me

# %% [markdown]
# Everything that you share is in your *namespace*: `your-name/name-of-the-model`.
#
# A token is a password. It never belongs in a notebook, and never in a repository.
#
# After a restart of the kernel, run these first cells again. What you pushed is still there.

# %% [markdown]
# ## 2. A repository
#
# A model on the Hub is a git repository. Creating one is one line.

# %%
from huggingface_hub import HfApi

api = HfApi()
repo = api.create_repo(f"{me}/first-steps", exist_ok=True)
repo

# %% [markdown]
# A file goes up with `upload_file`. Every upload is a commit with a message.

# %%
api.upload_file(
    path_or_fileobj=b"My first file on the Hub.\n",
    path_in_repo="notes.txt",
    repo_id=f"{me}/first-steps",
    commit_message="Add a note",
)
[commit.title for commit in api.list_repo_commits(f"{me}/first-steps")]

# %% [markdown]
# The newest commit comes first. A second upload under the same name does not overwrite anything: it is a new version.

# %%
api.upload_file(
    path_or_fileobj=b"Second thoughts.\n",
    path_in_repo="notes.txt",
    repo_id=f"{me}/first-steps",
    commit_message="Change the note",
)
newest, older = api.list_repo_commits(f"{me}/first-steps")[:2]

# %% [markdown]
# Whatever downloads from the Hub takes a `revision`: a branch, a tag, or a commit.

# %%
from huggingface_hub import hf_hub_download

for commit in (newest, older):
    path = hf_hub_download(f"{me}/first-steps", "notes.txt", revision=commit.commit_id)
    print(commit.commit_id[:8], open(path).read().strip())

# %% [markdown]
# `from_pretrained(..., revision=...)` works alike. A pinned commit can never change under you.

# %% [markdown]
# ## 3. Push a model
#
# Models and tokenizers can push themselves. A small model with random weights shows it.

# %%
from transformers import BertConfig, BertModel

tiny = BertModel(BertConfig(hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=128))
tiny.push_to_hub(f"{me}/tiny-bert")
sorted(api.list_repo_files(f"{me}/tiny-bert"))

# %% [markdown]
# The weights are in `model.safetensors`. It holds numbers only and can run no code; a pickle file could. `README.md` is
# a card to be filled in: section 4 is about it.
#
# Large files are kept by *git-lfs*: the repository holds a small pointer, the content is stored beside it. (Behind these
# pointers the real Hub has a storage of its own, called Xet.)

# %%
for entry in api.list_repo_tree(f"{me}/tiny-bert"):
    print(f"{entry.path:20} {entry.size:>10,} bytes", "  git-lfs" if entry.lfs else "")

# %% [markdown]
# Anybody who may read the repository loads it by its name.

# %%
from transformers import AutoModel, AutoTokenizer

AutoModel.from_pretrained(f"{me}/tiny-bert").config.hidden_size

# %% exercise="push-bert"
bert_repo_id = ...
### BEGIN SOLUTION
bert_repo_id = f"{me}/my-first-bert"
AutoModel.from_pretrained("google-bert/bert-base-cased").push_to_hub(bert_repo_id)
AutoTokenizer.from_pretrained("google-bert/bert-base-cased").push_to_hub(bert_repo_id)
### END SOLUTION

# %% [markdown]
# ## 4. Model cards
#
# The file `README.md` of a repository is its *card*. On top, between two lines `---`, it carries metadata that the Hub
# can search. Below, it tells people what the model is for, and what it is not for.

# %%
from huggingface_hub import ModelCard

card = ModelCard.load("distilbert/distilbert-base-uncased-finetuned-sst-2-english")
print(card.data.license, card.data.pipeline_tag)
print("\n".join(card.text.strip().splitlines()[:6]))

# %% [markdown]
# `ModelCardData` writes the metadata for you, and `EvalResult` a measured result. The text of a card is these lines
# between two `---`, then your sections; it is uploaded as `README.md` like any other file.

# %%
from huggingface_hub import EvalResult, ModelCardData

example = ModelCardData(
    language="en",
    license="mit",
    model_name="my-model",
    eval_results=[
        EvalResult(
            task_type="text-classification",
            dataset_type="nyu-mll/glue",
            dataset_name="GLUE MRPC",
            metric_type="accuracy",
            metric_value=0.78,
        )
    ],
)
print(example.to_yaml())

# %% exercise="write-a-card"
card_repo_id = ...
### BEGIN SOLUTION
card_repo_id = f"{me}/tiny-bert"
data = ModelCardData(
    language="en",
    license="apache-2.0",
    tags=["text-classification", "course"],
    datasets=["nyu-mll/glue"],
    metrics=["accuracy"],
    model_name="tiny-bert",
    eval_results=[
        EvalResult(
            task_type="text-classification",
            dataset_type="nyu-mll/glue",
            dataset_name="GLUE MRPC",
            metric_type="accuracy",
            metric_value=0.68,
        )
    ],
)
sections = {
    "Model description": "A BERT with two layers and random weights, made to learn how sharing works.",
    "Intended uses & limitations": "For exercises only. It gives no useful predictions.",
    "How to use": f'`AutoModel.from_pretrained("{card_repo_id}")`',
    "Limitations and bias": "It knows nothing, so it is wrong about everybody alike.",
    "Training data": "None: the weights are random.",
    "Training procedure": "None.",
    "Evaluation results": "It finds the majority class of MRPC: 68% accuracy.",
}
text = "\n\n".join(f"## {title}\n\n{body}" for title, body in sections.items())
content = f"---\n{data.to_yaml()}\n---\n\n# tiny-bert\n\n{text}\n"
api.upload_file(path_or_fileobj=content.encode(), path_in_repo="README.md", repo_id=card_repo_id)
### END SOLUTION

# %% [markdown]
# ## Quiz

# %% quiz="what-a-repo-is"

# %% quiz="what-makes-no-repo"

# %% quiz="why-pin-a-revision"

# %% quiz="never-push"

# %% quiz="push-the-tokenizer"

# %% quiz="why-safetensors"

# %% quiz="what-git-lfs-keeps"

# %% quiz="what-a-repo-may-hold"

# %% quiz="what-metadata-is-for"

# %% [markdown]
# ## In this chapter you saw
#
# - namespaces, tokens, repositories and their commits;
# - `push_to_hub` for models and tokenizers, and git-lfs for what is large;
# - cards: metadata for programs, sections for people.

# %%
progress(4)
