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
# - say what pretraining and fine-tuning cost, and how large a model is, without loading it;
# - tell the three families of models apart, and what each is good for.
#
# **About four hours**, an hour of reading and three of exercises. Everything runs on your own machine; no account is
# needed and a CPU is enough. If there is a GPU, the pipelines use it.

# %% [markdown]
# ## Start
#
# The next cell starts the *practice hub*: a server on your own machine that answers like the Hugging Face Hub. Under the
# names of large models it serves small stand-ins. (If you chose the real Hub, it says so, and starts nothing.) After a
# restart of the kernel, run it again first.

# %% id="start"
import grader
from grader import check, hint, progress, quiz
from grader.learning import figures

grader.start(chapter=1)

# %% [markdown]
# ## 1. A model in two lines
#
# *Natural language processing* (NLP) is what computers do with the language of people. `pipeline()` puts everything
# together that one such task needs. Here the task is to tell a good mood from a bad one.

# %%
from transformers import pipeline

SENTIMENT = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
classifier = pipeline("sentiment-analysis", model=SENTIMENT, device=grader.pick_device())
classifier(["I've been waiting for a HuggingFace course my whole life.", "I hate this so much!"])

# %% [markdown]
# Each text got a label and a score between 0 and 1: how sure the model is. A pipeline takes three steps to get there.

# %%
text = "I've been waiting for a HuggingFace course my whole life."
scores = {result["label"]: result["score"] for result in classifier(text, top_k=None)}
figures.pipeline_steps(text, classifier.tokenizer.tokenize(text), scores)

# %% [markdown]
# The **tokenizer** cuts the text into pieces, its *tokens*, and turns them into numbers: *preprocessing*. The **model** turns these into
# raw scores. **Postprocessing** turns the scores into something that people read.

# %% [markdown]
# ## 2. Five groups of tasks
#
# You have seen the first group: *a label for a text*. The second one: *a label for each word*.

# %%
TAGGER = "dbmdz/bert-large-cased-finetuned-conll03-english"
tagger = pipeline("ner", model=TAGGER, device=grader.pick_device())
[(piece["word"], piece["entity"]) for piece in tagger("Ada lives in Rome.")]

# %% [markdown]
# A person and a place. The third group: *write*. A text goes on, or a gap in it is filled.

# %%
WRITER = "HuggingFaceTB/SmolLM2-135M-Instruct"
generator = pipeline("text-generation", model=WRITER, device=grader.pick_device())
generator("Once there was a fox who", max_new_tokens=12, do_sample=False)

# %% [markdown]
# The fourth group: *point at an answer* that stands in a text. Older tutorials use pipelines called
# `question-answering`, `summarization` and `translation`; today you load the models themselves, or ask a chat model.

# %%
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

READER = "distilbert/distilbert-base-cased-distilled-squad"
reader_tokenizer = AutoTokenizer.from_pretrained(READER)
reader = AutoModelForQuestionAnswering.from_pretrained(READER)
pair = reader_tokenizer("Where does the train stop?", "The night train stops in Linz at two.", return_tensors="pt")
best = reader(**pair)
reader_tokenizer.decode(pair["input_ids"][0, best.start_logits.argmax() : best.end_logits.argmax() + 1])

# %% [markdown]
# The answer is cut out of the text. The fifth group: *make a new text out of a given one*, such as a translation.

# %%
from transformers import AutoModelForSeq2SeqLM

TRANSLATOR = "Helsinki-NLP/opus-mt-fr-en"
translator_tokenizer = AutoTokenizer.from_pretrained(TRANSLATOR)
translator = AutoModelForSeq2SeqLM.from_pretrained(TRANSLATOR)
french = translator_tokenizer("Le train arrive demain matin.", return_tensors="pt")
translator_tokenizer.decode(translator.generate(**french)[0], skip_special_tokens=True)

# %% [markdown]
# | group | tasks | section |
# |---|---|---|
# | a label for a text | moods, topics, spam | 1, 3 |
# | a label for each word | names, parts of speech | 6 |
# | write | go on with a text, fill a gap | 5, 8 |
# | point at an answer | answers that stand in a text | 7 |
# | a new text out of a given one | translations, summaries | 9, 10 |

