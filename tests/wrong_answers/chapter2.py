"""Recorded answers to chapter 2."""

import re
import tempfile
from collections import Counter
from functools import cache

import numpy as np
import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    DistilBertConfig,
)

from tests.wrong_answers import right, wrong

CHECKPOINT = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
WAITING = "I've been waiting for a HuggingFace course my whole life."


@cache
def parts():
    return AutoTokenizer.from_pretrained(CHECKPOINT), AutoModelForSequenceClassification.from_pretrained(CHECKPOINT)


def logits_of(*args, **kwargs):
    with torch.no_grad():
        return parts()[1](*args, **kwargs).logits


# ---------------------------------------------------------------- hidden-shape


@cache
def body_of_both_texts():
    inputs = parts()[0]([WAITING, "I hate this so much!"], padding=True, return_tensors="pt")
    with torch.no_grad():
        return parts()[1].base_model(**inputs)


def body_shape(texts, **options):
    inputs = parts()[0](texts, **{"padding": True, "return_tensors": "pt"} | options)
    with torch.no_grad():
        return parts()[1].base_model(**inputs).last_hidden_state.shape


def three_ways(function=body_shape, **changed):
    outputs = body_of_both_texts()
    ways = {"by_attribute": outputs.last_hidden_state, "by_key": outputs["last_hidden_state"], "by_index": outputs[0]}
    return function, *(ways | changed).values()


@right("hidden-shape")
def the_body_and_its_three_ways():
    return three_ways()


@right("hidden-shape")
def counted_without_running_the_model():
    tokenizer, model = parts()

    def hidden_shape(texts):
        return [len(texts), max(len(ids) for ids in tokenizer(texts)["input_ids"]), model.config.hidden_size]

    states = body_of_both_texts()[0]
    return three_ways(hidden_shape, by_key=states.numpy(), by_index=states.tolist())


@right("hidden-shape")
def an_array_of_sizes():
    return three_ways(lambda texts: np.array(body_shape(texts)))


@wrong("hidden-shape", "logits-shape", points=1)
def the_model_with_its_head():
    return three_ways(lambda texts: logits_of(**parts()[0](texts, padding=True, return_tensors="pt")).shape)


@wrong("hidden-shape", "one-vector", points=1)
def the_first_token_of_each_text():
    return three_ways(lambda texts: (body_shape(texts)[0], body_shape(texts)[2]))


@wrong("hidden-shape", "tensor-not-shape", points=1)
def the_hidden_states_themselves():
    return three_ways(lambda texts: torch.zeros(body_shape(texts)))


@wrong("hidden-shape", "no-padding", points=1)
def texts_as_long_as_they_are():
    return three_ways(lambda texts: body_shape(texts, padding=False))


@wrong("hidden-shape", "special-tokens-forgotten", points=1)
def tokens_without_special_tokens():
    return three_ways(lambda texts: tuple(body_shape(texts, add_special_tokens=False)))


@wrong("hidden-shape", "words-counted", points=1)
def words_of_the_longest_text():
    size = parts()[1].config.hidden_size
    return three_ways(lambda texts: (len(texts), max(len(text.split()) for text in texts), size))


@wrong("hidden-shape", "other-texts", points=1)
def the_batch_from_above():
    return three_ways(lambda texts: tuple(body_of_both_texts()[0].shape))


@wrong("hidden-shape", "axes-swapped", points=1)
def tokens_before_texts():
    def hidden_shape(texts):
        number, tokens, size = body_shape(texts)
        return tokens, number, size

    return three_ways(hidden_shape)


@wrong("hidden-shape", "batch-axis-missing", points=1)
def the_shape_of_one_row():
    return three_ways(lambda texts: body_shape(texts)[1:])


@wrong("hidden-shape", "other-length", points=1)
def padded_to_a_fixed_width():
    return three_ways(lambda texts: body_shape(texts, padding="max_length", max_length=64))


@wrong("hidden-shape", "other-size", points=1)
def the_size_of_the_vocabulary():
    return three_ways(lambda texts: (*body_shape(texts)[:2], parts()[1].config.vocab_size))


@wrong("hidden-shape", "whole-output", points=1)
def the_output_itself():
    return three_ways(by_attribute=body_of_both_texts())


@wrong("hidden-shape", "logits", points=1)
def the_logits():
    inputs = parts()[0]([WAITING, "I hate this so much!"], padding=True, return_tensors="pt")
    return three_ways(by_key=logits_of(**inputs))


@wrong("hidden-shape", "pooled", points=1)
def one_vector_for_each_text():
    return three_ways(by_index=body_of_both_texts()[0][:, 0])


@wrong("hidden-shape", "first-text-only", points=1)
def an_index_too_many():
    return three_ways(by_index=body_of_both_texts()[0][0])


@wrong("hidden-shape", "other-states", points=1)
def the_embeddings():
    inputs = parts()[0]([WAITING, "I hate this so much!"], padding=True, return_tensors="pt")
    with torch.no_grad():
        return three_ways(by_key=parts()[1].base_model(**inputs, output_hidden_states=True).hidden_states[0])


@wrong("hidden-shape", "text", points=1)
def the_key_alone():
    return three_ways(by_key="last_hidden_state")


@wrong("hidden-shape", "partly-attempted", points=1)
def two_ways():
    return three_ways(by_index=...)


# ---------------------------------------------------------------- pipeline-by-hand


def classify_with(
    probabilities=lambda logits: logits.softmax(-1), *, mask=True, name=lambda model, i: model.config.id2label[i]
):
    tokenizer, model = parts()

    def classify(texts):
        inputs = tokenizer(texts, padding=True, return_tensors="pt")
        logits = logits_of(**inputs) if mask else logits_of(inputs["input_ids"])
        scores = probabilities(logits)
        best = logits.argmax(-1)
        return [{"label": name(model, int(i)), "score": float(row[i])} for row, i in zip(scores, best, strict=True)]

    return (classify,)


@right("pipeline-by-hand")
def one_batch():
    return classify_with()


@right("pipeline-by-hand")
def text_by_text_with_tensors_as_scores():
    tokenizer, model = parts()

    def classify(texts):
        results = []
        for text in texts:
            probabilities = logits_of(**tokenizer(text, return_tensors="pt"))[0].softmax(0).numpy()
            best = int(np.argmax(probabilities))
            results.append({"label": model.config.id2label[best], "score": probabilities[best]})
        return tuple(results)

    return (classify,)


@wrong("pipeline-by-hand", "logits-as-scores", points=1)
def without_softmax():
    return classify_with(lambda logits: logits)


@wrong("pipeline-by-hand", "softmax-over-batch", points=1)
def softmax_over_the_texts():
    return classify_with(lambda logits: logits.softmax(0))


@wrong("pipeline-by-hand", "mask-forgotten", points=1)
def only_the_ids():
    return classify_with(mask=False)


@wrong("pipeline-by-hand", "label-numbers")
def numbers_as_labels():
    return classify_with(name=lambda model, i: i)


@wrong("pipeline-by-hand", "label-numbers")
def generic_label_names():
    return classify_with(name=lambda model, i: f"LABEL_{i}")


@wrong("pipeline-by-hand", "fixed-names")
def names_in_another_order():
    return classify_with(name=lambda model, i: model.config.id2label[1 - i])


@wrong("pipeline-by-hand", "no-padding")
def without_padding():
    tokenizer, _ = parts()
    return (lambda texts: logits_of(**tokenizer(texts, return_tensors="pt")),)


@wrong("pipeline-by-hand", "wrong-length")
def only_the_first_text():
    (classify,) = classify_with()
    return (lambda texts: classify(texts)[:1],)


@wrong("pipeline-by-hand", "missing-keys")
def other_key_names():
    (classify,) = classify_with()
    return (lambda texts: [{"name": r["label"], "score": r["score"]} for r in classify(texts)],)


@wrong("pipeline-by-hand", "rounded", points=2)
def scores_rounded_to_two_digits():
    (classify,) = classify_with()
    return (lambda texts: [r | {"score": round(r["score"], 2)} for r in classify(texts)],)


@wrong("pipeline-by-hand", "rounded", points=2)
def tensors_rounded():
    return classify_with(lambda logits: logits.softmax(-1).round(decimals=2))


@wrong("pipeline-by-hand", "raised")
def the_whole_encoding_as_one_argument():
    tokenizer, model = parts()
    return (lambda texts: model(tokenizer(texts, padding=True, return_tensors="pt")).logits,)


@wrong("pipeline-by-hand", "raised")
def a_tensor_as_key():
    return classify_with(name=lambda model, i: model.config.id2label[torch.tensor(i)])


@wrong("hidden-shape", "raised", points=1)
def the_hidden_states_of_a_model_with_a_head():
    tokenizer, model = parts()
    return three_ways(lambda texts: model(**tokenizer(texts, padding=True, return_tensors="pt")).last_hidden_state)


@wrong("pipeline-by-hand", "other-scores", points=1)
def sigmoid_instead_of_softmax():
    return classify_with(lambda logits: logits.sigmoid())


# ---------------------------------------------------------------- choose-the-head

