"""Invented sentences whose verb alone says the tone toward who stands before it."""

import numpy as np

from outcomes.media.tone_training.material import TargetRow

WORDS = {  # of planted sentences: what each says of the target before it
    -1: ("beat", "lied", "failed", "stole"),
    0: ("met", "drove", "stood", "spoke"),
    1: ("rescued", "helped", "saved", "comforted"),
}
WHO = ("Officers", "Deputies", "Troopers", "Detectives", "Firefighters")
THEN = ("residents", "drivers", "visitors", "neighbors", "shoppers", "students")
WHEN = ("today", "yesterday", "Monday", "Friday", "again", "there")


def planted_rows(many: int, *, seed: int) -> tuple[TargetRow, ...]:
    """So many sentences, one tone in three."""
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(many):
        tone = number % 3 - 1
        who, verb, then, when = (draw.choice(some) for some in (WHO, WORDS[tone], THEN, WHEN))
        text = f"{who} {verb} {then} {when}."
        row = TargetRow(
            text=text, start=0, end=len(who), tone=tone, group=f"{seed}-{number}", source="planted"
        )
        rows.append(row)
    return tuple(rows)