# %% [markdown]
# ## 3. Labels that nobody trained
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
# ## 4. Find a model
#
# Every name in this chapter is a *repository* on the Hub. You can ask the Hub for the models of a task, the most wanted
# first, and at most three of them.

# %%
from huggingface_hub import list_models, model_info

for model in list_models(pipeline_tag="text-classification", sort="downloads", limit=3):
    print(model.id)

# %% [markdown]
# A practice hub may have only one. On the real Hub this list would be endless without a `limit`.
#
# An id is a **namespace** (who put it there), a slash and a name. Older tutorials write `bert-base-cased`; the full id is
# `google-bert/bert-base-cased`. Each repository carries tags:

# %%
model_info(SENTIMENT).tags

# %% [markdown]
# They tell library, task, language (`en`), training data, license, and as `base_model` the one that it was made from.
# `stand-in` marks a small model of this course. `list_models(filter="…")` keeps models that carry a tag, or all tags of
# a list.

# %% exercise="find-a-model"
writer_id = ...
french_id = ...
### BEGIN SOLUTION
writer_id = next(iter(list_models(pipeline_tag="text-generation", sort="downloads", limit=1))).id
french_id = next(iter(list_models(pipeline_tag="fill-mask", filter="fr", sort="downloads", limit=1))).id
### END SOLUTION

# %% [markdown]
# ## 5. The missing word
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
# ## 6. The names in a text
#
# A model can also label words: *token classification*. The best known case are **named entities**, the names of
# persons, organizations and places.

# %%
sentence = "Emma Lindholm moved from Oslo to Madrid and works for Siemens."
for piece in tagger(sentence):
    print(piece["entity"].ljust(8), f"{piece['score']:.2f}", piece["word"])

# %% [markdown]
# Each *piece* that belongs to a name got a label: `PER` a person, `ORG` an organization, `LOC` a place, `MISC` something
# else, such as a nationality. `##` marks a piece that continues a word, `I-` one inside of a name.

# %%
tagger(sentence, aggregation_strategy="simple")[0]

# %% [markdown]
# Now the pieces of one name are put together, and the label is under another key; `start` and `end` are its place in the
# text. (Older tutorials write `grouped_entities=True`, which is gone.) What is that place good for?

# %%
marked = "Sinead O'Brien works for AT&T."
for name in tagger(marked, aggregation_strategy="simple"):
    print(name["word"].ljust(18), marked[name["start"] : name["end"]])

# %% [markdown]
# The `word` is put together of pieces, with a space too many here and there. Cut out of the text, a name is written as
# it should be.

# %% exercise="name-the-entities"
def name_entities(text):
    """The names in the text: a dictionary of three sets, "persons", "organizations" and "places"."""
    ### BEGIN SOLUTION
    groups = {"PER": "persons", "ORG": "organizations", "LOC": "places"}
    names = {group: set() for group in groups.values()}
    for result in tagger(text, aggregation_strategy="simple"):
        if result["entity_group"] in groups:
            names[groups[result["entity_group"]]].add(text[result["start"] : result["end"]])
    return names
    ### END SOLUTION

# %% [markdown]
# ## 7. The words that answer
#
# *Extractive question answering*: a question and a text (the **context**) go in, and the model points at the words that
# answer. The three steps of a pipeline, one by one:

# %%
import torch

question = "Who has an old piano?"
context = "Ruth Okafor has an old piano. It was made in Leipzig, and she learned to play on it."
inputs = reader_tokenizer(question, context, return_offsets_mapping=True, return_tensors="pt")
offsets = inputs.pop("offset_mapping")[0].tolist()  # for us; the model has no use for them
with torch.no_grad():
    outputs = reader(**inputs)
outputs.start_logits.shape, outputs.end_logits.shape  # (batch, tokens)

# %% [markdown]
# The tokenizer puts both into one row; its **offsets** tell which characters each token covers.
#
# Every token has two scores: how well the answer starts with it, and how well it ends with it. Which are best?

# %%
tokens = reader_tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
for edge, logits in (("starts", outputs.start_logits[0]), ("ends", outputs.end_logits[0])):
    best = int(logits.argmax())
    print(f"The answer {edge} with token {best}, {tokens[best]!r}: characters {offsets[best]} of the context.")

