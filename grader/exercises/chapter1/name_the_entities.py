"""The check of `name-the-entities`."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

from grader.exercises import references
from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer, LearnerRaised
from grader.judging.draw import Draw
from grader.judging.judge import shorten
from grader.judging.verdict import Wrong

GROUPS = {"persons": "PER", "organizations": "ORG", "places": "LOC"}
OTHER_THINGS = {"French", "German", "Italian", "Spanish", "Swiss"}
STRATEGIES = ("simple", "first", "average", "max")

Name = tuple[str, str]  # its group in an answer, or "MISC"; how it is written

# In each text one name comes twice; in each of the first five, one belongs to none of the three groups.
FULL = {
    "Angela Merkel flew from Berlin to Madrid. In Madrid she met French engineers from Siemens.": {
        "persons": {"Angela Merkel"},
        "organizations": {"Siemens"},
        "places": {"Berlin", "Madrid"},
    },
    "Emma works for Microsoft in Seattle. Her Italian friend Marco works for Google, and Emma visits him in Milan.": {
        "persons": {"Emma", "Marco"},
        "organizations": {"Microsoft", "Google"},
        "places": {"Seattle", "Milan"},
    },
    "Peter Novak works for Volkswagen in Vienna. On Sundays Peter Novak teaches German in Prague.": {
        "persons": {"Peter Novak"},
        "organizations": {"Volkswagen"},
        "places": {"Vienna", "Prague"},
    },
    "Lucy Baker of Netflix moved from Chicago to Toronto. In Toronto she learns French with Thomas Meyer.": {
        "persons": {"Lucy Baker", "Thomas Meyer"},
        "organizations": {"Netflix"},
        "places": {"Chicago", "Toronto"},
    },
    "Sophie Martin studied in Lyon. In Lyon she met Daniel Weber, a Swiss engineer at IBM.": {
        "persons": {"Sophie Martin", "Daniel Weber"},
        "organizations": {"IBM"},
        "places": {"Lyon"},
    },
}
WITHOUT_ORGANIZATIONS = {
    "Angela Merkel grew up in Templin and met Emma Watson in Berlin. Emma Watson had come to Berlin from Paris.": {
        "persons": {"Angela Merkel", "Emma Watson"},
        "organizations": set(),
        "places": {"Templin", "Berlin", "Paris"},
    },
    "Serena Williams flew from London to Tokyo. In Tokyo she met the Spanish painter Carlos Moreno.": {
        "persons": {"Serena Williams", "Carlos Moreno"},
        "organizations": set(),
        "places": {"London", "Tokyo"},
    },
    "Laura Martinez and Daniel Weber got married in Rome. Laura Martinez is from Madrid and speaks German.": {
        "persons": {"Laura Martinez", "Daniel Weber"},
        "organizations": set(),
        "places": {"Rome", "Madrid"},
    },
}
# Names with a mark inside: the tagger puts them together with spaces, and only their places lead back to the text.
MARKED = {
    "Sinead O'Brien moved from Dublin to London. In London she works for AT&T.": {
        "persons": {"Sinead O'Brien"},
        "organizations": {"AT&T"},
        "places": {"Dublin", "London"},
    },
    "Conan O'Brien flew from Boston to Paris. In Paris he met Spanish engineers from AT&T.": {
        "persons": {"Conan O'Brien"},
        "organizations": {"AT&T"},
        "places": {"Boston", "Paris"},
    },
    "Conor O'Neill works for AT&T in Dublin. Conor O'Neill speaks Spanish.": {
        "persons": {"Conor O'Neill"},
        "organizations": {"AT&T"},
        "places": {"Dublin"},
    },
}

KEY_ERRORS = {
    "MISC": (
        "misc-unexpected",
        "Your dictionary has no entry for the label MISC.",
        "The tagger finds names of other things too. Which results may your function skip?",
    ),
    "entity": (
        "key-without-strategy",
        "A result has no key `entity`.",
        "Once the pieces are put together, the label stands under another key. Print one result.",
    ),
    "entity_group": (
        "key-with-strategy",
        "A result has no key `entity_group`.",
        "Each result is a single piece here. Which argument of the tagger puts the pieces of a name together?",
    ),
}


@exercise(
    "name-the-entities",
    chapter=1,
    points=3,
    difficulty=2,
    minutes=15,
    asks=["name_entities"],
    hints=[
        "What do you want to have, one entry for each piece or one for each name? And what becomes of a name that is "
        "found twice?",
        'The tagger takes `aggregation_strategy="simple"`. Each result then has an `entity_group`, and its `start` and '
        "`end` tell where the name stands in the text. A set's `add` ignores what is there already.",
        "start with a dictionary of three empty sets. For each result of the tagger: name = the text from its start to "
        "its end; if its label is PER, add name to persons; if ORG, to organizations; if LOC, to places. Return the "
        "dictionary.",
    ],
)
def name_the_entities(answer: Answer, draw: Draw) -> str:
    """Who, which organization, where

    Write `name_entities(text)` with `tagger`. It returns a dictionary with three sets of names, each name whole and as
    the text writes it, such as O'Neill and not O ' Neill:

    - `"persons"`, `"organizations"` and `"places"`; a set is empty when there is no such name
    - names of other things (`MISC`) are left out
    """
    for text, known in (draw.choice(list(texts.items())) for texts in (FULL, WITHOUT_ORGANIZATIONS, MARKED)):
        try:
            found = _groups(answer.call("name_entities", text), text)
        except LearnerRaised as raised:
            _explain_error(raised, text)
            raise
        needed, allowed = _expected(text, known)
        names = {(group, name) for group, members in found.items() for name in members}
        if not needed <= names <= allowed:
            _explain(names, needed, allowed, text)
    people = ", ".join(sorted(found["persons"]))
    return f"Three texts, and each name is where it belongs. In the last one the persons are {people or 'none'}."


def _explain_error(raised: LearnerRaised, text: str) -> None:
    """Keys that a result or a dictionary of the learner's lacks, told with the text for which it lacks them."""
    key = raised.text.strip("'\"")
    label = key.rpartition("-")[2]
    if raised.error != "KeyError" or (label not in KEY_ERRORS and label not in GROUPS.values()):
        return
    mistake, message, advice = KEY_ERRORS.get(
        label,
        (
            "labels-looked-up",
            f"Your dictionary has no entry for the label {key}.",
            "A label such as PER must first become the word that is your dictionary's key.",
        ),
    )
    raise Wrong(
        mistake, message, got=f"KeyError: '{key}' for “{text}”", wanted="the names of this text", advice=advice
    ) from None


