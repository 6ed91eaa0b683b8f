"""What the reports are made of: sums of the ledger by SQL, rows beside it, each a constant number of questions."""
