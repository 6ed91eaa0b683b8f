"""The ground decides: rules over plain values, no clock, no disk, no database, no framework."""
