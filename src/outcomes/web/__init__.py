"""The study in a browser: respondents answer, tablets send, staff look after it at the desk."""
