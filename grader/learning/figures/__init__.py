"""The course's pictures, drawn by code on the learner's own numbers.

Each is an image with a text that says what it shows, on a light ground of its own, so that it reads the same in light
and dark themes. Colors are from the Okabe-Ito palette, which color-blind people can tell apart, or they go from pale
to dark. Every color stands beside a word or a number.
"""

from grader.learning.figures.architectures import blocks, families
from grader.learning.figures.attention import attention_map
from grader.learning.figures.batches import padding_bars, padding_grid
from grader.learning.figures.canvas import Picture
from grader.learning.figures.footprint import co2_bars, run_costs
from grader.learning.figures.history import MILESTONES, model_sizes, timeline
from grader.learning.figures.hub_pages import hub_page
from grader.learning.figures.large_files import pointer_and_content
from grader.learning.figures.pipelines import pipeline_steps
from grader.learning.figures.repositories import commit_line
from grader.learning.figures.shapes import shape_flow
from grader.learning.figures.tokens import token_strips
from grader.learning.figures.training import LiveCurve, learning_curve, loss_curves

__all__ = [
    "LiveCurve",
    "MILESTONES",
    "Picture",
    "attention_map",
    "blocks",
    "co2_bars",
    "commit_line",
    "families",
    "hub_page",
    "learning_curve",
    "loss_curves",
    "model_sizes",
    "padding_bars",
    "padding_grid",
    "pipeline_steps",
    "pointer_and_content",
    "run_costs",
    "shape_flow",
    "timeline",
    "token_strips",
]
