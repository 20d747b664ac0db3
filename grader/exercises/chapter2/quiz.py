"""The quiz of chapter 2: every option says why it is right or wrong.

The order of the questions is the order of the chapter. Options are of one length, so that none sticks out.
"""

from grader.exercises.catalogue import question

question(
    "order-by-hand",
    chapter=2,
    ask="You do by hand what a pipeline does. In which order does a text go through the parts?",
    a=("Tokenizer, head, body, softmax", "The head needs hidden states, and only the body makes them."),
    b=(
        "Tokenizer, body, softmax, head",
        "Probabilities belong to labels, and there is no score for a label before the head.",
    ),
    c=("Body, tokenizer, head, softmax", "The body reads ids, so the text must have been turned into ids before."),
    d=(
        "Tokenizer, body, head, softmax",
        "Ids, hidden states, logits, probabilities: each part makes what the next one reads.",
    ),
    right="d",
)
question(
    "hidden-dimensions",
    chapter=2,
    ask="`last_hidden_state` has the shape (2, 16, 768). What do the numbers say?",
    a=("2 labels, 16 texts, 768 scores each", "The body knows no labels; they come in with the head."),
    b=(
        "2 texts, 16 tokens, 768 numbers each",
        "Each token of each text has a vector of 768 numbers, padding included.",
    ),
    c=(
        "2 layers, 16 heads, 768 weights each",
        "Those are settings of the config; this tensor has a row for each text that went in.",
    ),
    d=(
        "2 tokens, 16 texts, 768 numbers each",
        "The other way round: the first axis counts the texts, the second one their tokens.",
    ),
    right="b",
)
question(
    "what-the-head-does",
    chapter=2,
    ask="What does the head of a model do?",
    a=("It cuts the text into tokens and gives them ids", "That is the tokenizer's work, before any model."),
    b=("It picks the pretrained weights that a task needs", "A checkpoint holds the weights; you choose it by name."),
    c=(
        "It turns hidden states into one task's outputs",
        "The body is the same for many tasks; a small head on top makes labels, spans or words of its vectors.",
    ),
    d=("It takes the padding out of the hidden states", "Padding is hidden by the attention mask, in every layer."),
    right="c",
)
question(
    "what-logits-are",
    chapter=2,
    ask="A model returns the logits [-1.5, 1.6]. What are they?",
    a=(
        "Raw scores, one for each of two labels",
        "Higher means more likely; only a softmax makes probabilities of them, which add up to 1.",
    ),
    b=(
        "Probabilities, one for each of two labels",
        "Probabilities lie between 0 and 1. A negative number cannot be one.",
    ),
    c=("Token ids, one for each of two words", "Ids are whole numbers, and they go into the model, not out of it."),
    d=("Errors, one for each of two wrong labels", "The error is called loss, and needs the right label."),
    right="a",
)
question(
    "what-automodel-loads",
    chapter=2,
    ask="You load the sentiment checkpoint with plain `AutoModel`. What do you get?",
    a=("The whole model, so labels come out", "Scores for labels need the head, and plain `AutoModel` leaves it out."),
    b=("An error: its class has another name", "It loads; the head's weights are only reported as not used."),
    c=("The same plan, but with random weights", "That is `from_config`; `from_pretrained` loads what was trained."),
    d=(
        "The body alone, so vectors come out",
        "For logits take a class with the task in its name, such as `AutoModelForSequenceClassification`.",
    ),
    right="d",
)
question(
    "what-pieces-do",
    chapter=2,
    ask="What does BERT's tokenizer do with a rare word that is not in its vocabulary?",
    a=(
        "It puts `[UNK]` in its place right away",
        "A word tokenizer would; here `[UNK]` is only for what no pieces can make up.",
    ),
    b=(
        "It cuts it into pieces that it knows",
        "So the model still sees what the word is made of, and frequent words stay whole.",
    ),
    c=(
        "It adds it to the vocabulary, with a new id",
        "The vocabulary was fixed before the training, and the model has no weights for another id.",
    ),
    d=("It takes the known word most like it", "It guesses nothing: joined again, the pieces spell the word itself."),
    right="b",
)
question(
    "wrong-tokenizer",
    chapter=2,
    ask="What happens when you use the tokenizer of another checkpoint?",
    a=("Nothing: ids are the same everywhere", "Each checkpoint numbers its own vocabulary in its own way."),
    b=("The model always stops with an error", "Only if an id is too large. Mostly it quietly reads nonsense."),
    c=("The model sees it and corrects the ids", "A model has no way to know what you meant."),
    d=(
        "The model reads other words in the ids",
        "Tokenizer and model belong together: an id is only a row number in that model's table.",
    ),
    right="d",
)
question(
    "what-tokenize-returns",
    chapter=2,
    ask="What does `tokenizer.tokenize(text)` return?",
    a=(
        "A tensor with the ids of the tokens",
        "Ids come from `convert_tokens_to_ids`, tensors from a call with `return_tensors`.",
    ),
    b=("A dictionary with ids and a mask", "That is what the tokenizer's own call returns: `tokenizer(text)`."),
    c=(
        "A list of strings, one for each token",
        "They are words and pieces; `convert_tokens_to_ids` is the second step.",
    ),
    d=(
        "A list of words, cut at the spaces",
        "That is `text.split()`; a tokenizer cuts off marks, and cuts up rare words.",
    ),
    right="c",
)
question(
    "what-the-call-adds",
    chapter=2,
    ask="`tokenize`, then `convert_tokens_to_ids`: what does the call `tokenizer(text)` do beyond these two?",
    a=(
        "It puts special tokens around the text",
        "The model was trained with them; without them its result is another one.",
    ),
    b=("It cuts the words in finer pieces", "Both cut alike: the tokens between the special ones are the same."),
    c=("It looks words up in a larger vocabulary", "A tokenizer has one vocabulary, and both ways use it."),
    d=("It runs the first layer of the model", "No model takes part: ids and a mask come out, ready to be its input."),
    right="a",
)
question(
    "texts-in-one-batch",
    chapter=2,
    ask="Two texts of different length go into one batch. Each shall get the result it gets alone. What does it take?",
    a=("Padding alone: the model skips it by itself", "Without a mask the model reads padding as if it were text."),
    b=("A tensor with rows of different length", "There is none: all rows of a tensor have the same length."),
    c=(
        "Padding, and a mask that marks it with 0",
        "The padding makes the rows equal, the mask keeps the model from reading it.",
    ),
    d=(
        "Cutting the longer one down to the shorter",
        "The rows would be equal, but a part of the text and of its meaning would be lost.",
    ),
    right="c",
)
