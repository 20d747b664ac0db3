"""The quiz of chapter 4: every option says why it is right or wrong.

The order of the questions is the order of the chapter. Options are of one length, so that none sticks out.
"""

from grader.exercises.catalogue import question

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
        "A tokenizer has files of its own to be pushed",
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
