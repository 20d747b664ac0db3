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
# - find a model that fits a task, a language and a library, and load it with the class that it needs;
# - make a repository, fill it, and load an older version of it;
# - push models, tokenizers and what you have trained, from Python, from a terminal, by git and on the web page;
# - write a model card that people and programs understand;
# - keep secrets out of what you share, and others' code out of your machine.
#
# **About four hours.** You push to the *practice hub* on your own machine, and nothing leaves it,
# unless you chose the real Hub.

# %% id="start"
import grader
from grader import check, hint, progress, quiz
from grader.learning import figures

grader.start(chapter=4)

# %% [markdown]
# ## 1. The Hub
#
# Who are you there? Whoever pushes needs a *token*. The practice hub made one for you and put it where the libraries
# look for it. On the real Hub you make one yourself, and `hf auth login` puts it there.

# %%
from huggingface_hub import HfApi, whoami

api = HfApi()
me = whoami()["name"]
me

# %% [markdown]
# Everything that you share is in your *namespace*: `your-name/name-of-the-model`.
#
# A token is a password. It never belongs in a notebook, and never in a repository. Functions take one as `token=`
# (older tutorials: `use_auth_token=`), but you hardly ever need that.

# %% [markdown]
# After a restart of the kernel, run these first cells again. What you pushed is still there.
#
# What lives on the Hub? Models, data sets, and *spaces*: small programs with a page of their own.

# %%
for kind in ("models", "datasets", "spaces"):
    found = getattr(api, f"list_{kind}")(limit=3)
    print(f"{kind:9}", *[record.id for record in found])

# %% [markdown]
# Each of them is a *repository*. `list_models` finds those that fit: by task (`pipeline_tag`), by tags (`filter`), in an
# order of your choice. `expand` asks for what a record does not hold by itself, here the number of parameters.

# %%
for model in api.list_models(filter=["en", "transformers"], sort="downloads", limit=5, expand=["safetensors"]):
    print(f"{model.safetensors.total:>13,}" if model.safetensors else " " * 13, model.id)

# %% [markdown]
# English models for the library transformers, with their sizes. The Hub sorts by downloads, likes or dates. (The
# practice hub counts no downloads: there, all are equal.)

# %% exercise="discover"
def discover(task, language, library, count):
    """Of the count most downloaded models that fit, the ids; fewest parameters first."""
    ### BEGIN SOLUTION
    models = api.list_models(
        pipeline_tag=task, filter=[language, library], sort="downloads", limit=count, expand=["safetensors"]
    )
    known = [model for model in models if model.safetensors]
    return [model.id for model in sorted(known, key=lambda model: model.safetensors.total)]
    ### END SOLUTION

# %% [markdown]
# ## 2. Using a model of somebody else
#
# Before you use a model, read its *card*: what is it for, what was it trained on, what may you do with it?

# %%
from huggingface_hub import ModelCard

card = ModelCard.load("almanach/camembert-base")
print(card.data.pipeline_tag, card.data.language, card.data.license)
print("\n".join(card.text.strip().splitlines()[:6]))

# %% [markdown]
# CamemBERT fills gaps in French texts ([Martin et al. 2019](https://arxiv.org/abs/1911.03894)). In a pipeline for this
# task it does what it was trained for:

# %%
from transformers import pipeline

fill = pipeline("fill-mask", model="almanach/camembert-base", device=grader.pick_device())
[(guess["token_str"], round(guess["score"], 2)) for guess in fill("Le camembert est <mask> !", top_k=3)]

# %% [markdown]
# Plausible words. Now the same checkpoint in a pipeline for another task. Will it stop?

# %%
classify = pipeline("text-classification", model="almanach/camembert-base", device=grader.pick_device())
[classify(text) for text in ("Le camembert est délicieux.", "Le camembert est horrible.")]

# %% [markdown]
# It answers: `LABEL_0` or `LABEL_1`, with a score near 0.5. Run the cell again, and the scores are others: they mean
# nothing.
#
# The *load report* says why. `MISSING`: the class needs these weights and the checkpoint lacks them, so they are random.
# `UNEXPECTED`: the checkpoint has them, the class has no place for them.

# %% [markdown]
# The report is there as data, too. An example with another checkpoint:

# %%
import transformers

model_class = getattr(transformers, "AutoModelForQuestionAnswering")
reader, report = model_class.from_pretrained("google-bert/bert-base-cased", output_loading_info=True)
{key: len(names) for key, names in report.items()}

