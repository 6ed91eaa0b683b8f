"""What tests stand on: a throw-away PostgreSQL, real servers, a real browser."""
