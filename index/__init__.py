"""Finding the right line: which matter a person means, which fact or rule answers them, and when to say no."""
