"""A class that answered before and after, some with a card and some with a code of their own."""

import csv
import random
import shutil
from pathlib import Path

from outcomes.pipeline.surveys import import_answers
from outcomes.study import open_study
from outcomes.surveys.instrument_file import read_instrument

ROOT = Path(__file__).resolve().parents[1]
POST = """
[[waves]]
label = "spring-post"
instrument = "academy"
group = "spring"
occasion = "post"
opens = 2025-04-14
closes = 2025-04-18
"""
LETTERS = "ABCDEFGHJKLMNPRSTW"
ELEMENTS = (
    "mother_letter", "father_letter", "school_letter", "street_letter",
    "mother_month", "older_brothers", "older_sisters",
)  # fmt: skip


def class_folder(folder):
    """Put the instrument and the second wave into a small study."""
    (folder / "surveys").mkdir(exist_ok=True)
    shutil.copyfile(ROOT / "surveys/academy.yaml", folder / "surveys/academy.yaml")
    shutil.copyfile(ROOT / "walk_rules.toml", folder / "walk_rules.toml")
    path = folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8") + POST, encoding="utf-8")
    return open_study(folder)


def code(rng):
    letters = [rng.choice(LETTERS) for _ in range(4)]
    return [*letters, str(rng.randint(1, 12)), str(rng.randint(0, 2)), str(rng.randint(0, 2))]


def changed(made, *places):
    """The same code, with other answers at some places."""
    other = list(made)
    for place in places:
        other[place] = "Y" if place < 4 else str((int(made[place]) + 1) % 12 or 2)
    return other


def people(*, cards=12, coded=14, seed=3):
    """(respondent before, code before, respondent after, code after) of each person.

    Of those with codes the first slips in one element, the second in three; the third has no
    partner after, and the last after none before.
    """
    rng = random.Random(seed)
    found = [(f"CARD{n:02}", None, f"CARD{n:02}", None) for n in range(cards)]
    for n in range(coded):
        made = code(rng)
        again = changed(made, 1) if n == 0 else changed(made, 0, 2, 5) if n == 1 else made
        after = (None, None) if n == 2 else (f"AFTER{n:02}", again)
        before = (None, None) if n == coded - 1 else (f"BEFORE{n:02}", made)
        found.append((*before, *after))
    return found


def answers_file(study, wave, rows, *, shift=0, seed=5):
    """Write the raw file of a wave: (respondent, code or None)."""
    rng = random.Random(seed)
    items = [item.name for item in read_instrument(study.instrument_path("academy")).items]
    scored = [
        name for name in items if name.rpartition("_")[0] in {"trust", "support", "understanding"}
    ]
    path = study.raw / "answers" / f"{wave}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["respondent", *scored, *(f"code.{name}" for name in ELEMENTS)])
        for name, made in rows:
            given = [min(5, rng.randint(2, 4) + shift) for _ in scored]
            sheet.writerow([name, *given, *(made or [""] * len(ELEMENTS))])
    return path


def fill_class(study, who=None, *, shift=0):
    """Import both waves of the class."""
    who = who or people()
    before = [(name, made) for name, made, _, _ in who if name]
    after = [(name, made) for _, _, name, made in who if name]
    for wave, rows, moved in (("spring-pre", before, 0), ("spring-post", after, shift)):
        path = answers_file(study, wave, rows, shift=moved, seed=len(wave))
        import_answers(study, path, wave=wave)
    return study
