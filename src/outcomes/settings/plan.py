"""The evaluation plan of study.toml: what is asked, of which places, and by which comparison."""

import re
from collections import Counter
from typing import Literal

from pydantic import Field, field_validator, model_validator

from outcomes.declarations import Declaration
from outcomes.measures import require_outcome, require_output

Design = Literal["did", "staggered", "interrupted", "dose", "few-treated", "prepost", "crossection"]
Adjustment = Literal["holm", "westfall-young"]

_ACTIVITY = r"\b(increas\w*|more|raise|boost)\b[\w\s-]{0,40}\bengagement\b|engagement\W+increas"
_CHANGE_FOR_PEOPLE = (
    r"\b(trust|tip|saf|report|crime|cooperat|complain|satisf|relation|support|understand|victim|"
    r"partner|tone|collaborat|interact|fear|worr)"
)


class Plan(Declaration):
    """The evaluation plan, written before the results are seen (D1, D14, D15).

    Places with their dates stand under ``[[places]]``, waves under ``[[waves]]``, the days of the
    study under ``[study]``: a frozen plan holds them all.
    """

    question: str
    output: str  # a registered output: what was done
    primary_outcome: str  # a registered outcome: the one that the answer rests on
    other_outcomes: tuple[str, ...] = ()
    design: Design | None = None  # the comparison that leads; none named: did
    why_these_places: str = ""  # how focus and comparison places were chosen, in words
    drawn_by_lot: bool = False  # whether chance alone said which places are focus places
    family: tuple[str, ...] = ()  # outcomes tested together; none named: all of the plan's
    adjustment: Adjustment = "holm"  # how p values allow for several outcomes
    level: float = Field(default=0.95, ge=0.8, lt=1)  # confidence level
    smallest_effect: float | None = Field(
        default=None, gt=0, allow_inf_nan=False
    )  # worth having, in its unit
    community_part: str = ""  # how community members helped to choose the goals (D1)

    @field_validator("question")
    @classmethod
    def _goal_is_an_outcome(cls, text: str) -> str:
        words = text.lower()
        if re.search(_ACTIVITY, words) and not re.search(_CHANGE_FOR_PEOPLE, words):
            raise ValueError(
                "'increasing engagement' is an activity, not a goal (D1). "
                "Ask what should change for people, such as trust or tips"
            )
        return text

    @field_validator("output")
    @classmethod
    def _output_is_one(cls, code: str) -> str:
        return require_output(code).code

    @field_validator("primary_outcome")
    @classmethod
    def _primary_is_an_outcome(cls, code: str) -> str:
        return require_outcome(code).code

    @field_validator("other_outcomes", "family")
    @classmethod
    def _others_are_outcomes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        for code, times in Counter(codes).items():
            if times > 1:
                raise ValueError(f"{code!r} stands {times} times. Name each outcome once")
        return tuple(require_outcome(code).code for code in codes)

    @model_validator(mode="after")
    def _family_is_of_the_plan(self) -> "Plan":
        strangers = [code for code in self.family if code not in self.outcomes]
        if strangers:
            raise ValueError(
                f"the family names {strangers[0]!r}, which is no outcome of the plan. Add it to "
                "other_outcomes, or take it out of family"
            )
        if len(self.family) == 1:
            raise ValueError("a family of outcomes tested together has two or more. Add another")
        return self

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes of the plan, the primary one first."""
        return tuple(dict.fromkeys((self.primary_outcome, *self.other_outcomes)))

    @property
    def together(self) -> tuple[str, ...]:
        """The outcomes whose p values allow for one another."""
        return self.family or self.outcomes
