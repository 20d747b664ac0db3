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
# - make a model from a plan, save it, and get the same model back;
# - cut texts into words, characters and pieces, turn them into ids, and back;
# - put texts of different lengths into one batch without changing any result, and read texts that are too long.
#
# **About four and a half hours.** Everything runs on your own machine; no account is needed and a CPU is enough.

# %% id="start"
import grader
from grader import check, hint, progress, quiz
from grader.learning import figures

grader.start(chapter=2)

# %% [markdown]
# ## 1. One way for all models
#
# Two models, made by different people. The lines that load and run them are the same.

# %%
import torch
from transformers import AutoModel, AutoTokenizer

for name in ("sentence-transformers/all-MiniLM-L6-v2", "HuggingFaceTB/SmolLM2-135M-Instruct"):
    tokenizer, model = AutoTokenizer.from_pretrained(name), AutoModel.from_pretrained(name)
    with torch.no_grad():
        vectors = model(**tokenizer("Hello!", return_tensors="pt")).last_hidden_state
    print(type(model).__name__.ljust(10), f"{model.num_parameters():>11,} parameters", vectors.shape)

# %% [markdown]
# That is what the library is for: **easy** to use, whatever the model. `AutoModel` finds the right class, here BERT's and
# Llama's, by the name of the checkpoint. What kind of object comes out?

# %%
import inspect
from pathlib import Path

print(isinstance(model, torch.nn.Module))
print("/".join(Path(inspect.getsourcefile(type(model))).parts[-4:]))

# %% [markdown]
# An ordinary PyTorch module, so it is **flexible**: whatever works on modules works here. And **simple**: the whole
# architecture stands in this one file, to be read and changed
# ([Hugging Face 2022](https://huggingface.co/blog/transformers-design-philosophy)).

# %% [markdown]
# ## 2. Behind the pipeline
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
tokenizer = AutoTokenizer.from_pretrained(checkpoint)
inputs = tokenizer(texts, padding=True, return_tensors="pt")
inputs["input_ids"]

# %% [markdown]
# One row for each text. The shorter one is filled up with zeros: that is *padding*.
#
# Step two: the model. Its *body* makes one vector for each token, the *hidden states*.

# %%
from transformers import AutoModelForSequenceClassification

model = AutoModelForSequenceClassification.from_pretrained(checkpoint)
with torch.no_grad():
    outputs = model.base_model(**inputs)
hidden = outputs.last_hidden_state
hidden.shape  # (texts, tokens, size)

# %% [markdown]
# A vector for each token of each text, padding included. (The real checkpoint is a DistilBERT with vectors of 768
# numbers; the practice hub's stand-in of this name is a smaller BERT, with 384.)

# %% [markdown]
# What a model returns has parts with names. One part can be got in three ways:

# %%
print(list(outputs.keys()))
for part in (outputs.last_hidden_state, outputs["last_hidden_state"], outputs[0]):
    print(part.shape, part is hidden)

# %% [markdown]
# As an attribute, by its name as from a dictionary, by its position as from a tuple: three times the same tensor. (A
# `pooler_output`, where there is one, is a single vector for each text, made from its first token.)

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
# Compare with the pipeline above: the same numbers. This is how the shapes changed on the way:

# %%
with torch.no_grad():
    states = model(**inputs, output_hidden_states=True).hidden_states  # after the embeddings, and after each layer
figures.shape_flow(
    {
        "tokenizer": inputs["input_ids"].shape,
        "embeddings": states[0].shape,
        f"{len(states) - 1} layers": states[-1].shape,
        "head": logits.shape,
        "softmax": logits.softmax(dim=-1).shape,
    }
)

# %% [markdown]
# The *embeddings* make a vector of each id, the layers mix the vectors, and the head leaves one number for each label.
# The axis of the tokens is gone: this head looks at the first token only.

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

# %% [markdown]
# Three more heads: `CausalLM` scores the next token, `Seq2SeqLM` writes a text from another text, `MultipleChoice` scores
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
# ## 3. A model: plan, weights, files
#
# A model's plan is its *config*: how many of everything, and how large. A plan is enough to build a model. Each layer
# widens a vector to `intermediate_size` numbers and narrows it again; BERT takes four times the hidden size.

