"""Look at datasets: contact sheets, and how far two of them are apart."""