HEADS = {
    "review": "AutoModelForSequenceClassification",
    "names": "AutoModelForTokenClassification",
    "span": "AutoModelForQuestionAnswering",
    "gap": "AutoModelForMaskedLM",
    "story": "AutoModelForCausalLM",
    "french": "AutoModelForSeq2SeqLM",
    "search": "AutoModel",
    "ending": "AutoModelForMultipleChoice",
}


@right("choose-the-head")
def eight_names():
    return (HEADS,)


@right("choose-the-head")
def names_with_their_library_and_an_entry_more():
    return ({key: f"transformers.{name} " for key, name in reversed(HEADS.items())} | {"image": "?"},)


@wrong("choose-the-head", "base-model", points=1)
def the_body_for_labels():
    return (HEADS | {"review": "AutoModel"},)


@wrong("choose-the-head", "base-model")
def the_body_for_everything():
    return (dict.fromkeys(HEADS, "AutoModel"),)


@wrong("choose-the-head", "text-or-token", points=1)
def one_label_for_all_tokens():
    return (HEADS | {"names": "AutoModelForSequenceClassification"},)


@wrong("choose-the-head", "masked-or-causal", points=1)
def masked_and_causal_swapped():
    return (HEADS | {"gap": HEADS["story"], "story": HEADS["gap"]},)


@wrong("choose-the-head", "one-text-or-two", points=1)
def translated_by_a_causal_model():
    return (HEADS | {"french": "AutoModelForCausalLM"},)


@wrong("choose-the-head", "span-or-choice", points=1)
def an_ending_as_a_span():
    return (HEADS | {"ending": "AutoModelForQuestionAnswering"},)


@wrong("choose-the-head", "head-for-vectors", points=1)
def labels_for_a_search():
    return (HEADS | {"search": "AutoModelForSequenceClassification"},)


@wrong("choose-the-head", "other-head", points=1)
def a_gap_as_a_span():
    return (HEADS | {"gap": "AutoModelForQuestionAnswering"},)


@wrong("choose-the-head", "no-such-class")
def seq2seq_spelled_differently():
    return (HEADS | {"french": "AutoModelForSeq2Seq"},)


@wrong("choose-the-head", "not-a-class")
def tasks_of_pipelines():
    return (HEADS | {"review": "text-classification"},)


@wrong("choose-the-head", "class-not-name")
def classes_without_quotes():
    return (HEADS | {"review": AutoModelForSequenceClassification},)


@wrong("choose-the-head", "missing-keys")
def seven_situations():
    return ({key: name for key, name in HEADS.items() if key != "ending"},)


# ---------------------------------------------------------------- word-tokenizer


def split_words(text):
    return re.findall(r"\w+|[^\w\s]", text.lower())


def numbered(words):
    vocab = {"[UNK]": 0}
    for word in words:
        vocab.setdefault(word, len(vocab))
    return vocab


def word_tokenizer(
    split=split_words,
    build=numbered,
    encode=lambda text, vocab: [vocab.get(word, 0) for word in split_words(text)],
    decode=lambda words: " ".join(words),
):
    def decode_words(ids, vocab):
        names = {number: word for word, number in vocab.items()}
        return decode([names[number] for number in ids])

    return (lambda texts: build([word for text in texts for word in split(text)])), encode, decode_words


@right("word-tokenizer")
def words_as_they_come():
    return word_tokenizer()


@right("word-tokenizer")
def sorted_words_and_tensors():
    return word_tokenizer(
        build=lambda words: {word: i for i, word in enumerate(["[UNK]", *sorted(set(words))])},
        encode=lambda text, vocab: torch.tensor([vocab.get(word, vocab["[UNK]"]) for word in split_words(text)]),
    )


@right("word-tokenizer")
def numpy_ids_and_a_list_of_names():
    def decode_words(ids, vocab):
        names = sorted(vocab, key=vocab.get)
        return " ".join(names[number] for number in ids)

    build, encode, _ = word_tokenizer()
    return build, lambda text, vocab: np.array(encode(text, vocab)), decode_words


@wrong("word-tokenizer", "punctuation-glued", points=2)
def cut_at_spaces():
    return word_tokenizer(lambda text: text.lower().split())


@wrong("word-tokenizer", "case-kept", points=2)
def capital_letters_kept():
    return word_tokenizer(lambda text: re.findall(r"\w+|[^\w\s]", text))


@wrong("word-tokenizer", "no-unknown", points=2)
def no_entry_for_unknown_words():
    return word_tokenizer(build=lambda words: {word: i for i, word in enumerate(dict.fromkeys(words))})


@wrong("word-tokenizer", "turned-round", points=2)
def from_ids_to_words():
    return word_tokenizer(build=lambda words: {i: word for word, i in numbered(words).items()})


@wrong("word-tokenizer", "not-a-dict", points=2)
def a_list_of_words():
    return word_tokenizer(build=lambda words: list(numbered(words)))


@wrong("word-tokenizer", "ids-with-gaps", points=2)
def words_from_two_on():
    return word_tokenizer(build=lambda words: {w: i + (i > 0) for w, i in numbered(words).items()})


@wrong("word-tokenizer", "repeated-words", points=2)
def the_size_as_id_for_each_word():
    def build(words):
        vocab = {"[UNK]": 0}
        for word in words:
            vocab[word] = len(vocab)
        return vocab

    return word_tokenizer(build=build)


@wrong("word-tokenizer", "raised", points=2)
def ids_looked_up_among_words():
    build, encode, _ = word_tokenizer()
    return build, encode, lambda ids, vocab: " ".join(vocab[number] for number in ids)


def not_written_yet(*args):
    raise NotImplementedError


@wrong("word-tokenizer", "not-attempted", points=2)
def decode_still_to_do():
    build, encode, _ = word_tokenizer()
    return build, encode, not_written_yet


@wrong("word-tokenizer", "repeated-words", points=2)
def repeated_words_counted_again():
    return word_tokenizer(build=lambda words: {word: i for i, word in enumerate(["[UNK]", *words])})


@wrong("word-tokenizer", "shared-ids", points=2)
def ids_that_start_again_with_each_text():
    def build(texts):
        vocab = {"[UNK]": 0}
        for text in texts:
            for i, word in enumerate(split_words(text)):
                vocab[word] = i + 1
        return vocab

    return (build, *word_tokenizer()[1:])


@wrong("word-tokenizer", "words-missing", points=2)
def only_the_first_text_of_the_list():
    build, *others = word_tokenizer()
    return (lambda texts: build(texts[:1]), *others)


@wrong("word-tokenizer", "foreign-entries", points=2)
def a_word_from_elsewhere():
    return word_tokenizer(build=lambda words: numbered(["[PAD]", *words]))


@wrong("word-tokenizer", "unknown-not-first", points=2)
def unknown_as_the_last_entry():
    return word_tokenizer(build=lambda words: {word: i for i, word in enumerate([*dict.fromkeys(words), "[UNK]"])})


@wrong("word-tokenizer", "unknown-raises", points=2)
def looked_up_without_a_second_value():
    return word_tokenizer(encode=lambda text, vocab: [vocab[word] for word in split_words(text)])


@wrong("word-tokenizer", "unknown-without-brackets", points=2)
def unknown_without_its_brackets():
    return word_tokenizer(
        encode=lambda text, vocab: [vocab[word] if word in vocab else vocab["UNK"] for word in split_words(text)]
    )


@wrong("word-tokenizer", "unknown-dropped", points=2)
def unknown_words_left_out():
    return word_tokenizer(encode=lambda text, vocab: [vocab[word] for word in split_words(text) if word in vocab])


@wrong("word-tokenizer", "vocabulary-grows", points=2)
def the_vocabulary_learns_from_the_new_text():
    return word_tokenizer(encode=lambda text, vocab: [vocab.setdefault(word, len(vocab)) for word in split_words(text)])


@wrong("word-tokenizer", "encoded-glued", points=2)
def new_text_cut_at_spaces():
    return word_tokenizer(encode=lambda text, vocab: [vocab.get(word, 0) for word in text.lower().split()])


@wrong("word-tokenizer", "encoded-case", points=2)
def new_text_not_in_lower_case():
    return word_tokenizer(encode=lambda text, vocab: [vocab.get(word, 0) for word in re.findall(r"\w+|[^\w\s]", text)])


@wrong("word-tokenizer", "tokens-not-ids", points=2)
def words_instead_of_ids():
    return word_tokenizer(encode=lambda text, vocab: [word if word in vocab else "[UNK]" for word in split_words(text)])


@wrong("word-tokenizer", "not-a-list-of-ids", points=2)
def a_batch_of_one():
    return word_tokenizer(encode=lambda text, vocab: torch.tensor([[vocab.get(word, 0) for word in split_words(text)]]))


@wrong("word-tokenizer", "no-spaces", points=2)
def words_that_run_together():
    return word_tokenizer(decode="".join)


@wrong("word-tokenizer", "list-not-text", points=2)
def a_list_of_decoded_words():
    return word_tokenizer(decode=lambda words: words)


@wrong("word-tokenizer", "unknown-lost", points=2)
def unknown_not_written():
    return word_tokenizer(decode=lambda words: " ".join(word for word in words if word != "[UNK]"))


@wrong("word-tokenizer", "other-text", points=2)
def words_in_another_order():
    return word_tokenizer(decode=lambda words: " ".join(sorted(words)))


