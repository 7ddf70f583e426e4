"""Fine-tuning: one network, from its base to its last epoch, with a checkpoint after each."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import FileError
from outcomes.media.tone_models.target_tokens import TargetTokens
from outcomes.media.tone_training.arithmetic import peak_megabytes
from outcomes.media.tone_training.checkpoints import (
    Checkpoint,
    find_checkpoint,
    keep_checkpoint,
)
from outcomes.media.tone_training.learning_rates import freeze, new_optimizer, share_of_rate
from outcomes.media.tone_training.recipe import LATER, Recipe
from outcomes.media.tone_training.target_network import batch_of, new_network, scores

Say = Callable[[str], None]
_AT_ONCE = 50  # batches among which rows are sorted by length
_SAY_EVERY = 25  # steps


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuneJob:
    """All that one network is trained from; it can be sent to another process."""

    base: Path
    words: int  # how many tokens the tokenizer knows
    filler: int  # the token that means nothing
    tokens: tuple[TargetTokens, ...]
    gold: NDArray[np.int_]  # 0, 1 or 2 for negative, neutral, positive; -1 where nobody said
    taught: NDArray[np.float64] | None  # the teacher's probabilities, (n, 3)
    recipe: Recipe
    arithmetic: Literal["float32", "bfloat16"]
    start_seed: int  # of the new layers: the same for all members
    seed: int  # of the order of rows and of dropout: another for each member
    threads: int
    checkpoint: Path
    start: Path | None = None  # weights to go on from, in the place of the base's
    label: str = ""  # what stands before each line of progress

    @property
    def digest(self) -> str:
        """Name the run: equal digests give equal weights."""
        digest = hashlib.sha256(self.recipe.model_dump_json(exclude=set(LATER)).encode())
        plain = (self.words, self.arithmetic, self.start_seed, self.seed, self.threads)
        digest.update(
            repr((plain, [(row.ids, row.first, row.last) for row in self.tokens])).encode()
        )
        digest.update(self.gold.tobytes() + (b"" if self.taught is None else self.taught.tobytes()))
        weights = self.start or self.base / "model.safetensors"
        try:
            with weights.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError:
            problem = "the weights of the base cannot be read"
            raise FileError(weights, "", problem, "Fetch the base again") from None
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuned:
    """What a run came to; the weights stand in its checkpoint."""

    checkpoint: Path
    losses: tuple[float, ...]
    cpu_seconds: float
    peak_megabytes: float


def fine_tune(job: FineTuneJob, *, say: Say) -> FineTuned:
    """Train one network, going on from its last checkpoint if there is one.

    The order of rows and the dropout of an epoch depend on the seed and the epoch alone. So a run
    that was killed and goes on ends with the weights of one that was not.

    Args:
        job: What to train.
        say: Receives lines of progress.

    Raises:
        FileError: The base cannot be opened, or the checkpoint is one of another run.
    """
    digest = job.digest
    with _threads(job.threads):
        network = _first_network(job)
        freeze(network, job.recipe)
        optimizer, rates = new_optimizer(network, job.recipe)
        done = find_checkpoint(job.checkpoint, digest=digest)
        losses: tuple[float, ...] = ()
        spent, peak = 0.0, 0.0
        if done is not None:
            network.load_state_dict(done.network)
            optimizer.load_state_dict(done.optimizer)
            losses, spent, peak = done.losses, done.cpu_seconds, done.peak_megabytes
            say(f"{job.label}going on after epoch {done.epochs} of {job.recipe.epochs}")
        begun = time.process_time()
        for epoch in range(len(losses), job.recipe.epochs):
            loss = _epoch(job, epoch, network=network, optimizer=optimizer, rates=rates, say=say)
            losses = (*losses, loss)
            cpu, peak = spent + time.process_time() - begun, max(peak, peak_megabytes())
            keep_checkpoint(
                job.checkpoint,
                Checkpoint(
                    digest=digest,
                    epochs=epoch + 1,
                    losses=losses,
                    cpu_seconds=cpu,
                    peak_megabytes=peak,
                    network=network.state_dict(),
                    optimizer=optimizer.state_dict(),
                ),
            )
            say(f"{job.label}epoch {epoch + 1} of {job.recipe.epochs} done, mean loss {loss:.3f}")
        spent += time.process_time() - begun
    return FineTuned(
        checkpoint=job.checkpoint, losses=losses, cpu_seconds=spent, peak_megabytes=peak
    )


def _first_network(job: FineTuneJob) -> Any:
    """Build the network as it stands before the first epoch."""
    import torch

    network = new_network(
        job.base, words=job.words, seed=job.start_seed, dropout=job.recipe.dropout
    )
    if job.start is not None:
        network.load_state_dict(torch.load(job.start, weights_only=True))
    return network


@contextmanager
def _threads(many: int) -> Iterator[None]:
    """Compute with so many threads, and leave the process as it was."""
    import torch

    former = torch.get_num_threads()
    torch.set_num_threads(many)
    torch.set_flush_denormal(True)  # numbers that are almost 0 are slow, and mean nothing
    try:
        yield
    finally:
        torch.set_num_threads(former)
        torch.set_flush_denormal(False)


def _epoch(
    job: FineTuneJob, epoch: int, *, network: Any, optimizer: Any, rates: list[float], say: Say
) -> float:
    """Go once through all rows; give the mean loss."""
    import torch

    batches = _order(job, epoch)
    steps, before = len(batches) * job.recipe.epochs, len(batches) * epoch
    torch.manual_seed(job.seed * 1009 + epoch)
    network.train()
    total, begun = 0.0, time.monotonic()
    for number, chosen in enumerate(batches):
        share = share_of_rate(before + number, steps=steps, warm_up=job.recipe.warm_up)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * share
        loss = _loss(job, network, chosen=chosen)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        total += float(loss.item())
        if (number + 1) % _SAY_EVERY == 0:
            each = (time.monotonic() - begun) / (number + 1)
            minutes = each * (steps - before - number - 1) / 60
            say(
                f"{job.label}step {before + number + 1} of {steps}, loss {loss.item():.3f}, "
                f"about {minutes:.0f} minutes left"
            )
    return total / len(batches)


def _loss(job: FineTuneJob, network: Any, *, chosen: NDArray[np.int_]) -> Any:
    """How far the network lies from the gold tones, and from what the teacher says."""
    import torch
    from torch.nn import functional

    recipe = job.recipe
    ids, mask, target = batch_of([job.tokens[place] for place in chosen], filler=job.filler)
    bfloat16 = job.arithmetic == "bfloat16"
    with torch.autocast("cpu", dtype=torch.bfloat16) if bfloat16 else nullcontext():
        found = scores(network, ids=ids, mask=mask, target=target).float()
    gold = torch.from_numpy(job.gold[chosen])
    if job.taught is None:
        return functional.cross_entropy(found, gold, label_smoothing=recipe.smoothing)
    soft = np.clip(job.taught[chosen], 1e-4, 1.0) ** (1 / recipe.softness)
    wanted = torch.from_numpy(soft / soft.sum(axis=1, keepdims=True)).float()
    logs = functional.log_softmax(found / recipe.softness, -1)
    loss = functional.kl_div(logs, wanted, reduction="batchmean") * recipe.softness**2
    said = gold >= 0
    if bool(said.any()):
        loss = loss + recipe.gold_weight * functional.cross_entropy(found[said], gold[said])
    return loss


def _order(job: FineTuneJob, epoch: int) -> list[NDArray[np.int_]]:
    """Draw the batches of an epoch; rows of similar length stand together, which saves time."""
    draw = np.random.default_rng([job.seed, epoch])
    shuffled, size = draw.permutation(len(job.tokens)), job.recipe.batch
    lengths = np.array([len(row.ids) for row in job.tokens])
    batches: list[NDArray[np.int_]] = []
    for first in range(0, len(shuffled), size * _AT_ONCE):
        some = shuffled[first : first + size * _AT_ONCE]
        some = some[np.argsort(lengths[some], kind="stable")]
        batches += [some[place : place + size] for place in range(0, len(some), size)]
    return [batches[place] for place in draw.permutation(len(batches))]
