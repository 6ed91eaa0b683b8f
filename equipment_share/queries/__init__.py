"""The questions read: for pages and for use cases. Nothing here writes."""
