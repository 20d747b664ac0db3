"""Where the training texts come from: public data sets by their ids, or a folder of parquet copies (`--data`)."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet


@dataclass(frozen=True)
class Source:
    """A public data set: where it is, how its columns are called there and here, and its terms."""

    hub_id: str
    file: str  # below --data, with {split}
    columns: dict[str, str]  # column on the Hub -> column here
    license: str
    attribution: str
    config: str | None = None
    rows: tuple[str, str] | None = None  # column and value that pick this source's rows from the file

    def describe(self) -> dict[str, str]:
        """What a model card has to say about this source."""
        return {"id": self.hub_id, "license": self.license, "attribution": self.attribution}


SST2 = Source(
    "stanfordnlp/sst2",
    "sst2/{split}.parquet",
    {"sentence": "sentence", "label": "label"},
    "none stated with the data",
    "Stanford Sentiment Treebank (Socher et al. 2013), as released again in GLUE (Wang et al. 2018)",
)
LINGNLI = Source(
    "tasksource/lingnli",
    "lingnli/{split}.parquet",
    {"premise": "premise", "hypothesis": "hypothesis", "label": "label"},
    "none stated with the data",
    "LingNLI (Parrish et al. 2021), premises from MultiNLI (Williams et al. 2018)",
)
WIKITEXT = Source(
    "Salesforce/wikitext",
    "wikitext2/{split}.parquet",
    {"text": "text"},
    "CC BY-SA 3.0",
    "WikiText-2 (Merity et al. 2016), written by Wikipedia's authors",
    config="wikitext-2-raw-v1",
)
TATOEBA = Source(
    "sentence-transformers/parallel-sentences-tatoeba",
    "tatoeba_fra/{split}.parquet",
    {"english": "en", "non_english": "fr"},
    "CC BY 2.0 FR",
    "Tatoeba (tatoeba.org), written by its contributors",
    config="en-fr",
)
SQUADSHIFTS = tuple(
    Source(
        "lmqg/qa_squadshifts",
        f"squadshifts/{file}_{{split}}.parquet",
        {
            "context": "context",
            "question": "question",
            "answers.text": "answer_text",
            "answers.answer_start": "answer_start",
        },
        "CC BY 4.0",
        "SquadShifts (Miller et al. 2020)",
        config=config,
    )
    for config, file in (("new_wiki", "new_wiki"), ("reddit", "reddit"), ("amazon", "amazon_reviews"))
)
CROSSNER = {
    domain: Source(
        "DFKI-SLT/cross_ner",
        "crossner/{split}.parquet",
        {"tokens": "tokens", "ner_tags": "ner_tags"},
        "MIT, text CC BY-SA 3.0",
        "CrossNER (Liu et al. 2021), written by Wikipedia's authors",
        config=domain,
        rows=("domain", domain),
    )
    for domain in ("politics", "science", "music", "literature", "ai")
}
WIKIGOLD = Source(
    "Studeni/Wikigold-NER-conll",
    "wikigold/{split}.parquet",
    {"words": "tokens", "ner_tags": "ner_tags"},
    "CC BY 4.0",
    "WikiGold (Balasuriya et al. 2009), written by Wikipedia's authors",
)
WNUT17 = Source(
    "leondz/wnut_17",
    "wnut17/{split}.parquet",
    {"tokens": "tokens", "ner_tags": "ner_tags"},
    "CC BY 4.0",
    "WNUT 2017 emerging entities (Derczynski et al. 2017)",
)


def load(source: Source, split: str, folder: Path | None) -> list[dict[str, Any]]:
    """The rows of one split: from `folder` when given, otherwise downloaded by id."""
    if folder:
        path = folder / source.file.format(split=split)
        rows = [(source.rows[0], "==", source.rows[1])] if source.rows else None
        return parquet.read_table(path, columns=list(source.columns.values()), filters=rows).to_pylist()
    from datasets import load_dataset  # slow to import, and not needed with a folder

    rows = load_dataset(source.hub_id, source.config, split=split).flatten()
    return [
        {here: _plain(row[there], rows.features[there]) for there, here in source.columns.items()}
        for row in rows.select_columns(list(source.columns))
    ]


def _plain(value: Any, feature: Any) -> Any:
    """A value as the copies have it: tags by their names."""
    labels = getattr(feature, "feature", None)
    return labels.int2str(value) if hasattr(labels, "int2str") else value


def parse_arguments(description: str) -> Path | None:
    """What each training script is called with: the folder given with `--data`, or none."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of parquet copies; default: download by id")
    return parser.parse_args().data