@wrong("word-tokenizer", "odd-spaces", points=2)
def a_space_at_the_end():
    return word_tokenizer(decode=lambda words: "".join(word + " " for word in words))


# ---------------------------------------------------------------- char-tokenizer


def counter(words=split_words, characters=lambda text: list(text.lower()), count=None):
    count = count or (lambda tokens, by_text: (len(set(tokens)), len(tokens)))

    def compare_tokenizers(texts):
        result = {}
        for name, cut in (("words", words), ("characters", characters)):
            by_text = [cut(text) for text in texts]
            result[name] = count([token for tokens in by_text for token in tokens], by_text)
        return result

    return (compare_tokenizers,)


@right("char-tokenizer")
def lists_and_sets():
    return counter()


@right("char-tokenizer")
def joined_texts_and_tensors():
    def compare_tokenizers(texts):
        words, characters = Counter(split_words(" ".join(texts))), Counter("".join(texts).lower())
        return {
            "characters": torch.tensor([len(characters), characters.total()]),
            "words": [len(words), np.int64(words.total())],
        }

    return (compare_tokenizers,)


@wrong("char-tokenizer", "texts-joined", points=1)
def texts_joined_with_spaces():
    def compare_tokenizers(texts):
        words, characters = split_words(" ".join(texts)), " ".join(texts).lower()
        return {"words": (len(set(words)), len(words)), "characters": (len(set(characters)), len(characters))}

    return (compare_tokenizers,)


@wrong("char-tokenizer", "words-run-together", points=1)
def texts_joined_without_spaces():
    def compare_tokenizers(texts):
        words, characters = split_words("".join(texts)), "".join(texts).lower()
        return {"words": (len(set(words)), len(words)), "characters": (len(set(characters)), len(characters))}

    return (compare_tokenizers,)


@wrong("char-tokenizer", "spaces-dropped", points=1)
def characters_of_the_words():
    return counter(characters=lambda text: [letter for word in split_words(text) for letter in word])


@wrong("char-tokenizer", "spaces-dropped", points=1)
def spaces_replaced():
    return counter(characters=lambda text: list(text.lower().replace(" ", "")))


@wrong("char-tokenizer", "case-kept", points=1)
def characters_with_capitals():
    return counter(characters=list)


@wrong("char-tokenizer", "punctuation-glued", points=1)
def words_cut_at_spaces():
    return counter(words=lambda text: text.lower().split())


@wrong("char-tokenizer", "different-tokens-twice")
def tokens_counted_after_the_set():
    return counter(count=lambda tokens, by_text: (len(set(tokens)), len(set(tokens))))


@wrong("char-tokenizer", "vocabularies-added")
def a_vocabulary_for_each_text():
    return counter(count=lambda tokens, by_text: (sum(len(set(text)) for text in by_text), len(tokens)))


@wrong("char-tokenizer", "swapped")
def length_before_size():
    return counter(count=lambda tokens, by_text: (len(tokens), len(set(tokens))))


@wrong("char-tokenizer", "one-text")
def only_the_last_text():
    return counter(count=lambda tokens, by_text: (len(set(by_text[-1])), len(by_text[-1])))


@wrong("char-tokenizer", "one-too-many")
def unknown_counted_too():
    return counter(count=lambda tokens, by_text: (len({*tokens, "[UNK]"}), len(tokens)))


@wrong("char-tokenizer", "not-a-pair")
def the_tokens_themselves():
    return counter(count=lambda tokens, by_text: tokens)


@wrong("char-tokenizer", "missing-keys")
def words_alone():
    return (lambda texts: {"words": counter()[0](texts)["words"]},)


@wrong("char-tokenizer", "other-counts")
def the_mean_length():
    return counter(count=lambda tokens, by_text: (len(set(tokens)), len(tokens) // len(by_text)))


# ---------------------------------------------------------------- bpe-merge


def pair_counts(corpus, weight=lambda count: count):
    counts = Counter()
    for word, count in corpus.items():
        for pair in zip(word, word[1:], strict=False):
            counts[pair] += weight(count)
    return counts


def first_of_the_largest(corpus):
    counts = pair_counts(corpus)
    return max(counts, key=counts.get)


def merge_word(word, pair, *, step=2, once=False):
    symbols, i, done = [], 0, False
    while i < len(word):
        if word[i : i + 2] == pair and not (once and done):
            symbols.append(word[i] + word[i + 1])
            i, done = i + step, True
        else:
            symbols.append(word[i])
            i += 1
    return tuple(symbols)


def merge(corpus, pair, **options):
    return {merge_word(word, pair, **options): count for word, count in corpus.items()}


@right("bpe-merge")
def counted_and_walked_through():
    return first_of_the_largest, merge


@right("bpe-merge")
def a_list_as_pair_and_a_pattern():
    def merge_pair(corpus, pair):
        both = re.compile(rf"(?<!\S){re.escape(' '.join(pair))}(?!\S)")
        return {tuple(both.sub("".join(pair), " ".join(word)).split()): count for word, count in corpus.items()}

    return (lambda corpus: list(pair_counts(corpus).most_common(1)[0][0])), merge_pair


@right("bpe-merge")
def symbols_popped_from_a_list():
    def merge_pair(corpus, pair):
        merged = {}
        for word, count in corpus.items():
            rest, symbols = list(word), []
            while rest:
                symbol = rest.pop(0)
                if rest and (symbol, rest[0]) == tuple(pair):
                    symbol += rest.pop(0)
                symbols.append(symbol)
            merged[tuple(symbols)] = torch.tensor(count)
        return merged

    return first_of_the_largest, merge_pair


@wrong("bpe-merge", "counts-ignored", points=2)
def each_word_counted_once():
    return (lambda corpus: pair_counts(corpus, weight=lambda count: 1).most_common(1)[0][0]), merge


@wrong("bpe-merge", "tie", points=2)
def the_later_one_of_equals():
    return (lambda corpus: max((count, pair) for pair, count in pair_counts(corpus).items())[1]), merge


@wrong("bpe-merge", "across-words", points=2)
def all_words_in_one_row():
    def most_frequent_pair(corpus):
        row = [symbol for word, count in corpus.items() for symbol in word]
        return Counter(zip(row, row[1:], strict=False)).most_common(1)[0][0]

    return most_frequent_pair, merge


@wrong("bpe-merge", "joined-pair", points=2)
def the_new_symbol():
    return (lambda corpus: "".join(first_of_the_largest(corpus))), merge


@wrong("bpe-merge", "pair-and-count", points=2)
def what_most_common_returns():
    return (lambda corpus: pair_counts(corpus).most_common(1)[0]), merge


@wrong("bpe-merge", "not-a-pair", points=2)
def all_the_counts():
    return pair_counts, merge


@wrong("bpe-merge", "other-pair", points=2)
def the_rarest_pair():
    return (lambda corpus: pair_counts(corpus).most_common()[-1][0]), merge


@wrong("bpe-merge", "overlap", points=1)
def a_symbol_used_twice():
    return first_of_the_largest, lambda corpus, pair: merge(corpus, pair, step=1 + (pair[0] != pair[1]))


@wrong("bpe-merge", "overlap", points=1)
def from_right_to_left():
    def merge_pair(corpus, pair):
        return {merge_word(word[::-1], pair[::-1])[::-1] if pair[0] == pair[1] else merge_word(word, pair): count
                for word, count in corpus.items()}  # fmt: skip

    return first_of_the_largest, merge_pair


@wrong("bpe-merge", "symbol-doubled", points=1)
def the_second_symbol_left_behind():
    return first_of_the_largest, lambda corpus, pair: merge(corpus, pair, step=1)


@wrong("bpe-merge", "symbol-doubled", points=1)
def the_last_symbol_appended_in_any_case():
    return first_of_the_largest, lambda corpus, pair: {(*merge_word(w, pair), w[-1]): n for w, n in corpus.items()}


@wrong("bpe-merge", "symbol-lost", points=1)
def the_last_symbol_never_reached():
    def merge_pair(corpus, pair):
        merged = {}
        for word, count in corpus.items():
            symbols, i = [], 0
            while i < len(word) - 1:
                width = 2 if word[i : i + 2] == pair else 1
                symbols.append("".join(word[i : i + width]))
                i += width
            merged[tuple(symbols)] = count
        return merged

    return first_of_the_largest, merge_pair


@wrong("bpe-merge", "letters-changed", points=1)
def symbols_in_capitals():
    def merge_pair(corpus, pair):
        return {tuple(symbol.upper() for symbol in word): count for word, count in merge(corpus, pair).items()}

    return first_of_the_largest, merge_pair


@wrong("bpe-merge", "raised", points=1)
def a_method_of_lists_on_a_word():
    return first_of_the_largest, lambda corpus, pair: {word.append(pair): n for word, n in corpus.items()}


@wrong("bpe-merge", "words-lost", points=1)
def only_words_with_the_pair():
    def merge_pair(corpus, pair):
        return {merge_word(word, pair): n for word, n in corpus.items() if merge_word(word, pair) != word}

    return first_of_the_largest, merge_pair


@wrong("bpe-merge", "first-only", points=1)
def one_merge_in_a_word():
    return first_of_the_largest, lambda corpus, pair: merge(corpus, pair, once=True)


@wrong("bpe-merge", "half-symbols", points=1)
def text_replaced():
    def merge_pair(corpus, pair):
        return {tuple(" ".join(word).replace(" ".join(pair), "".join(pair)).split()): n for word, n in corpus.items()}

    return first_of_the_largest, merge_pair


@wrong("bpe-merge", "counts-changed", points=2)
def each_merged_word_counted_once():
    return first_of_the_largest, lambda corpus, pair: dict.fromkeys(merge(corpus, pair), 1)


@wrong("bpe-merge", "words-not-tuples", points=1)
def words_as_texts():
    return first_of_the_largest, lambda corpus, pair: {" ".join(word): n for word, n in merge(corpus, pair).items()}


@wrong("bpe-merge", "not-merged", points=1)
def the_last_place_forgotten():
    def merge_pair(corpus, pair):
        return {merge_word(word[:-1], pair) + word[-1:]: count for word, count in corpus.items()}

    return first_of_the_largest, merge_pair


@wrong("bpe-merge", "words-added", points=1)
def old_and_new_words():
    return first_of_the_largest, lambda corpus, pair: corpus | merge(corpus, pair)


@wrong("bpe-merge", "not-a-corpus", points=1)
def a_list_of_words_without_counts():
    return first_of_the_largest, lambda corpus, pair: list(merge(corpus, pair))


# ---------------------------------------------------------------- wordpiece


def pieces(word, vocab, *, ends=lambda start, n: range(n, start, -1), mark="##", unknown=lambda done: ["[UNK]"]):
    done, start = [], 0
    while start < len(word):
        for end in ends(start, len(word)):
            piece = (mark if start else "") + word[start:end]
            if piece in vocab:
                break
        else:
            return unknown(done)
        done.append(piece)
        start = end
    return done


@right("wordpiece")
def greedy():
    return (pieces,)


@right("wordpiece")
def recursive():
    def wordpiece(word, vocab, prefix=""):
        if not word:
            return []
        for end in range(len(word), 0, -1):
            if prefix + word[:end] in vocab:
                rest = wordpiece(word[end:], vocab, "##")
                return ["[UNK]"] if rest == ["[UNK]"] else (prefix + word[:end], *rest)
        return ["[UNK]"]

    return (wordpiece,)


@wrong("wordpiece", "shortest-match")
def shortest_first():
    return (lambda word, vocab: pieces(word, vocab, ends=lambda start, n: range(start + 1, n + 1)),)


@wrong("wordpiece", "no-marks")
def marks_forgotten_in_the_look_up():
    return (lambda word, vocab: pieces(word, vocab, mark=""),)


@wrong("wordpiece", "no-marks")
def marks_forgotten_in_the_result():
    return (lambda word, vocab: [piece.removeprefix("##") for piece in pieces(word, vocab)],)


@wrong("wordpiece", "misplaced-marks")
def marks_on_every_piece():
    return (lambda word, vocab: ["##" + piece.removeprefix("##") for piece in pieces(word, vocab)],)


@wrong("wordpiece", "unknown-handling")
def pieces_before_the_unknown_one():
    return (lambda word, vocab: pieces(word, vocab, unknown=lambda done: [*done, "[UNK]"]),)


@wrong("wordpiece", "unknown-handling")
def empty_when_unknown():
    return (lambda word, vocab: pieces(word, vocab, unknown=lambda done: []),)


@wrong("wordpiece", "gives-up")
def whole_words_only():
    return (lambda word, vocab: [word] if word in vocab else ["[UNK]"],)


@wrong("wordpiece", "not-a-list")
def one_text():
    return (lambda word, vocab: " ".join(pieces(word, vocab)),)


# ---------------------------------------------------------------- ids-in-two-steps


def two_steps(first=None, second=None):
    tokenizer, _ = parts()
    return (
        first or (lambda text: tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))),
        second or (lambda ids: [tokenizer.cls_token_id, *ids, tokenizer.sep_token_id]),
    )


