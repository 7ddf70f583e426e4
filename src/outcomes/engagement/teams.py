"""Who owes the walks of a place: the place as one, or each of its teams (section 1C, per whom)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from outcomes.engagement.walk_rules import WalkRules, WalkType

AS_ONE = ("",)  # the place owes its walks, whichever team does them
Owing = Mapping[str, tuple[str, ...]]


def owing_teams(
    walks: pd.DataFrame, kind: WalkType, rules: WalkRules
) -> dict[str, tuple[str, ...]]:
    """Say which teams owe walks of a type, place by place.

    Args:
        walks: Walks of this type; place, and team where the log tells it.
        kind: The type.
        rules: With ``[[teams]]``, those that name the type and the place. Without any, the teams
            of the log; a team that never walked is then not known to owe anything.

    Returns:
        The teams of each place in alphabetical order. Places that are not among the keys, and all
        of them with ``frequency_per = "place"`` or for walks after an incident, owe as one.
    """
    if rules.settings.frequency_per == "place" or kind.per in {None, "incident"}:
        return {}
    if not rules.teams:
        told = pd.DataFrame({"place": walks["place"].astype("str"), "team": team_of(walks)})
        told = told[told["team"] != ""].astype("str").drop_duplicates().sort_values("team")
        return {str(place): tuple(here) for place, here in told.groupby("place")["team"]}
    found: dict[str, tuple[str, ...]] = {}
    everywhere = [t.name for t in rules.teams if kind.code in t.types and not t.places]
    named = {place for team in rules.teams for place in team.places}
    for place in named | ({""} if everywhere else set()) | set(walks["place"].astype("str")):
        here = [t.name for t in rules.teams if kind.code in t.types and place in t.places]
        if here or everywhere:
            found[place] = tuple(sorted({*here, *everywhere}))
    return found


def teams_in(owing: Owing, place: str) -> tuple[str, ...]:
    """Say who owes walks in a place; under "" stands what holds in every place not named."""
    return owing.get(place, owing.get("", AS_ONE))


def team_of(walks: pd.DataFrame) -> pd.Series:
    """Take the team of each walk, as a category; "" where the log tells none."""
    if "team" not in walks:
        return _of_no_team(walks)
    if isinstance(walks["team"].dtype, pd.CategoricalDtype):
        return walks["team"]
    told = walks["team"].astype(object).where(walks["team"].notna(), "")
    return told.astype("str").astype("category")


def counting_team(walks: pd.DataFrame, owing: Owing) -> pd.Series:
    """Say toward whose number each walk goes: its team's; "" where the place owes as one.

    Args:
        walks: place (a category), and team where the log tells it.
        owing: What ``owing_teams`` found.

    Returns:
        A category.
    """
    if not owing:
        return _of_no_team(walks)
    places = walks["place"].cat
    as_one = np.array([teams_in(owing, str(place)) == AS_ONE for place in places.categories])
    team = team_of(walks)
    if "" not in team.cat.categories:
        team = team.cat.add_categories("")
    return team.mask(as_one.astype(bool)[places.codes.to_numpy()], "")


def _of_no_team(walks: pd.DataFrame) -> pd.Series:
    none = pd.Categorical.from_codes(np.zeros(len(walks), dtype=np.int8), categories=[""])
    return pd.Series(none, index=walks.index)


def astray(walks: pd.DataFrame, owing: Owing) -> tuple[np.ndarray, np.ndarray]:
    """Find walks of no team, and of a wrong one, in places where teams owe them.

    Args:
        walks: place (a category), and team.
        owing: What ``owing_teams`` found.

    Returns:
        Two masks, shape (n,).
    """
    team = team_of(walks)
    places, teams = walks["place"].cat.categories, list(team.cat.categories)
    here = [teams_in(owing, str(place)) for place in places]
    asks = np.array([who != AS_ONE for who in here], dtype=bool)
    right = np.array([[name in who for name in teams] for who in here], dtype=bool)
    which, by = walks["place"].cat.codes.to_numpy(), team.cat.codes.to_numpy()
    wrong = asks[which] & ~right.reshape(len(places), len(teams))[which, by]
    blank = np.array([name == "" for name in teams], dtype=bool)[by]
    return wrong & blank, wrong & ~blank
