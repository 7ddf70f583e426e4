"""What must never be kept: names of residents, opinions of a person, enforcement content."""