# %%
plan = transformers.BertConfig(hidden_size=128, num_hidden_layers=4, num_attention_heads=4, intermediate_size=512)
newborn = transformers.AutoModelForMaskedLM.from_config(plan).eval()
for name, part in newborn.bert.named_children():
    print(f"{sum(p.numel() for p in part.parameters()):>9,} parameters in {name}")
print(f"{newborn.num_parameters() - newborn.bert.num_parameters():>9,} more in the head")
print(f"{newborn.num_parameters():>9,} in all")

# %% [markdown]
# Most are in the embeddings: 30,522 tokens, each with a row of 128 numbers. Attention heads cost nothing extra: each works
# on an equal share of the hidden size. The head uses the table of the embeddings again, so it adds little of its own.

# %% [markdown]
# The weights of a new model are random. `from_pretrained` takes plan *and* weights from a checkpoint. What do both make
# of a gap?

# %%
bert_name = "google-bert/bert-base-uncased"
bert_tokenizer = AutoTokenizer.from_pretrained(bert_name)
trained = transformers.AutoModelForMaskedLM.from_pretrained(bert_name)
gap = bert_tokenizer("She drank a cup of [MASK].", return_tensors="pt")
place = gap["input_ids"][0].tolist().index(bert_tokenizer.mask_token_id)
for name, some_model in {"trained": trained, "newborn": newborn}.items():
    with torch.no_grad():
        scores = some_model(**gap).logits[0, place]  # (words of the vocabulary)
    best = scores.softmax(-1).topk(3)
    print(name, bert_tokenizer.convert_ids_to_tokens(best.indices), best.values)

# %% [markdown]
# The trained model has a favorite; to the newborn all 30,522 tokens are about equally likely. (The report
# is about weights in the file that this class does not need.)

# %% [markdown]
# A model's *surprise* at a word is minus the logarithm of the probability that it gave to that word.

# %%
tea = bert_tokenizer.convert_tokens_to_ids("tea")
print("the id of tea:", tea)
for chance in (0.5, 0.01, 1 / 30522):
    print(f"probability {chance:.5f}   surprise {-torch.tensor(chance).log():.2f}")

# %% exercise="tiny-bert"
def surprise(scores, word_id):
    """One score for each word of the vocabulary -> minus the natural logarithm of the probability of one word."""
    ### BEGIN SOLUTION
    return -scores.log_softmax(-1)[word_id]
    ### END SOLUTION


tiny_config = ...
tiny = ...
tiny_surprise = ...
trained_surprise = ...
### BEGIN SOLUTION
tiny_config = transformers.BertConfig(
    hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=192
)
tiny = transformers.AutoModelForMaskedLM.from_config(tiny_config).eval()
with torch.no_grad():
    tiny_surprise = surprise(tiny(**gap).logits[0, place], tea)
    trained_surprise = surprise(trained(**gap).logits[0, place], tea)
### END SOLUTION

# %% [markdown]
# `from_pretrained` downloads a checkpoint once. After that its files come from the *cache*, a folder on this machine.

# %%
from transformers.utils import cached_file

cached_file(bert_name, "config.json")

# %% [markdown]
# The folder with the long name is a *revision*: one state of the checkpoint's files. The cache lies in `$HF_HOME/hub`,
# or in `~/.cache/huggingface/hub` where that is not set; older tutorials name `~/.cache/huggingface/transformers`.
#
# `save_pretrained` writes such files into a folder of your own.

# %%
import tempfile

own_folder = tempfile.TemporaryDirectory()  # it vanishes when the notebook is closed
folder = Path(own_folder.name)
newborn.save_pretrained(folder)
bert_tokenizer.save_pretrained(folder)
for file in sorted(folder.iterdir()):
    print(f"{file.stat().st_size:>12,} bytes", file.name)

# %% [markdown]
# The largest file holds the weights. What do the small ones say?

# %%
import json

content = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")}
for name, keys in {
    "config.json": ["architectures", "hidden_size", "num_hidden_layers"],
    "tokenizer_config.json": ["tokenizer_class", "model_max_length", "mask_token"],
}.items():
    print(name, {key: content[name].get(key) for key in keys})
print("tokenizer.json", list(content["tokenizer.json"]["model"]["vocab"])[2000:2008])

# %% [markdown]
# The config is the plan, `tokenizer.json` holds the vocabulary and the rules of cutting, and the third says how the
# tokenizer is to be used. `from_pretrained` takes a folder as well as a name:

