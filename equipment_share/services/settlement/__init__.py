"""Use cases of claims, batches and what the bank says."""
