"""Measurements of speed and size: `make bench` prints them beside their goals. No test depends on them."""