# %% exercise="right-task"
def new_weights(class_name):
    """The name of an Auto class -> the names of the weights that are random when it loads almanach/camembert-base."""
    ### BEGIN SOLUTION
    model_class = getattr(transformers, class_name)
    _, report = model_class.from_pretrained("almanach/camembert-base", output_loading_info=True)
    return list(report["missing_keys"])
    ### END SOLUTION


right_class = ...
fate = ...
### BEGIN SOLUTION
right_class = "AutoModelForMaskedLM"
fate = {"embeddings": "taken", "encoder": "taken", "lm_head": "left out", "classifier": "new"}
### END SOLUTION

# %% [markdown]
# Many examples on the Web name the classes of one architecture. For BERT this works:

# %%
import torch
from transformers import BertModel, BertTokenizer


def states_of_bert(checkpoint, text):
    """A text -> its last hidden states, shape (1, tokens, size)."""
    inputs = BertTokenizer.from_pretrained(checkpoint)(text, return_tensors="pt")
    model = BertModel.from_pretrained(checkpoint)
    with torch.no_grad():
        return model(**inputs).last_hidden_state


states_of_bert("google-bert/bert-base-uncased", "The cat sleeps.").shape

# %% [markdown]
# A vector for each token. What is unexpected here is the head, which this class leaves out on purpose.
#
# And with a checkpoint of another architecture? (We keep its long report quiet, and count.)

# %%
transformers.logging.set_verbosity_error()
misled, report = BertModel.from_pretrained("almanach/camembert-base", output_loading_info=True)
print(len(report["missing_keys"]), "weights are missing, of", len(misled.state_dict()))
print(BertTokenizer.from_pretrained("almanach/camembert-base").tokenize("Le chat dort sur le canapé."))
transformers.logging.set_verbosity_warning()

# %% [markdown]
# No error, and nothing is right: every weight is random, and common words are `<unk>`, unknown.
#
# The *Auto classes* ask first. They read the config of the checkpoint, find its architecture there, and take the class
# that belongs to it.

# %%
from transformers import AutoConfig, AutoModel, AutoTokenizer

for checkpoint in ("google-bert/bert-base-uncased", "almanach/camembert-base"):
    config = AutoConfig.from_pretrained(checkpoint)
    print(config.model_type.ljust(10), type(AutoModel.from_config(config)).__name__)

# %% exercise="swap-the-checkpoint"
def states_of(checkpoint, text):
    """A text -> its last hidden states, shape (1, tokens, size), for a checkpoint of any architecture."""
    ### BEGIN SOLUTION
    inputs = AutoTokenizer.from_pretrained(checkpoint)(text, return_tensors="pt")
    model = AutoModel.from_pretrained(checkpoint)
    with torch.no_grad():
        return model(**inputs).last_hidden_state
    ### END SOLUTION

# %% [markdown]
# ## 3. Sharing
#
# ### File by file: the library `huggingface_hub`
#
# A model on the Hub is a git repository. Creating one is one line, and a file goes up with `upload_file`.

# %%
repo = api.create_repo(f"{me}/first-steps", exist_ok=True)
api.upload_file(
    path_or_fileobj=b"My first file on the Hub.\n",
    path_in_repo="notes.txt",
    repo_id=f"{me}/first-steps",
    commit_message="Add a note",
)
[commit.title for commit in api.list_repo_commits(f"{me}/first-steps")]

# %% [markdown]
# Every upload is a *commit*, and the newest one comes first. A second upload under the same name does not overwrite
# anything: it is a new version.

# %%
api.upload_file(
    path_or_fileobj=b"Second thoughts.\n",
    path_in_repo="notes.txt",
    repo_id=f"{me}/first-steps",
    commit_message="Change the note",
)
newest, older = api.list_repo_commits(f"{me}/first-steps")[:2]

# %% [markdown]
# Whatever downloads from the Hub takes a `revision`: a branch such as `main`, a tag, or a commit.

# %%
from huggingface_hub import hf_hub_download

for commit in (newest, older):
    path = hf_hub_download(f"{me}/first-steps", "notes.txt", revision=commit.commit_id)
    print(commit.commit_id[:8], open(path).read().strip())

# %% [markdown]
# A whole folder goes up in *one* commit. `path_in_repo` says where its content is to be in the repository, not where it
# is on your disk.

