"""Outcome counts by place and month: tips, complaints, partnerships, crime, victimization."""
