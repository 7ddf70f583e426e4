"""News articles: archives and feeds, relevance, tone about law enforcement, monthly shares."""
