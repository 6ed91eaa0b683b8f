"""Questions about instruments: one, the pool, who may use it, and the calendar."""
