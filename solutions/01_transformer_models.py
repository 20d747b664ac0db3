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
# - let a pretrained model classify text, fill gaps and write, in two lines of code;
# - find a model for your task on the Hub;
# - find names in a text, and the words that answer a question;
# - let models sum up and translate;
# - compare sentences by their meaning;
# - compute attention yourself, and say what a causal mask is for;
# - tell the three families of models apart, and what each is good for;
# - tell how large a model is without loading it, and what its training weighs in CO₂.
#
# **About three hours.** Everything runs on your own machine; no account is needed and a CPU is enough.

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
# ## 3. Find a model
#
# Every name in this chapter is a *repository* on the Hub. You can ask the Hub for all models of a task, the most
# wanted first.

# %%
from huggingface_hub import list_models, model_info

for model in list_models(pipeline_tag="text-classification", sort="downloads", limit=3):
    print(model.id)

# %% [markdown]
# On the practice hub this list is short. On the real one it would be endless without a `limit`.
#
# An id is a **namespace** (who put it there), a slash and a name. Each repository carries tags:

# %%
model_info(SENTIMENT).tags

# %% [markdown]
# They tell library, task, language (`en`), training data and license. `list_models(filter="…")` keeps only models that
# carry a tag, and a list of tags keeps those that carry all of them.

# %% exercise="find-a-model"
writer_id = ...
french_id = ...
### BEGIN SOLUTION
writer_id = next(iter(list_models(pipeline_tag="text-generation", sort="downloads", limit=1))).id
french_id = next(iter(list_models(pipeline_tag="fill-mask", filter="fr", sort="downloads", limit=1))).id
### END SOLUTION

# %% [markdown]
# ## 4. The missing word
#
# Some models learned language by guessing hidden words. The task is called *fill-mask*: you hide a word behind a
# special token, and the model says what could stand there.

# %%
gap_filler = pipeline("fill-mask", model="google-bert/bert-base-uncased", device=grader.pick_device())
gap_filler("I drink a cup of [MASK] every morning.", top_k=2)

# %% [markdown]
# Each guess comes with its score, the word as `token_str`, and the sentence as `sequence`. (A report of unused weights
# is no error.)
#
# A pipeline carries its tokenizer, here `gap_filler.tokenizer`. When that was made, the gap got its name: `[MASK]`.

# %% exercise="mask-token"
mask_tokens = ...
### BEGIN SOLUTION
mask_tokens = {
    checkpoint: pipeline("fill-mask", model=checkpoint).tokenizer.mask_token
    for checkpoint in ("google-bert/bert-base-uncased", "almanach/camembert-base")
}
### END SOLUTION


def fill_gap(checkpoint, text):
    """The three most likely words for the ___ in text, the best one first."""
    ### BEGIN SOLUTION
    fill = pipeline("fill-mask", model=checkpoint)
    results = fill(text.replace("___", fill.tokenizer.mask_token), top_k=3)
    return [result["token_str"] for result in results]
    ### END SOLUTION

# %% [markdown]
# A guess shows what a model has read. Nothing in these sentences tells a woman from a man.

# %%
for job in ("nurse", "dancer", "mechanic", "boss"):
    guesses = gap_filler(f"The {job} said that [MASK] was late.", targets=["he", "she"])
    scores = {guess["token_str"]: guess["score"] for guess in guesses}
    print(job.ljust(8), f"she {scores['she'] / sum(scores.values()):.0%}")

# %% [markdown]
# The share changes with the job: the model repeats who does what in the texts that it was trained on. That is **bias**,
# and it comes along with everything that is built on this model.

# %% [markdown]
# ## 5. The names in a text
#
# A model can also label words: *token classification*. The best known case are **named entities**, the names of
# persons, organizations and places.

# %%
TAGGER = "dbmdz/bert-large-cased-finetuned-conll03-english"
tagger = pipeline("ner", model=TAGGER, device=grader.pick_device())
sentence = "Emma Lindholm moved from Oslo to Madrid and works for Siemens."
for piece in tagger(sentence):
    print(piece["entity"].ljust(8), f"{piece['score']:.2f}", piece["word"])

