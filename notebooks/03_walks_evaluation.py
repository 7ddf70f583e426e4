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
# # Were the walks done, and did anything change where they were?
#
# Walks are outputs: they say what the agency did. Tips and complaints are outcomes. The two are
# never mixed, and a change counts only beside the change of places without walks.

# %%
from IPython.display import SVG, Markdown

from outcomes.analyses.panel import compare_places, delivered, series
from outcomes.estimate import tidy
from outcomes.pipeline.engagement import check_walks, walk_measures
from outcomes.pipeline.plan_power import power_of_plan
from outcomes.pipeline.plan_power_words import power_sentences
from outcomes.pipeline.records import count_measures
from outcomes.report.plots import draw_monthly
from outcomes.report.words import change_sentence, conclusion, why_not
from outcomes.study import open_study

study = open_study()
Markdown(f"**{study.settings.study.name}.** {study.settings.study.generated}")

# %% [markdown]
# ## Walks against their rules

# %%
fidelity = check_walks(study)
tidy(fidelity)[["place", "measure", "n", "value", "dropped"]].round(2)

# %% [markdown]
# ## What each kind of place got

# %%
starts = {place.code: place.start for place in study.places("focus")}
comparison = [place.code for place in study.places("comparison")]
months = study.months()
walks = walk_measures(study)
done = delivered(walks, "walk_minutes", starts=starts, comparison=comparison, months=months)
tidy(done)[["place", "period", "value", "unit"]].round(1)

# %% [markdown]
# ## What changed, beside the comparison places

# %%
counts = count_measures(study)
tips = compare_places(counts, "tips_received", starts=starts, comparison=comparison, months=months)
Markdown(f"{tips.term}: {change_sentence(tips)}: **{conclusion(tips)}**. {why_not(tips)}")

# %%
lines = series(counts, "tips_received", focus=list(starts), comparison=comparison, months=months)
SVG(data=draw_monthly(lines, start="2025-07"))

# %% [markdown]
# ## What speaks against it

# %%
Markdown("\n".join(f"- {warning}" for warning in tips.warnings))

# %% [markdown]
# ## What could such a study find at all?
#
# Made-up studies with the spread of these places' own past, judged by the same test. Ask this
# before a study, not after it: `outcomes plan power`.

# %%
Markdown("\n".join(f"- {sentence}" for sentence in power_sentences(power_of_plan(study))))
