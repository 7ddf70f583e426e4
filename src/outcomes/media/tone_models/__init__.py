"""Trained models of tone at run time: a folder of weights, the targets they read, the articles."""
