"""With which numbers this computer trains faster, and how much memory that took."""

import time
from typing import Literal

_SIZE = 512
_WORTH = 1.5  # bfloat16 is coarser: it must be that much faster to be used


def faster_arithmetic() -> tuple[Literal["float32", "bfloat16"], str]:
    """Time float32 against bfloat16 for a fifth of a second.

    Returns:
        The one to use, and a sentence on what was measured. Processors without AMX are slower
        with bfloat16 than with float32, although they have instructions for it.
    """
    import torch

    full, half = (_speed(kind) for kind in (torch.float32, torch.bfloat16))
    chosen: Literal["float32", "bfloat16"] = "bfloat16" if half > _WORTH * full else "float32"
    return chosen, (
        f"training with {chosen}: this computer does {full:.0f} billion steps a second with "
        f"float32 and {half:.0f} with bfloat16"
    )


def _speed(kind: object) -> float:
    """Measure GFLOPS of one thread."""
    import torch

    former = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        some = torch.ones(_SIZE, _SIZE, dtype=kind)
        some @ some
        begun, many = time.perf_counter(), 0
        while time.perf_counter() - begun < 0.1:
            some @ some
            many += 1
        return many * 2 * _SIZE**3 / (time.perf_counter() - begun) / 1e9
    finally:
        torch.set_num_threads(former)


def peak_megabytes() -> float:
    """Say how much memory this process took at most; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    import sys

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
