"""What an increment of the feature tables costs as the history behind it grows."""
