"""Errors that beginners meet: what Python, PyTorch and Transformers say, and what helps then.

`COMMON` is a table in which the first row that fits wins: a pattern for "ErrorName: its text", and an advice, in which
`\\1` stands for the first group of the pattern. To teach the judge one more error, add a row and a line to its test.
"""

from __future__ import annotations

import re

LONGEST = 240  # characters of an error's text in a message
PRINTED_MODULE = re.compile(r"(\w+)\(\n.*\n\)", re.DOTALL)

RETURN = (
    "Does every path of the function that it comes from `return` its result? `append`, `sort` and `print` give None."
)
TENSOR = (
    'A list is not a tensor yet: `torch.tensor(…)` makes one, and so does the tokenizer with `return_tensors="pt"`.'
)
STUB = "Keep the names of the parameters as they are in the stub."
ONE_BY_ONE = "This step takes one text, and it got a whole list: go through the texts one by one."
SHAPES = "Print the `.shape` of both right before this line: which axis should be which?"
PAD_FIRST = "The rows of a tensor have one length: pad the shorter ones first."
ONE_NUMBER = "This takes a single number. Choose one place of the tensor first, or take all of them with `.tolist()`."
EACH_PLACE = "Comparing tensors gives one answer for each place: `.all()`, `.any()` or `torch.equal` make one of them."

