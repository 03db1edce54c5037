"""Exercise ``oscillator``: integrate a driven oscillator by Euler's method."""
