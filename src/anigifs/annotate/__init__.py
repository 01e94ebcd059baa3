"""People look at what was found: the queue, their votes, and what follows from them."""