# %%
same_tokenizer = AutoTokenizer.from_pretrained(folder)
same_tokenizer("Saved and loaded.") == bert_tokenizer("Saved and loaded.")

# %% [markdown]
# Older checkpoints keep their weights in `pytorch_model.bin`, a *pickle*: opening one can run any code in it. A
# `.safetensors` file holds numbers only ([safetensors](https://huggingface.co/docs/safetensors)).

# %% [markdown]
# One trap when a model is loaded and compared: some layers drop numbers at random while it is trained. That is *dropout*.

# %%
fresh = transformers.AutoModel.from_config(plan)
with torch.no_grad():
    for mode in (True, False):
        fresh.train(mode)
        first, second = fresh(**gap).last_hidden_state, fresh(**gap).last_hidden_state
        print("training" if fresh.training else "evaluation", f"differs by up to {(first - second).abs().max():.2f}")

# %% [markdown]
# In training mode two runs on one text differ. `from_config` returns a model in that mode, `from_pretrained` in
# evaluation mode; `model.eval()` switches.

# %% exercise="save-and-reload"
def save_new(config, folder, ids):
    """Makes an AutoModel from config and saves it in folder -> its last hidden states for ids."""
    ### BEGIN SOLUTION
    model_to_save = transformers.AutoModel.from_config(config).eval()
    model_to_save.save_pretrained(folder)
    with torch.no_grad():
        return model_to_save(ids).last_hidden_state
    ### END SOLUTION


def reload(folder, ids):
    """Last hidden states for ids, of the model that lies in folder."""
    ### BEGIN SOLUTION
    reloaded = transformers.AutoModel.from_pretrained(folder)
    with torch.no_grad():
        return reloaded(ids).last_hidden_state
    ### END SOLUTION


roles = ...
### BEGIN SOLUTION
roles = {
    "plan": "config.json",
    "weights": "model.safetensors",
    "old_weights": "pytorch_model.bin",
    "pieces": "tokenizer.json",
    "tokenizer_options": "tokenizer_config.json",
}
### END SOLUTION

# %% [markdown]
# ## 4. From text to tokens
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
    words = {number: word for word, number in vocab.items()}
    return " ".join(words[number] for number in ids)
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
    strips[f"step {steps}"] = [*bpe.encode("sunny").tokens, None, *bpe.encode("runner").tokens]
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
writer_tokenizer = AutoTokenizer.from_pretrained("HuggingFaceTB/SmolLM2-135M-Instruct")
text = "Snowboarding is unbelievable!"
figures.token_strips({"BERT": bert_tokenizer.tokenize(text), "SmolLM2": writer_tokenizer.tokenize(text)})

# %% [markdown]
# BERT writes `##` before a piece that goes on inside a word; SmolLM2 writes `Ġ` for the space before a word. Frequent
# words stay whole in both. All three ways to cut, side by side, with the ids:

# %%
cuts = {
    "words": split_words(sentence),
    "characters": list(sentence.lower()),
    "pieces": bert_tokenizer.tokenize(sentence),
}
rows = {name: [list(dict.fromkeys(cut)).index(token) for token in cut] for name, cut in cuts.items()}
rows["pieces"] = bert_tokenizer.convert_tokens_to_ids(cuts["pieces"])  # rows of a real vocabulary
figures.token_strips(cuts, ids=rows)

# %% [markdown]
# Words and characters were numbered as they came; the pieces have BERT's own ids.
#
# What about a sign that no vocabulary of words and pieces holds?

# %%
text = "A naïve smile 🙂"
figures.token_strips({"BERT": bert_tokenizer.tokenize(text), "SmolLM2": writer_tokenizer.tokenize(text)})

# %% [markdown]
# BERT first takes capital letters and accents away (`naive`), and gives up at the face: `[UNK]`. SmolLM2 starts from the
# *bytes* that every text consists of, of which there are only 256, so nothing is unknown; the odd letters stand for bytes
# ([Radford et al. 2019](https://openai.com/index/better-language-models/)).
#
# A fourth kind is *Unigram* ([Kudo 2018](https://arxiv.org/abs/1804.10959)), here in CamemBERT's tokenizer.

# %%
french_tokenizer = AutoTokenizer.from_pretrained("almanach/camembert-base")
print(type(french_tokenizer.backend_tokenizer.model).__name__)
figures.token_strips({"CamemBERT": french_tokenizer.tokenize("Le chat dort sur le canapé.")})