def split_at(ids, *, front=(), end=()):
    tokenizer, _ = parts()
    return [*tokenizer.convert_tokens_to_ids(list(front)), *ids, *tokenizer.convert_tokens_to_ids(list(end))]


@right("ids-in-two-steps")
def tokenize_and_convert():
    return two_steps()


@right("ids-in-two-steps")
def arrays_and_names_of_the_special_tokens():
    tokenizer, _ = parts()

    def with_special_tokens(ids):
        marks = tokenizer.convert_tokens_to_ids(["[CLS]", "[SEP]"])
        return torch.tensor(marks[:1] + ids + marks[1:])

    return two_steps(
        lambda text: np.array([tokenizer.vocab[token] for token in tokenizer.tokenize(text)]), with_special_tokens
    )


@right("ids-in-two-steps")
def the_option_of_the_call_and_a_tuple():
    tokenizer, _ = parts()
    return two_steps(lambda text: tokenizer(text, add_special_tokens=False)["input_ids"], lambda ids: (101, *ids, 102))


@wrong("ids-in-two-steps", "special-tokens-in", points=1)
def encode_instead_of_two_steps():
    return two_steps(parts()[0].encode)


@wrong("ids-in-two-steps", "the-tokenizers-call", points=1)
def all_that_the_call_returns():
    return two_steps(parts()[0])


@wrong("ids-in-two-steps", "tokens-not-ids", points=1)
def the_first_step_alone():
    return two_steps(parts()[0].tokenize)


@wrong("ids-in-two-steps", "one-id", points=1)
def the_second_step_alone():
    return two_steps(parts()[0].convert_tokens_to_ids)


@wrong("ids-in-two-steps", "words-not-tokens", points=1)
def words_looked_up():
    return two_steps(lambda text: parts()[0].convert_tokens_to_ids(text.split()))


@wrong("ids-in-two-steps", "characters-not-tokens", points=1)
def characters_looked_up():
    return two_steps(lambda text: parts()[0].convert_tokens_to_ids(list(text)))


@wrong("ids-in-two-steps", "other-ids", points=1)
def the_tokenizer_of_another_model():
    other = AutoTokenizer.from_pretrained("google-bert/bert-base-cased")
    return two_steps(lambda text: other.convert_tokens_to_ids(other.tokenize(text)))


@wrong("ids-in-two-steps", "not-a-list-of-ids", points=1)
def ids_of_a_batch():
    return two_steps(lambda text: parts()[0](text, return_tensors="pt", add_special_tokens=False)["input_ids"])


@wrong("ids-in-two-steps", "nothing-returned", points=1)
def insert_returns_nothing():
    return two_steps(second=lambda ids: ids.insert(0, 101))


@wrong("ids-in-two-steps", "changed-in-place", points=1)
def inserted_and_appended():
    def with_special_tokens(ids):
        ids.insert(0, 101)
        ids.append(102)
        return ids

    return two_steps(second=with_special_tokens)


@wrong("ids-in-two-steps", "raised", points=1)
def a_list_and_numbers_added():
    return two_steps(second=lambda ids: 101 + ids + 102)


@wrong("ids-in-two-steps", "raised", points=1)
def the_first_step_raises():
    return two_steps(first=lambda text: parts()[0].convert_tokens_to_ids(3))


@wrong("ids-in-two-steps", "texts-among-ids", points=1)
def names_instead_of_ids():
    return two_steps(second=lambda ids: ["[CLS]", *ids, "[SEP]"])


@wrong("ids-in-two-steps", "nested", points=1)
def a_list_in_a_list():
    return two_steps(second=lambda ids: [101, ids, 102])


@wrong("ids-in-two-steps", "nothing-added", points=1)
def ids_as_they_were():
    return two_steps(second=lambda ids: ids)


@wrong("ids-in-two-steps", "one-missing", points=1)
def only_the_first_special_token():
    return two_steps(second=lambda ids: split_at(ids, front=["[CLS]"]))


@wrong("ids-in-two-steps", "ends-swapped", points=1)
def sep_before_cls():
    return two_steps(second=lambda ids: split_at(ids, front=["[SEP]"], end=["[CLS]"]))


@wrong("ids-in-two-steps", "same-end", points=1)
def both_in_front():
    return two_steps(second=lambda ids: split_at(ids, front=["[CLS]", "[SEP]"]))


@wrong("ids-in-two-steps", "other-special-tokens", points=1)
def ids_of_another_model_written_down():
    return two_steps(second=lambda ids: [0, *ids, 2])


@wrong("ids-in-two-steps", "other-special-tokens", points=1)
def ids_out_of_reach():
    return two_steps(second=lambda ids: [-1, *ids, 10**9])


@wrong("ids-in-two-steps", "other-list", points=1)
def tokenized_once_more():
    return two_steps(second=lambda ids: parts()[0](str(ids))["input_ids"])


# ---------------------------------------------------------------- decode-back


def trip(text, keep_special):
    tokenizer, _ = parts()
    return tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=not keep_special)


KEPT, LOST = "the rain has stopped again", "The rain hasn't stopped"


@right("decode-back")
def call_and_decode():
    return trip, KEPT, LOST


@right("decode-back")
def encode_and_clean_up():
    tokenizer, _ = parts()

    def round_trip(text, keep_special):
        ids = tokenizer.encode(text, return_tensors="pt")[0]
        return tokenizer.decode(ids, skip_special_tokens=not keep_special, clean_up_tokenization_spaces=True)

    return round_trip, "there is nothing to see, is there?", "naïve"


