from outcomes.report.reliability_plot import ConfidenceBin, draw_reliability

BINS = [
    ConfidenceBin(middle=0.45, confidence=0.46, right=0.5, low=0.3, high=0.7, n=20),
    ConfidenceBin(middle=0.95, confidence=0.94, right=0.9, low=0.85, high=0.94, n=1200),
]


def test_one_and_two_panels_are_drawn_and_the_same_bins_give_the_same_pictures():
    svg, png = draw_reliability({"Sentences": BINS}, model="tone-small 1")
    assert svg.startswith("<svg")
    assert png.startswith(b"\x89PNG")
    assert (svg, png) == draw_reliability({"Sentences": BINS}, model="tone-small 1")
    both, _ = draw_reliability({"Sentences": BINS, "Articles": BINS[:1]}, model="tone-small 1")
    assert both != svg


def test_a_panel_without_any_answer_is_drawn_too():
    assert draw_reliability({"Articles": []}, model="silent")[0].startswith("<svg")
