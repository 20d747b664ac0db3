"""The course's one catalogue; the modules beside this one fill it."""

from grader.judging.catalogue import Catalogue

CATALOGUE = Catalogue()
exercise = CATALOGUE.exercise
question = CATALOGUE.question
