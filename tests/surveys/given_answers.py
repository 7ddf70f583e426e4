"""Instruments and random answers for the tests of files that other programs read."""

import random
from datetime import date, timedelta

import pandas as pd

from outcomes.surveys.data_files import AboutData, Part, Wanted, assemble
from outcomes.surveys.instrument import Instrument, answer_names

ALL = Wanted(person_items=True, free_text=True)


def instrument(*items, **more):
    """A small instrument in English and Spanish; ``more`` replaces parts of it."""
    content = {
        "id": "short",
        "version": 1,
        "title::en": "A short survey",
        "title::es": "Una encuesta corta",
        "languages": ["en", "es"],
        "population": "residents",
        "source": {"construct": "trust", "items": "own items"},
        "licence": "MIT",
        "notice::en": "Your choice.",
        "notice::es": "Usted decide.",
        "missing": [-9],
        "choices": {},
        "items": [
            {"type": "integer", "label::en": "x", "label::es": "x", **each} for each in items
        ],
    }
    return Instrument.model_validate(content | more)


def choice(name, label, spanish=""):
    return {"name": name, "label::en": label, "label::es": spanish or f"{label} (es)"}


def part(form, rows, *, scores=None, version="", **meta):
    """Answers of respondents, item to text each."""
    names = [item.name for item in form.items if item.asked]
    table = pd.DataFrame(
        [{name: row.get(name, "") for name in names} for row in rows], columns=names, dtype=object
    )
    links = meta.pop("links", [f"p{at}" for at in range(len(rows))])
    about = pd.DataFrame({"link": links, "version": f"{form.id} {form.version}", **meta})
    return Part(
        instrument=form,
        version=version or form.version,
        about=about,
        answers=table,
        scores=scores,
    )


def dataset(*parts, wanted=ALL, name="data"):
    about = AboutData(title=parts[0].instrument.title)
    return assemble(parts, wanted, about=about, name=name)


def random_answers(form, n, *, seed):
    """Answers of every kind, also none and those that mean none."""
    draw = random.Random(seed)
    return [
        {item.name: _answer(form, item, draw) for item in form.items if item.asked}
        for _ in range(n)
    ]


def _answer(form, item, draw):
    if draw.random() < 0.15:
        return ""
    if item.many:
        names = [each.name for each in form.choices[item.choice_list]]
        real = [name for name in names if name not in form.missing]
        return " ".join(draw.sample(real, draw.randint(1, len(real))))
    if item.choice_list:
        return draw.choice(answer_names(form, item))
    written = {
        "integer": lambda: draw.choice([*form.missing, str(draw.randint(0, 99))]),
        "decimal": lambda: str(round(draw.uniform(0, 40), 2)),
        "date": lambda: f"{date(1930, 1, 1) + timedelta(days=draw.randint(0, 34000))}",
        "text": lambda: draw.choice(
            ["Está bien.", 'He said "no",\nand left', "=1+1", "😀 ok", "x" * 3000]
        ),
    }
    return written[item.type]()
