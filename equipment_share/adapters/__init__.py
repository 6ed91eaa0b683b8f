"""What reaches outside the house: clock, files, mail, sheets and print. Knows none of the other floors."""
