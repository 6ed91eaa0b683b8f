"""Drills, never part of the tests: kill what runs, then look whether the books still stand."""
