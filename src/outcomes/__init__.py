"""Did the engagement change anything, and how sure are we?"""

__version__ = "0.1.0"
