"""Duplicates: search, clusters, decisions and the page that shows them."""
