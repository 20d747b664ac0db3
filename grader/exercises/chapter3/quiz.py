"""The quiz of chapter 3: every option says why it is right or wrong.

The order of the questions is the order of the chapter. Options are of one length, so that none sticks out.
"""

from grader.exercises.catalogue import question

question(
    "how-a-pair-goes-in",
    chapter=3,
    ask="How does a pair of sentences go into a model like BERT?",
    a=(
        "In one row: `[CLS] first [SEP] second [SEP]`",
        "So each token can look at both sentences, and `token_type_ids` say which one it belongs to.",
    ),
    b=(
        "In two rows of one batch, one below the other",
        "Rows of a batch never see each other, so the model could not compare them.",
    ),
    c=(
        "In two calls of the model, one after the other",
        "A model remembers nothing of the call before, so it could not compare them.",
    ),
    d=(
        "In one string, joined by hand with a space",
        "Then nothing tells where the second one starts: no `[SEP]`, and only zeros in `token_type_ids`.",
    ),
    right="a",
)
question(
    "why-batched-map",
    chapter=3,
    ask="What is `batched=True` good for in `map(tokenize_pairs, batched=True)`?",
    a=("All rows come out with the same length", "Only padding makes them equal, and `tokenize_pairs` does not pad."),
    b=(
        "The model will be trained on these batches",
        "The batches of `map` end with it; the training makes its own, of `batch_size`.",
    ),
    c=(
        "The columns that were there before are kept",
        "`map` keeps them with and without `batched`; it only adds new ones.",
    ),
    d=(
        "The tokenizer gets many pairs in one call",
        "That is faster than a call for each pair; `map` hands over 1,000 at a time unless you say otherwise.",
    ),
    right="d",
)
question(
    "dynamic-padding",
    chapter=3,
    ask="What is dynamic padding?",
    a=("Padding each text to the longest of the data set", "Then most batches would be mostly padding."),
    b=(
        "Padding each text to the longest of its batch",
        "It happens when the batch is made, so little is wasted.",
    ),
    c=("Cutting each text to the shortest of its batch", "That is truncation; it loses text."),
    d=("Padding each text with tokens drawn at random", "Padding is one fixed token, and the mask hides it."),
    right="b",
)
question(
    "what-collate-makes",
    chapter=3,
    ask="What goes into a collate function, and what comes out?",
    a=(
        "A list of examples goes in, a batch comes out",
        "It pads them to one length and stacks them: ids, mask and labels as tensors.",
    ),
    b=(
        "A batch goes in, a logit for each label comes out",
        "That is the model; the collate function makes the batch for it.",
    ),
    c=("A list of texts goes in, their ids come out", "That is the tokenizer; `map` has called it long before."),
    d=(
        "A data set goes in, a shuffled one comes out",
        "Shuffling comes before; a collate function sees the examples of one batch only.",
    ),
    right="a",
)
question(
    "what-a-baseline-tells",
    chapter=3,
    ask="A model is right for 80% of the pairs, and 80% of all pairs have label 1. What do you know?",
    a=(
        "That it is good: 80% is well above one half",
        "One half is not what to beat: always saying 1 is right for 80% as well.",
    ),
    b=(
        "Not much: always saying 1 would do as well",
        "That is the majority baseline; only what lies above it was learned.",
    ),
    c=("That it found all of the pairs with label 1", "Accuracy does not say which pairs were right; recall does."),
    d=(
        "That it has learned those 80% by heart",
        "Learning by heart shows in the gap between training and validation, not in one number.",
    ),
    right="b",
)
question(
    "new-head-warning",
    chapter=3,
    ask="`AutoModelForSequenceClassification` warns that some weights are newly initialized. Why?",
    a=("The download broke off, and weights got lost", "A damaged file makes loading fail."),
    b=("The model is too large for this computer's memory", "That would be an error, not a warning."),
    c=(
        "The head for your task has not been trained yet",
        "The pretrained body is loaded; the classifier on top of it starts from random numbers.",
    ),
    d=("The tokenizer was made for some other model", "A model does not know its tokenizer, so it cannot warn of it."),
    right="c",
)
question(
    "what-arguments-hold",
    chapter=3,
    ask="What do you write into `TrainingArguments`?",
    a=(
        "How to train: learning rate, epochs, batch size",
        "It holds the settings of a run; model, data and metric go to the Trainer beside it.",
    ),
    b=(
        "What to train: the model, and the data for it",
        "The Trainer takes these itself, as `model`, `train_dataset` and `eval_dataset`.",
    ),
    c=("What to measure: the function for the accuracy", "The Trainer takes it itself, as `compute_metrics`."),
    d=(
        "How to pad: the tokenizer and a collate function",
        "The Trainer takes these itself, as `processing_class` and `data_collator`.",
    ),
    right="a",
)
question(
    "why-validation",
    chapter=3,
    ask="Why is a model measured on data that it was not trained on?",
    a=("The training data has no labels to compare with", "It has: they are what the model learns from."),
    b=(
        "The validation data is smaller, which saves time",
        "A few of the training examples would save as much time and tell much less.",
    ),
    c=("The Trainer does not start without such data", "You can leave the evaluation out. You should not."),
    d=(
        "It may have learned its training data by heart",
        "Only unseen examples show whether it learned the task: the gap between the two is overfitting.",
    ),
    right="d",
)
question(
    "what-accelerate-adds",
    chapter=3,
    ask="You wrote a training loop of your own. What does Accelerate add to it?",
    a=(
        "Smaller weights, with which each step is faster",
        "The model keeps its size; what changes is where the loop runs, and in how many processes.",
    ),
    b=(
        "A ready-made loop, which takes the place of yours",
        "That is the Trainer; with Accelerate the loop stays yours, but for a few lines.",
    ),
    c=(
        "The same code runs on a CPU, a GPU, or several",
        "`prepare` moves model and data, and gives each process its share of the batches.",
    ),
    d=(
        "It looks for the learning rate that suits best",
        "The settings are still your choice; Accelerate takes care of devices and processes.",
    ),
    right="c",
)