@wrong("decode-back", "special-tokens")
def special_tokens_always_kept():
    return lambda text, keep_special: trip(text, True), KEPT, LOST


@wrong("decode-back", "special-tokens")
def the_option_the_wrong_way_round():
    return lambda text, keep_special: trip(text, not keep_special), KEPT, LOST


@wrong("decode-back", "tokens-joined", points=2)
def tokens_joined_with_spaces():
    tokenizer, _ = parts()

    def round_trip(text, keep_special):
        ids = tokenizer(text)["input_ids"]
        return " ".join(tokenizer.convert_ids_to_tokens(ids, skip_special_tokens=not keep_special))

    return round_trip, KEPT, LOST


@wrong("decode-back", "list-not-text")
def a_list_of_tokens():
    tokenizer, _ = parts()
    return lambda text, keep_special: tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"]), KEPT, LOST


@wrong("decode-back", "text-itself", points=1)
def the_text_as_it_was():
    return lambda text, keep_special: text, KEPT, LOST


@wrong("decode-back", "other-text")
def decoded_by_another_tokenizer():
    other = AutoTokenizer.from_pretrained("HuggingFaceTB/SmolLM2-135M-Instruct")
    tokenizer, _ = parts()
    return lambda text, keep_special: other.decode(tokenizer(text)["input_ids"]), KEPT, LOST


@wrong("decode-back", "not-a-text")
def the_result_not_returned():
    return lambda text, keep_special: None, KEPT, LOST


@wrong("decode-back", "too-short", points=2)
def kept_words_too_few():
    return trip, "the rain", LOST


@wrong("decode-back", "capital-letters", points=2)
def kept_text_with_a_capital_letter():
    return trip, "The rain has stopped again.", LOST


@wrong("decode-back", "spaces-moved", points=2)
def kept_text_with_a_hyphen():
    return trip, "this is a well-known problem", LOST


@wrong("decode-back", "letters-lost", points=2)
def kept_text_with_an_accent():
    return trip, "we met in a café", LOST


@wrong("decode-back", "comes-back", points=2)
def nothing_is_lost():
    return trip, KEPT, KEPT


@right("decode-back")
def a_hyphen_is_lost():
    return trip, KEPT, "a well-known place"


@wrong("decode-back", "empty-text", points=2)
def no_lost_text():
    return trip, KEPT, " "


@wrong("decode-back", "partly-attempted", points=1)
def the_function_alone():
    return trip, ..., ...


# ---------------------------------------------------------------- same-logits-twice


def plain_ids():
    tokenizer, _ = parts()
    return tokenizer.convert_tokens_to_ids(tokenizer.tokenize(WAITING))


@right("same-logits-twice")
def without_special_tokens():
    batch = torch.tensor([plain_ids()] * 2)
    return batch, logits_of(batch)


@right("same-logits-twice")
def the_tokenizers_own_call_and_a_list_of_logits():
    batch = parts()[0]([WAITING, WAITING], return_tensors="pt")
    return batch["input_ids"].numpy(), logits_of(**batch).tolist()


@wrong("same-logits-twice", "one-axis")
def one_long_row():
    ids = torch.tensor(plain_ids() * 2)
    return ids, logits_of(ids[None])


@wrong("same-logits-twice", "list-of-ids")
def a_list_of_lists():
    return [plain_ids()] * 2, logits_of(torch.tensor([plain_ids()] * 2))


@wrong("same-logits-twice", "other-ids")
def one_row_only():
    batch = torch.tensor([plain_ids()])
    return batch, logits_of(batch)


@wrong("same-logits-twice", "other-ids")
def two_other_sentences():
    batch = parts()[0](["What a day!", "What a day!"], return_tensors="pt")["input_ids"]
    return batch, logits_of(batch)


@wrong("same-logits-twice", "probabilities", points=1)
def after_the_softmax():
    batch = torch.tensor([plain_ids()] * 2)
    return batch, logits_of(batch).softmax(-1)


@wrong("same-logits-twice", "wrong-shape")
def logits_of_one_row():
    batch = torch.tensor([plain_ids()] * 2)
    return batch, logits_of(batch)[0]


@wrong("same-logits-twice", "other-logits", points=1)
def logits_of_another_sentence():
    other = parts()[0](["I hate this!"] * 2, return_tensors="pt")["input_ids"]
    return torch.tensor([plain_ids()] * 2), logits_of(other)


@wrong("same-logits-twice", "whole-output")
def the_whole_output():
    batch = torch.tensor([plain_ids()] * 2)
    return batch, parts()[1](batch)


# ---------------------------------------------------------------- pad-and-mask


def padded(sequences, pad_id, *, left=False, mask=lambda n, gap: [1] * n + [0] * gap, length=None):
    longest = length or max(map(len, sequences))
    rows, masks = [], []
    for ids in sequences:
        gap = [pad_id] * (longest - len(ids))
        rows.append(gap + ids if left else ids + gap)
        masks.append(mask(len(ids), len(gap)))
    return {"input_ids": torch.tensor(rows), "attention_mask": torch.tensor(masks)}


@right("pad-and-mask")
def lists_then_tensors():
    return (padded,)


@right("pad-and-mask")
def numpy_with_a_boolean_mask():
    def pad_batch(sequences, pad_id):
        longest = max(len(s) for s in sequences)
        ids = np.full((len(sequences), longest), pad_id)
        for row, sequence in zip(ids, sequences, strict=True):
            row[: len(sequence)] = sequence
        lengths = np.array([len(sequence) for sequence in sequences])
        return {"input_ids": ids, "attention_mask": np.arange(longest) < lengths[:, None]}

    return (pad_batch,)


@wrong("pad-and-mask", "mask-from-ids", points=1)
def mask_read_off_the_ids():
    def pad_batch(sequences, pad_id):
        ids = padded(sequences, pad_id)["input_ids"]
        return {"input_ids": ids, "attention_mask": (ids != pad_id).long()}

    return (pad_batch,)


@right("pad-and-mask")
def ones_and_zeros_that_are_floats():
    def pad_batch(sequences, pad_id):
        batch = padded(sequences, pad_id)
        return batch | {"attention_mask": batch["attention_mask"].float()}

    return (pad_batch,)


@wrong("pad-and-mask", "mask-all-ones", points=1)
def padding_without_a_mask():
    return (lambda s, p: padded(s, p, mask=lambda n, gap: [1] * (n + gap)),)


@wrong("pad-and-mask", "mask-inverted", points=1)
def mask_the_wrong_way_round():
    return (lambda s, p: padded(s, p, mask=lambda n, gap: [0] * n + [1] * gap),)


@wrong("pad-and-mask", "left-padding")
def padding_on_the_left():
    return (lambda s, p: padded(s, p, left=True, mask=lambda n, gap: [0] * gap + [1] * n),)


@wrong("pad-and-mask", "other-mask", points=1)
def mask_moved_by_one():
    return (lambda s, p: padded(s, p, mask=lambda n, gap: [1] * (n - 1) + [0] * (gap + 1)),)


@wrong("pad-and-mask", "wrong-shape")
def padded_to_a_fixed_length():
    return (lambda s, p: padded(s, p, length=64),)


@wrong("pad-and-mask", "other-ids")
def the_pad_id_written_down():
    return (lambda s, p: padded(s, 0),)


@wrong("pad-and-mask", "missing-keys")
def ids_only():
    return (lambda s, p: {"input_ids": padded(s, p)["input_ids"]},)


@wrong("pad-and-mask", "not-a-dict")
def a_pair():
    return (lambda s, p: tuple(padded(s, p).values()),)


@wrong("pad-and-mask", "raised")
def not_padded_at_all():
    return (lambda s, p: {"input_ids": torch.tensor(s), "attention_mask": torch.tensor(s)},)


@wrong("pad-and-mask", "floats")
def filled_into_zeros_that_are_floats():
    def pad_batch(sequences, pad_id):
        batch = padded(sequences, pad_id)
        return batch | {"input_ids": batch["input_ids"].float()}

    return (pad_batch,)


@wrong("pad-and-mask", "list-not-tensor")
def rows_as_lists():
    return (lambda s, p: {key: value.tolist() for key, value in padded(s, p).items()},)


@wrong("pipeline-by-hand", "library-call")
def the_pipeline_itself():
    from transformers import pipeline

    def classify(texts):
        return pipeline("sentiment-analysis", model=CHECKPOINT)(texts)

    return (classify,)


@wrong("pipeline-by-hand", "score-of-one-label", points=1)
def always_the_score_of_positive():
    tokenizer, model = parts()

    def classify(texts):
        rows = logits_of(**tokenizer(texts, padding=True, return_tensors="pt")).softmax(-1)
        return [{"label": model.config.id2label[int(row.argmax())], "score": row[1].item()} for row in rows]

    return (classify,)


@wrong("pipeline-by-hand", "not-a-list")
def return_forgotten():
    return (lambda texts: None,)


@wrong("wordpiece", "goes-back")
def a_second_way_when_the_first_fails():
    def wordpiece(word, vocab, prefix=""):
        if not word:
            return []
        for end in range(len(word), 0, -1):
            if prefix + word[:end] in vocab:
                rest = wordpiece(word[end:], vocab, "##")
                if rest != ["[UNK]"]:
                    return [prefix + word[:end], *rest]
        return ["[UNK]"]

    return (wordpiece,)


