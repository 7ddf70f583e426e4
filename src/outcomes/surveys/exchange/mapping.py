"""What became of every part of a form that was made in another tool: the mapping report."""

from dataclasses import dataclass, field
from typing import Literal

from outcomes.surveys.instrument import Instrument

Fate = Literal["mapped", "dropped by rule", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """One part of the other tool's form: a question, a group, a list, an expression, a setting."""

    part: str  # as the other tool names it: "row 7, q_age", "page 2, panel about_you"
    fate: Fate
    became: str = ""  # what it is called here
    why: str = ""  # for a dropped part the rule, for an error the reason and the mend


@dataclass(slots=True, kw_only=True)
class FormImport:
    """A form read from another tool: the instrument, if it makes sense, and the mapping."""

    tool: str  # "XLSForm", "SurveyJS", "LimeSurvey", "Qualtrics", "REDCap"
    instrument: Instrument | None = None  # None where an error leaves no sound instrument
    mapping: list[Mapped] = field(default_factory=list)

    def count(self, fate: Fate) -> int:
        """Count the parts that met one fate."""
        return sum(each.fate == fate for each in self.mapping)

    def sentences(self) -> list[str]:
        """Say the report: the count first, then every part that was not simply mapped."""
        counts = ", ".join(
            f"{self.count(fate)} {fate}" for fate in ("mapped", "dropped by rule", "error")
        )
        return [
            f"{self.tool}: {len(self.mapping)} parts read: {counts}.",
            *(
                f"{each.fate}: {each.part}: {each.why}"
                for each in self.mapping
                if each.fate != "mapped"
            ),
        ]