def _groups(value: Any, text: str) -> dict[str, list[str]]:
    """The names of each group, whatever kind of collection holds them."""
    if isinstance(value, list | tuple) and value and all(isinstance(item, dict) for item in value):
        raise Wrong(
            "whole-results",
            "This is what the tagger gives.",
            got=shorten(value),
            wanted="a dictionary of three sets",
            advice="Go through the results in a loop, and put the name of each into the set of its group.",
        )
    found = expect.dictionary(value, "What `name_entities` returns")
    said = {str(key).rpartition("-")[2].upper() for key in found}
    if said & {*GROUPS.values(), "MISC"} and not set(GROUPS) <= set(found):
        raise Wrong(
            "label-keys",
            "The model's own labels are the keys.",
            got=f"the keys {', '.join(map(str, found))}",
            wanted=f"the keys {', '.join(GROUPS)}",
            advice="Write down once which label means which of the three words.",
        )
    missing = [key for key in GROUPS if key not in found]
    if missing and len(missing) < 3 and not {str(key) for key in found} - set(GROUPS):
        raise Wrong(
            "group-left-out",
            "A group without names is missing.",
            got=f"the keys {', '.join(map(str, found))} for “{text}”",
            wanted="all three keys for every text",
            advice="Start with three empty sets, before you look at the first result.",
        )
    expect.dictionary(found, "What `name_entities` returns", keys=tuple(GROUPS))
    return {key: _members(found[key], key) for key in GROUPS}


def _members(value: Any, key: str) -> list[str]:
    where = f'The value of `"{key}"`'
    if isinstance(value, str):
        raise Wrong(
            "one-text",
            f"{where} is one text.",
            got=shorten(value),
            wanted="a set of names, also when there is only one",
            advice="`set()` makes an empty one, and its `add` puts a name in.",
        )
    if not isinstance(value, set | list | tuple):
        raise Wrong("not-a-set", f"{where} is not a set.", got=shorten(value), wanted="a set of names")
    if any(isinstance(item, dict) for item in value):
        raise Wrong(
            "whole-results",
            f"{where} holds whole results.",
            got=shorten(list(value)[0]),
            wanted="names",
            advice="Each of these dictionaries tells where the name stands: cut it out of the text.",
        )
    if not all(isinstance(item, str) for item in value):
        raise Wrong("not-names", f"{where} holds something that is no text.", got=shorten(value), wanted="names")
    names = [item.strip() for item in value]
    if len(set(names)) < len(names):
        raise Wrong(
            "duplicates",
            f"{where} names one and the same twice.",
            got=shorten(names),
            wanted="each name once",
            advice="A set keeps each of its members once; a list keeps all.",
        )
    return names


