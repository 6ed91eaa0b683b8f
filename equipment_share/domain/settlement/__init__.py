"""The rules of claims, their evidence and their reconciliation. Pure."""