# %% [markdown]
# The offsets lead back to the text: the first character of a token, and the first one after it. From the beginning of
# the one token to the end of the other goes the answer. A reader always points somewhere: ask this text for the capital
# of France.

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
# ## 8. A model that writes
#
# A *causal* language model guesses the next token, appends it, and guesses again.

# %%
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
# `min_new_tokens=20` would forbid that. And `num_return_sequences=3` would give three texts in one list; that makes sense
# with sampling only.

# %% exercise="generate-two-of-fifteen"
my_prompt = ...
my_texts = ...
### BEGIN SOLUTION
my_prompt = "On the last morning of the holidays we"
my_texts = generator(my_prompt, do_sample=True, num_return_sequences=2, max_new_tokens=15, min_new_tokens=15)
### END SOLUTION

# %% [markdown]
# ## 9. Shorter, please
#
# This writer was trained further on chats. A chat is a list of messages, each with a role and a content; the model adds
# the next one.

# %%
messages = [{"role": "user", "content": "Say in one sentence why people sleep."}]
chat = generator(messages, max_new_tokens=40, do_sample=False)[0]["generated_text"]
chat[-1]["content"]

# %% [markdown]
# You ask in words, so one model does many tasks: sums up, for example. One as small as this mixes things up easily. Here
# is an article.

# %%
article = """
The old stone bridge over the Elm River will close for repairs in March and open again in October. Engineers found
cracks in two of its pillars last fall. Nine thousand cars cross the bridge every day, and they will have to take the
highway, which is six kilometers farther south. For people on foot or on a bicycle the city is building a wooden
bridge. The repairs cost four million dollars. The bridge was built in 1904, and it has never been closed for so long.
"""
print(len(article.split()), "words")

# %% exercise="summarize-shorter"
my_summary = ...
### BEGIN SOLUTION
messages = [{"role": "user", "content": "Summarize this article in two sentences.\n\n" + article.strip()}]
for draft in generator(messages, max_new_tokens=60, do_sample=True, num_return_sequences=3):
    print("-", draft["generated_text"][-1]["content"])
# Many a draft holds something that is not true. The best of them, put right:
my_summary = (
    "The old stone bridge over the Elm River will close for repairs in March and open again in October, at a cost of "
    "four million dollars. Until then, cars have to take the highway."
)
### END SOLUTION

# %% [markdown]
# Read your summary beside the article: does it say anything that the article does not? A small model invents dates and
# numbers as easily as it repeats them.

# %% [markdown]
# ## 10. From French to English
#
# A translator reads a whole text first and then writes another one, token by token. `generate` does the writing.

# %%
inputs = translator_tokenizer("Je cherche mon chapeau.", return_tensors="pt")
written = translator.generate(**inputs)  # ids of tokens, (batch, tokens)
translator_tokenizer.decode(written[0])

# %% [markdown]
# `</s>` means “the end”. Every text that is written needs a token to begin with, and this model has none of its own for
# that: it takes `<pad>`. Decoding can leave such special tokens out:

# %%
translator_tokenizer.decode(written[0], skip_special_tokens=True)

# %% [markdown]
# Several texts at once make one table of numbers, a row for each. So that all rows are equally long, short ones are
# filled up with `<pad>`: this is **padding**. The *attention mask* tells the model where there is some.

# %%
rows = translator_tokenizer(["Oui.", "Je cherche mon chapeau."], padding=True, return_tensors="pt")
print(rows["attention_mask"])  # 0: padding
translator_tokenizer.batch_decode(rows["input_ids"])  # `batch_decode` takes all rows

# %% exercise="translate"
def to_english(sentences):
    """English translations of a list of French sentences, in their order."""
    ### BEGIN SOLUTION
    inputs = translator_tokenizer(sentences, padding=True, return_tensors="pt")
    written = translator.generate(**inputs)
    return translator_tokenizer.batch_decode(written, skip_special_tokens=True)
    ### END SOLUTION