@wrong("wordpiece", "unknown-spelling")
def unk_without_brackets():
    return (lambda word, vocab: pieces(word, vocab, unknown=lambda done: ["UNK"]),)


@wrong("wordpiece", "not-in-vocab")
def the_tokenizers_own_vocabulary():
    return (lambda word, vocab: AutoTokenizer.from_pretrained("google-bert/bert-base-uncased").tokenize(word),)


# ---------------------------------------------------------------- padding-choices


def choices(**changed):
    options = {
        "to_longest": {"padding": True},
        "to_forty": {"padding": "max_length", "truncation": True, "max_length": 40},
        "to_eights": {"padding": True, "pad_to_multiple_of": 8},
        "at_most_twelve": {"padding": True, "truncation": True, "max_length": 12},
    }
    return tuple((options | changed).values())


@right("padding-choices")
def short_names():
    return choices()


@right("padding-choices")
def long_names_and_tensors():
    return (
        {"padding": "longest", "return_tensors": "pt", "max_length": None},
        {"padding": "max_length", "truncation": "longest_first", "max_length": 40, "pad_to_multiple_of": 8},
        {"padding": "longest", "pad_to_multiple_of": 8, "truncation": False},
        {"padding": "longest", "truncation": "only_first", "max_length": 12, "return_tensors": "np"},
    )


@wrong("padding-choices", "not-padded")
def no_padding_at_all():
    return choices(to_longest={})


@wrong("padding-choices", "padded-to-the-limit")
def up_to_the_models_last_place():
    return choices(to_longest={"padding": "max_length"})


@wrong("padding-choices", "text-lost")
def cut_where_nothing_may_be_cut():
    return choices(to_longest={"padding": True, "truncation": True, "max_length": 12})


@wrong("padding-choices", "text-lost", points=1)
def eights_cut_at_the_last_place():
    return choices(to_eights={"padding": True, "pad_to_multiple_of": 8, "truncation": True})


@wrong("padding-choices", "text-lost")
def the_longest_cut_at_the_last_place():
    return choices(to_longest={"padding": True, "truncation": True})


@wrong("padding-choices", "fixed-length")
def a_length_that_is_large_enough():
    return choices(to_longest={"padding": "max_length", "max_length": 200})


@wrong("padding-choices", "length-ignored")
def padded_to_the_longest_only():
    return choices(to_forty={"padding": True, "truncation": True, "max_length": 40})


@wrong("padding-choices", "not-cut")
def filled_up_but_not_cut():
    return choices(to_forty={"padding": "max_length", "max_length": 40})


@wrong("padding-choices", "other-width")
def special_tokens_added_to_the_length():
    return choices(to_forty={"padding": "max_length", "truncation": True, "max_length": 42})


@wrong("padding-choices", "not-padded", points=1)
def a_multiple_without_padding():
    return choices(to_eights={"pad_to_multiple_of": 8})


@wrong("padding-choices", "no-multiple", points=1)
def the_longest_once_more():
    return choices(to_eights={"padding": True})


@wrong("padding-choices", "fixed-length", points=1)
def eight_as_the_length():
    return choices(to_eights={"padding": "max_length", "max_length": 8})


@wrong("padding-choices", "not-cut", points=1)
def cut_without_a_length():
    return choices(at_most_twelve={"padding": True, "truncation": True})


@wrong("padding-choices", "not-cut", points=1)
def a_length_without_cutting():
    return choices(at_most_twelve={"padding": True, "max_length": 12})


@wrong("padding-choices", "always-wide", points=1)
def twelve_for_all():
    return choices(at_most_twelve={"padding": "max_length", "truncation": True, "max_length": 12})


@wrong("padding-choices", "unknown-option")
def an_option_of_another_name():
    return choices(to_forty={"padding": "max_length", "truncation": True, "max_len": 40})


@wrong("padding-choices", "options-refused")
def a_strategy_that_does_not_exist():
    return choices(to_longest={"padding": "largest"})


@wrong("padding-choices", "not-a-length")
def a_length_in_quotes():
    return choices(to_forty={"padding": "max_length", "truncation": True, "max_length": "40"})


@wrong("padding-choices", "not-a-choice")
def a_number_as_padding():
    return choices(to_forty={"padding": 40, "truncation": True})


@wrong("padding-choices", "batch-not-options")
def a_batch_instead_of_options():
    return choices(to_longest=parts()[0](["What a day!", "The rain stopped."], padding=True))


@wrong("padding-choices", "not-options")
def a_width_instead_of_options():
    return choices(to_forty=40)


# ---------------------------------------------------------------- wrong-pair

UNCASED, CASED = "google-bert/bert-base-uncased", "google-bert/bert-base-cased"
MINILM, FRENCH = "sentence-transformers/all-MiniLM-L6-v2", "almanach/camembert-base"


@cache
def tokenizer_of(name):
    return AutoTokenizer.from_pretrained(name)


def same_ids(first, second):
    text = "The unbelievable Snowboarding"
    return tokenizer_of(first)(text)["input_ids"] == tokenizer_of(second)(text)["input_ids"]


def pairing(fits=same_ids, wrong_setup="gaps", mended=(CASED, CASED)):
    return fits, wrong_setup, mended


@right("wrong-pair")
def ids_of_one_text_compared():
    return pairing()


@right("wrong-pair")
def whole_vocabularies_compared():
    def fits(tokenizer_name, model_name):
        return np.bool_(tokenizer_of(tokenizer_name).get_vocab() == tokenizer_of(model_name).get_vocab())

    return pairing(fits, mended=[CASED, CASED])


@wrong("wrong-pair", "pair-refused", points=2)
def names_compared():
    return pairing(lambda first, second: first == second)


@wrong("wrong-pair", "names-compared", points=2)
def parts_of_names_compared():
    return pairing(lambda first, second: ("uncased" in first) == ("uncased" in second))


@wrong("wrong-pair", "sizes-compared", points=2)
def the_size_of_the_table_compared():
    def fits(tokenizer_name, model_name):
        return tokenizer_of(tokenizer_name).vocab_size == AutoConfig.from_pretrained(model_name).vocab_size

    return pairing(fits)


@wrong("wrong-pair", "pieces-compared", points=2)
def pieces_of_a_capitalized_text_compared():
    def fits(first, second):
        return tokenizer_of(first).tokenize("It rains.") == tokenizer_of(second).tokenize("It rains.")

    return pairing(fits)


@right("wrong-pair")
def pieces_that_the_other_one_numbers_alike():
    def fits(tokenizer_name, model_name):
        known = tokenizer_of(model_name).get_vocab()
        own = tokenizer_of(tokenizer_name)
        return all(known.get(piece) == own.get_vocab()[piece] for piece in own.tokenize("A B The It C")) and (
            own("The A B")["input_ids"] == tokenizer_of(model_name).encode("The A B")
        )

    return pairing(fits)


@wrong("wrong-pair", "too-easily-pleased", points=2)
def classes_compared():
    return pairing(lambda first, second: type(tokenizer_of(first)) is type(tokenizer_of(second)))


@wrong("wrong-pair", "too-easily-pleased", points=2)
def pieces_compared():
    return pairing(lambda first, second: tokenizer_of(first).tokenize("the") == tokenizer_of(second).tokenize("the"))


@wrong("wrong-pair", "too-easily-pleased", points=2)
def no_error_is_enough():
    def fits(tokenizer_name, model_name):
        tokenizer_of(tokenizer_name), tokenizer_of(model_name)
        return True

    return pairing(fits)


@wrong("wrong-pair", "only-the-range", points=2)
def ids_only_small_enough():
    return pairing(lambda first, second: len(tokenizer_of(first)) <= len(tokenizer_of(second)))


@wrong("wrong-pair", "upside-down", points=2)
def different_instead_of_equal():
    return pairing(lambda first, second: not same_ids(first, second))


@wrong("wrong-pair", "not-yes-or-no", points=2)
def printed_instead_of_returned():
    return pairing(lambda first, second: None)


@wrong("wrong-pair", "not-yes-or-no", points=2)
def yes_in_words():
    return pairing(lambda first, second: "yes" if same_ids(first, second) else "no")


@wrong("wrong-pair", "sound-setup", points=2)
def the_setup_with_unlike_names():
    return pairing(wrong_setup="reviews")


@wrong("wrong-pair", "setup-not-name", points=2)
def the_setup_instead_of_its_name():
    return pairing(wrong_setup=(UNCASED, CASED))


@wrong("wrong-pair", "no-setup", points=2)
def a_place_instead_of_a_name():
    return pairing(wrong_setup=1)


@wrong("wrong-pair", "not-mended", points=2)
def nothing_changed():
    return pairing(mended=(UNCASED, CASED))


@wrong("wrong-pair", "model-changed", points=2)
def the_model_replaced():
    return pairing(mended=(UNCASED, UNCASED))


@wrong("wrong-pair", "model-changed", points=2)
def the_two_swapped():
    return pairing(mended=(CASED, UNCASED))


@wrong("wrong-pair", "still-wrong", points=2)
def another_tokenizer_that_does_not_fit():
    return pairing(mended=(FRENCH, CASED))


