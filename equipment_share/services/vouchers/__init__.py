"""Use cases of programmes and vouchers."""
