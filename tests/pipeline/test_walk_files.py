import subprocess
import sys


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
