from math import inf

import numpy as np

from outcomes.report.power_plot import draw_power
from outcomes.stats.minimum_detectable import PowerCurve

EFFECTS = np.linspace(0, 10, 11)
CURVE = PowerCurve(
    effects=EFFECTS,
    power=np.clip(EFFECTS / 10, 0.05, 1),
    low=np.clip(EFFECTS / 10 - 0.05, 0, 1),
    high=np.clip(EFFECTS / 10 + 0.05, 0, 1),
    runs=2000,
)


def drawn(**how: object) -> tuple[str, bytes]:
    options: dict[str, object] = {
        "title": "Tips received: what 4 places against 4 could find",
        "unit": "tips a month",
        "detectable": 8.0,
        "effect": 3.0,
        **how,
    }
    return draw_power(CURVE, **options)  # type: ignore[arg-type]


def test_the_same_numbers_give_the_same_picture_and_others_another() -> None:
    svg, png = drawn()
    assert svg.startswith("<svg")
    assert png.startswith(b"\x89PNG")
    assert drawn() == (svg, png)
    assert drawn(effect=4.0)[0] != svg
    assert drawn(effect=None)[0] != svg
    assert drawn(title="Tips received: what 24 people could find")[0] != svg


def test_a_power_that_is_never_reached_is_drawn_without_a_mark() -> None:
    svg, _ = drawn(detectable=inf)
    assert svg != drawn()[0]
