"""Survey instruments, answers, scale scores and survey estimates."""
