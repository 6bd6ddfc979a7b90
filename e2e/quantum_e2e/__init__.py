"""The real services in containers, for tests and benchmarks: started, stopped, killed and paused from Python."""
