import random
from pathlib import Path

import pytest

from outcomes.surveys.exchange.limesurvey_in import read_limesurvey
from outcomes.surveys.exchange.xform import to_xform

FORMS = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "surveys" / "citric"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FORMS.is_dir(), reason="refdata/surveys/citric is not here"),
]


@pytest.mark.parametrize(
    ("name", "asked", "mapped", "dropped"),
    [
        ("answers.lss", 6, 13, 5),
        ("limesurvey_survey_432535.lss", 2, 9, 4),
        ("survey.lss", 3, 9, 7),
    ],
)
def test_a_real_survey_is_imported_with_a_counted_report(name, asked, mapped, dropped):
    done = read_limesurvey(FORMS / name)
    assert done.instrument is not None, done.sentences()
    assert sum(item.asked for item in done.instrument.items) == asked
    assert (done.count("mapped"), done.count("dropped by rule")) == (mapped, dropped)
    assert done.count("error") == 0
    to_xform(done.instrument)


@pytest.mark.parametrize("name", ["answers.lss", "survey.lss"])
def test_a_damaged_survey_never_crashes(name, tmp_path):
    rng = random.Random(3)
    whole = (FORMS / name).read_text(encoding="utf-8").splitlines(keepends=True)
    for turn in range(15):
        lines = list(whole)
        for _ in range(40):
            at = rng.randrange(4, len(lines) - 2)
            if "CDATA[" in lines[at] and "]]>" in lines[at]:
                value = rng.choice(["", "0", "Y", "zz{", "((", "<p>", "-1", "*", "1.5e9", "M"])
                start, end = lines[at].index("[CDATA[") + 7, lines[at].index("]]>")
                lines[at] = lines[at][:start] + value + lines[at][end:]
        path = tmp_path / f"damaged_{turn}.lss"
        path.write_text("".join(lines), encoding="utf-8")
        done = read_limesurvey(path, keep_going=True)
        assert done.mapping
