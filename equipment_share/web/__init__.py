"""The browser's door: a form, one use case or one question, and where to go next."""
