"""The quiz at the end of each chapter: every option says why it is right or wrong.

The order of the questions is the order of the chapter. Options are of one length, so that none sticks out.
"""

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

# ---------------------------------------------------------------- chapter 2

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

# ---------------------------------------------------------------- chapter 3

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
        "That is much faster than a call for each pair; `map` hands over 1,000 at a time unless you say otherwise.",
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

# ---------------------------------------------------------------- chapter 4

question(
    "what-a-repo-is",
    chapter=4,
    ask="What is a model repository on the Hub?",
    a=(
        "A git repository, also for large files",
        "Every change has a commit, so any older version can be loaded; git-lfs keeps the large files beside it.",
    ),
    b=("A folder on a server, without history", "Each push is a commit; nothing is overwritten."),
    c=("A Python package that pip can install", "Nothing is installed: `from_pretrained` downloads files."),
    d=("A database that hands out the tensors", "The weights are a file, model.safetensors."),
    right="a",
)
question(
    "what-makes-no-repo",
    chapter=4,
    ask="Which of these makes no repository on the Hub?",
    a=('`api.create_repo("me/tiny-bert")`', "This makes one: an empty repository, ready for files."),
    b=(
        '`model.push_to_hub("me/tiny-bert")`',
        "This makes one: if there is none of that name, it is created on the way.",
    ),
    c=(
        "`hf repos create me/tiny-bert` in a terminal",
        "This makes one: `hf` does in a terminal what `huggingface_hub` does in Python.",
    ),
    d=(
        '`model.save_pretrained("me/tiny-bert")`',
        "It writes a folder `me/tiny-bert` on your own disk and sends nothing.",
    ),
    right="d",
)
question(
    "why-pin-a-revision",
    chapter=4,
    ask="Why load a model with `revision=` and the id of a commit?",
    a=("The download is smaller than that of `main`", "A commit names a version; its files are as large as they are."),
    b=(
        "You always get the newest weights that way",
        "Those come from `main`, which moves on with every push; a commit stays.",
    ),
    c=("You get the same files today and next year", "A commit never changes, whatever is pushed after it."),
    d=(
        "Nobody can push to the repository any more",
        "Others push as before; you go on reading the version that you know.",
    ),
    right="c",
)
question(
    "never-push",
    chapter=4,
    ask="You pushed your access token by mistake and deleted the file in the next commit. Is that enough?",
    a=(
        "Yes: the file is gone from the repository",
        "It is gone from main, but every clone still has the older commit.",
    ),
    b=(
        "No: history has it, so make it invalid",
        "Whoever has the token can write as you until it is revoked.",
    ),
    c=("Yes, as long as the repository is small", "The size does not matter; the history does."),
    d=("No: the repository needs a new name, too", "The old name leads to the new one, history and all."),
    right="b",
)
question(
    "push-the-tokenizer",
    chapter=4,
    ask="You pushed with `model.push_to_hub`. Others can load the model from there, but no tokenizer. Why?",
    a=("A tokenizer cannot be shared on the Hub", "It can, and pushes itself just like a model does."),
    b=("A tokenizer belongs in a repository of its own", "They belong together, so that one name loads both."),
    c=(
        "A tokenizer comes with the next version only",
        "A push is one commit, and what was in it can be loaded at once.",
    ),
    d=(
        "A tokenizer has files that you push as well",
        "The model pushes config and weights; `tokenizer.push_to_hub` adds what is missing.",
    ),
    right="d",
)
question(
    "why-safetensors",
    chapter=4,
    ask="Why is model.safetensors safer than a pickle file?",
    a=("It is encrypted with a key of its author", "Everyone can read it: it is plain numbers with a header."),
    b=("It is smaller and leaves no room for code", "The size is about the same; what counts is what loading it does."),
    c=("It holds only numbers and can run no code", "Loading a pickle runs whatever its maker put into it."),
    d=("It is opened by nobody except its author", "Anyone can; access is decided by the repository."),
    right="c",
)
question(
    "what-git-lfs-keeps",
    chapter=4,
    ask="Git-lfs takes care of a large file. What does the git repository itself keep of it?",
    a=(
        "A small pointer: its checksum and its size",
        "The content is stored beside the repository and fetched by that checksum.",
    ),
    b=(
        "A compressed copy of the whole content",
        "Git compresses its own files; git-lfs is there to keep such a file out of it.",
    ),
    c=(
        "The newest version only, without history",
        "Each version has a pointer of its own, in its own commit, so all can be loaded.",
    ),
    d=(
        "Nothing at all: the file is not in a commit",
        "It is in the commit, else nobody could tell which content belongs to which version.",
    ),
    right="a",
)
question(
    "what-a-repo-may-hold",
    chapter=4,
    ask="What may lie in a model repository beside config and weights?",
    a=(
        "Nothing else: other files are turned away",
        "`upload_file` takes any file, as it took notes.txt in this chapter.",
    ),
    b=(
        "Any file of use: tokenizer, card, notes",
        "What helps to use or to judge the model belongs there; secrets never do.",
    ),
    c=(
        "Only what `push_to_hub` has written itself",
        "Files also come from `upload_file`, from the web page, or by git.",
    ),
    d=(
        "Only Python code that the model consists of",
        "The code of most models is in the library; a repository mostly holds data and text.",
    ),
    right="b",
)
question(
    "what-metadata-is-for",
    chapter=4,
    ask="What are the lines between the two `---` of a model card for?",
    a=("They hide notes that only the author may read", "Whoever may read the repository may read them too."),
    b=(
        "They set how many layers the model will have",
        "That is in config.json; a card describes a model and changes nothing in it.",
    ),
    c=("They tell people step by step how to use it", "That is for the text below, in a section “How to use”."),
    d=(
        "They let the Hub search by task and license",
        "Programs read them: language, license, tags, data and results in a fixed form.",
    ),
    right="d",
)
