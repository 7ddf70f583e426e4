import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.simulate.codes import CODES, coded_class, collision, shares


@pytest.mark.parametrize(("code", "pairs"), [("A7", 2.5e6), ("D7", 205_000)])
def test_two_people_have_the_same_code_as_rarely_as_published(code: str, pairs: float) -> None:
    assert 1 / collision(CODES[code]) == pytest.approx(pairs, rel=0.1)


@pytest.mark.parametrize("kind", ["letter", "place", "middle", "siblings", "number:12"])
def test_shares_are_shares(kind: str) -> None:
    assert shares(kind).sum() == pytest.approx(1)
    assert shares(kind).min() > 0


@pytest.mark.parametrize("kind", ["", "digit", "number:1", "number:many", "number:20000"])
def test_another_kind_is_refused(kind: str) -> None:
    with pytest.raises(DataError, match="no kind of code element"):
        shares(kind)


def test_people_slip_as_published_and_return_as_planned() -> None:
    people = coded_class(CODES["D7"], 20_000, rng=np.random.default_rng(1))
    back = people.truth >= 0
    differ = (people.after[back] != people.before[people.truth[back]]).sum(axis=1)
    assert (differ == 0).mean() == pytest.approx(0.71, abs=0.015)
    assert (differ <= 1).mean() == pytest.approx(0.88, abs=0.01)
    assert back.sum() / 20_000 == pytest.approx(0.75, abs=0.01)
    assert (~back).sum() / 20_000 == pytest.approx(0.05, abs=0.01)


def test_as_many_elements_are_blank_as_asked_for() -> None:
    people = coded_class(CODES["A7"], 2000, rng=np.random.default_rng(1), blank=0.1)
    assert (people.before == -1).mean() == pytest.approx(0.1, abs=0.01)


def test_the_same_seed_makes_the_same_class() -> None:
    one, two = (coded_class(CODES["A7"], 30, rng=np.random.default_rng(9)) for _ in range(2))
    assert (one.before == two.before).all()
    assert (one.after == two.after).all()
