"""Tests read as sentences and assert figures."""
