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
# - choose the model class that a task needs;
# - cut texts into words, characters and pieces, turn them into ids, and back;
# - put texts of different lengths into one batch without changing any result.
#
# **About three hours.** Everything runs on your own machine; a CPU is enough.

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
    outputs = model.base_model(**inputs)
hidden = outputs.last_hidden_state
hidden.shape  # (texts, tokens, size)

# %% [markdown]
# A vector for each token of each text, padding included. What a model returns has names, and their order counts too:

# %%
list(outputs.keys())

# %% [markdown]
# So one tensor can be got as an attribute, by its name as from a dictionary, or by its position as from a tuple.

# %% exercise="hidden-shape"
def hidden_shape(texts):
    """A list of texts -> the shape of the body's hidden states: (texts, tokens, size)."""
    ### BEGIN SOLUTION
    inputs = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        return tuple(model.base_model(**inputs).last_hidden_state.shape)
    ### END SOLUTION


by_attribute = ...
by_key = ...
by_index = ...
### BEGIN SOLUTION
by_attribute = outputs.last_hidden_state
by_key = outputs["last_hidden_state"]
by_index = outputs[0]
### END SOLUTION

# %% [markdown]
# The model's *head*, a small layer on top, turns these vectors into the outputs of one task: here, a score for each label.

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
# The same body can carry other heads. Here are five tiny models with random weights. What comes out of each?

# %%
import transformers

config = transformers.AutoConfig.for_model("distilbert", dim=32, hidden_dim=64, n_layers=1, n_heads=2)
kinds = ["SequenceClassification", "TokenClassification", "QuestionAnswering", "MaskedLM"]
for name in ["AutoModel", *(f"AutoModelFor{kind}" for kind in kinds)]:
    small = getattr(transformers, name).from_config(config)
    shapes = {key: tuple(value.shape) for key, value in small(inputs["input_ids"]).items()}
    print(f"{name:36}", shapes)

# %% [markdown]
# Without a head: hidden states. With one: scores for each text; for each token; for where an answer starts and ends; for
# each token of the vocabulary.
#
# Three more: `CausalLM` scores the next token, `Seq2SeqLM` writes a text from another text, `MultipleChoice` scores
# several texts against each other.

# %% exercise="choose-the-head"
heads = ...
### BEGIN SOLUTION
heads = {
    "review": "AutoModelForSequenceClassification",
    "names": "AutoModelForTokenClassification",
    "span": "AutoModelForQuestionAnswering",
    "gap": "AutoModelForMaskedLM",
    "story": "AutoModelForCausalLM",
    "french": "AutoModelForSeq2SeqLM",
    "search": "AutoModel",
    "ending": "AutoModelForMultipleChoice",
}
### END SOLUTION

# %% [markdown]
# ## 2. From text to tokens
#
# A tokenizer cuts a text into *tokens*. The plainest way is to cut at the spaces.

# %%
sentence = "I've been waiting for a HuggingFace course my whole life."
sentence.split()

# %% [markdown]
# `life.` carries its period, so it is another token than `life`. A pattern keeps words and marks apart.

# %%
import re


def split_words(text):
    """A text -> its words and punctuation marks, in lower case."""
    return re.findall(r"\w+|[^\w\s]", text.lower())


figures.token_strips({"words": split_words(sentence)})

# %% [markdown]
# Each token becomes a number, its *id*. The list of all tokens with their ids is the *vocabulary*, and it is fixed
# before the model is trained. What about a word that comes later?

# %%
vocabulary = split_words("The cat saw the dog.")
[word if word in vocabulary else "[UNK]" for word in split_words("The zebra saw the dog.")]

# %% [markdown]
# It becomes `[UNK]`, *unknown*: the model sees that there was a word, but not which.

# %% exercise="word-tokenizer"
def build_vocabulary(texts):
    """A list of texts -> {word: id}, with [UNK] at 0."""
    ### BEGIN SOLUTION
    vocab = {"[UNK]": 0}
    for text in texts:
        for word in split_words(text):
            vocab.setdefault(word, len(vocab))
    return vocab
    ### END SOLUTION


