"""From an order to a finished model folder: train, average, export, calibrate, judge, write."""

import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from outcomes.media.classify import find_model
from outcomes.media.tone_models.model_folder import TOKENIZER, read_model_folder
from outcomes.media.tone_models.target_encoder import TargetEncoder
from outcomes.media.tone_training.arithmetic import faster_arithmetic
from outcomes.media.tone_training.article_briefs import briefs
from outcomes.media.tone_training.base_encoder import BaseEncoder, open_base
from outcomes.media.tone_training.closing import closing_job, closing_rows, keep_weights
from outcomes.media.tone_training.distil import soft_labels
from outcomes.media.tone_training.fine_tune import FineTuned, FineTuneJob, Say
from outcomes.media.tone_training.finished_folder import put_in_place, rewrite_card
from outcomes.media.tone_training.held_out import held_out_figures, tone_figures, tones_of
from outcomes.media.tone_training.material import TargetRow, digest_of_rows
from outcomes.media.tone_training.reading_articles import (
    add_article_reading,
    require_article_source,
)
from outcomes.media.tone_training.row_tokens import tokens_of
from outcomes.media.tone_training.rows_to_teach import rows_to_teach
from outcomes.media.tone_training.side_by_side import train_side_by_side
from outcomes.media.tone_training.smaller_encoder import KeptEncoder, keep_encoder
from outcomes.media.tone_training.target_network import marked_tokenizer, new_network
from outcomes.media.tone_training.temperature import fit_temperature
from outcomes.media.tone_training.training_order import (
    Parted,
    TrainingOrder,
    part_rows,
    require_place,
)
from outcomes.media.tone_training.training_parts import require_training
from outcomes.media.tone_training.weight_average import average_weights
from outcomes.study import write_whole

BASELINES = ("vader-article", "lexicon")


def make_model(order: TrainingOrder, *, say: Say) -> Path:
    """Make a model of tone; the folder is there whole at the end, or not at all.

    Args:
        order: What to make it from.
        say: Receives lines of progress.

    Returns:
        The folder.

    Raises:
        OutcomesError: A package is missing, the base cannot be had, or a network failed.
        FileError: A file of the base or of the material breaks a rule, or the name is taken.
        DataError: There is too little material.
    """
    require_training()
    require_place(order)
    require_article_source(order.articles)
    parted = part_rows(order)
    try:
        folder, card = _draft(order, parted, say=say)
    except BaseException:
        if not _worth_keeping(order.work):
            shutil.rmtree(order.work, ignore_errors=True)
        raise
    put_in_place(folder, order.out)
    shutil.rmtree(order.work)
    figures = card["figures"]["held_out"]["all"]
    say(
        f"held-out sentences: macro-F1 {figures['macro_f1']:.3f} (95 % interval "
        f"{figures['macro_f1_low']:.3f} to {figures['macro_f1_high']:.3f}), accuracy "
        f"{figures['accuracy']:.3f}; {card['cost']['cpu_minutes']} CPU-minutes"
    )
    return order.out


def _worth_keeping(work: Path) -> bool:
    """Say whether a run that failed has come to something that --resume can use."""
    return any(work.glob("member-*/checkpoint.pt")) or any(work.glob("taught-*.npy"))


