"""Research designs, one a file: measures in, estimates out."""