def encode_words(text, vocab):
    """One text -> the list of its ids."""
    ### BEGIN SOLUTION
    return [vocab.get(word, vocab["[UNK]"]) for word in split_words(text)]
    ### END SOLUTION


def decode_words(ids, vocab):
    """A list of ids -> one text."""
    ### BEGIN SOLUTION
    words = {id: word for word, id in vocab.items()}
    return " ".join(words[id] for id in ids)
    ### END SOLUTION

# %% [markdown]
# The other extreme: each character is a token.

# %%
figures.token_strips({"words": split_words(sentence), "characters": list(sentence.lower())})

# %% [markdown]
# Hardly any character is unknown. But the text has become long, and a single letter means little.

# %% exercise="char-tokenizer"
def compare_tokenizers(texts):
    """A list of texts -> {"words": (vocabulary size, tokens), "characters": (vocabulary size, tokens)}."""
    ### BEGIN SOLUTION
    words = [word for text in texts for word in split_words(text)]
    characters = [character for text in texts for character in text.lower()]
    return {
        "words": (len(set(words)), len(words)),
        "characters": (len(set(characters)), len(characters)),
    }
    ### END SOLUTION

# %% [markdown]
# Today's models cut in between, into *pieces* of words. BPE, *byte pair encoding*, learns them: it starts with
# characters, and joins two neighbors at each step.

# %%
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

corpus, strips = "sun sun sunny sunny run runner bun", {}
for steps in (0, 1, 2, 4):
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(vocab_size=len(set(corpus)) - 1 + steps, show_progress=False)
    bpe.train_from_iterator([corpus], trainer)
    strips[f"step {steps}"] = bpe.encode("sunny runner").tokens
figures.token_strips(strips)

# %% [markdown]
# The pair that occurs most often is joined first: `u` and `n`. Frequent words soon are one piece, rare ones stay in
# several.

# %% exercise="bpe-merge"
def most_frequent_pair(corpus):
    """{word as a tuple of symbols: count} -> the two neighbors that occur most often."""
    ### BEGIN SOLUTION
    counts = {}
    for word, count in corpus.items():
        for pair in zip(word, word[1:]):
            counts[pair] = counts.get(pair, 0) + count
    return max(counts, key=counts.get)
    ### END SOLUTION


def merge_pair(corpus, pair):
    """A new corpus in which the pair is one symbol."""
    ### BEGIN SOLUTION
    merged = {}
    for word, count in corpus.items():
        symbols, i = [], 0
        while i < len(word):
            width = 2 if word[i : i + 2] == pair else 1
            symbols.append("".join(word[i : i + width]))
            i += width
        merged[tuple(symbols)] = count
    return merged
    ### END SOLUTION

# %% [markdown]
# Real vocabularies hold tens of thousands of pieces: BERT's about 30,000, of the kind *WordPiece*
# ([Devlin et al. 2018](https://arxiv.org/abs/1810.04805)). SmolLM2 uses BPE on bytes, as GPT-2 does.

# %%
bert_tokenizer = AutoTokenizer.from_pretrained("google-bert/bert-base-uncased")
writer_tokenizer = AutoTokenizer.from_pretrained("HuggingFaceTB/SmolLM2-135M-Instruct")
text = "Snowboarding is unbelievable!"
figures.token_strips({"BERT": bert_tokenizer.tokenize(text), "SmolLM2": writer_tokenizer.tokenize(text)})

# %% [markdown]
# BERT writes `##` before a piece that goes on inside a word; SmolLM2 writes `Ġ` for the space before a word. Frequent
# words stay whole in both.
#
# An id is only a row number in one vocabulary. Another tokenizer reads other words in the same ids.

# %%
writer_tokenizer.decode(bert_tokenizer("The weather is lovely today.")["input_ids"])

# %% [markdown]
# That is what a model sees when it gets the ids of a foreign tokenizer. It does not complain; it reads nonsense.
#
# Now cut words as BERT does. The rule is greedy: take the longest piece that fits, then go on with the rest.

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
# ## 3. Tokens, ids, and back
#
# Back to the checkpoint of section 1. Its tokens become ids in two steps; the tokenizer's own call does both, and more.