COMMON = [
    # What goes into a model
    (
        r"AttributeError: 'BatchEncoding' object has no attribute '(?:size|shape|dim|ndim|device|dtype|to_\w+)'",
        "All that the tokenizer returned was handed over as one thing. `model(**inputs)` gives each part by its name.",
    ),
    (
        r"TypeError: .*argument after \*\* must be a mapping, not (\w+)",
        "`**` unpacks a dictionary, and this is a \\1. All that the tokenizer returns is one; a single tensor goes in "
        "by its name, as in `model(input_ids=…)`.",
    ),
    (
        r"AttributeError: 'str' object has no attribute '(?:size|shape|dim)'",
        "A model reads ids, not texts: let the tokenizer turn the text into a tensor first.",
    ),
    (
        r"IndexError: index out of range in self",
        "An id is larger than the model's table. Do tokenizer and model come from one checkpoint? Are all numbers ids, "
        "and each in its own argument?",
    ),
    (
        r"RuntimeError: .*must match the (?:existing )?size.* \(?(512|514|1024)\)? at non-singleton",
        "\\1 is the number of places of many models: is the text longer? If not, print the `.shape` of what goes in.",
    ),
    (
        r"RuntimeError: Expected tensor for argument #1 'indices'.*(?:Float|Double|Bool)Tensor",
        "Ids are row numbers of a table, so they must be whole numbers: make the tensor with `dtype=torch.long`.",
    ),
    (
        r"(?:RuntimeError|ValueError): Expected all tensors to be on the same device|on the expected device",
        "Model and inputs are on different devices: `inputs.to(model.device)` moves them together.",
    ),
    (
        r"ValueError: Unable to create tensor",
        "Texts of different lengths do not fit into one tensor: ask the tokenizer for `padding=True`.",
    ),
    (
        r"ValueError: (?:text input must be|Input .* is not valid)|TypeError: TextEncodeInput|"
        r"ValueError: You need to specify either `text`",
        "A tokenizer takes a text or a list of texts. Did it get ids, a tensor, dictionaries or None?",
    ),
    (
        r"ValueError: Asking to pad but the tokenizer does not have a padding token",
        "This tokenizer has no token to pad with. Read the texts one by one, or give it one: `tokenizer.pad_token`.",
    ),
    (
        r"`stride` must be|tokenizer stride set to",
        "`stride` counts the tokens that neighbors share, so it must be smaller than the room that a row has for text.",
    ),
    # What comes out of it
    (
        r"AttributeError: '\w*Output\w*' object has no attribute '(last_hidden_state|pooler_output)'",
        "A model with a head returns what its head makes. `\\1` comes from the body alone, `model.base_model(…)`.",
    ),
    (
        r"(?:AttributeError: '\w*Output\w*' object has no attribute|KeyError:) '(\w*logits)'",
        "A body without a head returns hidden states, no `\\1`: an `AutoModelFor…` class adds the head. Print the "
        "`.keys()` of what came back.",
    ),
    (
        r"AttributeError: '(\w*(?:Output|BatchEncoding)\w*)' object has no attribute '(\w+)'",
        "There is nothing called `\\2` in it. Print its `.keys()`: what is there?",
    ),
    (
        r"AttributeError: '(?:Tensor|tuple|list|dict)' object has no attribute '(logits|last_hidden_state)'",
        "What stands before `.\\1` is not the model's output any more. Was the tensor taken out of it already?",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "PyTorch still follows this tensor for training. Run the model inside `with torch.no_grad():`.",
    ),
    (
        r"TypeError: can't convert \w+:?\d* device type tensor to numpy",
        "NumPy reads memory of the CPU only: `.cpu()` brings the tensor there first.",
    ),
    # Shapes
    (
        r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        "For a product, the first must have as many columns as the second has rows: here \\2 and \\3. Print both "
        "shapes: is one to be transposed?",
    ),
    (r"Expected size for first two dimensions of batch2|must match the size of tensor b|broadcast together", SHAPES),
    (r"(?:Sizes of tensors must match|stack expects each tensor)", PAD_FIRST + " Print each `.shape`."),
    (
        r"ValueError: expected sequence of length (\d+) at dim \d+ \(got (\d+)\)",
        "The rows of a tensor have one length, and here are rows of \\1 and of \\2: pad the shorter ones first.",
    ),
    (r"ValueError: setting an array element with a sequence", PAD_FIRST),
    (r"RuntimeError: shape '\[(.*)\]' is invalid for input of size (\d+)", "\\2 numbers do not fill the shape (\\1)."),
    (
        r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)",
        "There are \\1 texts and \\2 labels: one label belongs to each text.",
    ),
    (
        r"ValueError: not enough values to unpack \(expected 2, got 1\)",
        "One thing came where two were to be taken apart. If a model raised this: it takes a batch, of shape "
        "(texts, tokens), also for one text.",
    ),
    (
        r"ValueError: (?:not enough|too many) values to unpack \(expected (\d+)",
        "There are \\1 names left of `=`, and another number of things on its right. Print the right side.",
    ),
    (
        r"IndexError: (?:too many indices for|Dimension out of range|invalid index of a 0-dim)|0-d tensor",
        "The tensor has fewer axes than this line asks for: print its `.shape`.",
    ),
    (
        r"IndexError: index (-?\d+) is out of bounds for (?:dimension|axis) \d+ with size (\d+)",
        "There are \\2 entries along this axis, counted from 0, so there is no entry \\1. Print the `.shape`.",
    ),
    (
        r"IndexError: .*(?:list|tuple|string)(?: assignment)? index out of range",
        "Python counts from 0, so the last of n items is number n - 1. Print the length and the number you ask for.",
    ),
    # One number, or many
    (r"only one element tensors can be|cannot be converted to Scalar|only (?:length-1|0-dim\w*) arrays", ONE_NUMBER),
    (r"only integer (?:tensors|scalar arrays)", "A list is asked for one place at a time: `int(…)`, or a loop."),
    (r"(?:Boolean value of Tensor|truth value of an array)", EACH_PLACE),
    (
        r"not implemented for '(?:Long|Int|Bool)'|must be either a floating point",
        "This works on floating-point numbers only: `.float()` makes such numbers.",
    ),
    (
        r"expected m1 and m2 to have the same dtype|expected scalar type",
        "The two tensors hold numbers of different kinds. Print the `.dtype` of both.",
    ),
    (
        r"only supports? boolean masks|only implemented on integer and Boolean",
        "A mask of True and False is wanted here: a comparison such as `mask == 0` gives one, or `.bool()`.",
    ),
    (
        r"TypeError: .*must be (?:a )?Tensor, not (?:list|tuple)|expected Tensor as element|"
        r"AttributeError: '(?:list|tuple)' object has no attribute '(?:shape|size|n?dim|to|argmax|softmax|mean|item)'",
        TENSOR,
    ),
    # Dictionaries, lists, texts
    (
        r"KeyError: (?:tensor|array)\(|unhashable type: '(?:numpy\.ndarray|Tensor)'",
        "A dictionary of numbers does not find a tensor. `.item()` or `int(…)` makes a plain number of it.",
    ),
    (
        r"KeyError: -?\d+$",
        "This number is no key of the dictionary. Is it one of its values? Then turn the dictionary round: "
        "`{value: key for key, value in d.items()}`. Does it come from an `argmax`? Then take that row by row, with "
        "`dim=-1`.",
    ),
    (
        r'KeyError: "Unknown task',
        "This task has another name. The message lists all of them; `sentiment-analysis` is one.",
    ),
    (
        r"KeyError: '([^']*)'$",
        "The dictionary has no key `\\1`. Print its `.keys()`: is it spelled otherwise, or missing at times? "
        "`d.get(key, other)` takes a second value for that.",
    ),
    (
        r"TypeError: list indices must be integers or slices, not str",
        "This is a list, perhaps of dictionaries: choose one of its items first, with a number or in a loop.",
    ),
    (
        r"TypeError: list indices must be integers or slices, not (\w+)",
        "A place in a list is a whole number, not a \\1: `int(…)`.",
    ),
    (
        r"TypeError: string indices must be integers",
        "This is a text, not a dictionary. A loop over a dictionary gives its keys, a loop over a text its characters.",
    ),
    (r"TypeError: unhashable type: 'list'", "A list cannot be a key or lie in a set; `tuple(…)` of it can."),
    (r"TypeError: unhashable type: '(\w+)'", "A \\1 cannot be a key or lie in a set."),
    (
        r"TypeError: sequence item \d+: expected str instance, (\w+) found",
        "`join` puts texts together, and here is one of type \\1. Make a text of each item first: look it up, or "
        "`str(…)`.",
    ),
    (
        r"TypeError: expected string or bytes-like object, got 'list'|"
        r"AttributeError: 'list' object has no attribute '(?:lower|split|strip|replace|upper)'",
        ONE_BY_ONE,
    ),
    (
        r"AttributeError: 'list' object has no attribute '(?:items|keys|values|get)'",
        "This is a list, perhaps of dictionaries: choose one of its items first, with a number or in a loop.",
    ),
    (
        r"AttributeError: '(?:str|tuple)' object has no attribute '(append|extend|insert|sort)'",
        "Only a list can be changed with `\\1`: start from `[]`, or make one with `list(…)`.",
    ),
    (
        r"AttributeError: 'dict' object has no attribute 'to'$",
        "`.to` belongs to what the tokenizer or the data collator returns, and this is a plain dictionary. Move its "
        "tensors one by one: `{name: tensor.to(model.device) for name, tensor in batch.items()}`.",
    ),
    (
        r"AttributeError: 'dict' object has no attribute '(\w+)'",
        "A dictionary is asked with brackets and a key in quotes. Print its `.keys()`.",
    ),
    (
        r"TypeError: can only concatenate (?:\w+)|unsupported operand type\(s\) for \+: '(?!None)\w+' and 'list'",
        "`+` joins two things of one kind. Put square brackets around a single item, or make a list with `list(…)`.",
    ),
    (
        r"TypeError: '\w+' object does not support item assignment",
        "This cannot be changed in place: build a new one, or start from a list.",
    ),
    (
        r"RuntimeError: dictionary changed size during iteration",
        "The loop changes the dictionary that it walks through: fill a new one.",
    ),
    (
        r"TypeError: '[<>]=?' not supported between instances of '(\w+)' and '(\w+)'",
        "A \\1 and a \\2 have no order. `max` and `sorted` take `key=`, a function that says what to compare.",
    ),
    (
        r"ValueError: (?:max|min)\(\) (?:arg|iterable argument) is (?:an )?empty",
        "There is nothing to choose from. For which input is this empty?",
    ),
    (r"ZeroDivisionError", "For which input is the divisor 0: an empty text, no match? Treat that case first."),
    # None, calls, names
    (
        r"AttributeError: 'NoneType' object has no attribute 'total'",
        'The record holds no size by itself: did you pass `expand=["safetensors"]`? And some models have none at all.',
    ),
    (r"'NoneType' object|'NoneType' and|(?:and|not|type) 'NoneType'", RETURN),
    (
        r"TypeError: '(list|dict|tuple|Tensor|str|int|float|BatchEncoding)' object is not callable",
        "Round brackets call a function, square ones choose from a \\1. Or did a variable get the name of a function?",
    ),
    (
        r"TypeError: '(\w+)' object is not subscriptable",
        "Nothing can be chosen with `[…]` from a \\1. Print it: is it what you think, or one step too early or late?",
    ),
    (
        r"TypeError: '(\w+)' object is not iterable|object of type '(\w+)' has no len",
        "This is one \\1\\2, not many. Print it: does it belong into a list, or is a step missing before?",
    ),
    (
        r"got an unexpected keyword argument 'grouped_entities'",
        "`grouped_entities` is gone from the library. Today's argument is `aggregation_strategy`.",
    ),
    (
        r"TypeError: (?:.*\.)?([\w<>]+)\(\) got an unexpected keyword argument '(\w+)'",
        "This call does not know the argument `\\2`. Look at the documentation of what is called; `help(…)` lists its "
        "parameters.",
    ),
    (
        r"TypeError: (?:.*\.)?([\w<>]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.*)",
        "`\\1` was called without \\2. Compare the call with the `def` line.",
    ),
    (
        r"TypeError: (?:.*\.)?([\w<>]+)\(\) takes .*positional arguments? but (\d+) (?:was|were) given",
        "`\\1` got \\2 values, more than it takes. Compare the call with the `def` line.",
    ),
    (
        r"UnboundLocalError: .*variable '(\w+)'",
        "`\\1` is read before it has a value in this function. Give it one before the loop or the `if`.",
    ),
    (
        r"NameError: name '(torch|transformers|numpy|np|math|re)' is not defined",
        "Run the cell above that imports `\\1`; after a restart of the kernel, all cells from the top.",
    ),
    (
        r"NameError: name '(\w+)' is not defined",
        "Is `\\1` spelled as above? If a cell above makes it, run that one first; after a restart, all from the top.",
    ),
    (
        r"AttributeError: module '?([\w.]+)'? has no attribute '?(\w+)'?",
        "`\\1` has nothing called `\\2`: look at the spelling, also for capital letters.",
    ),
    (
        r"ModuleNotFoundError|ImportError",
        "The chapter's own cells import all that you need: nothing is to be installed.",
    ),
    # Checkpoints and files
    (
        r"is not a local folder and is not a valid model identifier|RepositoryNotFoundError|HFValidationError",
        "Look at the checkpoint's full name, with what stands before the slash, letter by letter.",
    ),
    (
        r"Unrecognized configuration class .*\.(\w+)Config'> for this kind of AutoModel: (\w+)\.",
        "`\\2` does not fit an architecture such as \\1. Which head does the task need?",
    ),
    (
        r"is not a multiple of the number of attention heads|hidden size .* not divisible",
        "Attention heads work on equal shares of the hidden size: choose a size that their number divides.",
    ),
    (r"FileNotFoundError|No such file or directory", "Print the folder's content: is the file there, under this name?"),
    (r"RecursionError", "The function calls itself without an end: which case stops it?"),
    (
        r"AttributeError: (?:')?(\w+)(?:' object)? has no attribute '?(\w+)'?",
        "A \\1 has nothing called `\\2`. Look at the spelling, and print the `type(…)` of what stands before the dot.",
    ),
]


def brief(text: str) -> str:
    """An error's text on one short line: printed modules become their names, the middle of a long text is left out."""
    line = _one_line(text)
    if len(line) <= LONGEST:
        return line
    tail = LONGEST // 3
    return f"{line[: LONGEST - tail]} … {line[-tail:]}"


def advice_for(error: str, text: str, function: str = "") -> str:
    """What to try after an exception of the class named `error` with this text; empty when the table has no row.

    `function` is the learner's own one, which the judge called with the names of the stub.
    """
    told = f"{error}: {_one_line(text)}"
    if function and re.search(rf"TypeError: (?:.*\.)?{re.escape(function)}\(\) got an unexpected keyword", told):
        return STUB
    for pattern, advice in COMMON:
        if match := re.search(pattern, told):
            return match.expand(advice)
    return ""


def _one_line(text: str) -> str:
    return " ".join(PRINTED_MODULE.sub(r"\1", text).split())
