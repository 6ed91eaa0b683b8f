"""Use cases of the pool: what is listed, at what price, closed when, and who may use it."""
