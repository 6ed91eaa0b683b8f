"""Use cases of a booking, from the wish to the papers of its use."""
