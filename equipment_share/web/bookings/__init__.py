"""The firm's bookings and the owner's desk."""
