"""How an answer is judged: the wire it travels on, the two ends of that wire, the verdict, the catalogue."""
