"""Who is who in the waves of a study: the links of the same people, and their table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from outcomes.errors import DataError, one_of
from outcomes.pipeline.link_decisions import decisions_between
from outcomes.pipeline.surveys import CODE
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.settings import Wave
from outcomes.store import read_facts
from outcomes.study import Study
from outcomes.surveys.linking.link_plan import LinkPlan
from outcomes.surveys.linking.links import Links, link_tables

WHO = "respondent"
PLACE = "place"
LINK_COLUMNS = (
    *("link_id", "group", "pre_wave", "post_wave", "pre_respondent", "post_respondent"),
    *("rule", "probability"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveLinks:
    """The links from one wave of a group to a later one."""

    pre: Wave
    post: Wave
    found: Links
    before: tuple[str, ...]  # respondents of the earlier wave
    after: tuple[str, ...]

    @property
    def group(self) -> str:
        """The class, or whoever else answers both."""
        return self.pre.group

    @property
    def name(self) -> str:
        """Say which two waves."""
        return f"{self.pre.label} to {self.post.label}"

    @property
    def doubtful(self) -> int:
        """How many pairs are left to a person to decide on."""
        pairs = self.found.pairs
        return int((pairs["chosen"] & (pairs["probability"] < self.found.plan.threshold)).sum())


def linked_waves(study: Study) -> Iterator[tuple[Wave, Wave]]:
    """List the waves that are linked: from a group's first wave to each later one.

    Linked are waves of the same people, and waves that some people answer again.

    The first is the pre wave or, where a group has none, the post wave.
    """
    waves = [wave for wave in study.settings.waves if wave.respondents != "new sample"]
    for group in dict.fromkeys(wave.group for wave in waves):
        own = [wave for wave in waves if wave.group == group]
        by = {
            occasion: [wave for wave in own if wave.occasion == occasion]
            for occasion in ("pre", "post", "follow-up")
        }
        first, *others = [*by["pre"], *by["post"], *by["follow-up"]]
        if first.occasion != "follow-up":
            for later in others:
                yield first, later


def study_links(study: Study, *, group: str = "") -> list[WaveLinks]:
    """Link the answers of the same people, inside each group.

    The same card is the same person; the others are linked by the hashed elements of the code
    that they made. The hashes are compared, so the study key is not needed. What a person decided
    about doubtful pairs is honoured.

    Args:
        study: The study; only collected and imported answers are linked.
        group: One group only.

    Returns:
        One for each two waves that hold answers; the same for the same answers and decisions.

    Raises:
        DataError: No group of that name has two waves that are linked.

    Source:
        Issue 5, 1 and 2; requirement B5.
    """
    waves = list(linked_waves(study))
    groups = list(dict.fromkeys(pre.group for pre, _ in waves))
    if group and group not in groups:
        known = one_of(group, groups) if groups else "There is none"
        raise DataError(f"no group {group!r} has two waves of the same people. {known}")
    answers = read_facts(study.store, "answers")
    found = []
    for pre, post in waves:
        if group and pre.group != group:
            continue
        sides = [answers[answers["wave"] == wave.label] for wave in (pre, post)]
        if any(side.empty for side in sides):
            continue
        found.append(_linked(study, pre, post, before=sides[0], after=sides[1]))
    return found


def _linked(
    study: Study, pre: Wave, post: Wave, *, before: pd.DataFrame, after: pd.DataFrame
) -> WaveLinks:
    tables = [_codes(side) for side in (before, after)]
    known = [name for name in tables[0] if name in tables[1] and name.startswith(CODE)]
    asked = code_elements(study, pre)
    names = sorted(known, key=lambda name: (*_place(name, asked), name))
    links = link_tables(
        tables[0],
        tables[1],
        LinkPlan(id=WHO, card=WHO, codes=tuple(names), blocks=_blocks(pre)),
        decisions=decisions_between(
            study, pre.label, post.label, before=before[WHO], after=after[WHO]
        ),
    )
    return WaveLinks(
        pre=pre, post=post, found=links, before=tuple(before[WHO]), after=tuple(after[WHO])
    )


def code_elements(study: Study, wave: Wave) -> dict[str, str]:
    """Name the elements of the code that a wave asks for, each with its words; {} for none."""
    code = wave_instrument(study, wave.label).code
    if code is None:
        return {}
    return {each.name: next(iter(each.label.values())) for each in code.elements}


def _place(name: str, asked: dict[str, str]) -> tuple[int]:
    element = name.removeprefix(CODE)
    return (list(asked).index(element) if element in asked else len(asked),)


def _codes(answers: pd.DataFrame) -> pd.DataFrame:
    """Take the respondents, their places and the hashed elements of codes, and no answer."""
    rows = [
        {name: cell for name, cell in given.items() if name.startswith(CODE)}
        for given in answers["answers"]
    ]
    codes = pd.DataFrame(rows, index=range(len(rows)), dtype="str").fillna("")
    named = {name: answers[name].astype("str").to_numpy() for name in (WHO, PLACE)}
    return codes.assign(**named)


def _blocks(wave: Wave) -> tuple[str, ...]:
    """Look for residents in their own neighborhood only: among all of a town, codes coincide."""
    return (PLACE,) if wave.respondents == "some again" else ()


def links_table(found: Sequence[WaveLinks]) -> pd.DataFrame:
    """Lay links out with LINK_COLUMNS: one row a link."""
    parts = [
        each.found.table.rename(columns={"pre_id": "pre_respondent", "post_id": "post_respondent"})
        .assign(group=each.group, pre_wave=each.pre.label, post_wave=each.post.label)
        .assign(link_id=lambda table, post=each.post.label: post + "-" + table["link_id"])
        for each in found
    ]
    if not parts:
        return pd.DataFrame(columns=list(LINK_COLUMNS))
    return pd.concat(parts, ignore_index=True)[list(LINK_COLUMNS)]