# %% [markdown]
# ## 11. One vector for a sentence
#
# To search or to compare texts, you want one vector for a whole sentence. The last task of this tour,
# *feature extraction*, gives one for each token.

# %%
ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
extractor = pipeline("feature-extraction", model=ENCODER, device=grader.pick_device())
extractor("Hello!", return_tensors=True).shape  # (batch, tokens, size)

# %% [markdown]
# Four tokens, each with 384 numbers. Without the pipeline you can give it several sentences at once:

# %%
from transformers import AutoModel

encoder_tokenizer = AutoTokenizer.from_pretrained(ENCODER)
encoder = AutoModel.from_pretrained(ENCODER)
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
# ## 12. Nine years of models
#
# All models of this chapter are *transformers*. Here is where they come from.

# %%
figures.timeline()

# %% [markdown]
# The first one was made to translate. **GPT** kept its writing half, **BERT** its reading half. DistilBERT is 40% smaller
# and 60% faster than BERT and keeps 97% of its quality ([Sanh et al. 2019](https://arxiv.org/abs/1910.01108)).

# %% [markdown]
# GPT-3 was more than a thousand times larger than GPT. Today there are open models of all sizes: SmolLM2, which wrote for you
# above, runs on any laptop. Months are those of the sources; some models came earlier:

# %%
for model in figures.MILESTONES:
    print(model.month, model.name.ljust(12), model.source)

# %% [markdown]
# The three lines of the picture are three *families*.

# %%
figures.families()

# %% [markdown]
# An **encoder** (also *auto-encoding*) reads. A **decoder** (*auto-regressive*) writes on: it is fed with its own last
# token. An **encoder-decoder** (*sequence-to-sequence*) reads one text and writes another.

# %%
from transformers import AutoConfig

for checkpoint in ("google-bert/bert-base-uncased", WRITER, TRANSLATOR):
    config = AutoConfig.from_pretrained(checkpoint)
    print(checkpoint.ljust(36), config.architectures, "two halves:", config.is_encoder_decoder)

# %% [markdown]
# You have used all three. The end of the name tells: `MaskedLM` fills gaps, so it reads both ways; `CausalLM` writes on;
# the last one has two halves. What makes the difference is where a token may look.

# %% [markdown]
# ## 13. Attention
#
# How does a word learn what it means in *this* sentence? It looks at the other words. Here is where a real model looks.
# Put in a sentence of your own.

# %%
sentence = "The cat sat by the window because it liked the sun."  # or one of yours
encoder.set_attn_implementation("eager")  # the kind that tells where it looked
inputs = encoder_tokenizer(sentence, return_tensors="pt")
with torch.no_grad():
    attentions = encoder(**inputs, output_attentions=True).attentions
tokens = encoder_tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
figures.attention_map(tokens, attentions[0][0, 2].numpy(), "all-MiniLM-L6-v2, layer 1, head 3")

# %% [markdown]
# Read it row by row: each row adds up to 1. Here every token looks at the one before it. `[CLS]` and `[SEP]` are special
# tokens: the tokenizer puts them at the beginning and at the end of each text.

# %% [markdown]
# This was one *head* of many. How many are there?

# %%
len(attentions), attentions[0].shape  # layers, (batch, heads, tokens, tokens)

# %% [markdown]
# Each head looks for something else. In which one does “it” look at “cat” far more than the tokens do on average?

# %%
heads = torch.stack(attentions)[:, 0]  # (layers, heads, tokens, tokens)
row, column = tokens.index("it"), tokens.index("cat")  # for a sentence of yours: two of its tokens
stands_out = heads[:, :, row, column] - heads[:, :, :, column].mean(-1)  # (layers, heads)
layer, head = divmod(int(stands_out.argmax()), heads.shape[1])
title = f"all-MiniLM-L6-v2, layer {layer + 1}, head {head + 1}"
figures.attention_map(tokens, heads[layer, head].numpy(), title)

# %% [markdown]
# “it” looks most at what it stands for, to its left; the last “the” looks at its noun, to its right. Tokens that find
# nothing here look at `[CLS]`. One head, picked out of all for one sentence, shows what can happen, not a rule.

# %% [markdown]
# Where do the weights come from? Every token asks for something: its **query**. It tells what it has: its **key**. And it
# gives something: its **value**. Here are one query and three keys, two numbers each.

