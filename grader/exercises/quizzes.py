"""The quiz at the end of each chapter: every option says why it is right or wrong."""

from grader.exercises.catalogue import question

# ---------------------------------------------------------------- chapter 1

question(
    "pipeline-steps",
    chapter=1,
    ask="What does a pipeline do with your text, in which order?",
    a=("Model, preprocessing, postprocessing", "The model reads numbers only, so the text must be preprocessed first."),
    b=(
        "Preprocessing, model, postprocessing",
        "Text becomes numbers, the model turns them into other numbers, and those become something that people read.",
    ),
    c=("Preprocessing, postprocessing, model", "There is nothing to postprocess before the model has spoken."),
    d=("It sends the text to a server", "The model runs on your own machine; only its files were downloaded."),
    right="b",
)
question(
    "why-transfer-learning",
    chapter=1,
    ask="Why does one start from a pretrained model instead of from random weights?",
    a=("It makes the model smaller", "Fine-tuning leaves the size as it is."),
    b=("Random weights cannot be trained", "They can: pretraining itself starts from them. It only costs far more."),
    c=("A pretrained model has no bias", "It has learned the bias of its data, and fine-tuning does not take it away."),
    d=(
        "It already knows language, so little data is enough",
        "Pretraining is paid once; each new task builds on it with far less data, time and energy.",
    ),
    right="d",
)
question(
    "causal-against-masked",
    chapter=1,
    ask="Which words can help a causal language model like GPT-2 to predict the next token?",
    a=("Only the words before it", "Its mask hides all that follows, so it can write text from left to right."),
    b=("All words of the sentence", "That is how BERT reads: good for understanding, useless for writing on."),
    c=("Only the words after it", "Then it would have to know the future."),
    d=("Only the previous word", "Attention reaches back over the whole text, not over one word only."),
    right="a",
)

# ---------------------------------------------------------------- chapter 2

question(
    "what-the-head-does",
    chapter=2,
    ask="What does the head of a model do?",
    a=("It cuts text into tokens", "That is the tokenizer's work, before any model."),
    b=("It picks the pretrained weights", "A checkpoint holds the weights; you choose it by name."),
    c=(
        "It turns hidden states into the outputs of one task",
        "The body is the same for many tasks; a small head on top makes labels, spans or words of its vectors.",
    ),
    d=("It removes the padding", "Padding is hidden by the attention mask, in every layer."),
    right="c",
)
question(
    "what-logits-are",
    chapter=2,
    ask="A model returns the logits [-1.5, 1.6]. What are they?",
    a=(
        "Raw scores, one for each label; a softmax makes probabilities of them",
        "Higher means more likely; only the softmax makes them add up to 1.",
    ),
    b=("Probabilities", "Probabilities lie between 0 and 1. A negative number cannot be one."),
    c=("Token ids", "Ids are whole numbers, and they go into the model, not out of it."),
    d=("Errors of the model", "The error is called loss, and needs the right label."),
    right="a",
)
question(
    "wrong-tokenizer",
    chapter=2,
    ask="What happens when you use the tokenizer of another checkpoint?",
    a=("Nothing: ids are the same everywhere", "Each checkpoint numbers its own vocabulary in its own way."),
    b=("The model always stops with an error", "Only if an id is too large. Mostly it quietly reads nonsense."),
    c=("The model corrects the ids", "A model has no way to know what you meant."),
    d=(
        "The ids mean other words to the model, so its output makes no sense",
        "Tokenizer and model belong together: an id is only a row number in that model's table.",
    ),
    right="d",
)

# ---------------------------------------------------------------- chapter 3

question(
    "dynamic-padding",
    chapter=3,
    ask="What is dynamic padding?",
    a=("Padding every text to the longest one of the data set", "Then most batches would be mostly padding."),
    b=(
        "Padding each batch only as far as its own longest text",
        "It happens when the batch is made, so little is wasted.",
    ),
    c=("Cutting all texts to one length", "That is truncation; it loses text."),
    d=("Padding with random tokens", "Padding is one fixed token, and the mask hides it."),
    right="b",
)
question(
    "new-head-warning",
    chapter=3,
    ask="`AutoModelForSequenceClassification` warns that some weights are newly initialized. Why?",
    a=("The download is broken", "Then loading would have failed."),
    b=("The model is too large for memory", "That would be an error, not a warning."),
    c=(
        "The head for your task is new and knows nothing until you train it",
        "The pretrained body is loaded; the classifier on top of it starts from random numbers.",
    ),
    d=("The tokenizer does not fit", "A model does not know its tokenizer, so it cannot warn of it."),
    right="c",
)
question(
    "why-validation",
    chapter=3,
    ask="Why is a model measured on data that it was not trained on?",
    a=("Training data has no labels", "It has: they are what the model learns from."),
    b=("It is faster", "Speed has nothing to do with it."),
    c=("The Trainer demands it", "You can leave the evaluation out. You should not."),
    d=(
        "It could have learned the training data by heart",
        "Only unseen examples show whether it learned the task: the gap between the two is overfitting.",
    ),
    right="d",
)

# ---------------------------------------------------------------- chapter 4

question(
    "what-a-repo-is",
    chapter=4,
    ask="What is a model repository on the Hub?",
    a=(
        "A git repository with large files kept beside it by git-lfs",
        "So every change has a commit, and any older version can be loaded.",
    ),
    b=("A folder on a server without history", "Each push is a commit; nothing is overwritten."),
    c=("A Python package", "Nothing is installed: `from_pretrained` downloads files."),
    d=("A database of tensors", "The weights are a file, model.safetensors."),
    right="a",
)
question(
    "why-safetensors",
    chapter=4,
    ask="Why is model.safetensors safer than a pickle file?",
    a=("It is encrypted", "Everyone can read it: it is plain numbers with a header."),
    b=("It is smaller", "The size is about the same."),
    c=("It only holds numbers and can run no code", "Loading a pickle runs whatever its maker put into it."),
    d=("Only its author can open it", "Anyone can; access is decided by the repository."),
    right="c",
)
question(
    "never-push",
    chapter=4,
    ask="You pushed your access token by mistake and deleted the file in the next commit. Is that enough?",
    a=("Yes, the file is gone", "It is gone from main, but every clone still has the older commit."),
    b=(
        "No: the token is still in the history, so make it invalid first",
        "Whoever has it can write as you until it is revoked.",
    ),
    c=("Yes, if the repository is small", "The size does not matter; the history does."),
    d=("No, the repository must be renamed", "The old name leads to the new one, history and all."),
    right="b",
)
