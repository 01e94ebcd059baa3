"""The demo's story: from a query to an accuracy, on a web that never was."""
