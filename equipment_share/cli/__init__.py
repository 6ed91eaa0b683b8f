"""The operators' door: `flask ...`, where the exit status is an answer."""
