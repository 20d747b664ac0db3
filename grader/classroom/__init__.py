"""The instructor's side: an ordinary nbgrader course, made from the chapters."""
