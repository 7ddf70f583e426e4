"""Training several networks at the same time, each in a process of its own."""

import multiprocessing
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait

from outcomes.errors import OutcomesError
from outcomes.media.tone_training.fine_tune import FineTuned, FineTuneJob, Say, fine_tune
from outcomes.media.tone_training.training_parts import require_training

_AGAIN = "Give --resume to go on from the last checkpoint"


def train_side_by_side(jobs: Sequence[FineTuneJob], *, say: Say) -> list[FineTuned]:
    """Train networks side by side; a single one is trained in this process.

    Args:
        jobs: One a network; each has a checkpoint of its own.
        say: Receives the lines of progress of all of them.

    Returns:
        What each came to, in the order of the jobs.

    Raises:
        OutcomesError: One of them failed; the others are ended. All go on with --resume.
    """
    if len(jobs) == 1:
        return [fine_tune(jobs[0], say=say)]
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe(duplex=False) for _ in jobs]
    workers = [
        context.Process(target=_work, args=(job, there), daemon=True)
        for job, (_, there) in zip(jobs, pipes, strict=True)
    ]
    try:
        for worker, (_, there) in zip(workers, pipes, strict=True):
            worker.start()
            there.close()  # so that its end is noticed here when the worker is gone
        return _listen([here for here, _ in pipes], say=say)
    finally:
        for worker, (here, _) in zip(workers, pipes, strict=True):
            if worker.pid is not None:
                worker.terminate()
                worker.join()
                worker.close()
            here.close()


def _listen(ears: list[Connection], *, say: Say) -> list[FineTuned]:
    """Pass on what the workers say until each has brought its result."""
    found: dict[int, FineTuned] = {}
    waiting = list(ears)
    while waiting:
        for ear in wait(waiting):
            number = next(place for place, each in enumerate(ears) if each is ear)
            try:
                heard = ears[number].recv()
            except EOFError:
                raise OutcomesError(
                    f"the training of network {number + 1} was ended from outside, perhaps for "
                    f"lack of memory. {_AGAIN}"
                ) from None
            if isinstance(heard, FineTuned):
                found[number] = heard
                waiting.remove(ears[number])
            elif isinstance(heard, OutcomesError):
                raise heard
            else:
                say(str(heard))
    return [found[number] for number in range(len(ears))]


def _work(job: FineTuneJob, mouth: Connection) -> None:
    """Train one network in a process of its own, and tell of it."""
    require_training()
    try:
        mouth.send(fine_tune(job, say=mouth.send))
    except OutcomesError as error:
        mouth.send(OutcomesError(str(error)))  # in a form that can be sent
    except KeyboardInterrupt:
        return  # who pressed the key knows
    except Exception as error:  # whatever the libraries raise: memory, disk
        mouth.send(OutcomesError(f"{job.label}the training failed ({error}). {_AGAIN}"))
    finally:
        mouth.close()
