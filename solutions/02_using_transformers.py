# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Chapter 2: Using Transformers
#
# By the end of this chapter you can
# - do by hand what a pipeline does: tokenizer, model, postprocessing;
# - cut words into pieces as BERT does;
# - put texts of different lengths into one batch without changing any result.
#
# **About 60 minutes.** Everything runs on your own machine; a CPU is enough.

# %% id="start"
import grader
from grader import check, hint, progress, quiz
from grader.learning import figures

grader.start(chapter=2)

# %% [markdown]
# ## 1. Behind the pipeline
#
# This is what we want to rebuild.

# %%
from transformers import pipeline

checkpoint = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
texts = ["I've been waiting for a HuggingFace course my whole life.", "I hate this so much!"]
pipeline("sentiment-analysis", model=checkpoint, device=grader.pick_device())(texts)

# %% [markdown]
# Step one: the tokenizer. It belongs to the checkpoint, so it is loaded by the same name.

# %%
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(checkpoint)
inputs = tokenizer(texts, padding=True, return_tensors="pt")
inputs["input_ids"]

# %% [markdown]
# One row for each text. The shorter one is filled up with zeros: that is *padding*.
#
# Step two: the model. Its *body* makes one vector for each token, the *hidden states*.

# %%
import torch
from transformers import AutoModelForSequenceClassification

model = AutoModelForSequenceClassification.from_pretrained(checkpoint)
with torch.no_grad():
    hidden = model.base_model(**inputs).last_hidden_state
hidden.shape  # (texts, tokens, size)

# %% [markdown]
# Its *head*, a small layer on top, turns these vectors into the outputs of one task: here, a score for each label.

# %%
with torch.no_grad():
    logits = model(**inputs).logits
logits  # (texts, labels)

# %% [markdown]
# Two raw scores for each text, called *logits*. They can be negative, and they add up to nothing in particular.
#
# Step three: a softmax makes probabilities of them, and the config knows the names.

# %%
print(model.config.id2label)
torch.softmax(logits, dim=-1)

# %% [markdown]
# Compare with the pipeline above: the same numbers.

# %% exercise="pipeline-by-hand"
def classify(texts):
    """A list of texts -> a list of {"label": name, "score": probability}, one for each text."""
    ### BEGIN SOLUTION
    inputs = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        probabilities = model(**inputs).logits.softmax(dim=-1)  # (texts, labels)
    scores, positions = probabilities.max(dim=-1)
    return [
        {"label": model.config.id2label[int(position)], "score": float(score)}
        for score, position in zip(scores, positions)
    ]
    ### END SOLUTION

# %% [markdown]
# ## 2. From words to pieces
#
# A vocabulary cannot hold every word. BERT's holds about 30,000 pieces and builds the rest from them.

# %%
bert_tokenizer = AutoTokenizer.from_pretrained("google-bert/bert-base-uncased")
for word in ["course", "tokenizer", "unbelievable", "snowboarding"]:
    print(f"{word:15}", bert_tokenizer.tokenize(word))

# %% [markdown]
# A piece with `##` goes on inside a word. Frequent words stay whole, rare ones fall into pieces.
#
# An id is only a row number in this one vocabulary. Another tokenizer reads other words in the same ids.

# %%
writer_tokenizer = AutoTokenizer.from_pretrained("HuggingFaceTB/SmolLM2-135M-Instruct")
writer_tokenizer.decode(bert_tokenizer("The weather is lovely today.")["input_ids"])

# %% [markdown]
# That is what a model sees when it gets the ids of a foreign tokenizer. It does not complain; it reads nonsense.
#
# Now cut words yourself. The rule is greedy: take the longest piece that fits, then go on with the rest.

# %% exercise="wordpiece"
def wordpiece(word, vocab):
    """One word -> its pieces from the set vocab, longest first; ["[UNK]"] when it cannot be cut up."""
    ### BEGIN SOLUTION
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocab:
                break
        else:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return pieces
    ### END SOLUTION

# %% [markdown]
# ## 3. One sentence is not a batch
#
# Tokens become ids in two steps. The result is a plain list.

# %%
sentence = "I've been waiting for a HuggingFace course my whole life."
ids = tokenizer.convert_tokens_to_ids(tokenizer.tokenize(sentence))
print(ids)

# %% [markdown]
# A model takes *batches*: tensors with one row for each sentence, shape (batch, tokens). One sentence is a batch of one.

# %%
with torch.no_grad():
    print(model(input_ids=torch.tensor([ids])).logits)

# %% [markdown]
# Not quite the logits of section 1. The tokenizer's own call puts two *special tokens* around the sentence: `[CLS]` and
# `[SEP]`, which the model was trained with. The two steps above leave them out.

# %%
print(tokenizer.convert_ids_to_tokens(tokenizer(sentence)["input_ids"]))

# %% exercise="same-logits-twice"
batched_ids = ...
batched_logits = ...
### BEGIN SOLUTION
batched_ids = torch.tensor([ids, ids])
with torch.no_grad():
    batched_logits = model(input_ids=batched_ids).logits
### END SOLUTION

# %% [markdown]
# ## 4. Padding and its mask
#
# All rows of a tensor have the same length. Shorter texts are padded, and an *attention mask* says which places are
# real.

# %%
batch = tokenizer(["What a day!", "The rain stopped just before the match began."], padding=True)
rows = [tokenizer.convert_ids_to_tokens(row) for row in batch["input_ids"]]
figures.padding_grid(rows, batch["attention_mask"])

# %% [markdown]
# The number below each token is the mask: 1 is read, 0 is not.
#
# What if the mask is left out? The model reads the padding as if it were text.

# %%
padded = tokenizer(["What a day!", "The rain stopped just before the match began."], padding=True, return_tensors="pt")
alone = tokenizer("What a day!", return_tensors="pt")
with torch.no_grad():
    print("alone        ", model(**alone).logits)
    print("with mask    ", model(**padded).logits[:1])
    print("without mask ", model(input_ids=padded["input_ids"]).logits[:1])

# %% [markdown]
# With the mask the result is the same as alone. Without it, the padding has changed it.

# %% exercise="pad-and-mask"
def pad_batch(sequences, pad_id):
    """Lists of ids -> {"input_ids": tensor, "attention_mask": tensor}, padded on the right."""
    ### BEGIN SOLUTION
    longest = max(len(sequence) for sequence in sequences)
    gaps = [longest - len(sequence) for sequence in sequences]
    return {
        "input_ids": torch.tensor([s + [pad_id] * gap for s, gap in zip(sequences, gaps)]),
        "attention_mask": torch.tensor([[1] * len(s) + [0] * gap for s, gap in zip(sequences, gaps)]),
    }
    ### END SOLUTION

# %% [markdown]
# ## Quiz

# %% quiz="what-the-head-does"

# %% quiz="what-logits-are"

# %% quiz="wrong-tokenizer"

# %% [markdown]
# ## In this chapter you saw
#
# - tokenizer, model, softmax: a pipeline without `pipeline()`;
# - WordPiece: the longest piece first;
# - batches: one row for each text, padding to make them equal, a mask to make the padding silent.

# %%
progress(2)
