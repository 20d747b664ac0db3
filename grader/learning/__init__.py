"""What a learner sees: the start of a chapter, the feedback cards, hints, the quiz and the progress."""
