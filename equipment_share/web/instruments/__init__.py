"""The public catalogue and the owner's instruments."""
