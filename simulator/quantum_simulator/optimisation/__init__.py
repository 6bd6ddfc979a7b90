"""From a start to the lowest energy: where to begin, the classical optimisers, the loop that records every step."""
