"""What the red flags look at, gathered for many claims at once."""