# %%
import tempfile
from pathlib import Path

own_folder = tempfile.TemporaryDirectory()  # it vanishes when the notebook is closed
for name in ("monday", "tuesday"):
    Path(own_folder.name, f"{name}.txt").write_text(f"A note of {name}.\n")
api.upload_folder(folder_path=own_folder.name, path_in_repo="week", repo_id=f"{me}/first-steps")
api.list_repo_files(f"{me}/first-steps")

# %% [markdown]
# `.gitattributes` came with the repository; it says which files are large. Deleting is a commit as well:

# %%
api.delete_file("week/monday.txt", repo_id=f"{me}/first-steps")
first, second = api.list_repo_commits(f"{me}/first-steps")[:2]
for commit in (first, second):
    print(commit.title.ljust(50), len(api.list_repo_files(f"{me}/first-steps", revision=commit.commit_id)), "files")

# %% [markdown]
# Gone from `main`, but not from the commit before.

# %%
commits = api.list_repo_commits(f"{me}/first-steps")
figures.commit_line([(commit.commit_id, commit.title) for commit in commits], {commits[0].commit_id: "main"})

# %% [markdown]
# Each commit points to the one before it, and `main` is a name for the newest. `api.delete_repo` is the one thing that
# takes all of it.

# %% exercise="create-upload-delete"
life_repo_id = ...
life_files = ...
### BEGIN SOLUTION
life_repo_id = f"{me}/a-short-life"
api.delete_repo(life_repo_id, missing_ok=True)
api.create_repo(life_repo_id)
api.upload_file(path_or_fileobj=b"First a plan.\n", path_in_repo="plan.txt", repo_id=life_repo_id)
api.upload_file(path_or_fileobj=b"A first try.\n", path_in_repo="draft.txt", repo_id=life_repo_id)
api.upload_folder(folder_path=own_folder.name, path_in_repo="data", repo_id=life_repo_id)
api.delete_file("draft.txt", repo_id=life_repo_id)
life_files = api.list_repo_files(life_repo_id)
### END SOLUTION

# %% [markdown]
# ### In a terminal: `hf`
#
# The command `hf` does the same without Python (older tutorials: `huggingface-cli`). In a notebook, a line that begins
# with `!` goes to the shell.

# %%
# !hf auth whoami
# !hf repos create {me}/from-a-terminal --exist-ok
# !hf upload {me}/from-a-terminal {own_folder.name} week
# !hf download {me}/from-a-terminal week/monday.txt

# %% [markdown]
# On the real Hub you begin with `hf auth login`: it asks for a token of your settings page and keeps it, so that it
# need not stand anywhere else.

# %% [markdown]
# ### Models and tokenizers: `push_to_hub`
#
# They can push themselves. A small model with random weights shows it.

# %%
from transformers import BertConfig

tiny = BertModel(BertConfig(hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=128))
tiny.push_to_hub(f"{me}/tiny-bert")
for entry in api.list_repo_tree(f"{me}/tiny-bert"):
    print(f"{entry.path:20} {entry.size:>10,} bytes", "  git-lfs" if entry.lfs else "")

# %% [markdown]
# The weights are in `model.safetensors`, which holds numbers only. `README.md` is a card to be filled in.
#
# Large files are kept by *git-lfs*: the repository holds a small pointer, the content is stored beside it. (Behind these
# pointers the real Hub has a storage of its own, called Xet.)

# %% [markdown]
# Anybody who may read the repository loads it by its name.

# %%
AutoModel.from_pretrained(f"{me}/tiny-bert").config.hidden_size

# %% exercise="push-bert"
bert_repo_id = ...
### BEGIN SOLUTION
bert_repo_id = f"{me}/my-first-bert"
AutoModel.from_pretrained("google-bert/bert-base-cased").push_to_hub(bert_repo_id)
AutoTokenizer.from_pretrained("google-bert/bert-base-cased").push_to_hub(bert_repo_id)
### END SOLUTION

# %% [markdown]
# ### A version, pinned
#
# `from_pretrained(…, revision=…)` takes a commit, as `hf_hub_download` does. The commit stays what it is, whatever is
# pushed after it; a branch moves on, and even a tag can be set anew.

# %%
first_push = api.list_repo_commits(f"{me}/tiny-bert")[0].commit_id
AutoModel.from_pretrained(f"{me}/tiny-bert", revision=first_push).num_parameters()