# %% [markdown]
# Each *piece* that belongs to a name got a label: `PER` a person, `ORG` an organization, `LOC` a place. `##` marks a
# piece that continues a word, `I-` one inside of a name. A fourth label, `MISC`, is for other things, such as
# nationalities.

# %%
tagger(sentence, aggregation_strategy="simple")[0]

# %% [markdown]
# Now the pieces of one name are put together, and the label is under another key. (Older tutorials write
# `grouped_entities=True`, which is gone.)

# %% exercise="name-the-entities"
def name_entities(text):
    """The names in the text: a dictionary of three sets, "persons", "organizations" and "places"."""
    ### BEGIN SOLUTION
    groups = {"PER": "persons", "ORG": "organizations", "LOC": "places"}
    names = {group: set() for group in groups.values()}
    for result in tagger(text, aggregation_strategy="simple"):
        if result["entity_group"] in groups:
            names[groups[result["entity_group"]]].add(result["word"])
    return names
    ### END SOLUTION

# %% [markdown]
# ## 6. The words that answer
#
# *Extractive question answering*: a question and a text (the **context**) go in, and the model points at the words that
# answer. Transformers 5 has no pipeline for it any more, so you take the three steps yourself.

# %%
import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

READER = "distilbert/distilbert-base-cased-distilled-squad"
reader_tokenizer = AutoTokenizer.from_pretrained(READER)
reader = AutoModelForQuestionAnswering.from_pretrained(READER)

# %% [markdown]
# The tokenizer puts question and context into one row. Asked for **offsets**, it also tells which characters each token
# covers.

# %%
question = "Who has an old piano?"
context = "Ruth Okafor has an old piano. It was made in Leipzig, and she learned to play on it."
inputs = reader_tokenizer(question, context, return_offsets_mapping=True, return_tensors="pt")
offsets = inputs.pop("offset_mapping")[0].tolist()  # for us; the model does not take them
with torch.no_grad():
    outputs = reader(**inputs)
outputs.start_logits.shape, outputs.end_logits.shape  # (batch, tokens)

# %% [markdown]
# Every token has two scores: how well the answer starts with it, and how well it ends with it. Which tokens are best?

# %%
tokens = reader_tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
for edge, logits in (("starts", outputs.start_logits[0]), ("ends", outputs.end_logits[0])):
    best = int(logits.argmax())
    print(f"The answer {edge} with token {best}, {tokens[best]!r}: characters {offsets[best]} of the context.")

# %% [markdown]
# The offsets lead back to the text: the first character of a token, and the first one after it. From the beginning of
# the one token to the end of the other goes the answer.

# %% exercise="answer-from-context"
def find_answer(question, context):
    """The answer as it stands in the context, its first character's place, and the place after its last one."""
    ### BEGIN SOLUTION
    inputs = reader_tokenizer(question, context, return_offsets_mapping=True, return_tensors="pt")
    offsets = inputs.pop("offset_mapping")[0].tolist()
    with torch.no_grad():
        outputs = reader(**inputs)
    start = offsets[int(outputs.start_logits[0].argmax())][0]
    end = offsets[int(outputs.end_logits[0].argmax())][1]
    return context[start:end], start, end
    ### END SOLUTION

# %% [markdown]
# ## 7. A model that writes
#
# A *causal* language model guesses the next token, appends it, and guesses again.

# %%
WRITER = "HuggingFaceTB/SmolLM2-135M-Instruct"
generator = pipeline("text-generation", model=WRITER, device=grader.pick_device())
prompt = "In this course, we will teach you how to"
print(generator(prompt, max_new_tokens=20, do_sample=False)[0]["generated_text"])

# %% [markdown]
# The text goes on sensibly, although the model only ever looks for one next token.
#
# `do_sample=False` means: always take the likeliest one. With *sampling* a die decides, and likely tokens win more
# often. Run this cell twice.

