"""The codes on printed cards, read back from the PDF as a person reads them from paper."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest


def codes_on(pdf: Path) -> list[str]:
    """The codes in the order of the cards; skips where nothing can read a PDF."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is missing")
    made = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True)
    return re.findall(r"\b[0-9B-Z]{4}-[0-9B-Z]{3}\b", made.stdout.decode())
