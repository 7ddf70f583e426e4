"""How good a model of tone is: scores beside baselines, contrast sets, name swaps, model card."""
