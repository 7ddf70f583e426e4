"""The forms of ODK Collect's own tests, filled in and read as submissions."""

import uuid
from pathlib import Path

import pytest
from lxml import etree

from outcomes.errors import DataError
from outcomes.surveys.exchange.tablet_submission import (
    read_submitted_form,
    sealed_form,
    tablet_questions,
)
from outcomes.surveys.instrument_file import read_instrument

ROOT = Path(__file__).resolve().parents[2]
FORMS = ROOT.parent / "shared" / "refdata" / "surveys" / "odk-collect"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FORMS.exists(), reason="the folder shared/refdata is not there"),
]


def test_what_the_forms_of_others_send_is_read_or_refused_in_a_sentence() -> None:
    questions = tablet_questions(read_instrument(ROOT / "surveys" / "academy.yaml"))
    read, refused = 0, []
    for path in sorted(FORMS.glob("*.xml")):
        root = next(etree.parse(str(path)).iter("{*}instance"))[0]
        leaves = [node for node in root.iter() if isinstance(node.tag, str) and len(node) == 0]
        expected = 0
        for node in leaves:
            if etree.QName(node).localname == "instanceID":
                node.text = f"uuid:{uuid.UUID(int=1)}"
            else:
                node.text = "a & b"
                expected += 1
        try:
            form = read_submitted_form(etree.tostring(root))
        except DataError as error:
            refused.append((path.name, str(error)))
            continue
        read += 1
        assert form.form_id
        assert len(form.leaves) >= expected
        sealed = sealed_form(form, questions, key=b"k" * 32)
        assert set(sealed.other.values()) <= {"a & b"}
    assert read >= 60
    assert all("instanceID" in problem or "no id" in problem for _, problem in refused), refused
    assert read + len(refused) >= 110