# %% exercise="pin-a-revision"
def states_at(revision, ids):
    """The last hidden states that the model of your repository gives for ids at this revision."""
    ### BEGIN SOLUTION
    with torch.no_grad():
        return AutoModel.from_pretrained(pinned_repo_id, revision=revision)(ids).last_hidden_state
    ### END SOLUTION


pinned_repo_id = ...
old_commit = ...
### BEGIN SOLUTION
pinned_repo_id = f"{me}/two-versions"
old_commit = BertModel(tiny.config).push_to_hub(pinned_repo_id).oid
BertModel(tiny.config).push_to_hub(pinned_repo_id)
### END SOLUTION

# %% [markdown]
# ### What you have trained: the Trainer
#
# Chapter 3 trains a classifier for pairs of sentences. So that this chapter stands alone, here is a very short training
# of the same kind: enough to change the weights, not to be good.

# %%
from datasets import load_dataset
from transformers import AutoModelForSequenceClassification

body = "sentence-transformers/all-MiniLM-L6-v2"
tokenizer = AutoTokenizer.from_pretrained(body)
pairs = load_dataset("nyu-mll/glue", "mrpc", split="train[:64]")
tokenized = pairs.map(lambda pair: tokenizer(pair["sentence1"], pair["sentence2"], truncation=True, max_length=48))
classifier = AutoModelForSequenceClassification.from_pretrained(body, num_labels=2)
pairs.features["label"]

# %%
from transformers import TrainingArguments

device = grader.pick_device()
training_folder = tempfile.TemporaryDirectory()
arguments = TrainingArguments(
    training_folder.name,
    hub_model_id=f"{me}/mrpc-classifier",  # where it will be pushed
    max_steps=8,
    per_device_train_batch_size=8,
    learning_rate=2e-4,
    save_strategy="no",
    report_to="none",
    use_cpu=device.type == "cpu",
    **grader.precision_flags(device),
)

# %%
from transformers import Trainer

trainer = Trainer(classifier, arguments, train_dataset=tokenized, processing_class=tokenizer)
print(f"loss {trainer.train().training_loss:.2f}")

# %% [markdown]
# `trainer.push_to_hub()` pushes model, tokenizer and a card that tells of the training. What it cannot know it takes as
# `language=`, `license=` and `dataset=`. With `push_to_hub=True` among the arguments it pushes whenever it saves.
#
# But what would others read in a pipeline?

# %%
judge = pipeline("text-classification", model=classifier, tokenizer=tokenizer, device=device)
judge({"text": "The shop opens at nine.", "text_pair": "At nine the shop opens."})

# %% [markdown]
# `LABEL_1`? The data set knows what its labels mean, but the model was never told. Its config has a place for that, in
# both directions. For another task it would be:

# %%
weather = BertConfig(id2label={0: "dry", 1: "wet"}, label2id={"dry": 0, "wet": 1})
weather.id2label, weather.label2id

# %% [markdown]
# `from_pretrained` takes both as well. For a model that is there already, set `model.config.id2label` and
# `model.config.label2id`.

# %% exercise="push-trained"
trained_repo_id = ...
### BEGIN SOLUTION
trained_repo_id = f"{me}/mrpc-classifier"
names = pairs.features["label"].names
trainer.model.config.id2label = dict(enumerate(names))
trainer.model.config.label2id = {name: id for id, name in enumerate(names)}
trainer.push_to_hub(language="en", license="apache-2.0", dataset="nyu-mll/glue", tasks="text-classification")
### END SOLUTION

# %% [markdown]
# What lies there now? `api.list_repo_files(trained_repo_id)` tells. `training_args.bin`, which the Trainer adds, holds its
# settings as a pickle; nobody needs it to use the model.

# %% [markdown]
# ## 4. Model cards
#
# The file `README.md` of a repository is its *card*. On top, between two lines `---`, it carries metadata that the Hub
# can search. Below, it tells people what the model is for, and what it is not for. By hand:

# %%
by_hand = """---
language: en
license: mit
tags: [course]
---

# Tiny BERT

## Model description

Two layers with random weights.
"""
card_repo = api.create_repo(f"{me}/first-card", exist_ok=True).repo_id
api.upload_file(path_or_fileobj=by_hand.encode(), path_in_repo="README.md", repo_id=card_repo)
ModelCard.load(card_repo).data.to_dict()

# %% [markdown]
# Read back by a program. Before a card is taken, the hub looks whether its metadata is *valid*. With a number as license:

# %%
bad = by_hand.replace("mit", "7")
try:
    api.upload_file(path_or_fileobj=bad.encode(), path_in_repo="README.md", repo_id=card_repo)
except ValueError as refusal:
    print(refusal)

# %% [markdown]
# Only the form is looked at. Whether the card says anything is up to you. It should tell
# ([Mitchell et al. 2019](https://arxiv.org/abs/1810.03993)):
#
# | section | answers |
# |---|---|
# | model description | what is it, who made it? |
# | intended uses & limitations | what is it for, and what not? |
# | how to use | which lines of code load it? |
# | limitations and bias | about whom and what is it wrong? |
# | training data, training procedure | what did it learn from, and how? |
# | variables and metrics | what was measured, and on whom? |
# | evaluation results | how good is it? |

# %% [markdown]
# `ModelCardData` writes the metadata for you, and `EvalResult` a measured result.

# %%
from huggingface_hub import EvalResult, ModelCardData

result = EvalResult(
    task_type="text-classification",
    dataset_type="nyu-mll/glue",
    dataset_name="GLUE MRPC",
    metric_type="accuracy",
    metric_value=0.78,
)
example = ModelCardData(language="en", license="mit", model_name="my-model", eval_results=[result])
print(example.to_yaml())

# %% [markdown]
# The nested part is the *model-index*. Programs read it back, and the page of a model shows it as a table. The table
# has the numbers; your section on results says what they mean.

# %%
card = ModelCard(f"---\n{example.to_yaml()}\n---\n\n# My model\n")
api.upload_file(path_or_fileobj=str(card).encode(), path_in_repo="README.md", repo_id=card_repo)
for read in ModelCard.load(card_repo).data.eval_results:
    print(read.dataset_name, read.metric_type, read.metric_value)

# %% [markdown]
# So a card is these lines between two `---`, then your sections, uploaded as `README.md` like any other file.

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
    "Variables and metrics": "Accuracy: the share of right answers, over all pairs alike.",
    "Evaluation results": "It finds the majority class of MRPC: 68% accuracy.",
}
text = "\n\n".join(f"## {title}\n\n{body}" for title, body in sections.items())
content = f"---\n{data.to_yaml()}\n---\n\n# tiny-bert\n\n{text}\n"
api.upload_file(path_or_fileobj=content.encode(), path_in_repo="README.md", repo_id=card_repo_id)
### END SOLUTION

# %% [markdown]
# ## 5. Plain git
#
# A repository on the Hub is a git repository, so git works with it as well. Large files need an extension, git-lfs. Are
# both there?

# %%
from grader.learning.gitwork import git_workshop

workshop = git_workshop()

# %% [markdown]
# That folder is a workshop: what follows leaves your own git settings as they are. Git asks who you are, and git-lfs
# is switched on once.

# %%
# !git config --global user.name "{me}"
# !git config --global user.email "{me}@example.com"
# !git lfs install

# %% [markdown]
# To push, git needs a password: your token. A *credential helper* fetches it at the moment when it is needed, from
# where `hf auth login` has put it, and for the hub alone.

# %% language="bash"
# hub=${HF_ENDPOINT:-https://huggingface.co}
# git config --global credential.$hub.helper '!f() { echo username=me; echo "password=$(hf auth token 2>/dev/null)"; }; f'

# %% [markdown]
# So the token stands in no cell, in no address and in no setting. Now *clone*: git copies the repository, with its
# whole history, into a folder.

# %%
git_repo = f"{me}/by-git"
api.delete_repo(git_repo, missing_ok=True)
api.create_repo(git_repo)
clone = workshop / "by-git"
# !git clone -q {api.endpoint}/{git_repo} {clone}
# !git -C {clone} log --oneline

# %% [markdown]
# Change something, *commit* it, *push* it. `-C` says in which folder git works; in a terminal you would `cd` there.

# %%
(clone / "notes.txt").write_text("Written here, pushed by git.\n")
# !git -C {clone} add notes.txt
# !git -C {clone} commit -q -m "Add notes by git"
# !git -C {clone} push -q
[commit.title for commit in api.list_repo_commits(git_repo)]

# %% [markdown]
# The library sees the commit that git made: both are ways to one history.
#
# Which files are large? That is written in a file of the repository, `.gitattributes`.

# %%
rules = (clone / ".gitattributes").read_text().splitlines()
print(len(rules), "rules, such as")
print(*rules[:2], sep="\n")

