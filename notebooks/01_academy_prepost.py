# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Did people change between the first and the last evening of the academy?
#
# This notebook reads the study folder around it. In a new clone, run `make demo` first; in a study
# of your own, `outcomes run`. It computes nothing by itself: every step is a function of the package.

# %%
from IPython.display import SVG, Markdown

from outcomes.analyses.prepost import prepost
from outcomes.estimate import tidy
from outcomes.pipeline.study_links import links_table, study_links
from outcomes.pipeline.surveys import score_waves
from outcomes.report.plots import draw_changes
from outcomes.report.words import change_sentence, conclusion
from outcomes.study import open_study

study = open_study()
Markdown(f"**{study.settings.study.name}.** {study.settings.study.generated}")

# %% [markdown]
# ## Scores
#
# Each scale is the mean of its items, with reversed items turned. A person who answered too few
# items of a scale has no score on it; how many that were stands in the second table.

# %%
measures = score_waves(study)
measures.groupby(["period", "measure"])["value"].agg(["count", "mean", "std"]).round(2)

# %%
study.read_table("scoring")

# %% [markdown]
# ## Change of the same people
#
# Before and after are linked by the code on each person's card or, without a card, by the code that
# people make themselves. Who could not be linked still counts, for what one score can tell; the
# warnings say how many those are, and whether those who left differed from those who stayed.

# %%
classes = [("spring-class-pre", "spring-class-post"), ("fall-class-pre", "fall-class-post")]
links = links_table(study_links(study))
changes = [
    prepost(measures, scale, waves=classes, group="all classes", links=links)[0]
    for scale in ("trust", "support", "understanding")
]
tidy(changes)[["measure", "value", "low", "high", "n", "dropped"]].round(2)

# %%
SVG(
    data=draw_changes(
        changes,
        labels=["Trust", "Support", "Understanding"],
        title="Change from before to after (generated data)",
        unit="points on the scale from 1 to 5",
    )
)

# %%
Markdown(
    "\n".join(f"- {each.measure}: {change_sentence(each)}: {conclusion(each)}" for each in changes)
)

# %% [markdown]
# ## What speaks against it
#
# There is no comparison group here: something else may have moved everybody at the same time.

# %%
Markdown("\n".join(f"- {warning}" for warning in changes[0].warnings))
