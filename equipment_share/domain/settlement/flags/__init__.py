"""Red flags X01-X20: one small pure function per flag, by family; thresholds are data. Pure."""
