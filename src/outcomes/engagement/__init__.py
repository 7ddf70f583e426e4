"""The engagement record: walk logs and the rules they are checked against."""