# %%
print(generator(prompt, max_new_tokens=20, do_sample=True)[0]["generated_text"])

# %% [markdown]
# Each run goes on in another way. It may also stop before it has written all 20 tokens: a model can say “the end”.

# %% exercise="generate-two-of-fifteen"
my_prompt = ...
my_texts = ...
### BEGIN SOLUTION
my_prompt = "On the last morning of the holidays we"
my_texts = generator(my_prompt, do_sample=True, num_return_sequences=2, max_new_tokens=15, min_new_tokens=15)
### END SOLUTION

# %% [markdown]
# ## 8. Shorter, please
#
# This writer was trained further on chats. A chat is a list of messages, each with a role and a content; the model adds
# the next one.

# %%
messages = [{"role": "user", "content": "Say in one sentence why people sleep."}]
chat = generator(messages, max_new_tokens=40, do_sample=False)[0]["generated_text"]
chat[-1]["content"]

# %% [markdown]
# You ask in words, so one model does many tasks. Transformers 5 has no pipeline for summaries any more: you ask a chat
# model for one. Here is an article.

# %%
article = """
The old stone bridge over the Elm River will be closed for repairs from March until October. Engineers found cracks in
two of its pillars last fall. Nine thousand cars cross the bridge every day, and they will have to take the highway,
which is six kilometers farther south. For people on foot or on a bicycle the city is building a wooden bridge. The
repairs cost four million dollars. The bridge was built in 1904, and it has never been closed for so long.
"""
print(len(article.split()), "words")

# %% exercise="summarize-shorter"
my_summary = ...
### BEGIN SOLUTION
messages = [{"role": "user", "content": "Summarize this text in one short sentence.\n\n" + article.strip()}]
chat = generator(messages, max_new_tokens=50, do_sample=False)[0]["generated_text"]
my_summary = chat[-1]["content"]
### END SOLUTION

# %% [markdown]
# Read your summary beside the article: does it say anything that the article does not? A small model invents dates and
# numbers as easily as it repeats them.

# %% [markdown]
# ## 9. From French to English
#
# A translator reads a whole text first and then writes another one. It has no pipeline in Transformers 5 either:
# `generate` is today's way.

# %%
from transformers import AutoModelForSeq2SeqLM

TRANSLATOR = "Helsinki-NLP/opus-mt-fr-en"
translator_tokenizer = AutoTokenizer.from_pretrained(TRANSLATOR)
translator = AutoModelForSeq2SeqLM.from_pretrained(TRANSLATOR)
inputs = translator_tokenizer("Je cherche mon chapeau.", return_tensors="pt")
written = translator.generate(**inputs)  # ids of tokens, (batch, tokens)
translator_tokenizer.decode(written[0])

# %% [markdown]
# Between two special tokens, for “begin” and “the end”, stands the translation. Decoding can leave them out:

# %%
translator_tokenizer.decode(written[0], skip_special_tokens=True)

# %% exercise="translate"
def to_english(sentences):
    """English translations of a list of French sentences, in their order."""
    ### BEGIN SOLUTION
    inputs = translator_tokenizer(sentences, padding=True, return_tensors="pt")
    written = translator.generate(**inputs)
    return translator_tokenizer.batch_decode(written, skip_special_tokens=True)
    ### END SOLUTION

# %% [markdown]
# ## 10. Attention
#
# How does a word learn what it means in *this* sentence? It looks at the other words.
#
# Every token asks for something (its **query**) and tells what it has (its **key**). Where a query meets a fitting key,
# the content of that token (its **value**) flows over.
#
# A model does this in many *heads* at once. Here is where they look, as numbers.

# %%
from transformers import AutoModel

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
# ## 11. Writing from left to right
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
# ## 12. Three families
#
# You have met a model that looks both ways and one that only looks back. The translator does both, one after the other.
# The name of a plan tells what a model was built for.

# %%
from transformers import AutoConfig

