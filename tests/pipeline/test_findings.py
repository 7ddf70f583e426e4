"""What an evaluation could tell, and what it could not."""

import pandas as pd

from outcomes.errors import DataError
from outcomes.pipeline.evaluate import Findings


def test_the_reason_why_nothing_can_be_told_does_not_say_twice_that_it_cannot():
    def silent(measures: pd.DataFrame, measure: str) -> list:
        raise DataError("cannot tell: with 4 places there are too few ways to swap dates")

    findings = Findings(measures=pd.DataFrame())
    findings.ask(silent, "tips_received")
    assert findings.estimates == []
    assert findings.untold == [
        {
            "analysis": "silent",
            "measure": "tips_received",
            "reason": "with 4 places there are too few ways to swap dates",
        }
    ]
