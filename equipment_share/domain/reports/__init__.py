"""Reports as values, and the ten that the bureau prints: built from re-added sums and kept rows, without a database."""