# %% [markdown]
# Unigram goes the other way: it starts with many pieces and drops the least useful ones. `▁` is the space, a letter
# like others for *SentencePiece* ([Kudo and Richardson 2018](https://arxiv.org/abs/1808.06226)).

# %% [markdown]
# An id is only a row number in one vocabulary. Another tokenizer reads other words in the same ids.

# %%
writer_tokenizer.decode(bert_tokenizer("The weather is lovely today.")["input_ids"])

# %% [markdown]
# That is what a model sees when it gets the ids of a foreign tokenizer. It does not complain; it reads nonsense.

# %% [markdown]
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
# ## 5. Tokens, ids, and back
#
# Back to the checkpoint of section 2. Its tokens become ids in two steps; the tokenizer's own call does both, and more.

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
# Ids mean something to one vocabulary only. Three setups, each with the tokenizer of one checkpoint and the model of
# another:

# %%
setups = {
    "reviews": ("sentence-transformers/all-MiniLM-L6-v2", checkpoint),
    "gaps": ("google-bert/bert-base-uncased", "google-bert/bert-base-cased"),
    "vectors": ("google-bert/bert-base-uncased", "sentence-transformers/all-MiniLM-L6-v2"),
}
for name, (tokenizer_name, model_name) in setups.items():
    some_ids = AutoTokenizer.from_pretrained(tokenizer_name)("It rains.")["input_ids"]
    table = transformers.AutoConfig.from_pretrained(model_name).vocab_size
    print(name.ljust(8), some_ids, "each with a row in the table:", max(some_ids) < table)

# %% [markdown]
# None of the three models would stop. But one of them was trained with other ids, and would read another text.

# %% exercise="wrong-pair"
def fits(tokenizer_name, model_name):
    """Two names of checkpoints -> whether the first one's tokenizer makes the ids that the second one's model knows."""
    ### BEGIN SOLUTION
    text = "Snowboarding in Paris is unbelievable!"
    ids = [AutoTokenizer.from_pretrained(name)(text)["input_ids"] for name in (tokenizer_name, model_name)]
    return ids[0] == ids[1]
    ### END SOLUTION


wrong_setup = ...
mended = ...
### BEGIN SOLUTION
wrong_setup = "gaps"
mended = ("google-bert/bert-base-cased", "google-bert/bert-base-cased")
### END SOLUTION

# %% [markdown]
# ## 6. One sentence is not a batch
#
# A model takes *batches*: tensors with one row for each sentence, shape (batch, tokens). One sentence is a batch of one.

# %%
ids = tokenizer.convert_tokens_to_ids(tokenizer.tokenize("I've been waiting for a HuggingFace course my whole life."))
with torch.no_grad():
    print(model(input_ids=torch.tensor([ids])).logits)

# %% [markdown]
# Not quite the logits of section 2: `ids` comes from the two steps, so the special tokens are missing.

# %% exercise="same-logits-twice"
batched_ids = ...
batched_logits = ...
### BEGIN SOLUTION
batched_ids = torch.tensor([ids, ids])
with torch.no_grad():
    batched_logits = model(input_ids=batched_ids).logits
### END SOLUTION

# %% [markdown]
# ## 7. Padding and its mask
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
# ## 8. Longer than the model
#
# This model has a fixed number of *places*, one for each token. What if a text has more tokens?

# %%
long_text = "The room was cold and the soup was colder. " * 180
long_inputs = tokenizer(long_text, return_tensors="pt")
print(long_inputs["input_ids"].shape, "for", model.config.max_position_embeddings, "places")
try:
    model(**long_inputs)
except (RuntimeError, IndexError) as error:
    print(type(error).__name__, str(error)[:80])

# %% [markdown]
# The tokenizer only warns; the model stops: it never learned anything about place 513. *Truncation* cuts the rest off,
# and the rest is lost.
#
# The tokenizer can also cut the text into *windows* that overlap. Here is a small example.

# %%
windows_of = tokenizer(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen",
    truncation=True,
    max_length=12,
    stride=2,
    return_overflowing_tokens=True,
)
for row in windows_of["input_ids"]:
    print(tokenizer.convert_ids_to_tokens(row))

