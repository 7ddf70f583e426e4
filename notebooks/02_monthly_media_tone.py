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
# # What share of the news was negative about law enforcement, month by month?
#
# A model reads every article, and a person codes a random sample of each month. The codes say how
# the model errs, and set its reading right; where a month was coded whole, it is simply counted.
# The model's own count is shown once, to make plain how far it is off.

# %%
from IPython.display import SVG, Markdown

from outcomes.estimate import tidy
from outcomes.pipeline.classifying import classify_articles, model_check
from outcomes.pipeline.tone_series import tone_shares, write_diagnostics
from outcomes.report.plots import draw_tone
from outcomes.study import open_study

study = open_study()
Markdown(f"**{study.settings.study.name}.** {study.settings.study.generated}")

# %% [markdown]
# ## Articles
#
# An article counts as being about law enforcement when at least one of its sentences speaks of it.

# %%
Markdown(classify_articles(study))

# %%
articles = study.read_table("articles")
articles.groupby("month")["relevant"].agg(["size", "sum"]).T

# %% [markdown]
# ## How well does the model read?
#
# Beside the codes of the person, on the same articles. A model that is often wrong must not be
# counted; that is why no share below is a count of its labels.

# %%
model_check(study)

# %% [markdown]
# ## Monthly shares with intervals

# %%
shares = tone_shares(study)
monthly = [share for share in shares if share.analysis == "tone"]
tidy(monthly)[["period", "measure", "value", "low", "high", "n"]].round(2)

# %% [markdown]
# Which method stands behind which months:

# %%
tidy(monthly).groupby("method")["period"].nunique()

# %%
SVG(data=draw_tone(monthly, events=[("2025-09", "officer charged")]))

# %% [markdown]
# ## Three months at a time, and positive minus negative
#
# A month with a dozen codes has a wide interval. Three months together say more.

# %%
rolling = [share for share in shares if share.analysis == "tone, rolling"]
net = tidy(rolling).query("measure == 'net_tone'")
net[["term", "value", "low", "high", "n"]].round(2)

# %% [markdown]
# ## How far off the model's own count would have been

# %%
write_diagnostics(study, shares)[["month", "label", "model_share", "value", "difference"]].round(2)
