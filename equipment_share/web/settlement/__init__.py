"""Claims, batches, finance and reports."""