# %% [markdown]
# Each row has its own special tokens and begins with the last two words of the row before. So a word at a border is
# read with neighbors on both sides in one of the windows. `stride` here is the overlap, not the step, and must be smaller
# than the room in a row: below 10.

# %% exercise="too-long"
def truncate(text, size):
    """One text -> one list of ids, special tokens included, at most size long: the start of the text."""
    ### BEGIN SOLUTION
    return tokenizer(text, truncation=True, max_length=size)["input_ids"]
    ### END SOLUTION


def windows(text, size, overlap):
    """One text -> a list of such lists: all of the text, with overlap tokens in common between neighbors."""
    ### BEGIN SOLUTION
    options = dict(truncation=True, max_length=size, stride=overlap, return_overflowing_tokens=True)
    return tokenizer(text, **options)["input_ids"]
    ### END SOLUTION

# %% [markdown]
# Now each window is short enough. One way to get a single answer: the mean of the logits of all windows.

# %%
long_review = "The first half was dull, slow and far too loud. " * 60 + "Then it became wonderful, a joy to watch. " * 90
options = dict(truncation=True, max_length=512, padding=True, return_tensors="pt")
first = tokenizer(long_review, **options)
rows = tokenizer(long_review, stride=64, return_overflowing_tokens=True, **options)
with torch.no_grad():
    print("first window", model(**first).logits.softmax(-1))
    scores = model(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits  # (windows, labels)
print("all windows ", scores.mean(dim=0, keepdim=True).softmax(-1))

# %% [markdown]
# The first window is about the dull half only. All windows together have read the whole review.

# %% [markdown]
# ## 9. All together: one call
#
# Cutting, ids, special tokens, padding, mask, truncation, tensors: one call of the tokenizer does it all, and the model
# takes what comes out.

# %%
pair = ["What a day!", "The rain stopped just before the match began."]
everything = tokenizer(pair, padding=True, truncation=True, return_tensors="pt")
with torch.no_grad():
    print(list(everything), model(**everything).logits.softmax(dim=-1), sep="\n")

# %% [markdown]
# Each step has its options. How wide a batch becomes, and what is cut off, is your choice.

# %%
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
# of 8 suit the Tensor Cores of NVIDIA GPUs, says PyTorch's [tuning
# guide](https://docs.pytorch.org/tutorials/recipes/recipes/tuning_guide.html).

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
# Two texts can share a row. Then truncation has a choice: which of them is cut?

# %%
question = "What came after the rain, and when was that?"
page = "The rain stopped at noon. Then the sun came out over the hills."
for truncation in ("longest_first", "only_first", "only_second"):
    row = tokenizer(question, page, truncation=truncation, max_length=21)["input_ids"]
    print(f"{truncation:14}", tokenizer.decode(row))

# %% [markdown]
# `truncation=True` is `"longest_first"`: whichever text is longer loses its last token, again and again. For a question
# over a page, cut the page only.
#
# Lists, tensors or arrays: `return_tensors` says what comes back.

# %%
for kind in (None, "pt", "np"):
    print(kind, type(tokenizer("What a day!", return_tensors=kind)["input_ids"]))

# %% [markdown]
# `"pt"` is PyTorch, `"np"` NumPy. Older tutorials use `"tf"`; it went away when Transformers dropped TensorFlow.

# %% [markdown]
# ## Quiz

# %% quiz="order-by-hand"

# %% quiz="hidden-dimensions"

# %% quiz="what-the-head-does"

# %% quiz="what-logits-are"

# %% quiz="what-automodel-loads"

# %% quiz="what-pieces-do"

# %% quiz="wrong-tokenizer"

# %% quiz="what-tokenize-returns"

# %% quiz="what-the-call-adds"

# %% quiz="texts-in-one-batch"

# %% [markdown]
# ## In this chapter you saw
#
# - one way to load all models: ordinary PyTorch modules, one file for each architecture;
# - tokenizer, model, softmax: a pipeline without `pipeline()`, and how the shapes change on the way;
# - a plan makes a model, weights make it a good one; heads give one body another output for each task;
# - words, characters, pieces: BPE joins frequent neighbors, WordPiece takes the longest piece first;
# - ids and the way back: special tokens come in, capital letters get lost, and only one vocabulary fits a model;
# - batches: padding to make rows equal, a mask to make the padding silent, windows for what is too long;
# - one call of the tokenizer that does it all.

# %%
progress(2)
