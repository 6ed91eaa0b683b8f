"""Questions about bookings, and about wishes before they are one."""
