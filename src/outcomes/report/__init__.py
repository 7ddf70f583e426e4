"""Shows measures and estimates in words, tables and figures; computes nothing."""
