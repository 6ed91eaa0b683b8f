"""The rules of a booking: its life, its slot, and how much one may book. Pure."""
