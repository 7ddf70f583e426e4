import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.pipeline.walk_files import Extent

WALKS = pd.DataFrame(
    {
        "place": ["west", "east", "west"],
        "start": ["2026-02-03T23:59:00", "2025-12-31T00:00:00", "2026-01-01T10:00:00"],
    },
    dtype="str",
)


def test_a_log_is_checked_from_file_to_file_without_loading_the_store():
    script = (
        "import sys\n"
        "import outcomes.pipeline.walk_files, outcomes.cli.engagement\n"
        "print([name for name in ('sqlalchemy', 'outcomes.store') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_log_says_what_it_covers_where_that_is_left_open():
    whole = Extent().over(WALKS)
    assert (whole.first, whole.last) == (date(2025, 12, 31), date(2026, 2, 3))
    assert whole.starts == dict.fromkeys(["east", "west"], date(2025, 12, 31))
    given = Extent(first=date(2026, 1, 1), last=date(2026, 1, 31), places=("north",))
    assert given.over(WALKS).starts == {"north": date(2026, 1, 1)}
    assert given.over(WALKS[:0]).last == date(2026, 1, 31)


def test_a_log_without_a_walk_cannot_say_what_it_covers():
    with pytest.raises(DataError, match="cannot say which days it covers"):
        Extent(first=date(2026, 1, 1)).over(WALKS[:0])
