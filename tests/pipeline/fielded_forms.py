"""Forms as respondents send them, page by page, for the tests of what becomes of them."""

import json

from outcomes.store.group_writer import GroupWriter
from outcomes.store.submissions import Submission
from outcomes.study import study_key
from outcomes.surveys.instrument import content_hash
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.keyed_codes import instance_of, respondent_of, sealed_digest


def send(study, *submissions):
    """Store submissions as the web does; returns what became of each."""
    writer = GroupWriter(study.store)
    writer.start()
    waiting = [writer.submit(one) for one in submissions]
    writer.stop()
    return [one.result() for one in waiting]


def part(study, wave, code, name, body, *, day="2025-02-04", place="agency", way="web",
         instance="", **more):  # fmt: skip
    """One part of the form of whoever has that code."""
    key = study_key(study)
    instrument = read_instrument(study.instrument_path(study.wave(wave).instrument))
    respondent = respondent_of(key, code)
    text = json.dumps(body)
    return Submission(
        wave=wave, place=place, part=name, respondent=respondent, body=text, way=way,
        instance=instance or instance_of(key, wave=wave, respondent=respondent),
        digest=sealed_digest(key, text.encode()), language="en", day=day,
        instrument=instrument.id, instrument_version=instrument.version,
        instrument_hash=more.pop("instrument_hash", content_hash(instrument)), **more,
    )  # fmt: skip


def form(study, wave, code, answers, *, finished=True, **more):
    """A whole form in the parts in which the web sends it."""
    parts = [
        part(study, wave, code, "start", {"language": "en"}, **more),
        part(study, wave, code, "page/trust", {"answers": answers}, **more),
    ]
    return [*parts, part(study, wave, code, "end", {}, **more)] if finished else parts


def fill(study, wave, code, answers, **more):
    """Store a whole form."""
    return send(study, *form(study, wave, code, answers, **more))
