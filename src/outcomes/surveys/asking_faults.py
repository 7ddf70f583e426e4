"""Items that no survey of engagement asks: somebody's religion, politics, immigration status."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from outcomes.guards.forbidden import red_line
from outcomes.guards.forbidden_questions import forbidden_question
from outcomes.surveys.fault import Fault

if TYPE_CHECKING:
    from outcomes.surveys.instrument import Instrument


def asking_faults(instrument: "Instrument") -> Iterator[Fault]:
    """Find items that ask for what engagement never keeps (A6)."""
    for item in instrument.items:
        if not item.asked:
            continue
        choices = instrument.choices.get(item.choice_list, ())
        kind = forbidden_question(
            item.name,
            texts=[*item.label.values(), *item.hint.values()],
            choices=[text for choice in choices for text in choice.label.values()],
        )
        if kind is not None:
            line = red_line(kind)
            yield Fault(
                place=f"item {item.name}",
                problem=f"it asks for {line.looks}: {line.why}",
                mend="Remove the item. Ask how people are treated instead of who they are",
            )
