"""The course's pictures, drawn by code on the learner's own numbers.

Each is an image with a text that says what it shows, on a light ground of its own, so that it reads the same in light
and dark themes. Colors are from the Okabe-Ito palette, which color-blind people can tell apart, or they go from pale
to dark. Every color stands beside a word or a number.
"""

from grader.learning.figures.attention import attention_map
from grader.learning.figures.batches import padding_grid
from grader.learning.figures.canvas import Picture
from grader.learning.figures.footprint import co2_bars
from grader.learning.figures.pipelines import pipeline_steps
from grader.learning.figures.tokens import token_strips
from grader.learning.figures.training import learning_curve

__all__ = [
    "Picture",
    "attention_map",
    "co2_bars",
    "learning_curve",
    "padding_grid",
    "pipeline_steps",
    "token_strips",
]
