"""The quiz of chapter 1: every option says why it is right or wrong.

The order of the questions is the order of the chapter. Options are of one length, so that none sticks out.
"""

from grader.exercises.catalogue import question

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
    d=("Upload, model on a server, download", "The model runs on your own machine; only its files were downloaded."),
    right="b",
)
question(
    "which-task",
    chapter=1,
    ask="E-mails belong under four topics that you name yourself. You have no examples. Which pipeline fits?",
    a=(
        "`sentiment-analysis` with its usual model",
        "That model knows two labels only: the moods that it was trained on.",
    ),
    b=(
        "`fill-mask` with a gap for the topic",
        "It fills the gap with any word of its vocabulary, not with your four topics.",
    ),
    c=(
        "`zero-shot-classification` of each text",
        "It takes your labels together with the text, so it needs no example of them.",
    ),
    d=(
        "`ner` over the words of each e-mail",
        "It marks names inside a text; no label comes out for the text as a whole.",
    ),
    right="c",
)
question(
    "two-different-texts",
    chapter=1,
    ask="With `do_sample=False` each run writes the same text. You want different ones. What helps?",
    a=("A larger `max_new_tokens` in each run", "The text gets longer, but its beginning stays what it was."),
    b=(
        "Loading the model anew before each run",
        "The same weights and the same prompt give the same scores for every token.",
    ),
    c=(
        "`num_return_sequences=2` and no sampling",
        "Always taking the likeliest token leads to one text only, so the library refuses.",
    ),
    d=(
        "`do_sample=True` in each of the runs",
        "A die picks one of the likely tokens, and from there on the runs go their own ways.",
    ),
    right="d",
)
question(
    "what-attention-makes",
    chapter=1,
    ask="What does attention make for a token?",
    a=(
        "The value of the token that fits best",
        "The others count too, each with its weight: attention mixes instead of choosing.",
    ),
    b=(
        "A weighted sum of the values it may see",
        "Its query times the keys, through a softmax, gives the weights; they add up to 1.",
    ),
    c=("The sum of its query, its key and its value", "Query and key only decide how much of each value flows over."),
    d=(
        "The plain mean of all values in the text",
        "Then all tokens would get the same vector; the weights differ from query to query.",
    ),
    right="b",
)
question(
    "causal-against-masked",
    chapter=1,
    ask="Which words can help a causal language model like GPT-2 to predict the next token?",
    a=("Only the words before it", "Its mask hides all that follows, so it can write text from left to right."),
    b=("All words of the sentence", "That is how BERT reads: good for understanding, useless for writing on."),
    c=("Only the words after it", "Then it would have to know the future."),
    d=("Only the word before it", "Attention reaches back over the whole text, not over one word only."),
    right="a",
)
question(
    "why-transfer-learning",
    chapter=1,
    ask="Why does one start from a pretrained model instead of from random weights?",
    a=("It makes the model smaller and so faster", "Fine-tuning leaves size and speed as they are."),
    b=(
        "Random weights cannot be trained at all",
        "They can: pretraining itself starts from them. It only costs far more.",
    ),
    c=(
        "A pretrained model has no bias any more",
        "It has learned the bias of its data, and fine-tuning does not take it away.",
    ),
    d=(
        "It knows language: little data is enough",
        "Pretraining is paid once; each new task builds on it with far less data, time and energy.",
    ),
    right="d",
)
question(
    "architecture-or-checkpoint",
    chapter=1,
    ask="`google-bert/bert-base-uncased` is a checkpoint. What is BERT?",
    a=(
        "An architecture, the plan of its layers",
        "Many checkpoints follow this one plan, each with weights of its own.",
    ),
    b=(
        "The same checkpoint under a short name",
        "A checkpoint is one set of weights, and there are many of them for BERT.",
    ),
    c=(
        "The library that loads the checkpoint",
        "That is Transformers, and it knows hundreds of other plans besides BERT.",
    ),
    d=("The data set that it was trained on", "It was trained on books and Wikipedia; BERT is what was trained."),
    right="a",
)
question(
    "what-encoders-are-for",
    chapter=1,
    ask="For which of these jobs was an encoder like BERT made?",
    a=(
        "Going on with a story that was begun",
        "That takes a decoder: it learned to guess the next token from those before it.",
    ),
    b=(
        "Putting a letter into another language",
        "A new text comes out of a given one there: the job of an encoder-decoder.",
    ),
    c=("Marking the names of people in a text", "Each word gets a label, and the words on both sides help to find it."),
    d=(
        "Answering in a chat, one turn at a time",
        "Somebody has to write there, and an encoder writes nothing; a decoder does.",
    ),
    right="c",
)
question(
    "two-halves",
    chapter=1,
    ask="A model that translates has two halves. What does the encoder do?",
    a=("It writes the translation word by word", "That is the decoder, which guesses one token after the other."),
    b=("It reads the whole text, both ways", "The decoder looks at what came out of that while it writes."),
    c=(
        "It mends what the decoder has written",
        "The encoder comes first: it sees the given text and never the translation.",
    ),
    d=(
        "It chooses the language to write in",
        "Nothing is chosen: `opus-mt-fr-en` was trained to go from French to English.",
    ),
    right="b",
)
question(
    "where-bias-comes-from",
    chapter=1,
    ask="A model fills in “she” more often for a nurse than for a mechanic. Where does that come from?",
    a=(
        "From the texts that it was trained on",
        "It repeats who did what in them, and hands that on to all that is built on it.",
    ),
    b=("From the word order of the sentence", "Only the job differs between the two sentences; the order is the same."),
    c=(
        "From having too few layers and weights",
        "Large models show such bias too: it is learned, and more weights learn it too.",
    ),
    d=(
        "From the dice that it throws each time",
        "Nothing is thrown here: one sentence gets the same scores every time.",
    ),
    right="a",
)
