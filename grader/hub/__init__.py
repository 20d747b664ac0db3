"""The practice hub: a Hub-compatible server on this machine, for learning, grading and classrooms without a network."""
