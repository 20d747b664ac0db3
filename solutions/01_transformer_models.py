# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Chapter 1: Transformer models
#
# By the end of this chapter you can
# - let a pretrained model classify and write text, in two lines of code;
# - compute attention yourself, and say what a causal mask is for;
# - tell how large a model is without loading it.
#
# **About 60 minutes.** Everything runs on your own machine; no account is needed and a CPU is enough.

# %% [markdown]
# ## Start
#
# The next cell prepares the chapter. It starts the *practice hub*: a server on your own machine that answers like the
# Hugging Face Hub. Under the names of large models it serves small stand-ins, made for this course.
#
# After a restart of the kernel, run this cell again first.

# %% id="start"
import grader
from grader import check, hint, progress, quiz
from grader.learning import figures

grader.start(chapter=1)

# %% [markdown]
# ## 1. A model in two lines
#
# `pipeline()` puts everything together that a task needs. Here the task is to tell a good mood from a bad one.

# %%
from transformers import pipeline

SENTIMENT = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
classifier = pipeline("sentiment-analysis", model=SENTIMENT, device=grader.pick_device())
classifier(["I've been waiting for a HuggingFace course my whole life.", "I hate this so much!"])

# %% [markdown]
# Each text got a label and a score between 0 and 1: how sure the model is.
#
# A pipeline takes three steps. The **tokenizer** cuts the text into pieces and turns them into numbers. The **model**
# turns these into raw scores. **Postprocessing** turns the scores into something that people read.

# %%
text = "I've been waiting for a HuggingFace course my whole life."
scores = {result["label"]: result["score"] for result in classifier(text, top_k=None)}
figures.pipeline_steps(text, classifier.tokenizer.tokenize(text), scores)

# %% [markdown]
# ## 2. Labels that nobody trained
#
# The sentiment model knows two labels only. A *zero-shot* model takes the labels that you give it.

# %%
ZERO_SHOT = "facebook/bart-large-mnli"
zero_shot = pipeline("zero-shot-classification", model=ZERO_SHOT, device=grader.pick_device())
zero_shot(
    "This is a course about the Transformers library",
    candidate_labels=["politics", "business", "education"],
)

# %% [markdown]
# The labels come back in a new order, the best one first. Their scores add up to 1: the labels compete.

# %% exercise="zero-shot-own-labels"
my_text = ...
my_labels = ...
my_result = ...
### BEGIN SOLUTION
my_text = "The train to the coast is an hour late again, and nobody tells us why."
my_labels = ["travel", "cooking", "sport", "health", "weather"]
my_result = zero_shot(my_text, candidate_labels=my_labels)
### END SOLUTION

# %% [markdown]
# ## 3. A model that writes
#
# A *causal* language model guesses the next token, appends it, and guesses again.

# %%
WRITER = "HuggingFaceTB/SmolLM2-135M-Instruct"
generator = pipeline("text-generation", model=WRITER, device=grader.pick_device())
prompt = "In this course, we will teach you how to"
print(generator(prompt, max_new_tokens=20, do_sample=False)[0]["generated_text"])

# %% [markdown]
# The text goes on sensibly, although the model only ever looks for one next token.

# %% [markdown]
# ## 4. Attention
#
# How does a word learn what it means in *this* sentence? It looks at the other words.
#
# Every token asks for something (its **query**) and tells what it has (its **key**). Where a query meets a fitting key,
# the content of that token (its **value**) flows over.
#
# A model does this in many *heads* at once. Here is where they look, as numbers.

# %%
import torch
from transformers import AutoModel, AutoTokenizer

ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
encoder_tokenizer = AutoTokenizer.from_pretrained(ENCODER)
encoder = AutoModel.from_pretrained(ENCODER, attn_implementation="eager")
inputs = encoder_tokenizer("The cat drank the milk because it was thirsty.", return_tensors="pt")
with torch.no_grad():
    attentions = encoder(**inputs, output_attentions=True).attentions
len(attentions), attentions[0].shape  # layers, (batch, heads, tokens, tokens)

# %%
tokens = encoder_tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
figures.attention_map(tokens, attentions[5][0, 11].numpy(), "all-MiniLM-L6-v2, layer 6, head 12")

# %% [markdown]
# Read it row by row: each row adds up to 1. In this head nearly every token, “it” included, looks most at “cat” and
# “milk”: at what the sentence is about. A token may look to the left and to the right.

