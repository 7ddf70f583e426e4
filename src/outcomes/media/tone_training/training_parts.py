"""Whether the packages that training needs are installed; running a model needs none of them."""

import os
from importlib.util import find_spec

from outcomes.errors import OutcomesError

PARTS = ("torch", "transformers", "onnx", "safetensors")


def require_training() -> None:
    """Refuse where a package that training needs is missing, and keep the others off the network.

    Raises:
        OutcomesError: Says which are missing, and the command that installs them.
    """
    missing = [name for name in PARTS if find_spec(name) is None]
    if missing:
        raise OutcomesError(
            f"Making a model of tone needs {', '.join(missing)}, which this computer does not "
            "have. Run: pip install 'outcomes[training]'"
        )
    os.environ["HF_HUB_OFFLINE"] = "1"  # a base is read from the disk, never fetched silently
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