def _draft(order: TrainingOrder, parted: Parted, *, say: Say) -> tuple[Path, dict[str, Any]]:
    """Make the whole folder in the place where the run lies."""
    base = open_base(order.base or order.recipe.base, into=order.work / "base")
    say(f"base: {base.name}, licence {base.licence}")
    say(parted.said())
    arithmetic = _arithmetic(order, say=say)
    begun = time.process_time()
    jobs, tokenizer = _jobs(order, base, parted=parted, arithmetic=arithmetic, say=say)
    seconds = time.process_time() - begun
    trained = _train(order, jobs, parted=parted, say=say)
    seconds += sum(one.cpu_seconds for one in trained.all)
    begun = time.process_time()
    network = new_network(jobs[0].base, words=jobs[0].words, seed=order.seed, dropout=0.0)
    network.load_state_dict(trained.weights)
    say("exporting, and comparing int8 with float32 on the held-out sentences")
    card = _card(order, base, parted=parted) | {"taught_rows": int((jobs[0].gold < 0).sum())}
    kept = keep_encoder(
        network,
        parted.held_out,
        work=order.work,
        tokenizer=tokenizer,
        filler=jobs[0].filler,
        card=card,
        loses_at_most=order.recipe.loses_at_most,
    )
    say(_said_of(kept))
    card["temperature"] = fit_temperature(kept.probabilities, tones_of(parted.held_out))
    card |= {"encoder": kept.kind, "figures": _figures(kept, parted.held_out)}
    folder = rewrite_card(kept.folder.path, card=card)
    more = briefs(parted.held_out_own)
    card["article"] = add_article_reading(
        folder, order.articles, briefs=more, seed=order.seed, say=say
    )
    seconds += time.process_time() - begun
    card["cost"] = _cost(trained, seconds=seconds, arithmetic=arithmetic)
    return rewrite_card(folder.path, card=card).path, card


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trained:
    members: list[FineTuned]
    closing: list[FineTuned]  # as many, or none
    weights: Any

    @property
    def all(self) -> list[FineTuned]:
        return [*self.members, *self.closing]

    @property
    def peak_megabytes(self) -> float:
        """The members stood side by side in memory, and so did their closing stages after them."""
        stages = (self.members, self.closing)
        return max(sum(one.peak_megabytes for one in stage) for stage in stages)


def _train(
    order: TrainingOrder, jobs: Sequence[FineTuneJob], *, parted: Parted, say: Say
) -> _Trained:
    """Train the members, average them, and go once more over labelled rows."""
    members = train_side_by_side(jobs, say=say)
    weights = average_weights([one.checkpoint for one in members])
    if not order.recipe.closing_rate:
        return _Trained(members=members, closing=[], weights=weights)
    start = keep_weights(weights, order.work / "averaged.pt")
    closing = []
    for number, job in enumerate(jobs):
        rows = closing_rows(parted, order.recipe, seed=order.seed + number)
        checkpoint = order.work / f"closing-{number + 1}" / "checkpoint.pt"
        closing.append(closing_job(job, rows, start=start, work=order.work, checkpoint=checkpoint))
    say(f"closing stage: {order.recipe.closing_epochs} x {len(rows)} labelled sentences, slowly")
    closed = train_side_by_side(closing, say=say)
    weights = average_weights([one.checkpoint for one in closed])
    return _Trained(members=members, closing=closed, weights=weights)


def _arithmetic(order: TrainingOrder, *, say: Say) -> Literal["float32", "bfloat16"]:
    """Choose once a run, so that one which goes on computes as it began."""
    kept = order.work / "arithmetic.json"
    if kept.is_file():
        return "bfloat16" if json.loads(kept.read_text("utf-8")) == "bfloat16" else "float32"
    if order.recipe.arithmetic == "measured":
        chosen, said = faster_arithmetic()
        say(said)
    else:
        chosen = order.recipe.arithmetic
    write_whole(kept, json.dumps(chosen))
    return chosen


