"""One function a step: read from the study, call one function below, write back."""
