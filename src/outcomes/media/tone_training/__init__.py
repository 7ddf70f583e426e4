"""How a model of tone is made: material, recipe, fine-tuning, export, figures."""
