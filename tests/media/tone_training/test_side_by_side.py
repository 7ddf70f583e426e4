"""Networks are trained in processes of their own; what goes wrong in one of them is said."""

import numpy as np
import pytest

from outcomes.errors import OutcomesError
from outcomes.media.tone_models.target_tokens import TargetTokens
from outcomes.media.tone_training.fine_tune import FineTuneJob
from outcomes.media.tone_training.recipe import read_recipe
from outcomes.media.tone_training.side_by_side import train_side_by_side


def test_a_network_that_cannot_be_trained_says_why_and_ends_the_others(training_parts, tmp_path):
    jobs = [
        FineTuneJob(
            base=tmp_path / "gone",
            words=9,
            filler=0,
            tokens=(TargetTokens(ids=(1, 2, 3), first=1, last=1),),
            gold=np.array([1]),
            taught=None,
            recipe=read_recipe("tiny"),
            arithmetic="float32",
            start_seed=0,
            seed=number,
            threads=1,
            checkpoint=tmp_path / f"{number}.pt",
        )
        for number in range(2)
    ]
    with pytest.raises(OutcomesError, match=r"model\.safetensors: the weights.*Fetch the base"):
        train_side_by_side(jobs, say=lambda line: None)
