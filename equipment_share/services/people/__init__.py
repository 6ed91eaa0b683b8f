"""Use cases of people, organisations and signing in."""
