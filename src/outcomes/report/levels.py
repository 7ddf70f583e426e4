"""The page of levels: each community's evidence beside the five levels; it computes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from outcomes.report.parts import Section
from outcomes.report.templates import templates


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsHeading:
    """What the page must know of its study."""

    name: str
    agency: str
    first: str  # month in words
    last: str
    generated: str  # says so where the data were made up
    public: bool
    floor: int  # below which a count is not told to the public
    withheld: int  # numbers that are not shown
    version: str
    made: str  # date


def levels_page(heading: LevelsHeading, sections: Sequence[Section]) -> str:
    """Write the page: one HTML file that holds everything it shows and prints well.

    Args:
        heading: The study.
        sections: In the order in which they are shown: the five levels, reach side by side by
            approach, then one a community.
    """
    return templates().get_template("levels.html").render(heading=heading, sections=sections)
