"""One worker per peer; each runs in an environment of its own and knows nothing of this project's packages."""
