"""A voucher programme as a document and as values. Pure."""