@wrong("wrong-pair", "not-two-names", points=2)
def the_tokenizer_alone():
    return pairing(mended=CASED)


@wrong("wrong-pair", "no-such-tokenizer", points=2)
def a_name_that_does_not_exist():
    return pairing(mended=("google-bert/bert-base-of-nobody", CASED))


# ---------------------------------------------------------------- too-long


def cut_at(text, size):
    return parts()[0](text, truncation=True, max_length=size)["input_ids"]


def overlapping(text, size, overlap, **options):
    options = {"truncation": True, "return_overflowing_tokens": True} | options
    return parts()[0](text, max_length=size, stride=overlap, **options)["input_ids"]


def body_ids(text):
    return parts()[0](text, add_special_tokens=False)["input_ids"]


def framed(ids):
    return [parts()[0].cls_token_id, *ids, parts()[0].sep_token_id]


def sliced(text, size, step, stop=None):
    """Windows by hand; `stop` says where the last one may start."""
    body = body_ids(text)
    return [framed(body[start : start + size - 2]) for start in range(0, max(1, stop or len(body)), step)]


@right("too-long")
def the_tokenizers_own_options():
    return cut_at, overlapping


@right("too-long")
def slices_of_ids_by_hand():
    def truncate(text, size):
        return torch.tensor(framed(body_ids(text)[: size - 2]))

    def windows(text, size, overlap):
        return tuple(sliced(text, size, size - 2 - overlap, len(body_ids(text)) - overlap))

    return truncate, windows


@wrong("too-long", "characters-cut", points=2)
def text_cut_before_tokens():
    return lambda text, size: parts()[0](text[:size])["input_ids"], overlapping


@wrong("too-long", "words-cut", points=2)
def words_cut_before_tokens():
    return lambda text, size: parts()[0](" ".join(text.split()[: size - 2]))["input_ids"], overlapping


@wrong("too-long", "end-cut-off", points=2)
def ids_sliced_after_the_call():
    return lambda text, size: parts()[0](text)["input_ids"][:size], overlapping


@wrong("too-long", "no-special-tokens", points=2)
def cut_without_special_tokens():
    return lambda text, size: body_ids(text)[:size], overlapping


@wrong("too-long", "special-tokens-not-counted", points=2)
def framed_after_a_full_cut():
    return lambda text, size: framed(body_ids(text)[:size]), overlapping


@wrong("too-long", "not-cut", points=2)
def cut_where_the_model_ends():
    return lambda text, size: parts()[0](text, truncation=True)["input_ids"], overlapping


@wrong("too-long", "not-cut", points=2)
def nothing_cut():
    return lambda text, size: parts()[0](text)["input_ids"], overlapping


@wrong("too-long", "start-lost", points=2)
def the_end_of_the_text_kept():
    return lambda text, size: framed(body_ids(text)[-(size - 2) :]), overlapping


@wrong("too-long", "padded", points=2)
def cut_and_filled_up():
    def truncate(text, size):
        return parts()[0](text, truncation=True, padding="max_length", max_length=size)["input_ids"]

    return truncate, overlapping


@wrong("too-long", "whole-encoding", points=2)
def the_whole_encoding_cut():
    return lambda text, size: parts()[0](text, truncation=True, max_length=size), overlapping


@wrong("too-long", "not-a-list-of-ids", points=2)
def a_batch_of_one_row():
    return lambda text, size: [cut_at(text, size)], overlapping


@wrong("too-long", "text-not-ids", points=2)
def a_shorter_text():
    return lambda text, size: text[:size], overlapping


@wrong("too-long", "one-row", points=1)
def the_overflow_not_asked_for():
    return cut_at, lambda text, size, overlap: cut_at(text, size)


@wrong("too-long", "rest-thrown-away", points=1)
def a_list_with_the_first_window():
    return cut_at, lambda text, size, overlap: [cut_at(text, size)]


@wrong("too-long", "no-overlap", points=1)
def stride_left_out():
    return cut_at, lambda text, size, overlap: overlapping(text, size, 0)


@wrong("too-long", "overlap-as-step", points=1)
def stride_taken_for_the_step():
    return cut_at, lambda text, size, overlap: overlapping(text, size, size - 2 - overlap)


@wrong("too-long", "other-overlap", points=1)
def stride_taken_for_the_step_from_size():
    return cut_at, lambda text, size, overlap: overlapping(text, size, size - overlap)


@wrong("too-long", "other-overlap", points=1)
def special_tokens_counted_as_shared():
    return cut_at, lambda text, size, overlap: overlapping(text, size, overlap + 2)


@wrong("too-long", "raised", points=1)
def a_stride_larger_than_a_row():
    return cut_at, lambda text, size, overlap: overlapping(text, size, size)


@wrong("too-long", "raised", points=2)
def the_first_of_two_raises():
    return (lambda text, size: cut_at(text, size)["input_ids"]), overlapping


@wrong("too-long", "step-from-size", points=1)
def special_tokens_forgotten_in_the_step():
    def windows(text, size, overlap):
        return sliced(text, size, size - overlap, len(body_ids(text)) - overlap)

    return cut_at, windows


@wrong("too-long", "no-special-tokens", points=1)
def windows_cut_from_the_framed_row():
    def windows(text, size, overlap):
        ids = parts()[0](text)["input_ids"]
        return [ids[start : start + size] for start in range(0, len(ids), size - overlap)]

    return cut_at, windows


@wrong("too-long", "too-wide", points=1)
def windows_wider_by_two():
    return cut_at, lambda text, size, overlap: overlapping(text, size + 2, overlap)


@wrong("too-long", "padded", points=1)
def windows_as_a_rectangle():
    return cut_at, lambda text, size, overlap: overlapping(text, size, overlap, padding="max_length")


@wrong("too-long", "tail-lost", points=1)
def full_windows_only():
    def windows(text, size, overlap):
        rows = overlapping(text, size, overlap)
        return [row for row in rows if len(row) == size] or rows

    return cut_at, windows


@wrong("too-long", "whole-encoding", points=1)
def the_whole_encoding_of_all_windows():
    def windows(text, size, overlap):
        return parts()[0](text, truncation=True, max_length=size, stride=overlap, return_overflowing_tokens=True)

    return cut_at, windows


@wrong("too-long", "nothing-new", points=1)
def one_window_too_many():
    def windows(text, size, overlap):
        rows = overlapping(text, size, overlap)
        return [*rows, framed(body_ids(text)[-overlap:])] if len(rows) > 1 else rows

    return cut_at, windows


# ---------------------------------------------------------------- tiny-bert


def bert(hidden_size=48, layers=2, heads=4, middle=None, **options):
    sizes = {"num_hidden_layers": layers, "num_attention_heads": heads, "intermediate_size": middle or 4 * hidden_size}
    return BertConfig(hidden_size=hidden_size, **sizes, **options)


def surprise_at(scores, id):
    return -scores.log_softmax(-1)[id]


