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
# # Which design answers your question?
#
# Six tables about the same kind of work, each with another way in which the work began. The
# figures are **generated**: a change of **minus 3 calls a month** was planted where walks took
# place (where all got walks: for every ten walk hours), so that you can see which design finds it,
# and how sure it can be. Put your own table in the place of a made-up one: one row a place and
# month.
#
# The same from the command line: `outcomes compare TABLE --design did|staggered|interrupted|...`

# %%
from IPython.display import SVG, Markdown

from outcomes.analyses.dose import dose
from outcomes.analyses.few_treated import few_treated
from outcomes.analyses.interrupted import interrupted
from outcomes.analyses.own_table import compare_table
from outcomes.analyses.panel_table import panel_of_table
from outcomes.analyses.staggered import staggered
from outcomes.estimate import tidy
from outcomes.report.event_plot import draw_event_study
from outcomes.report.words import change_sentence, conclusion, earned, why_not
from outcomes.simulate.monthly_calls import generated_calls

planted = -3.0  # calls a month
named = {"unit": "place", "time": "month"}
columns = ["term", "period", "value", "low", "high", "p", "method"]
Markdown("**Generated data.** No figure on this page is about a real place.")

# %% [markdown]
# ## All places with walks began in the same month
#
# Each place's change is collapsed to one number, and the places with walks are held against those
# without: as many observations as places, not as place-months.

# %%
common = generated_calls({f"place {n}": 13 * (n <= 5) for n in range(1, 11)}, change=planted)
together = compare_table(common, "calls", **named, treated="on")[0]
Markdown(f"{together.term}: {change_sentence(together)}: **{conclusion(together)}**. {earned(together)}")

# %% [markdown]
# ## Places began at different times
#
# A place that has begun is compared only with places that have not begun yet. The months before
# the start are shown as a check: there, nothing should have happened.

# %%
waves = generated_calls({f"place {n}": (9, 13, 17, 0)[n % 4] for n in range(1, 17)}, change=planted)
over_time = staggered(panel_of_table(waves, "calls", **named, start="began"))
first = over_time[0]
Markdown(f"{first.term}: {change_sentence(first)}: **{conclusion(first)}**. {earned(first)}")

# %%
SVG(data=draw_event_study(over_time, title="Calls, beyond the places that had not begun yet"))

# %% [markdown]
# ## One place, watched for years
#
# Did the level or the slope of its series change at the start? Neighboring months resemble each
# other, which customary methods take for evidence; the critical values here allow for it.

# %%
alone = generated_calls({"place 1": 37, "place 2": 0, "place 3": 0}, months=72, change=planted)
broken = interrupted(panel_of_table(alone, "calls", **named, start="began"), season=12)
level = broken[0]
Markdown(f"{level.term}: {change_sentence(level)}: **{conclusion(level)}**. {earned(level)}")

# %%
tidy(broken)[columns].round(3)

# %% [markdown]
# ## Few places with walks, many without
#
# With one place there is no spread between places with walks to judge by. The others say how far
# a place can move without any walk.

# %%
few = generated_calls({f"place {n}": 13 * (n == 1) for n in range(1, 21)}, change=planted)
one_of_many = few_treated(panel_of_table(few, "calls", **named, start="began"))
lead = one_of_many[0]
Markdown(f"{lead.term}: {change_sentence(lead)}: **{conclusion(lead)}**. {earned(lead)}")

# %%
tidy(one_of_many)[columns].round(3)

# %% [markdown]
# ## Everybody got walks, some more than others
#
# More walks may follow more calls, instead of leading to fewer. So this is called an association
# unless a lot or a rule decided who got how much.

# %%
places = {f"place {n}": 0 for n in range(1, 13)}
more_or_less = generated_calls(places, change=planted, mean_hours=6)
slopes = dose(panel_of_table(more_or_less, "calls", **named, dose="hours"), step=(10.0, "walk hours"))
slope = slopes[0]
Markdown(f"{slope.term}: {change_sentence(slope)}: **{conclusion(slope)}**. {earned(slope)}")

# %% [markdown]
# ## Where no design can answer
#
# Two places with walks and two without: no test of such data reaches 5 %. The answer is "cannot
# tell", with what would be needed.

# %%
small = generated_calls({f"place {n}": 13 * (n <= 2) for n in range(1, 5)}, change=planted)
unsure = compare_table(small, "calls", **named, treated="on")[0]
Markdown(f"{unsure.term}: {change_sentence(unsure)}: **{conclusion(unsure)}**. {why_not(unsure)}")
