"""Recipes are data: shipped by name, or a file of one's own."""

import pytest

from outcomes.errors import DataError, FileError
from outcomes.media.tone_training.learning_rates import share_of_rate
from outcomes.media.tone_training.recipe import read_recipe


def test_the_accurate_recipe_trains_two_networks_within_two_hours_on_two_cores():
    recipe = read_recipe("accurate")
    assert (recipe.members, recipe.epochs, recipe.frozen_layers) == (2, 2, 4)
    assert recipe.cpu_minutes(10_500) / 2 < 120


def test_the_small_recipe_learns_from_two_networks_a_teacher_and_a_closing_stage():
    recipe = read_recipe("small")
    assert (recipe.members, recipe.batch, recipe.rate, recipe.layer_decay) == (2, 24, 8e-5, 0.9)
    assert (recipe.epochs, recipe.longest, recipe.gold_weight, recipe.softness) == (3, 96, 0.4, 2)
    assert (recipe.further_most, recipe.police_targets, recipe.article_targets) == (5000, 4500, 2)
    assert recipe.public_whole
    assert recipe.closing_rate == 5e-5
    plain = recipe.cpu_minutes(10_000)
    assert recipe.cpu_minutes(10_000, taught=10_000) == pytest.approx(2 * plain)
    assert recipe.cpu_minutes(10_000, closing=600) == pytest.approx(plain + 20 * recipe.cost)


def test_a_recipe_of_ones_own_is_a_file(tmp_path):
    path = tmp_path / "longer.toml"
    path.write_text("epochs = 4\nbatch = 8\nrate = 1e-5\n")
    recipe = read_recipe(str(path))
    assert (recipe.epochs, recipe.members, recipe.most_scored) == (4, 1, 128)


def test_a_wrong_recipe_is_said(tmp_path):
    with pytest.raises(DataError, match="Did you mean 'accurate'"):
        read_recipe("acurate")
    path = tmp_path / "odd.toml"
    path.write_text("epochs = 0\nbatch = 8\nrate = 1e-5\n")
    with pytest.raises(FileError, match=r"line 1, epochs.*got 0"):
        read_recipe(str(path))
    path.write_text("epochs = 1\nbatch = 8\nrate = 1e-5\nfurther_targets = 2\n")
    with pytest.raises(FileError, match=r"further_targets need a teacher.*taught = true"):
        read_recipe(str(path))
    path.write_text("epochs = 1\nbatch = 8\nrate = 1e-5\npolice_targets = 20\n")
    with pytest.raises(FileError, match=r"police_targets need a teacher.*taught = true"):
        read_recipe(str(path))


def test_the_rate_rises_then_falls_and_never_ends():
    rates = [share_of_rate(step, steps=100, warm_up=0.06) for step in range(100)]
    top = rates.index(max(rates))
    assert rates[0] == 0
    assert 5 <= top <= 8
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[-1] == 0.02
