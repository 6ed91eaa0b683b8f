"""The calculation of public money. Pure."""
