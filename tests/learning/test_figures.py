"""Pictures say in words what they show, are no wider than a page, and take whatever a learner feeds them."""

import io

import matplotlib
import pytest
from matplotlib.image import imread

from grader.learning import figures

WEIGHTS = [[0.9, 0.1, 0.0], [0.2, 0.2, 0.6], [0.3, 0.3, 0.4]]

PICTURES = {
    "a pipeline": lambda: figures.pipeline_steps("It was good", ["it", "was", "good"], {"POSITIVE": 0.97, "B": 0.03}),
    "a long text": lambda: figures.pipeline_steps("so " * 500, ["so"] * 500, {"A": 1.0}),
    "dollars and tags": lambda: figures.pipeline_steps('$5 or $6_{ <b>"', ["$", "5_{", "$"], {"$x$": 1.0}),
    "attention": lambda: figures.attention_map(["a", "$", "c$"], WEIGHTS, "layer 1"),
    "a batch": lambda: figures.padding_grid([["a", "b"], ["c", "[PAD]"]], [[1, 1], [1, 0]]),
    "a wide batch": lambda: figures.padding_grid([["token"] * 40], [[1] * 40]),
    "strips": lambda: figures.token_strips({"words": ["a", "cat"], "characters": list("a cat")}, {"words": [7, 8]}),
    "no strips": lambda: figures.token_strips({}),
    "long strips": lambda: figures.token_strips({"characters": list("$so {" * 300), "long": ["x" * 500] * 9, "no": []}),
    "weights": lambda: figures.co2_bars({"at home": 0.0453, "far away, $2": 45_000.0}),
    "weights of nothing": lambda: figures.co2_bars({"at home": 0, "far away": -2}),
    "no weights": lambda: figures.co2_bars({}),
    "a curve": lambda: figures.learning_curve([10, 20], [0.7, 0.5], {"before": 0.3, "after": 0.8}),
}


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_a_picture_is_an_image_with_a_text_and_fits_the_page(draw):
    picture = draw()
    shown = picture._repr_mimebundle_()
    page = shown["text/html"]
    assert page.count("<") == 1 and 'src="data:image/png;base64,' in page and picture.width <= 720
    height, width, _ = imread(io.BytesIO(picture._png)).shape
    assert width == pytest.approx(2 * picture.width, abs=2) and height < 2 * width
    assert shown["text/plain"] == f"[picture: {picture.alt}]"


def test_the_words_name_what_there_is_to_see():
    assert "becomes POSITIVE" in PICTURES["a pipeline"]().alt
    assert "from “$” to “c$”, weight 0.60" in PICTURES["attention"]().alt
    assert "1 of 4 places are padding" in PICTURES["a batch"]().alt
    assert "words, 2: a | cat; characters, 5: a | space | c" in PICTURES["strips"]().alt
    assert "at home: 45.3 g; far away, $2: 45,000.0 kg" in PICTURES["weights"]().alt
    assert "no run yet" in PICTURES["no weights"]().alt
    assert "from 0.70 to 0.50" in PICTURES["a curve"]().alt and "after 80%" in PICTURES["a curve"]().alt


def test_a_learners_own_plots_keep_their_style():
    before = dict(matplotlib.rcParams)
    PICTURES["attention"]()
    assert dict(matplotlib.rcParams) == before


def test_a_run_without_a_logged_loss_still_has_a_picture():
    picture = figures.learning_curve([], [], {"majority baseline": 0.68})
    assert "no training loss was logged" in picture.alt and "68%" in picture.alt