# %% exercise="attention-by-hand"
def attention(q, k, v, mask=None):
    """Scaled dot-product attention.

    q (batch, queries, size), k and v (batch, keys, size), mask (queries, keys) with True = may look.
    Returns (batch, queries, size).
    """
    ### BEGIN SOLUTION
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5  # (batch, queries, keys)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
    ### END SOLUTION

# %% [markdown]
# ## 5. Writing from left to right
#
# A model that writes must not peek: the next token is what it should guess. So it gets a mask.

# %% exercise="causal-mask"
def causal_mask(n):
    """An n x n tensor: True in row i, column j when token i may look at token j."""
    ### BEGIN SOLUTION
    return torch.ones(n, n, dtype=torch.bool).tril()
    ### END SOLUTION

# %% [markdown]
# The same kind of picture for the model that writes: everything right of the diagonal is empty.

# %%
writer, writer_tokenizer = generator.model, generator.tokenizer
writer.set_attn_implementation("eager")
inputs = writer_tokenizer("The cat drank the milk because it was thirsty.", return_tensors="pt")
inputs = inputs.to(writer.device)
with torch.no_grad():
    causal = writer(**inputs, output_attentions=True).attentions[4][0, 2]  # (tokens, tokens)
tokens = [writer_tokenizer.decode(i) for i in inputs["input_ids"][0]]
figures.attention_map(tokens, causal.float().cpu().numpy(), "SmolLM2-135M, layer 5, head 3")

# %% [markdown]
# PyTorch's own attention knows this mask too. With it, the first token can only look at itself, so its new vector is
# its own value.

# %%
x = torch.randn(1, 4, 8)  # (batch, tokens, size)
seen = torch.nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)
torch.allclose(seen[0, 0], x[0, 0])

# %% [markdown]
# Models like this one are called *decoders* or auto-regressive: GPT-2, Llama, SmolLM2. Models that look both ways are
# *encoders*: BERT, DistilBERT, MiniLM. T5 and BART have both halves.

# %% [markdown]
# ## 6. How large is a model?
#
# An **architecture** is a plan; a **checkpoint** is one set of weights for it. The plan's settings are in its *config*.
# They alone tell how many weights there will be.
#
# On the device “meta” a tensor has a shape and no memory. Here are ten billion numbers that take no space.

# %%
giant = torch.empty(100_000, 100_000, device="meta")
f"{giant.numel():,}"

# %% [markdown]
# A model can be built there from its config: `AutoModel.from_config(config)` makes the body,
# `AutoModelForMaskedLM.from_config(config)` the body with the head that guesses hidden words.
#
# DistilBERT is said to be 40% smaller than BERT ([Sanh et al. 2019](https://arxiv.org/abs/1910.01108)). Count it.

# %% exercise="count-parameters"
from transformers import AutoModelForMaskedLM, BertConfig, DistilBertConfig


def count_parameters(config):
    """Number of parameters of AutoModelForMaskedLM with this config, without filling memory."""
    ### BEGIN SOLUTION
    with torch.device("meta"):
        model = AutoModelForMaskedLM.from_config(config)
    return sum(parameter.numel() for parameter in model.parameters())
    ### END SOLUTION


kept_share = ...
### BEGIN SOLUTION
kept_share = count_parameters(DistilBertConfig()) / count_parameters(BertConfig())
### END SOLUTION

# %% [markdown]
# ## 7. Paid once, used often
#
# Training such a model on plain text is called **pretraining**. It takes many machines for days or weeks. What the model
# learns of language there is of use for almost any task.
#
# **Fine-tuning** goes on from there with a few thousand examples of one task. You will do it in chapter 3, in a minute
# or two. A model also takes over the bias of the text that it was trained on, and fine-tuning does not remove it.

# %% [markdown]
# ## Quiz
#
# Type the letter between the quotes and run both cells.

# %% quiz="pipeline-steps"

# %% quiz="why-transfer-learning"

# %% quiz="causal-against-masked"

# %% [markdown]
# ## In this chapter you saw
#
# - `pipeline()`: tokenizer, model, postprocessing in one call;
# - attention: a weighted look at the other tokens, and the mask that keeps it from peeking;
# - architecture against checkpoint, and what a config alone can tell.

# %%
progress(1)