# %% [markdown]
# A new repository on the Hub knows the usual endings. We save weights under one of them and look at what git itself
# keeps.

# %%
import subprocess

from safetensors.torch import save_file

save_file({"weight": torch.ones(500, 500)}, clone / "model.safetensors")
# !git -C {clone} add model.safetensors
# !git -C {clone} commit -q -m "Add weights"
# !git -C {clone} push -q
show = ["git", "-C", clone, "show", "HEAD:model.safetensors"]
kept = subprocess.check_output(show, text=True, errors="replace")
pointer = kept.splitlines() if kept.startswith("version ") else ["the weights themselves: no git-lfs"]
print(*pointer, sep="\n")

# %% [markdown]
# Three lines in place of a million bytes: this is the *pointer*.

# %%
figures.pointer_and_content(pointer, (clone / "model.safetensors").stat().st_size)

# %% [markdown]
# The checksum (`oid`) says which content belongs here; git-lfs has sent it to a store beside the repository.
#
# Another ending is another matter: somebody must *track* it.

# %%
# !git -C {clone} lfs track "*.f32"
# !git -C {clone} status --short

# %% [markdown]
# `track` has only changed `.gitattributes`, and does nothing for files that are added already. So track first, then add,
# and commit `.gitattributes` along with the file.
#
# Forgotten? A push of a file over 10 MB is refused; `git lfs migrate import --above=10MB` mends your unpushed commits.

# %% [markdown]
# **No git-lfs on your machine?** Clone all the same. Write the line into the clone's `.gitattributes` by hand,
# `*.f32 filter=lfs diff=lfs merge=lfs -text`, and push with `api.upload_folder(repo_id=…, folder_path=…)`: it sends large
# files past git.

# %%
from huggingface_hub import get_token

settings = (workshop / "gitconfig").read_text() + (clone / ".git" / "config").read_text()
get_token() in settings

# %% [markdown]
# `False`: the token is in none of git's settings, so whoever gets the folder does not get the token.

# %% exercise="git-and-lfs"
lfs_repo_id = ...
### BEGIN SOLUTION
import shutil

lfs_repo_id = api.create_repo(f"{me}/word-vectors", exist_ok=True).repo_id
vectors = AutoModel.from_pretrained("google-bert/bert-base-cased").get_input_embeddings().weight[:8000]
mine = workshop / "word-vectors"
# !git clone -q {api.endpoint}/{lfs_repo_id} {mine}
if shutil.which("git-lfs"):
    # !git -C {mine} lfs track "*.f32"
    vectors.detach().float().numpy().tofile(mine / "vectors.f32")
    # !git -C {mine} add .gitattributes vectors.f32
    # !git -C {mine} commit -q -m "Add word vectors"
    # !git -C {mine} push -q
else:
    with open(mine / ".gitattributes", "a") as file:
        file.write("*.f32 filter=lfs diff=lfs merge=lfs -text\n")
    vectors.detach().float().numpy().tofile(mine / "vectors.f32")
    api.upload_folder(repo_id=lfs_repo_id, folder_path=mine)
### END SOLUTION

# %% [markdown]
# ## 6. The web page
#
# Whatever has a button needs no code. `course hub open` in a terminal opens the practice hub in your browser, logged in
# as you; the pages of the real Hub have more on them, and the same parts. A repository begins with *New*:

# %%
figures.hub_page("new")

# %% [markdown]
# Name and visibility: the same that `create_repo` takes. Then files go up, each upload as a commit:

# %%
figures.hub_page("files")

# %% [markdown]
# The third column is the last commit that changed a file, and *LFS* marks the one that git-lfs keeps.
#
# The first page that visitors see is the card:

# %%
figures.hub_page("card")

# %% [markdown]
# The tags on top and the table of results come from the card's metadata, the text from what is below it. Your own page
# is here; open it in a browser.

# %%
print(f"{api.endpoint}/{git_repo}")

# %% [markdown]
# ## 7. Safety
#
# You load what strangers made, and strangers load what you made. What can go wrong?
#
# For years, weights were *pickles*: `pytorch_model.bin` is one. Watch closely what loading this one does.

# %%
import pickle


class Surprise:
    def __reduce__(self):
        return Path.write_text, (workshop / "surprise.txt", "Loading me has written this file.")


