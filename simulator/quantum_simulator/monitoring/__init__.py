"""What a run takes from the machine, sampled while it goes on: memory and CPU of the process and of its container."""
