"""The checkpoints and data that checks compare with: the same ones that the chapters use, loaded once per process."""

from __future__ import annotations

from functools import cache
from typing import Any

SENTIMENT = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
UNCASED = "google-bert/bert-base-uncased"
CASED = "google-bert/bert-base-cased"
FRENCH = "almanach/camembert-base"
MINILM = "sentence-transformers/all-MiniLM-L6-v2"
WRITER = "HuggingFaceTB/SmolLM2-135M-Instruct"
TAGGER = "dbmdz/bert-large-cased-finetuned-conll03-english"
READER = "distilbert/distilbert-base-cased-distilled-squad"
TRANSLATOR = "Helsinki-NLP/opus-mt-fr-en"
WAITING = "I've been waiting for a HuggingFace course my whole life."


@cache
def tokenizer(checkpoint: str) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(checkpoint)


@cache
def sentiment_model() -> Any:
    from transformers import AutoModelForSequenceClassification

    return AutoModelForSequenceClassification.from_pretrained(SENTIMENT, dtype="float32").eval()


@cache
def base_model(checkpoint: str) -> Any:
    from transformers import AutoModel

    return AutoModel.from_pretrained(checkpoint, dtype="float32").eval()


@cache
def masked_model(checkpoint: str) -> Any:
    from transformers import AutoModelForMaskedLM

    return AutoModelForMaskedLM.from_pretrained(checkpoint, dtype="float32").eval()


@cache
def tagger() -> Any:
    """The pipeline that finds names."""
    from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

    model = AutoModelForTokenClassification.from_pretrained(TAGGER, dtype="float32").eval()
    # Where the model is: a pipeline would choose another place by itself, and numbers differ between devices.
    return pipeline("ner", model=model, tokenizer=AutoTokenizer.from_pretrained(TAGGER), device=model.device)


@cache
def reader() -> Any:
    """The model that finds the span of an answer."""
    from transformers import AutoModelForQuestionAnswering

    return AutoModelForQuestionAnswering.from_pretrained(READER, dtype="float32").eval()


@cache
def translator() -> Any:
    from transformers import AutoModelForSeq2SeqLM

    return AutoModelForSeq2SeqLM.from_pretrained(TRANSLATOR, dtype="float32").eval()


@cache
def glue(task: str) -> Any:
    """A task of GLUE, such as "sst2", as a `DatasetDict`."""
    from datasets import load_dataset

    return load_dataset("nyu-mll/glue", task)


def mrpc() -> Any:
    """The MRPC pairs of GLUE as a `DatasetDict`."""
    return glue("mrpc")


def sentiment_logits(input_ids: Any, attention_mask: Any = None) -> Any:
    """Logits of the sentiment checkpoint as float64 NumPy array, shape (batch, 2)."""
    import torch

    with torch.no_grad():
        return sentiment_model()(input_ids=input_ids, attention_mask=attention_mask).logits.double().numpy()
