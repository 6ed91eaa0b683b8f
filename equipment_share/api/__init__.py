"""The machines' door: JSON in and out, the shapes of `docs/` and `/api/v1/openapi.json`."""
