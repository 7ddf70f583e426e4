"""Labels of squads, shifts and beats in a walk log: they tell teams apart and name nobody (D19)."""

import re

from outcomes.guards.text_flags import flags

LONGEST = 40  # characters
# written with a capital in labels, and no names of persons
_WORDS = """
squad shift beat unit team patrol district precinct watch platoon zone sector post car group crew
section day night evening morning first second third fourth fifth alpha bravo charlie delta echo
foxtrot red blue green gold silver central downtown midtown uptown community policing
"""
_NUMBERED = re.compile(r"(?i)(?:unit|car|beat|squad|team|post|sector|zone)\s?#?\d{1,3}[A-Za-z]?")


def why_no_label(label: str) -> str:
    """Say why a text may not stand as the label of a team; empty where it may.

    Args:
        label: Such as ``squad 3``. A surname in small letters is found by no rule.
    """
    if not label.strip() or len(label) > LONGEST:
        return f"is not a label of 1 to {LONGEST} characters"
    if _NUMBERED.fullmatch(label):
        return ""
    # inside a sentence a capital letter speaks for a name, which at its start it does not
    found = flags(f"the {label.replace('-', ' ')}", known=(_WORDS,))
    return f"looks like {found[0].why}" if found else ""
