"""The web: addresses, fetching, robots.txt, feeds."""