def surprise_by(model):
    tokenizer = tokenizer_of(UNCASED)
    inputs = tokenizer("She drank a cup of [MASK].", return_tensors="pt")
    place = inputs["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    with torch.no_grad():
        return surprise_at(model(**inputs).logits[0, place], tokenizer.convert_tokens_to_ids("tea"))


@cache
def trained_surprise():
    return surprise_by(AutoModelForMaskedLM.from_pretrained(UNCASED))


@cache
def small_model():
    return AutoModelForMaskedLM.from_config(bert()).eval()


def tiny(config=None, surprise=surprise_at, model=None, blind=None, trained=None):
    model = model or (AutoModelForMaskedLM.from_config(config).eval() if config else small_model())
    blind = surprise_by(model) if blind is None else blind
    return config or bert(), model, surprise, blind, trained_surprise() if trained is None else trained


@right("tiny-bert")
def two_narrow_layers():
    return tiny()


@right("tiny-bert")
def nearly_two_million_and_numpy():
    def surprise(scores, id):
        powers = np.exp(scores.numpy() - scores.numpy().max())
        return float(-np.log(powers[id] / powers.sum()))

    model = AutoModelForMaskedLM.from_config(bert(60, heads=6)).eval()
    return tiny(bert(60, heads=6), surprise, model, surprise_by(model).item(), trained_surprise().numpy())


@right("tiny-bert")
def narrow_and_deep():
    return tiny(bert(40, layers=9, heads=5), lambda scores, id: torch.logsumexp(scores, 0) - scores[id])


@wrong("tiny-bert", "in-training", points=3)
def a_model_left_in_training_mode():
    return tiny(model=AutoModelForMaskedLM.from_config(bert()).train())


@wrong("tiny-bert", "in-training", points=3)
def a_number_typed_for_a_model_in_training_mode():
    return tiny(model=AutoModelForMaskedLM.from_config(bert()).train(), blind=10.0)


@wrong("tiny-bert", "middle-at-default", points=3)
def middle_left_at_its_default():
    return tiny(BertConfig(hidden_size=48, num_hidden_layers=2, num_attention_heads=4))


@wrong("tiny-bert", "middle-at-default", points=2)
def middle_at_its_default_and_surprise_without_minus():
    return tiny(bert(32, middle=3072), lambda scores, word_id: scores.log_softmax(-1)[word_id])


@wrong("tiny-bert", "other-middle", points=3)
def middle_twice_as_wide():
    return tiny(bert(48, middle=96))


@wrong("tiny-bert", "heads-do-not-divide", points=2)
def heads_left_at_their_default():
    return tiny(BertConfig(hidden_size=50, num_hidden_layers=2, intermediate_size=200), model=small_model())


@wrong("tiny-bert", "too-large", points=2)
def a_full_sized_bert():
    return tiny(BertConfig(), model=small_model())


@wrong("tiny-bert", "too-large", points=3)
def sixty_four_is_too_wide():
    return tiny(bert(64))


@wrong("tiny-bert", "too-small", points=3)
def too_narrow():
    return tiny(bert(16))


@wrong("tiny-bert", "too-few-parts", points=3)
def one_layer():
    return tiny(bert(layers=1))


@wrong("tiny-bert", "too-few-parts", points=3)
def one_head():
    return tiny(bert(heads=1))


@wrong("tiny-bert", "other-vocabulary", points=3)
def vocabulary_cut_down():
    return tiny(bert(48, vocab_size=5_000), model=small_model())


@wrong("tiny-bert", "other-architecture", points=3)
def a_distilbert():
    return tiny(DistilBertConfig(dim=48, n_layers=2, n_heads=4, hidden_dim=192), model=small_model())


@wrong("tiny-bert", "model-not-config", points=3)
def the_model_built():
    return tiny(small_model(), model=small_model())


@wrong("tiny-bert", "options-not-config", points=3)
def settings_in_a_dictionary():
    return tiny({"hidden_size": 48}, model=small_model())


@wrong("tiny-bert", "sign-missing", points=3)
def logarithm_without_minus():
    return tiny(surprise=lambda scores, id: scores.log_softmax(-1)[id])


@wrong("tiny-bert", "probability", points=3)
def probability_instead_of_surprise():
    return tiny(surprise=lambda scores, id: scores.softmax(-1)[id])


@wrong("tiny-bert", "other-base", points=3)
def surprise_in_bits():
    return tiny(surprise=lambda scores, id: -scores.softmax(-1)[id].log2())


@wrong("tiny-bert", "raw-score", points=3)
def softmax_forgotten():
    return tiny(surprise=lambda scores, id: -scores[id])


@wrong("tiny-bert", "raw-score", points=3)
def logarithm_of_a_score():
    return tiny(surprise=lambda scores, id: -scores[id].log())


@wrong("tiny-bert", "most-likely-word", points=3)
def id_ignored():
    return tiny(surprise=lambda scores, id: -scores.log_softmax(-1).max())


@wrong("tiny-bert", "not-a-number", points=3)
def surprise_at_every_word():
    return tiny(surprise=lambda scores, id: -scores.log_softmax(-1))


@wrong("tiny-bert", "trained-as-tiny", points=2)
def numbers_swapped():
    return tiny(blind=trained_surprise(), trained=surprise_by(small_model()))


@wrong("tiny-bert", "trained-as-tiny", points=3)
def the_trained_model_twice():
    return tiny(blind=trained_surprise())


@wrong("tiny-bert", "other-newborn", points=3)
def the_newborn_of_the_chapter():
    return tiny(blind=surprise_by(small_model()) + 0.1)


@wrong("tiny-bert", "not-blind", points=3)
def the_surprise_at_another_place():
    return tiny(blind=5.0)


@wrong("tiny-bert", "other-model", points=3)
def the_newborn_as_tiny():
    return tiny(bert(), model=AutoModelForMaskedLM.from_config(bert(32, layers=4)).eval())


@wrong("tiny-bert", "not-a-model", points=3)
def the_plan_as_tiny():
    return bert(), bert(), surprise_at, 10.3, trained_surprise()


@wrong("tiny-bert", "other-head", points=3)
def a_tiny_body():
    return bert(), AutoModel.from_config(bert()).eval(), surprise_at, 10.3, trained_surprise()


@wrong("tiny-bert", "partly-attempted", points=3)
def tiny_not_made_yet():
    return bert(), ..., surprise_at, ..., trained_surprise()


@wrong("tiny-bert", "rounded", points=3)
def the_trained_number_typed_by_hand():
    return tiny(trained=float(trained_surprise()) + 0.02)


@wrong("tiny-bert", "other-trained", points=3)
def the_tiny_model_twice():
    return tiny(trained=surprise_by(small_model()))


# ---------------------------------------------------------------- save-and-reload

ROLES = {
    "plan": "config.json",
    "weights": "model.safetensors",
    "old_weights": "pytorch_model.bin",
    "pieces": "tokenizer.json",
    "tokenizer_options": "tokenizer_config.json",
}


def states_of(model, ids):
    with torch.no_grad():
        return model(ids).last_hidden_state


def save_new(config, folder, ids):
    model = AutoModel.from_config(config).eval()
    model.save_pretrained(folder)
    return states_of(model, ids)


def reload(folder, ids):
    return states_of(AutoModel.from_pretrained(folder), ids)


def saved(save=save_new, load=reload, **roles):
    return save, load, ROLES | roles


@right("save-and-reload")
def saved_in_evaluation_mode():
    return saved()


@right("save-and-reload")
def weights_by_hand_and_lists():
    def save(config, folder, ids):
        model = AutoModel.from_config(config)
        model.eval()
        config.save_pretrained(folder)
        torch.save(model.state_dict(), f"{folder}/weights.pt")
        return model(input_ids=ids)[0].tolist()

    def load(folder, ids):
        model = AutoModel.from_config(AutoConfig.from_pretrained(folder))
        model.load_state_dict(torch.load(f"{folder}/weights.pt"))
        return model.eval()(input_ids=ids)["last_hidden_state"].detach().numpy()

    return saved(save, load)


@wrong("save-and-reload", "dropout-active", points=1)
def evaluation_mode_forgotten():
    def save(config, folder, ids):
        model = AutoModel.from_config(config)
        model.save_pretrained(folder)
        return states_of(model, ids)

    return saved(save)


@wrong("save-and-reload", "dropout-active", points=1)
def reloaded_for_training():
    return saved(load=lambda folder, ids: states_of(AutoModel.from_pretrained(folder).train(), ids))


@wrong("save-and-reload", "other-weights", points=1)
def new_model_from_the_saved_plan():
    def load(folder, ids):
        return states_of(AutoModel.from_config(AutoConfig.from_pretrained(folder)).eval(), ids)

    return saved(load=load)


@wrong("save-and-reload", "other-weights", points=1)
def two_models_from_one_config():
    def save(config, folder, ids):
        AutoModel.from_config(config).save_pretrained(folder)
        return states_of(AutoModel.from_config(config).eval(), ids)

    return saved(save)


@wrong("save-and-reload", "weights-not-saved", points=1)
def plan_saved_alone():
    def save(config, folder, ids):
        config.save_pretrained(folder)
        return states_of(AutoModel.from_config(config).eval(), ids)

    return saved(save)


@wrong("save-and-reload", "nothing-saved", points=1)
def saving_forgotten():
    return saved(lambda config, folder, ids: states_of(AutoModel.from_config(config).eval(), ids))


@wrong("save-and-reload", "nothing-saved", points=1)
def a_folder_of_ones_own():
    elsewhere = tempfile.mkdtemp()
    return saved(
        lambda config, folder, ids: save_new(config, elsewhere, ids), lambda folder, ids: reload(elsewhere, ids)
    )


@wrong("save-and-reload", "names-not-numbers", points=1)
def names_compared_only():
    def save(config, folder, ids):
        model = AutoModel.from_config(config)
        model.save_pretrained(folder)
        return list(model.state_dict())

    return saved(save)


@wrong("save-and-reload", "weights-not-outputs", points=1)
def weights_returned():
    def save(config, folder, ids):
        model = AutoModel.from_config(config)
        model.save_pretrained(folder)
        return model.state_dict()

    return saved(save)


@wrong("save-and-reload", "whole-output", points=1)
def output_as_it_is():
    return saved(load=lambda folder, ids: AutoModel.from_pretrained(folder)(ids))


@wrong("save-and-reload", "pooled", points=1)
def pooled_states():
    return saved(load=lambda folder, ids: AutoModel.from_pretrained(folder)(ids).pooler_output)


@wrong("save-and-reload", "not-a-tensor", points=1)
def nothing_returned():
    def save(config, folder, ids):
        save_new(config, folder, ids)

    return saved(save)


@wrong("save-and-reload", "other-shape", points=1)
def first_text_only():
    return saved(load=lambda folder, ids: reload(folder, ids)[0])


@wrong("save-and-reload", "other-role", points=2)
def weights_old_and_new_swapped():
    return saved(weights="pytorch_model.bin", old_weights="model.safetensors")


@wrong("save-and-reload", "other-role", points=2)
def vocabulary_in_the_config():
    return saved(pieces="tokenizer_config.json")


@wrong("save-and-reload", "misspelled", points=2)
def a_letter_too_many():
    return saved(weights="model.safetensor")


@wrong("save-and-reload", "a-path", points=2)
def folder_and_name():
    return saved(plan="tiny/config.json")


@wrong("save-and-reload", "missing-keys", points=2)
def a_role_left_out():
    return save_new, reload, {role: file for role, file in ROLES.items() if role != "pieces"}
