"""Benchmarks, never part of the tests: ratios to the minimal app, taken in one run on one machine."""