def _jobs(
    order: TrainingOrder, base: BaseEncoder, *, parted: Parted, arithmetic: Any, say: Say
) -> tuple[list[FineTuneJob], Path]:
    """Turn the rows into tokens, and give each member of the average its job."""
    recipe, path = order.recipe, order.work / TOKENIZER
    tokenizer = marked_tokenizer(base)
    tokenizer.save(str(path))
    rows, gold = list(parted.trained), [row.tone + 1 for row in parted.trained]
    taught = None
    if order.teacher is not None and recipe.taught:
        for kind, more in rows_to_teach(order, parted).items():
            say(f"only the teacher labels: {len(more)} {kind}")
            rows, gold = [*rows, *more], [*gold, *[-1] * len(more)]
        taught = _taught(order, rows, say=say)
    tokens = tokens_of(rows, tokenizer=tokenizer, longest=recipe.longest)
    config = json.loads((base.folder / "config.json").read_text(encoding="utf-8"))
    jobs = [
        FineTuneJob(
            base=base.folder,
            words=max(tokenizer.get_vocab_size(), int(config["vocab_size"])),
            filler=int(config.get("pad_token_id") or 0),
            tokens=tokens,
            gold=np.array(gold),
            taught=taught,
            recipe=recipe,
            arithmetic=arithmetic,
            start_seed=order.seed,
            seed=order.seed + number,
            threads=max(1, order.threads // recipe.members),
            checkpoint=order.work / f"member-{number + 1}" / "checkpoint.pt",
            label=f"network {number + 1}: " if recipe.members > 1 else "",
        )
        for number in range(recipe.members)
    ]
    return jobs, path


def _taught(order: TrainingOrder, rows: Sequence[TargetRow], *, say: Say) -> NDArray[np.float64]:
    """Let the teacher judge all rows, once a run."""
    teacher = read_model_folder(Path(str(order.teacher)))
    kept = order.work / f"taught-{teacher.fingerprint}-{digest_of_rows(rows)[:16]}.npy"
    if not kept.is_file():
        say(f"the teacher {teacher.title} judges {len(rows)} targets")
        found = soft_labels(TargetEncoder(teacher, threads=order.threads), rows)
        part = kept.with_suffix(".part.npy")
        np.save(part, found)
        part.replace(kept)
    loaded: NDArray[np.float64] = np.load(kept)
    return loaded


def _card(order: TrainingOrder, base: BaseEncoder, *, parted: Parted) -> dict[str, Any]:
    """What model.json says of the making."""
    return {
        "name": order.name,
        "version": order.version,
        "made_on": order.day,
        "base": base.name,
        "base_sha256": base.sha256,
        "licence": base.licence,
        "longest": order.recipe.most_scored,
        "temperature": 1.0,
        "blinded": True,
        "material": [
            {
                "name": each.name,
                "rows": len(each.rows),
                "articles": len(each.articles),
                "sha256": each.sha256,
            }
            for each in (*order.materials, *order.checks)
        ],
        "trained_rows": len(parted.trained),
        "recipe": {
            "name": order.recipe_name,
            "seed": order.seed,
            "threads": order.threads,
            **order.recipe.model_dump(),
        },
    }


def _figures(kept: KeptEncoder, rows: Sequence[TargetRow]) -> dict[str, Any]:
    """Judge the model and the baselines on the held-out rows, together and by source."""
    held_out = held_out_figures(rows, kept.probabilities)
    spans = ([r.text for r in rows], [r.start for r in rows], [r.end for r in rows])
    return {
        "held_out": held_out,
        "ece_before_temperature": kept.figures[kept.kind]["ece"],
        "ece_after_temperature": held_out["all"]["ece"],
        **{f"{kind}_macro_f1": found["macro_f1"] for kind, found in kept.figures.items()},
        "export_differs_at_most": round(kept.export_differs, 7),
        "baselines": {
            name: tone_figures(rows, find_model(name).classify_targets(*spans))
            for name in BASELINES
        },
    }


def _said_of(kept: KeptEncoder) -> str:
    small, whole = (kept.figures[kind]["macro_f1"] for kind in ("int8", "float32"))
    return f"macro-F1 {whole:.3f} with float32, {small:.3f} with int8; kept: {kept.kind}"


def _cost(trained: _Trained, *, seconds: float, arithmetic: str) -> dict[str, Any]:
    return {
        "cpu_minutes": round(seconds / 60, 1),
        "peak_megabytes": round(trained.peak_megabytes),
        "cores": os.cpu_count() or 1,
        "arithmetic": arithmetic,
    }
