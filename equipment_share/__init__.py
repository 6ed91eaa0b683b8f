"""A city's pool of research instruments, booked online and partly paid by innovation vouchers."""