for checkpoint in ("google-bert/bert-base-uncased", WRITER, TRANSLATOR):
    config = AutoConfig.from_pretrained(checkpoint)
    print(checkpoint.ljust(36), config.architectures, "two halves:", config.is_encoder_decoder)

# %% [markdown]
# `MaskedLM` fills gaps, `CausalLM` writes on, and the last one has two halves: one reads the French text, the other
# one writes the English text.
#
# | family | reads | writes | learned by | made for |
# |---|---|---|---|---|
# | **encoder** | a text, both ways | nothing | filling gaps, spotting changed words | labels for a text or its words |
# | **decoder** | what is there so far | the next token | guessing the next token | going on with a text |
# | **encoder-decoder** | one text, both ways | another text | mending broken texts | making a new text out of a given one |

# %% [markdown]
# Large decoders do the other families' tasks as well today: you ask them in words. The table tells what each family
# was made for ([Devlin et al. 2018](https://arxiv.org/abs/1810.04805),
# [Lewis et al. 2019](https://arxiv.org/abs/1910.13461)).

# %% exercise="family-of"
task_family = ...
checkpoint_family = ...
### BEGIN SOLUTION
task_family = {
    "sort e-mails into folders": "encoder",
    "write on from the start of a story": "decoder",
    "translate a letter": "encoder-decoder",
    "mark the names in a text": "encoder",
    "chat": "decoder",
    "sum up a report in new words": "encoder-decoder",
    "suggest the next word while you type": "decoder",
    "find the words that answer a question": "encoder",
    "turn a sentence into a polite one": "encoder-decoder",
}
checkpoint_family = {
    "facebook/bart-large-cnn": "encoder-decoder",
    "google-bert/bert-base-uncased": "encoder",
    "openai-community/gpt2": "decoder",
    "google/electra-base-discriminator": "encoder",
    "google-t5/t5-small": "encoder-decoder",
    "HuggingFaceTB/SmolLM2-135M-Instruct": "decoder",
    "FacebookAI/roberta-base": "encoder",
    "Helsinki-NLP/opus-mt-fr-en": "encoder-decoder",
    "Qwen/Qwen3-0.6B": "decoder",
}
### END SOLUTION

# %% [markdown]
# ## 13. One vector for a sentence
#
# To search or to compare texts, you want one vector for a whole sentence. The encoder gives one for each token.

# %%
inputs = encoder_tokenizer(["Hello!", "The last train leaves at midnight."], padding=True, return_tensors="pt")
with torch.no_grad():
    hidden = encoder(**inputs).last_hidden_state
print(hidden.shape)  # (batch, tokens, size)
print(inputs["attention_mask"])

# %% [markdown]
# “Hello!” is shorter, so it was filled up with *padding*: where the mask is 0. The model gives vectors for padding too,
# but they mean nothing. The mean over all **other** vectors is the sentence's vector
# ([Reimers and Gurevych 2019](https://arxiv.org/abs/1908.10084)).

# %%
short, long = torch.tensor([0.3, 0.4]), torch.tensor([30.0, 40.0])
print(float(short @ long), float(torch.cosine_similarity(short, long, dim=0)))

# %% [markdown]
# These two point the same way. The dot product grows with their length; the **cosine similarity** does not: it is the
# dot product after both were made 1 long. 1 is the same direction, 0 has nothing in common.

# %% exercise="nearest-sentence"
def nearest_sentence(query, sentences):
    """The index of the sentence that is nearest to the query, and its cosine similarity."""
    ### BEGIN SOLUTION
    inputs = encoder_tokenizer([query, *sentences], padding=True, return_tensors="pt")
    with torch.no_grad():
        hidden = encoder(**inputs).last_hidden_state  # (batch, tokens, size)
    mask = inputs["attention_mask"].unsqueeze(-1)  # (batch, tokens, 1)
    means = (hidden * mask).sum(dim=1) / mask.sum(dim=1)
    vectors = torch.nn.functional.normalize(means, dim=-1)  # (batch, size)
    similarities = vectors[1:] @ vectors[0]
    return int(similarities.argmax()), float(similarities.max())
    ### END SOLUTION

