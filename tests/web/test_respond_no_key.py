"""Without the study key nobody can begin, and no page tells where files lie."""

from datetime import UTC, datetime

from respondent import Respondent
from starlette.testclient import TestClient

from outcomes.web.app import make_app

NOON = datetime(2025, 2, 4, 17, 0, tzinfo=UTC)


def test_a_respondent_reads_no_path_of_the_server_when_the_key_is_destroyed(study) -> None:
    study.key_path.parent.mkdir(exist_ok=True)
    study.key_path.write_text("sealed\n", encoding="ascii")
    with TestClient(make_app(study, now=lambda: NOON), follow_redirects=False) as browser:
        respondent = Respondent(browser).open("/s/residents-pre")
        respondent.send("begin", follow=False)
    assert respondent.page.status_code == 503
    assert "out of order" in respondent.page.text
    assert str(study.root) not in respondent.page.text
    assert "study.key" not in respondent.page.text