def _expected(text: str, known: dict[str, set[str]]) -> tuple[set[Name], set[Name]]:
    """The names that must be found, and those that may be: ways to group differ, and a small model may miss some."""
    readings = [_read(text, strategy) for strategy in STRATEGIES]
    readings = [{(group, name) for group, name in reading if group != "MISC"} for reading in readings]
    right = {(group, name) for group, names in known.items() for name in names}
    return set.intersection(right, *readings), set.union(right, *readings)


@cache
def _read(text: str, strategy: str) -> frozenset[Name]:
    group_of = {label: group for group, label in GROUPS.items()}
    results = references.tagger()(text, aggregation_strategy=strategy)
    return frozenset(
        (group_of.get(result["entity_group"], "MISC"), text[result["start"] : result["end"]]) for result in results
    )


def _explain(found: set[Name], needed: set[Name], allowed: set[Name], text: str) -> None:
    shown = f"“{text}”"
    extra, missing = sorted(found - allowed), sorted(needed - found)
    whole = {name for _, name in allowed}

    def refuse(mistake: str, message: str, got: str, wanted: str, advice: str) -> None:
        raise Wrong(mistake, message, got=f"{got} in {shown}", wanted=wanted, advice=advice)

    if _without_spaces(needed) <= _without_spaces(found) <= _without_spaces(allowed):
        said = next(name for _, name in extra)
        raise Wrong(
            "spaces-in-names",
            "The groups are right; a name is not written as in the text.",
            got=f"“{said}” for {shown}",
            wanted="each name letter by letter as the text has it, spaces too",
            advice="`word` is put together of pieces. `start` and `end` tell where the name stands in the text.",
            earned=2,
        )
    for group, name in extra:
        if "##" in name or any(name in one and name != one for one in whole):
            refuse(
                "pieces-not-grouped",
                "There is a piece of a name.",
                f"“{name}” among the {group}",
                "whole names",
                "The tagger can put the pieces of a name together: look at `aggregation_strategy`.",
            )
    if lower := [name for _, name in extra if name.lower() == name and any(name == one.lower() for one in whole)]:
        refuse(
            "lower-case",
            "The names have lost their capitals.",
            f"“{lower[0]}”",
            "names as the text writes them",
            "Do not change the case of the text or of the words.",
        )
    others = OTHER_THINGS | {name for group, name in _read(text, "simple") if group == "MISC"}
    if strays := [(group, name) for group, name in extra if name in others]:
        refuse(
            "other-things",
            "There is a name that belongs to none of the three groups.",
            f"“{strays[0][1]}” among the {strays[0][0]}",
            "persons, organizations and places only",
            "The label of this name is `MISC`. An `else` at the end catches it too.",
        )
    if moved := [(group, name) for group, name in extra if name in whole]:
        refuse(
            "groups-swapped",
            "A name is in the wrong group.",
            f"“{moved[0][1]}” among the {moved[0][0]}",
            "each name where its label puts it",
            "`PER` is a person, `ORG` an organization, `LOC` a place (a location).",
        )
    if strangers := [name for _, name in extra if name not in text]:
        refuse(
            "other-text",
            "There is a name that is not in the text.",
            f"no “{strangers[0]}”",
            "names of the text that the function is given",
            "Does the function start with empty sets at each call, and does it read `text`?",
        )
    counts = Counter(group for group, _ in found)
    if missing and not extra and all(counts[group] == 1 for group, _ in needed):
        refuse(
            "one-per-group",
            "Each group has one name at most.",
            f"only {shorten(sorted(name for _, name in found))}",
            "all names of the text",
            "A later name replaces the one before. Add it to the set instead, and return after the loop.",
        )
    if missing:
        refuse(
            "names-missing",
            "There are names that you did not find.",
            f"{len(found)} names, but no “{missing[0][1]}”",
            "all names that the tagger finds",
            "Print what the tagger gives for this text, and follow one of the missing names through your function.",
        )
    refuse(
        "no-name",
        "There is something that is no name.",
        f"“{extra[0][1]}” among the {extra[0][0]}",
        "names that the tagger finds",
        "Cut each name out of the text, from its `start` to its `end`.",
    )


def _without_spaces(names: set[Name]) -> set[Name]:
    return {(group, "".join(name.split())) for group, name in names}
