"""The firm's wallet and the bureau's vouchers and programmes."""
