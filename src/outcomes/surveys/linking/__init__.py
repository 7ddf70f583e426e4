"""Link the same anonymous person's answers before and after."""