# %%
query = torch.tensor([1.0, 2.0])
keys = torch.tensor([[3.0, 0.0], [0.0, 1.0], [2.0, 2.0]])  # a row for each token
scores = keys @ query
scores, torch.softmax(scores, dim=0)

# %% [markdown]
# A *score* is the dot product of the query and a key: how well they fit. The **softmax** makes positive weights of the
# scores that add up to 1. The third key fits best.

# %%
values = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
torch.softmax(scores, dim=0) @ values

# %% [markdown]
# The new vector is a mix of all values; most of it is the third one. Now two queries and two keys at once, with an axis
# for the batch in front, as in a model.

# %%
queries = torch.tensor([[[1.0, 2.0], [3.0, 0.0]]])  # (batch, queries, size)
keys = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])  # (batch, keys, size)
scores = queries @ keys.transpose(-2, -1)  # (batch, queries, keys)
scores, torch.softmax(scores, dim=-1)

# %% [markdown]
# `@` multiplies rows with columns, so the keys must become columns: `transpose(-2, -1)` swaps the last two axes and leaves
# the batch alone. `dim=-1` runs the softmax along the keys: each query's row adds up to 1.
#
# Can a query be kept from looking at a key?

# %%
mask = torch.tensor([[True, False], [True, True]])  # the first query must not look at the second key
masked = scores.masked_fill(~mask, float("-inf"))  # ~ turns True and False round
masked, torch.softmax(masked, dim=-1)

# %% [markdown]
# Minus infinity *before* the softmax becomes a weight of 0 after it, and the other weights still add up to 1.
#
# One thing is missing: long vectors have large dot products. What do they do to the softmax?

# %%
torch.manual_seed(0)
for size in (4, 64, 1024):
    scores = torch.randn(1000, size) @ torch.randn(size, 8)  # a thousand queries, eight keys
    for name, numbers in {"as they are": scores, "divided by the root": scores / size**0.5}.items():
        largest = numbers.softmax(-1).max(-1).values.mean()
        print(f"size {size:4}, scores {name:20} largest of eight weights: {largest:.2f}")

# %% [markdown]
# The longer the vectors, the more of the weight goes to one single token. Divided by the root of their size, the scores
# stay as small for long vectors as for short ones, and other tokens have a say.

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
# ## 14. Writing from left to right
#
# A model that writes must not peek: the next token is what it should guess. So it gets a mask.

# %% exercise="causal-mask"
def causal_mask(n):
    """An n x n tensor: True in row i, column j when token i may look at token j."""
    ### BEGIN SOLUTION
    return torch.ones(n, n, dtype=torch.bool).tril()
    ### END SOLUTION

# %% [markdown]
# The same sentence, and the model that writes: everything right of the diagonal will be empty.

# %%
writer, writer_tokenizer = generator.model, generator.tokenizer
writer.set_attn_implementation("eager")
inputs = writer_tokenizer(sentence, return_tensors="pt")
inputs = inputs.to(writer.device)
with torch.no_grad():
    causal = writer(**inputs, output_attentions=True).attentions[4][0, 2]  # (tokens, tokens)
tokens = [writer_tokenizer.decode(i) for i in inputs["input_ids"][0]]
figures.attention_map(tokens, causal.float().cpu().numpy(), "SmolLM2-135M, layer 5, head 3")

# %% [markdown]
# Many tokens look most at the first one, although it says little. A row has to add up to 1, so weight that is needed
# nowhere goes there: an *attention sink* ([Xiao et al. 2023](https://arxiv.org/abs/2309.17453)).

# %% [markdown]
# PyTorch's own attention knows this mask too. With it, the first token can only look at itself, so its new vector is
# its own value.

# %%
x = torch.randn(1, 4, 8)  # (batch, tokens, size)
seen = torch.nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)
torch.allclose(seen[0, 0], x[0, 0])

# %% [markdown]
# Why must GPT-2 not look right? Because of what it was trained for: at every place it has to guess the next token. Here
# is the same task for our writer.

