"""The bureau at a glance: cockpit, owners, what finance pays."""
