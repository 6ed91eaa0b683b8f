"""Getting in, one's organisation and its people."""
