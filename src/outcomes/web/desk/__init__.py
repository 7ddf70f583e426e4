"""The pages of the desk, which staff sign in to."""
