"""A small archive and samples to code, put straight into the tables of the store."""

from sqlalchemy import insert

from outcomes.store import append
from outcomes.store.coding_tables import CODING_ITEMS, CODING_SAMPLES, CODING_TASKS
from outcomes.store.facts import Source

STRATUM = "2025-03 Marlow Falls Courier likely-negative"
PROBABILITY = 0.03721
BODY = (
    "Police closed two lanes of Mill Street on Friday until noon.\n"
    "The council then turned to parking fees, which rise in May.\n"
    "“They did it well,” said Rosa Quill, who keeps a shop there. Officer Dana Reed thanked her."
)


def keep_articles(study, number, *, text=BODY):
    """Store articles of March 2025; returns their urls."""
    rows = [
        {"key": f"a{k}", "url": f"https://courier.example/news/{k}", "title": f"Mill Street {k}",
         "outlet": "Marlow Falls Courier", "published": "2025-03-05", "text": text,
         "prompted": None}
        for k in range(number)
    ]  # fmt: skip
    append(study.store, "articles", rows, source=Source(step="test", read=number))
    return [row["url"] for row in rows]


def give_tasks(study, urls, *, coders, name="march", golds=None):
    """Make a sample and give all of it to the coders; with gold codes, it is for training."""
    golds = golds or {}
    sample = {
        "name": name,
        "purpose": "training" if golds else "series",
        "design": {"kind": "model-assisted"},
        "codebook": "2",
        "made_on": "2025-02-01",
        "closed_on": None,
    }
    items = [
        {"sample": name, "url": url, "probability": PROBABILITY, "stratum": STRATUM,
         "gold": golds.get(url)}
        for url in urls
    ]  # fmt: skip
    tasks = [
        {"sample": name, "url": url, "coder": coder, "place": place, "state": "open", "reason": "",
         "turn": None, "day": None}
        for coder in coders
        for place, url in enumerate(urls)
    ]  # fmt: skip
    with study.store.begin() as connection:
        connection.execute(insert(CODING_SAMPLES).values(**sample))
        connection.execute(insert(CODING_ITEMS), items)
        connection.execute(insert(CODING_TASKS), tasks)


def gold(tone, why, relevant=1):
    """The right code of a training article, and why."""
    return {"code": {"relevant": relevant, "tone": tone, "confidence": 3}, "why": why}
