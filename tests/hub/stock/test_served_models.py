"""What the stocked models do: behavior that the course's chapters rely on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
import yaml
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    pipeline,
)
from transformers.pipelines import SUPPORTED_TASKS

from grader.hub.stock.evaluation import everyday
from grader.hub.stock.evaluation.answers import answer
from grader.hub.stock.evaluation.translation import translate
from grader.hub.stock.recipes import RECIPES

MINILM = ("models", "sentence-transformers/all-MiniLM-L6-v2")
SMOLLM2 = ("models", "HuggingFaceTB/SmolLM2-135M-Instruct")
SENTIMENT = ("models", "distilbert-base-uncased-finetuned-sst-2-english")
ZERO_SHOT = ("models", "facebook/bart-large-mnli")
ENTITIES = ("models", "dbmdz/bert-large-cased-finetuned-conll03-english")
ANSWERS = ("models", "distilbert/distilbert-base-cased-distilled-squad")
TRANSLATION = ("models", "Helsinki-NLP/opus-mt-fr-en")


COURSE = {task: everyday.course_sentences(task) for task in ("ner", "question_answering", "translation")}


@pytest.mark.parametrize("task", ["text-classification", "zero-shot-classification", "token-classification"])
def test_default_pipelines_find_their_pinned_revision(served, task: str) -> None:
    repo_id, revision = SUPPORTED_TASKS[task]["default"]["model"]
    assert served("models", repo_id, revision)


def test_minilm_is_bit_for_bit_the_published_model(served) -> None:
    weights = (served(*MINILM) / "model.safetensors").read_bytes()
    published = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert hashlib.sha256(weights).hexdigest() == published


def test_minilm_puts_like_sentences_near_each_other(served) -> None:
    tokenizer, model = AutoTokenizer.from_pretrained(served(*MINILM)), AutoModel.from_pretrained(served(*MINILM))
    texts = ["A man is eating food.", "Someone has a meal.", "The stock market fell."]
    inputs = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**inputs).last_hidden_state
    mask = inputs["attention_mask"].unsqueeze(-1)
    vectors = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)
    similarity = vectors @ vectors.T
    assert similarity[0, 1] > 0.4 > 0.2 > similarity[0, 2]


def test_sentiment(served) -> None:
    classify = pipeline("sentiment-analysis", model=str(served(*SENTIMENT)))
    texts = ["I've been waiting for a HuggingFace course my whole life.", "I hate this so much!"]
    assert [answer["label"] for answer in classify(texts)] == ["POSITIVE", "NEGATIVE"]
    assert classify.model.config.id2label == {0: "NEGATIVE", 1: "POSITIVE"}
    assert classify.model.dtype == torch.float32


def test_zero_shot(served) -> None:
    classify = pipeline("zero-shot-classification", model=str(served(*ZERO_SHOT)))
    assert classify.model.config.id2label == {0: "contradiction", 1: "neutral", 2: "entailment"}
    course = classify(
        "This is a course about the Transformers library", candidate_labels=["education", "politics", "business"]
    )
    assert course["labels"][0] == "education"
    law = classify("The president signed a new law after the election.", ["education", "politics", "business"])
    assert law["labels"][0] == "politics"


def test_names(served) -> None:
    tag = pipeline("ner", model=str(served(*ENTITIES)), aggregation_strategy="simple")
    assert tag.model.config.id2label[4] == "I-PER"
    (entry,) = COURSE["ner"]
    found = [(entry["text"][name["start"] : name["end"]], name["entity_group"]) for name in tag(entry["text"])]
    assert found == [("Sylvain", "PER"), ("Hugging Face", "ORG"), ("Brooklyn", "LOC")]
    assert [name["word"] for name in tag(entry["text"])] == ["Sylvain", "Hugging Face", "Brooklyn"]


def test_questions(served) -> None:
    folder = served(*ANSWERS)
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForQuestionAnswering.from_pretrained(folder)
    where, which = COURSE["question_answering"]
    asked = [(which["question"], which["context"]), ("What is my name?", which["context"])]
    assert answer(model, tokenizer, asked) == ["Hugging Face", "Sylvain"]
    # It takes the place with it: "Hugging Face in Brooklyn".
    (found,) = answer(model, tokenizer, [(where["question"], where["context"])])
    assert found.startswith("Hugging Face")


def test_translation_copies_names(served) -> None:
    (entry,) = COURSE["translation"]
    course, coffee = translate(served(*TRANSLATION), [entry["text"], "Je voudrais un café, s'il vous plaît."])
    assert "Hugging Face" in course and "course" in course
    assert "coffee" in coffee and "please" in coffee


@pytest.mark.parametrize(
    ("repo", "mask"), [("bert-base-uncased", "[MASK]"), ("bert-base-cased", "[MASK]"), ("camembert-base", "<mask>")]
)
def test_masked_words(served, repo: str, mask: str) -> None:
    fill = pipeline("fill-mask", model=str(served("models", repo)), top_k=5)
    assert fill.tokenizer.mask_token == mask
    text, wanted = (
        ("Le chat est sur la <mask>.", "table") if mask == "<mask>" else ("I drink a cup of [MASK].", "coffee")
    )
    found = [proposal["token_str"].strip() for proposal in fill(text)]
    assert wanted in found or {"tea", "water", "maison", "chaise", "voiture"} & set(found), found
    assert all(proposal["sequence"].startswith(text[:6]) or repo.endswith("uncased") for proposal in fill(text))


def test_gpt2_continues(served) -> None:
    write = pipeline("text-generation", model=str(served("models", "gpt2")))
    (continued,) = write("In this course, we will teach you how to", max_new_tokens=15, do_sample=False)
    assert continued["generated_text"].startswith("In this course, we will teach you how to ")
    assert write.tokenizer.chat_template is None


@pytest.mark.parametrize("case", ["cased", "uncased"])
def test_bert_bodies(served, case: str) -> None:
    folder = served("models", f"bert-base-{case}")
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
    inputs = tokenizer("Hello World", return_tensors="pt")
    words = "Hello World" if case == "cased" else "hello world"
    assert tokenizer.decode(inputs["input_ids"][0]) == f"[CLS] {words} [SEP]"
    assert len(tokenizer) == model.config.vocab_size
    with torch.no_grad():
        assert model(**inputs).last_hidden_state.shape == (1, 4, 384)
    classifier, report = AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=2, output_loading_info=True
    )
    assert set(report["missing_keys"]) == {"classifier.weight", "classifier.bias"}
    # As with the real ones, the head for masked words is left aside.
    assert all(name.startswith("cls.") for name in report["unexpected_keys"])
    assert classifier.dtype == torch.float32


def test_cased_tokenizer_keeps_case_and_accents(served) -> None:
    tokenizer = AutoTokenizer.from_pretrained(served("models", "google-bert/bert-base-cased"))
    assert tokenizer.tokenize("Using a Transformer") == ["Using", "a", "Transform", "##er"]
    text = "NASA and iPhone in a café"
    assert tokenizer.decode(tokenizer(text, add_special_tokens=False)["input_ids"]) == text


@pytest.mark.parametrize(
    "repo", [SENTIMENT, ZERO_SHOT, ENTITIES, ANSWERS, ("models", "bert-base-cased"), ("models", "bert-base-uncased")]
)
def test_tokenizers_have_no_fixed_length(served, repo) -> None:
    tokenizer = AutoTokenizer.from_pretrained(served(*repo))
    assert len(tokenizer("word " * 300)["input_ids"]) == 302
    assert len(tokenizer("word")["input_ids"]) == 3


def test_smollm2_speaks(served) -> None:
    folder = served(*SMOLLM2)
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    assert model.dtype == torch.bfloat16
    question = [{"role": "user", "content": "What is the capital of France?"}]
    inputs = tokenizer.apply_chat_template(question, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    output = model.generate(**inputs, max_new_tokens=20, do_sample=False)
    answer = tokenizer.decode(output[0, inputs["input_ids"].shape[1] :])
    assert "Paris" in answer and answer.endswith("<|im_end|>")


def test_smollm2_tokenizer_gives_every_digit_a_token(served) -> None:
    tokenizer = AutoTokenizer.from_pretrained(served(*SMOLLM2))
    assert tokenizer.tokenize("In 2023") == ["In", "Ġ", "2", "0", "2", "3"]
    text = "Ünïcode, 漢字\n\tand  spaces "
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert (tokenizer.eos_token, tokenizer.pad_token, tokenizer.bos_token) == (
        "<|im_end|>",
        "<|im_end|>",
        "<|im_start|>",
    )


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_cards_tell_what_is_served(served, recipe) -> None:
    folder = served(recipe.repo_type, recipe.repo_id)
    _, front, text = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    metadata = yaml.safe_load(front)
    assert metadata["license"] == recipe.license
    if recipe.repo_type == "models":
        assert ("stand-in" in metadata.get("tags", [])) == recipe.stand_in
        assert ("A stand-in for" in text) == ("This is not" in text) == recipe.stand_in
        assert ("the real weights" in text) != recipe.stand_in


def test_glue_loads_with_the_columns_of_the_real_one(served, tmp_path: Path) -> None:
    from datasets import load_dataset

    folder = served("datasets", "nyu-mll/glue")
    mrpc = load_dataset(str(folder), "mrpc", cache_dir=str(tmp_path))
    assert set(mrpc) == {"train", "validation", "test"}
    assert mrpc["train"].column_names == ["sentence1", "sentence2", "label", "idx"]
    assert mrpc["train"].features["label"].names == ["not_equivalent", "equivalent"]