pickled = pickle.dumps({"weight": [0.1, 0.2], "bias": Surprise()})
pickle.loads(pickled)
(workshop / "surprise.txt").read_text()

# %% [markdown]
# Nobody called `write_text`. A pickle is a list of instructions, and loading carries them out: *any* function, with any
# arguments. Ours writes a line into the workshop; one of a stranger can read your token.

# %%
torch.save({"bias": Surprise()}, workshop / "pytorch_model.bin")
try:
    torch.load(workshop / "pytorch_model.bin", weights_only=True)
except pickle.UnpicklingError as refusal:
    print(str(refusal).splitlines()[0])

# %% [markdown]
# `weights_only=True` carries out nothing but what makes tensors. It is the default since
# [PyTorch 2.6](https://pytorch.org/blog/pytorch2-6/) (2025); older code and `weights_only=False` run all.
#
# Better is a format that cannot say "call this": [safetensors](https://huggingface.co/docs/safetensors) (2022).

# %%
import json

raw = (clone / "model.safetensors").read_bytes()
length = int.from_bytes(raw[:8], "little")
print(json.loads(raw[8 : 8 + length]))
print(len(raw) - 8 - length, "bytes of numbers")

# %% [markdown]
# That is the whole file: the length of a header, the header with names, types, shapes and places, then the numbers.
# There is no room for an instruction.
#
# `trust_remote_code=True` is the other door: it runs the repository's Python. Read that code, then pin its commit.

# %% [markdown]
# ### What a pin is worth
#
# Whoever owns a repository can move its branches *and* its tags. Here one tag names two versions, one after the other.

# %%
newest, older = api.list_repo_commits(git_repo)[:2]
for commit in (older, newest):
    api.create_tag(git_repo, tag="stable", revision=commit.commit_id)
    print("stable:", [file.path for file in api.list_repo_tree(git_repo, revision="stable")])
    api.delete_tag(git_repo, tag="stable")

# %% [markdown]
# The same tag, other files. The id of a commit is computed from all that is in it, so it cannot be moved:
# `revision="<40 letters and digits>"` gives you the files that you have looked at, or an error.

# %% [markdown]
# ### What a leaked token costs
#
# A token is you. What can yours do? Its *role* says it:

# %%
whoami()["auth"]

# %% [markdown]
# | who finds a token that may | can |
# |---|---|
# | **read** | load all that you may load, private and gated repositories too |
# | **write** | also change or delete all that is yours: people who load your model get theirs |
#
# So take the smallest that does the work: *read* to load, *fine-grained* for one repository.

# %%
from huggingface_hub.errors import HfHubHTTPError

try:
    HfApi(token="hf_" + "x" * 34).whoami()
except HfHubHTTPError as refusal:
    print(str(refusal).splitlines()[0])

# %% [markdown]
# This is all that a *revoked* token is good for. You revoke it on the web page, and at once it is nobody's. (To try it,
# make a second token there and revoke that one: the course works with its own.)

# %%
figures.hub_page("tokens")

# %% [markdown]
# Nothing else undoes a leak. On the real Hub the page is *Settings*, *Access Tokens*.

# %% [markdown]
# ### Private and gated
#
# Who may see a repository is a setting, beside its files. A *private* one is there for you alone:

# %%
secret_plan = api.create_repo(f"{me}/secret-plan", private=True, exist_ok=True).repo_id
stranger = HfApi(token=False)
api.repo_exists(secret_plan), stranger.repo_exists(secret_plan)

# %% [markdown]
# The stranger is not told "forbidden" but "there is no such thing". A *gated* repository is different: everybody sees its
# page and the names of its files, and must ask for the content.

# %%
from huggingface_hub.errors import GatedRepoError

api.update_repo_settings(git_repo, gated="manual")
print(stranger.list_repo_files(git_repo))
try:
    hf_hub_download(git_repo, "notes.txt", token=False)
except GatedRepoError:
    print("The content is only for those whom I let in.")
api.update_repo_settings(git_repo, gated=False)

# %% [markdown]
# `gated="auto"` lets everybody in who asks, `"manual"` those whom you choose. Both settings have a web page, too:

# %%
figures.hub_page("settings")

# %% [markdown]
# What somebody has downloaded before stays with them, whatever you set afterwards.

# %% exercise="private-repo"
private_repo_id = ...
### BEGIN SOLUTION
private_repo_id = api.create_repo(f"{me}/my-diary", private=True, exist_ok=True).repo_id
api.upload_file(path_or_fileobj=b"Dear diary,\n", path_in_repo="diary.txt", repo_id=private_repo_id)
### END SOLUTION

