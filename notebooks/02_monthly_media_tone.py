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
# A model reads every article, and a person codes a random sample of each month. The shares rest on
# the person's codes; the model's own count is shown only to make plain how far it is off.

# %%
from IPython.display import SVG, Markdown

from outcomes.estimate import tidy
from outcomes.pipeline.classifying import classify_articles, model_check
from outcomes.pipeline.tone_series import tone_shares
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
# counted; that is why no share below comes from it.

# %%
model_check(study)

# %% [markdown]
# ## Monthly shares with intervals

# %%
shares = tone_shares(study)
monthly = [share for share in shares if share.analysis == "tone"]
tidy(monthly)[["period", "measure", "value", "low", "high", "n"]].round(2)

# %%
SVG(data=draw_tone(monthly, events=[("2025-09", "officer charged")]))
