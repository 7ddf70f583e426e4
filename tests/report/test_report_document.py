"""The report says what the estimates say, and nothing else."""

import re
from html.parser import HTMLParser

from outcomes.pipeline.report import publishable, write_report
from outcomes.report.tables import left_out


class Numbers(HTMLParser):
    """Collects the exact values behind the numbers, and every address the page would load."""

    def __init__(self):
        super().__init__()
        self.values, self.addresses, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "data":
            self.values.append(float(attributes["value"]))
        self.addresses += [attributes[name] for name in ("src", "href") if name in attributes]


def read(path):
    parser = Numbers()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def known_values(estimates):
    return {
        number
        for each in estimates
        for number in (each.value, each.low, each.high, each.n, each.dropped, each.p)
        if number is not None
    }


def test_every_number_of_the_report_comes_from_the_estimates(example):
    page = read(example.reports / "evaluation.html")
    assert len(page.values) > 300
    assert set(page.values) <= known_values(example.read_estimates())


def test_the_report_loads_nothing_from_anywhere(example):
    text = (example.reports / "evaluation.html").read_text(encoding="utf-8")
    page = read(example.reports / "evaluation.html")
    assert [each for each in page.addresses if not each.startswith("#")] == []
    assert "<script" not in text
    assert "url(http" not in text
    assert "@import" not in text


def test_outputs_are_not_called_outcomes(example):
    text = (example.reports / "evaluation.html").read_text(encoding="utf-8")
    assert "Walks and minutes are outputs" in text
    assert re.search(r"Complaints from community\s+members</td><td>.*?cannot tell", text)


def test_the_public_version_shows_no_cell_below_the_floor(example):
    floor = example.settings.publish.smallest_cell
    estimates = example.read_estimates()
    assert any(0 < each.n < floor for each in estimates), "the example must hold a small cell"
    kept = publishable(estimates, smallest=floor, start="2025-07")
    of_places = ("panel", "crossection")  # their n is places, which are no people
    assert not any(0 < each.n < floor for each in kept if each.analysis not in of_places)
    text = (example.reports / "evaluation-public.html").read_text(encoding="utf-8")
    assert "public version" in text
    assert "figures that rest on too few people are not shown" in text
    page = read(example.reports / "evaluation-public.html")
    assert set(page.values) <= known_values(kept)


def test_no_count_of_few_people_slips_out_beside_the_figures(example):
    floor = example.settings.publish.smallest_cell
    inside = (example.reports / "evaluation.html").read_text(encoding="utf-8")
    assert re.search(r"\(1 have a score only before", inside), "the example must hold such a count"
    text = (example.reports / "evaluation-public.html").read_text(encoding="utf-8")
    assert not re.search(r"\([1-4] have a score only before", text)
    assert "ounts of few people are withheld here" in text
    people = re.search(r"Before and after: the same people</h2>.*?</section>", text, re.DOTALL)
    shown = {float(each) for each in re.findall(r'<data value="([\d.]+)">\d+</data>', people[0])}
    assert not any(0 < number < floor for number in shown)


def test_a_small_number_left_out_is_shown_as_fewer_than_the_floor():
    assert left_out(3, floor=5) == "fewer than 5"
    assert [str(left_out(n, floor=5)) for n in (0, 6)] == [
        '<data value="0">0</data>', '<data value="6">6</data>',
    ]  # fmt: skip
    assert str(left_out(3, floor=0)) == '<data value="3">3</data>'


def test_the_same_estimates_give_the_same_report(example, tmp_path):
    from datetime import date

    day = date(2026, 1, 2)
    first = write_report(example, today=day).read_text(encoding="utf-8")
    second = write_report(example, today=day).read_text(encoding="utf-8")
    write_report(example)
    assert first == second


def test_every_caution_of_the_main_answer_stands_in_the_report(example):
    text = (example.reports / "evaluation.html").read_text(encoding="utf-8")
    (tips,) = [
        e for e in example.read_estimates() if (e.analysis, e.measure) == ("panel", "tips_received")
    ]
    for warning in tips.warnings:
        assert warning[1:60].replace("'", "&#39;") in text
