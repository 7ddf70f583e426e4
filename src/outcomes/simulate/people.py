"""Generated answers: two academy classes, and residents of each place in two waves."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from outcomes.simulate.codes import made_twice
from outcomes.simulate.scenario import CodeForm, ScaleForm, Scenario

CENTER = 0.58  # where on a scale the average person stands, 0 lowest, 1 highest
BETWEEN_PEOPLE = 0.65  # SD, in answer points
WITHIN_PERSON = 0.75  # SD of one answer around the person, in answer points
SKIPPED = 0.03  # share of answers left blank
REFUSED = 0.01  # share of answers "prefer not to say" (-9)
YES = 0.15  # share of "yes" to a question that is answered yes or no
YARDSTICK = 0.5  # answer points by which people afterwards rate their earlier selves lower
MISSED_EVENING = 0.12  # share of a class absent on the evening of a survey
LETTERS = np.array(list("ABCDEFGHJKMNPQRSTVWXYZ23456789"))
_MANY = 200_000  # generated people from whom the expected scores are taken


def academy_class(
    scenario: Scenario,
    scales: Mapping[str, ScaleForm],
    *,
    rng: np.random.Generator,
    code: Sequence[CodeForm] = (),
    looking_back: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Generate the answers of one class before and after; the same code, the same person.

    Args:
        scenario: What is planted.
        scales: What is asked.
        rng: Source of chance.
        code: Elements of the code that people make who have no card; none: all have their card.
        looking_back: Items asked afterwards: the item that each looks back on.
    """
    apart, aside = rng.spawn(2)  # so that the other answers are the same with and without them
    n = scenario.class_size
    codes = respondent_codes(n, rng=rng)
    person = rng.normal(0, BETWEEN_PEOPLE, n)
    shift = dict(scenario.academy_shift)
    waves = []
    for after in (False, True):
        answers = {
            item: _answers(
                form, item, level=person + (shift.get(scale, 0.0) if after else 0.0), rng=rng
            )
            for scale, form in scales.items()
            for item in form.items
        }
        table = _with_gaps(pd.DataFrame({"respondent": codes, **answers}), rng=rng)
        if after:
            for item, on in (looking_back or {}).items():
                form = next(form for form in scales.values() if on in form.items)
                then = _answers(form, on, level=person - YARDSTICK, rng=aside)
                table = table.assign(**{item: then.astype(str)})
        waves.append(table[rng.random(n) >= MISSED_EVENING])
    if code:
        return _without_cards(waves, code, share=scenario.without_card, rng=apart)
    return waves[0], waves[1]


def _without_cards(
    waves: Sequence[pd.DataFrame],
    code: Sequence[CodeForm],
    *,
    share: float,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let some of a class come without a card: another respondent each time, but with a code."""
    n = max(int(wave.index.max()) for wave in waves) + 1
    without = rng.random(n) < share
    found = []
    for table, made in zip(
        waves, made_twice([each.kind for each in code], n, rng=rng), strict=True
    ):
        drawn = np.array(respondent_codes(n, rng=rng))
        own = without[table.index]
        columns = {
            f"code.{each.name}": np.where(
                own, [each.written(int(answer)) for answer in made[table.index, place]], ""
            )
            for place, each in enumerate(code)
        }
        names = np.where(own, drawn[table.index], table["respondent"])
        found.append(table.assign(respondent=names, **columns))
    return found[0], found[1]


def residents(
    scenario: Scenario,
    scales: Mapping[str, ScaleForm],
    *,
    focus: Sequence[str],
    places: Sequence[str],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Generate the answers of residents of all places in two waves, other people in each."""
    usual = {place: rng.normal(0, 0.15, len(scales)) for place in places}
    shift = dict(scenario.residents_shift)
    waves = []
    for after in (False, True):
        parts = []
        for place in places:
            n = scenario.residents_per_place
            person = rng.normal(0, BETWEEN_PEOPLE, n)
            answers: dict[str, object] = {
                "respondent": respondent_codes(n, rng=rng),
                "place": place,
            }
            for number, (scale, form) in enumerate(scales.items()):
                effect = shift.get(scale, 0.0) if after and place in focus else 0.0
                shared = rng.normal(0, 0.05)  # what moved the whole neighborhood that week
                level = person + usual[place][number] + shared + effect
                answers |= {item: _answers(form, item, level=level, rng=rng) for item in form.items}
            parts.append(pd.DataFrame(answers))
        waves.append(_with_gaps(pd.concat(parts, ignore_index=True), rng=rng))
    return waves[0], waves[1]


def expected_change(form: ScaleForm, *, shift: float) -> float:
    """Say by how much the mean score of a scale truly changes when answers shift.

    Rounding to whole answers and the ends of the scale swallow a part of a shift, so the true
    change of the score is taken from very many generated people.
    """
    rng = np.random.default_rng(7)
    person = rng.normal(0, BETWEEN_PEOPLE, _MANY)
    item = next(name for name in form.items)
    plain = ScaleForm(items=form.items, reversed=frozenset(), low=form.low, high=form.high)
    noise = rng.normal(0, WITHIN_PERSON, _MANY)
    before, after = (
        _rounded(plain, item, level=person + moved, noise=noise) for moved in (0.0, shift)
    )
    return float(after.mean() - before.mean())


def respondent_codes(n: int, *, rng: np.random.Generator) -> list[str]:
    """Draw n different six-letter codes."""
    codes: dict[str, None] = {}
    while len(codes) < n:
        codes["".join(rng.choice(LETTERS, 6))] = None
    return list(codes)


def _answers(
    form: ScaleForm, item: str, *, level: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    return _rounded(form, item, level=level, noise=rng.normal(0, WITHIN_PERSON, level.size))


def _rounded(form: ScaleForm, item: str, *, level: np.ndarray, noise: np.ndarray) -> np.ndarray:
    span = form.high - form.low
    if span == 1:  # yes or no: the same for everybody, whatever they think of the police
        said: np.ndarray = form.low + (noise > norm.ppf(1 - YES, scale=WITHIN_PERSON))
        return said
    raw = form.low + span * CENTER + (level + noise) * span / 4
    answers = np.clip(np.round(raw), form.low, form.high).astype(int)
    turned: np.ndarray = form.low + form.high - answers
    return turned if item in form.reversed else answers


def _with_gaps(table: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Leave some answers blank and refuse a few, as people do."""
    items = [name for name in table.columns if name not in {"respondent", "place"}]
    draws = rng.random((len(table), len(items)))
    given = table[items].to_numpy().astype(str)
    left = np.where(draws < SKIPPED, "", np.where(draws < SKIPPED + REFUSED, "-9", given))
    answers = pd.DataFrame(left, columns=items, index=table.index, dtype=str)
    return pd.concat([table.drop(columns=items), answers], axis=1)