# %%
ids = writer_tokenizer("The sun rises in the east and sets in the west.", return_tensors="pt")["input_ids"]
ids = ids.to(writer.device)
with torch.no_grad():
    guesses = writer(ids).logits[0].argmax(-1)  # (tokens)
for place in range(ids.shape[1] - 1):
    seen, truth = writer_tokenizer.decode(ids[0, : place + 1]), writer_tokenizer.decode(ids[0, place + 1])
    print(f"{seen:47} guess: {writer_tokenizer.decode(guesses[place]):6} truth: {truth}")

# %% [markdown]
# One run gives a guess at *every* place. This is the **causal** objective; a model that saw the next token would only
# have to copy it. With each word that it has seen the guesses get better.

# %%
gap_filler("The [MASK] rises in the east and sets in the west.", top_k=1)[0]["token_str"]

# %% [markdown]
# The **masked** objective hides 15% of the tokens instead, and BERT guesses them from both sides
# ([Devlin et al. 2018](https://arxiv.org/abs/1810.04805), section 3.1). Nothing gives the answer away, so it may look both
# ways: here all help stands to the right.

# %% [markdown]
# Attention is one part of a *block*; a model is a pile of such blocks. Here are the two kinds.

# %%
figures.blocks()

# %% [markdown]
# The decoder's mask keeps it from peeking; its second attention listens to the encoder
# ([Vaswani et al. 2017](https://arxiv.org/abs/1706.03762), figure 1). BERT is a pile of left blocks. GPT-2 is a pile of
# right ones without the middle part.

# %% [markdown]
# ## 15. Paid once, used often
#
# The longest training is called **pretraining**: a new model, plain text, a causal or a masked objective. Models have
# grown, and pretraining with them.

# %%
figures.model_sizes()

# %% [markdown]
# Each step up is ten times as large. Sources: the list in section 12; GPT and BART are counted from their configs. Many
# of today's models are small on purpose.

# %% [markdown]
# What a model learns of language there is of use for almost any task: *transfer learning*. **Fine-tuning** goes on with a
# few thousand examples of one task. You will do it in chapter 3, in a minute or two.

# %% [markdown]
# | | pretraining of BERT base | fine-tuning it |
# |---|---|---|
# | time | 79 hours on 64 GPUs | up to a few hours on one |
# | data | 3.3 billion words | 3,668 pairs of sentences (MRPC) |
# | money, at prices of 2019 | $3,751 to $12,571 | $0.40 to $1.20 for half an hour |
# | power | 12,041 watts | about 190 watts |
#
# Sources: [Strubell et al. 2019](https://arxiv.org/abs/1906.02243), table 3, and
# [Devlin et al. 2018](https://arxiv.org/abs/1810.04805); the right column's money and power are the left one's for a
# single GPU.

# %% [markdown]
# How much energy is that?

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
# Now with your own numbers: change the runs, the building's PUE or the grid, and run the cell again.

# %%
import contextlib

runs = {"pretraining": (188, 79, 64), "fine-tuning": (188, 0.5, 1)}  # watts of a GPU, hours, GPUs
pue, grid = 1.58, 480  # grid: grams of CO₂ for each kilowatt-hour
costs = {}
with contextlib.suppress(NotImplementedError):  # nothing to draw until co2_kg is written
    for run, (watts, hours, gpus) in runs.items():
        kwh = co2_kg(watts, hours, gpus, pue, 1000)  # a grid of 1 kg for each kWh: the number is the same
        carbon = co2_kg(watts, hours, gpus, pue, grid)
        costs[run] = {"hours × GPUs": hours * gpus, "kWh": kwh, "kg of CO₂": carbon}

# %%
figures.run_costs(costs)

# %% [markdown]
# Fine-tuning is thousands of times lighter. Does it matter where? Grams for each kWh, other gases counted as CO₂: wind on
# land 11, coal 820 ([IPCC 2014](https://www.ipcc.ch/report/ar5/wg3/), annex III, medians), the world's mix 480
# ([Ember 2024](https://ember-energy.org/latest-insights/global-electricity-review-2024/), for 2023).

# %%
weights = {}
with contextlib.suppress(NotImplementedError):
    for grid, grams in {"wind": 11, "the world's mix": 480, "coal": 820}.items():
        weights |= {f"{run}, {grid}": co2_kg(*numbers, pue, grams) for run, numbers in runs.items()}
