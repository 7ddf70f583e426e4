"""What polls came to, in words; and the log of polls as a table."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from outcomes.errors import DataError, one_of
from outcomes.media.poll_clock import difference
from outcomes.pipeline.polling_store import PollAccount
from outcomes.store.engine import reading
from outcomes.store.news_tables import POLLS
from outcomes.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRound:
    """The account of one round."""

    accounts: tuple[PollAccount, ...]
    later: int  # feeds that were not due
    not_asked: int = 0  # feeds that were due when it was stopped
    clock_off: float = 0.0  # seconds by which the hosts agree that our clock is ahead

    @property
    def all_failed(self) -> bool:
        """Whether feeds were asked and none could be read."""
        good = {"new", "unchanged"}
        return bool(self.accounts) and not any(each.outcome in good for each in self.accounts)

    def sentences(self) -> list[str]:
        """Say it in words."""
        if not self.accounts and not self.not_asked:
            return [f"No feed is due ({self.later} are due later)."]
        fates = Counter(each.outcome for each in self.accounts)
        stored = sum(each.stored for each in self.accounts)
        edited = sum(each.edited for each in self.accounts)
        skipped = sum(sum(each.skipped.values()) for each in self.accounts)
        lines = [
            f"{len(self.accounts)} feeds asked: {fates['new']} changed, {fates['unchanged']} "
            f"unchanged, {fates['failed']} failed, {fates['not-allowed']} not allowed; "
            f"{self.later} are not due yet.",
            f"{stored} new articles stored, {edited} edited ones; {skipped} entries left out.",
        ]
        if self.not_asked:
            lines.append(f"Stopped: {self.not_asked} feeds were not asked; they stay due.")
        if told := difference(self.clock_off):
            lines.append(
                f"Most servers agree: {told.removesuffix(' the server' + chr(39) + 's')} theirs. "
                "Set it right; until then, dates are judged by theirs."
            )
        return lines


def line_of(account: PollAccount) -> str:
    """Say what one poll came to, on one line."""
    return " ".join(f"{account.outlet}, {account.feed}: {account.sentence}.".split())


def poll_log(study: Study, *, outlet: str = "", last: int = 50) -> "pd.DataFrame":
    """Read the log of polls.

    Args:
        study: The study.
        outlet: Only the polls of this one; empty: of all. One that is no longer in study.toml
            may be named, too.
        last: How many, at most.

    Returns:
        The newest polls, oldest of them first, with all columns of the log but its numbers.

    Raises:
        DataError: No poll of such an outlet was ever made, and study.toml does not name it.
    """
    import pandas as pd

    columns = [column for column in POLLS.c if column.name not in {"id", "import_id"}]
    query = select(*columns).order_by(POLLS.c.id.desc()).limit(last)
    with reading(study.store) as connection:
        if outlet:
            query = query.where(POLLS.c.outlet == outlet)
        rows = connection.execute(query).mappings().all()
    known = [each.name for each in study.settings.outlets]
    if outlet and not rows and outlet not in known:
        raise DataError(f"{outlet!r} is not an outlet of study.toml. {one_of(outlet, known)}")
    return pd.DataFrame(rows[::-1], columns=[column.name for column in columns])


def lines_of_log(log: "pd.DataFrame") -> list[str]:
    """Say the log in words, one line a poll."""
    if not len(log):
        return ["No feed was polled yet. Poll with: outcomes media poll"]
    return [
        f"{row['at'][:16].replace('T', ' ')} UTC  {row['outlet']}, {row['feed']}: "
        f"{row['sentence']}."
        for row in log.to_dict("records")
    ]
