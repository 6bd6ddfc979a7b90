"""Load on the streaming half of the platform."""
