"""The 118 forms of ODK Collect: how many of their expressions are worked out, and which are not."""

from collections import Counter
from pathlib import Path

import pytest

from outcomes.surveys.expressions import read_xform
from outcomes.surveys.xpath import bind_expression
from outcomes.surveys.xpath_parser import ExpressionRefused

FORMS = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "surveys" / "odk-collect"


@pytest.mark.real
def test_the_expressions_of_odk_collect_are_worked_out_or_refused_by_name() -> None:
    if not FORMS.is_dir():
        pytest.skip("refdata/surveys/odk-collect is not beside the checkout")
    counted: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for path in sorted(FORMS.glob("*.xml")):
        binds = read_xform(path.read_bytes())
        counted["forms"] += 1
        items, groups = frozenset(binds.items), frozenset(binds.groups)
        for (node, _), source in binds.sources.items():
            counted["expressions"] += 1
            try:
                bind_expression(source, here=node, items=items, groups=groups)
            except ExpressionRefused as error:
                refused[error.problem.split(" cannot be used")[0]] += 1
            else:
                counted["worked out"] += 1
    assert counted == {"forms": 118, "expressions": 128, "worked out": 68}
    # most calls of uuid() make the identifier of a submission, which is no question
    assert refused == {
        "the function uuid()": 38,
        "the function instance()": 15,
        "the function pulldata()": 3,
        "the function random()": 3,
        "null stands there without its brackets": 1,
    }