# %% [markdown]
# ## 14. How large is a model?
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
# ## 15. Paid once, used often
#
# Training such a model on plain text is called **pretraining**. It takes many machines for days or weeks. What the model
# learns of language there is of use for almost any task.
#
# **Fine-tuning** goes on from there with a few thousand examples of one task. You will do it in chapter 3, in a minute
# or two. Bias stays: fine-tuning does not remove it.

# %% [markdown]
# What does pretraining cost? BERT base took 64 GPUs for 79 hours
# ([Strubell et al. 2019](https://arxiv.org/abs/1906.02243), table 3): 12,041 watts for all of them together.

# %%
energy = 12.041 * 79  # kilowatts times hours
f"{energy:,.0f} kWh in the computers, {energy * 1.58:,.0f} kWh with cooling and all the rest"

# %% [markdown]
# The factor 1.58 is the **PUE** of the building (*power usage effectiveness*): all its energy, divided by what its
# computers take. Each kilowatt-hour then weighs some grams of CO₂: how many depends on the grid.

# %% exercise="carbon"
def co2_kg(power_w, hours, gpus, pue, g_per_kwh):
    """Kilograms of CO2 of a training run; power_w is what one GPU takes."""
    ### BEGIN SOLUTION
    energy_kwh = power_w / 1000 * hours * gpus * pue
    return energy_kwh * g_per_kwh / 1000
    ### END SOLUTION

# %% [markdown]
# Now with your own numbers. Grams for each kWh: wind 11 and coal 820
# ([IPCC 2014](https://www.ipcc.ch/report/ar5/wg3/), annex III), the world's mix 480 (Ember 2024, for 2023).
#
# Change the runs and the PUE, and run the cell again.

# %%
import contextlib

grids = {"wind": 11, "the world's mix": 480, "coal": 820}  # grams for each kWh
runs = {"pretraining": (188, 79, 64), "fine-tuning": (188, 0.5, 1)}  # watts, hours, GPUs
pue = 1.58
weights = {}
with contextlib.suppress(NotImplementedError):  # nothing to draw until co2_kg is written
    for run, numbers in runs.items():
        weights |= {f"{run}, {grid}": co2_kg(*numbers, pue, grams) for grid, grams in grids.items()}

# %%
figures.co2_bars(weights)

# %% [markdown]
# Fine-tuning is thousands of times lighter than pretraining. And where a run takes place counts as much as how long it
# takes: that is why checkpoints are shared instead of trained again.

# %% [markdown]
# ## Quiz
#
# Type the letter between the quotes and run both cells.

# %% quiz="pipeline-steps"

# %% quiz="which-task"

# %% quiz="where-bias-comes-from"

# %% quiz="two-different-texts"

# %% quiz="what-attention-makes"

# %% quiz="causal-against-masked"

# %% quiz="what-encoders-are-for"

# %% quiz="two-halves"

# %% quiz="architecture-or-checkpoint"

# %% quiz="why-transfer-learning"

# %% [markdown]
# ## In this chapter you saw
#
# - `pipeline()`: tokenizer, model, postprocessing in one call;
# - `list_models` and tags: how a model is found;
# - the mask token of a tokenizer; labels for pieces of words, and names put together of them;
# - offsets: the way back from tokens to characters;
# - sampling against the likeliest token; a chat model that sums up, and a translator that reads, then writes;
# - attention: a weighted look at the other tokens, and the mask that keeps it from peeking;
# - encoders that read, decoders that write on, encoder-decoders that make a new text out of another one;
# - bias that a model takes over from its texts;
# - the mean of token vectors as the vector of a sentence, and cosine similarity;
# - architecture against checkpoint, and what a config alone can tell;
# - pretraining against fine-tuning, in kilograms of CO₂.

# %%
progress(1)