# %% [markdown]
# ### Out of history
#
# A secret was pushed, and deleted in the next commit. Is it gone?

# %%
password = api.upload_file(
    path_or_fileobj=b"open sesame", path_in_repo="password.txt", repo_id=git_repo, commit_message="Add everything"
).oid
api.delete_file("password.txt", git_repo, commit_message="Oops")
Path(hf_hub_download(git_repo, "password.txt", revision=password)).read_text()

# %% [markdown]
# A commit is never changed by the next one: history still has it, and so has every clone.

# %%
commits = api.list_repo_commits(git_repo)
names = {commits[0].commit_id: "main", password: "has the password"}
figures.commit_line([(commit.commit_id, commit.title) for commit in commits], names)

# %% [markdown]
# `super_squash_history` makes *one* commit of a branch, with the files of now.

# %%
api.super_squash_history(git_repo)
commits = api.list_repo_commits(git_repo)
figures.commit_line([(commit.commit_id, commit.title) for commit in commits], {commits[0].commit_id: "main"})

# %% [markdown]
# No branch leads to the old commits any more. But what if somebody knows the id of one?

# %%
from huggingface_hub.errors import RevisionNotFoundError

try:
    print(Path(hf_hub_download(git_repo, "password.txt", revision=password, force_download=True)).read_text())
except RevisionNotFoundError:
    print("This hub has thrown it away by now.")

# %% [markdown]
# A hub keeps for a while what nothing leads to; clones and caches keep it for good. So the order is:
#
# 1. **revoke** the token, or change the password: now it opens nothing;
# 2. take it out of the files of `main`;
# 3. squash, and delete tags and branches that lead to old commits.

# %% [markdown]
# Git can do the third step, too: `git checkout --orphan clean` begins a branch without a past, `git commit` fills it, and
# `git push --force origin clean:main` puts it in the place of the old one.
#
# To find what must go, look into every version:

# %%
def versions(repo_id):
    refs = api.list_repo_refs(repo_id)
    for ref in [*refs.branches, *refs.tags]:
        for commit in api.list_repo_commits(repo_id, revision=ref.name):
            yield ref.name, commit


for name, commit in versions(git_repo):
    print(name, commit.commit_id[:8], [file.path for file in api.list_repo_tree(git_repo, revision=commit.commit_id)])

# %% [markdown]
# One commit, and only files that may be there. (The real Hub also
# [looks for tokens](https://huggingface.co/docs/hub/security-secrets) in what is pushed, and writes you a mail about
# one that works.)
#
# Now for a repository of somebody in a hurry:

# %%
from grader.learning.leak import leaky_repository

leaky_repository(f"{me}/leaky-model")

# %% [markdown]
# These are the titles of its commits, newest first. One tag is there, too. Where are the tokens? (To begin anew, delete
# the repository first: `leaky_repository` leaves alone what is there.)

# %% exercise="no-secrets"
clean_repo_id = ...
### BEGIN SOLUTION
import re

clean_repo_id = f"{me}/leaky-model"
token = re.compile("hf_[A-Za-z0-9]{20,}")
for name, commit in versions(clean_repo_id):
    for file in api.list_repo_tree(clean_repo_id, revision=commit.commit_id):
        path = hf_hub_download(clean_repo_id, file.path, revision=commit.commit_id)
        if token.search(Path(path).read_text(errors="ignore")):
            print(f"{name}: {file.path} of “{commit.title}”")

script = Path(hf_hub_download(clean_repo_id, "train.py")).read_text()
script = re.sub(r"login\(.*\)", "login()", script)
api.upload_file(path_or_fileobj=script.encode(), path_in_repo="train.py", repo_id=clean_repo_id)
api.super_squash_history(clean_repo_id)
for tag in api.list_repo_refs(clean_repo_id).tags:
    api.delete_tag(clean_repo_id, tag=tag.name)
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
# - how to find a model, and what the load report says when a class does not fit; Auto classes ask the config first;
# - repositories and their commits, and five ways in: the library, `hf`, `push_to_hub`, git and the web page;
# - the Trainer's push, with names for the labels;
# - cards: metadata for programs, sections for people;
# - safety: safetensors, pinned commits, private and gated repositories, and secrets in the history.

# %%
progress(4)