figures.co2_bars(weights)

# %% [markdown]
# Where a run takes place counts as much as how long it takes. And the lightest training is none: that is why checkpoints
# are shared instead of trained again.

# %% [markdown]
# ## 16. Architecture, checkpoint, model
#
# An **architecture** is a kind of building: which layers there are, and in which order. A **config** is the plan of one
# such building: how many of each, and how large. A **checkpoint** is one set of weights for it.

# %%
config = AutoConfig.from_pretrained("google-bert/bert-base-uncased")
config.architectures, config.num_hidden_layers, config.hidden_size

# %% [markdown]
# (A stand-in is smaller: the real plan has 12 layers of 768.) BERT is an architecture, `google-bert/bert-base-uncased` a
# checkpoint. *Model* can mean either, or the object in your notebook.

# %% [markdown]
# The config alone tells how many weights there will be. On the device “meta” a tensor has a shape and no memory, and all
# that is made inside `with torch.device("meta"):` is made there. Here are ten billion weights that take no space.

# %%
with torch.device("meta"):
    giant = torch.nn.Linear(100_000, 100_000, bias=False)
giant.weight.device, f"{giant.weight.numel():,}"

# %% [markdown]
# A whole model can be built there from its config: `AutoModel.from_config(config)` makes the body,
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
# Put a model of your own into the picture of sizes.

# %%
mine = {}
with contextlib.suppress(NotImplementedError):
    my_plan = BertConfig(hidden_size=128, num_hidden_layers=2, num_attention_heads=2, intermediate_size=512)
    mine["my tiny BERT"] = count_parameters(my_plan)
figures.model_sizes(mine)

# %% [markdown]
# Now you can tell the three families apart, and what each of them was made for
# ([Devlin et al. 2018](https://arxiv.org/abs/1810.04805), [Lewis et al. 2019](https://arxiv.org/abs/1910.13461)).
#
# | family | reads | writes | learned by | made for | examples |
# |---|---|---|---|---|---|
# | **encoder** | a text, both ways | nothing | filling gaps, spotting changed words | labels for a text or its words | DistilBERT, ModernBERT |
# | **decoder** | what is there so far | the next token | guessing the next token | going on with a text | Llama, Mistral, Gemma |
# | **encoder-decoder** | one text, both ways | another text | mending broken texts | making a new text out of a given one | Pegasus, mBART |

# %% [markdown]
# Large decoders do the other families' tasks as well today: you ask them in words. The table tells what each family was
# made for.

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
# ## 17. What a model takes over
#
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
# Other **limitations** come from the training too: a model knows nothing that happened later, invents facts, and is at a
# loss in languages that it did not read. Read its card before you use it.

# %% [markdown]
# ## Quiz
#
# Type the letter between the quotes and run both cells.

# %% quiz="pipeline-steps"

# %% quiz="which-task"

# %% quiz="two-different-texts"

# %% quiz="what-attention-makes"

# %% quiz="causal-against-masked"

# %% quiz="why-transfer-learning"

# %% quiz="architecture-or-checkpoint"

# %% quiz="what-encoders-are-for"

# %% quiz="two-halves"

# %% quiz="where-bias-comes-from"

# %% [markdown]
# ## In this chapter you saw
#
# - five groups of tasks, and `pipeline()`: tokenizer, model, postprocessing in one call;
# - `list_models` and tags: how a model is found;
# - the mask token of a tokenizer; labels for pieces of words, and names put together of them;
# - offsets: the way back from tokens to characters;
# - sampling against the likeliest token; a chat model that sums up, and a translator that reads, then writes;
# - the mean of token vectors as the vector of a sentence, and cosine similarity;
# - nine years of models, in three families: encoders, decoders, encoder-decoders;
# - attention: a weighted look at the other tokens, and the mask that keeps it from peeking;
# - causal and masked objectives;
# - pretraining against fine-tuning, in time, energy and CO₂;
# - architecture against checkpoint, and what a config alone can tell;
# - bias that a model takes over from its texts.

# %%
progress(1)