# %%
tokens = tokenizer.tokenize(sentence)
ids = tokenizer.convert_tokens_to_ids(tokens)
called_ids = tokenizer(sentence)["input_ids"]
figures.token_strips(
    {"two steps": tokens, "one call": tokenizer.convert_ids_to_tokens(called_ids)},
    ids={"two steps": ids, "one call": called_ids},
)

# %% [markdown]
# The call puts two *special tokens* around the sentence, `[CLS]` and `[SEP]`. The model was trained with them; the two
# steps leave them out.

# %% exercise="ids-in-two-steps"
def ids_in_two_steps(text):
    """One text -> its ids, without special tokens."""
    ### BEGIN SOLUTION
    return tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))
    ### END SOLUTION


def with_special_tokens(ids):
    """Ids without special tokens -> the ids of the tokenizer's own call."""
    ### BEGIN SOLUTION
    return [tokenizer.cls_token_id, *ids, tokenizer.sep_token_id]
    ### END SOLUTION

# %% [markdown]
# The way back is called `decode`.

# %%
print(tokenizer.decode(called_ids))
print(tokenizer.decode(called_ids, skip_special_tokens=True))

# %% [markdown]
# The pieces are words again. But this is not quite the sentence that went in: compare it letter by letter.

# %% exercise="decode-back"
def round_trip(text, keep_special):
    """One text -> its ids, special tokens included -> a text again, with or without the special tokens."""
    ### BEGIN SOLUTION
    return tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=not keep_special)
    ### END SOLUTION


kept_text = ...
lost_text = ...
### BEGIN SOLUTION
kept_text = "nothing is lost in here"
lost_text = "We'll meet at the café."
### END SOLUTION

# %% [markdown]
# ## 4. One sentence is not a batch
#
# A model takes *batches*: tensors with one row for each sentence, shape (batch, tokens). One sentence is a batch of one.

# %%
with torch.no_grad():
    print(model(input_ids=torch.tensor([ids])).logits)

# %% [markdown]
# Not quite the logits of section 1: `ids` comes from the two steps, so the special tokens are missing.

# %% exercise="same-logits-twice"
batched_ids = ...
batched_logits = ...
### BEGIN SOLUTION
batched_ids = torch.tensor([ids, ids])
with torch.no_grad():
    batched_logits = model(input_ids=batched_ids).logits
### END SOLUTION

# %% [markdown]
# ## 5. Padding and its mask
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
# The tokenizer does the same when you ask for it. How wide a batch becomes, and what is cut off, is your choice.

# %%
pair = ["What a day!", "The rain stopped just before the match began."]
for options in [
    dict(padding=True),
    dict(padding="max_length", max_length=24),
    dict(padding=True, pad_to_multiple_of=16),
    dict(padding=True, truncation=True, max_length=10),
]:
    batch = tokenizer(pair, return_tensors="pt", **options)
    print(tuple(batch["input_ids"].shape), options)

# %% [markdown]
# The second number is the width: up to the longest text, to a length you name, to a multiple, or cut off. Multiples
# of 8 suit the Tensor Cores of NVIDIA GPUs, says the [tokenizer's
# documentation](https://huggingface.co/docs/transformers/main_classes/tokenizer).

# %% exercise="padding-choices"
to_longest = ...
to_forty = ...
to_eights = ...
at_most_twelve = ...
### BEGIN SOLUTION
to_longest = dict(padding=True)
to_forty = dict(padding="max_length", max_length=40, truncation=True)
to_eights = dict(padding=True, pad_to_multiple_of=8)
at_most_twelve = dict(padding=True, truncation=True, max_length=12)
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
# - heads: one body, another output for each task;
# - words, characters, pieces: BPE joins frequent neighbors, WordPiece takes the longest piece first;
# - ids and the way back: special tokens come in, capital letters and spaces can get lost;
# - batches: one row for each text, padding to make them equal, a mask to make the padding silent.

# %%
progress(2)
