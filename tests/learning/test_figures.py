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
    "bars of padding": lambda: figures.padding_bars([5, 7, 9, 4], 2, 10),
    "bars of one text": lambda: figures.padding_bars([3], 8, 512),
    "many bars": lambda: figures.padding_bars([20, 60, 40] * 200, 4, 128),
    "no bars": lambda: figures.padding_bars([], 8, 128),
    "strips": lambda: figures.token_strips({"words": ["a", "cat"], "characters": list("a cat")}, {"words": [7, 8]}),
    "strips with a gap": lambda: figures.token_strips({"step 1": ["s", "un", None, "run"]}),
    "no strips": lambda: figures.token_strips({}),
    "long strips": lambda: figures.token_strips({"characters": list("$so {" * 300), "long": ["x" * 500] * 9, "no": []}),
    "weights": lambda: figures.co2_bars({"at home": 0.0453, "far away, $2": 45_000.0}),
    "weights of nothing": lambda: figures.co2_bars({"at home": 0, "far away": -2}),
    "no weights": lambda: figures.co2_bars({}),
    "costs": lambda: figures.run_costs({"long": {"hours": 90, "kWh": 1e3}, "short": {"hours": 0.5, "kWh": 0.02}}),
    "costs of nothing": lambda: figures.run_costs({"$": {"hours": 0, "kWh": -1}, "b": {"kWh": float("inf")}}),
    "no costs": lambda: figures.run_costs({}),
    "commits": lambda: figures.commit_line([("c" * 40, "$ third"), ("b" * 40, ""), ("a", "x" * 200)], {"b": "main"}),
    "many commits": lambda: figures.commit_line([(str(n), f"no {n}") for n in range(99)], {"0": "main", "3": "v1"}),
    "no commits": lambda: figures.commit_line([], {}),
    "a pointer": lambda: figures.pointer_and_content(
        ["version https://git-lfs.github.com/spec/v1", "oid sha256:" + "e" * 64, "size 1000080"], 1_000_080
    ),
    "no pointer": lambda: figures.pointer_and_content(["$ \0 numbers"], 1_000_080),
    "an empty pointer": lambda: figures.pointer_and_content([], 0),
    "a timeline": figures.timeline,
    "sizes": figures.model_sizes,
    "a size of one's own": lambda: figures.model_sizes({"my $model": 4_420_000, "nothing": 0}),
    "three families": figures.families,
    "blocks": figures.blocks,
    "shapes": lambda: figures.shape_flow({"tokenizer": (2, 5), "layers": (2, 5, 384), "head": (2, 3)}),
    "shapes of much": lambda: figures.shape_flow({"a": (99, 500), "b": (99, 500, 4096)}),
    "a curve": lambda: figures.learning_curve([10, 20], [0.7, 0.5], {"before": 0.3, "after": 0.8}),
    "two curves": lambda: figures.learning_curve([10, 20], [0.7, 0.5], {"after": 0.8}, validation={20: 0.6}),
    "runs": lambda: figures.loss_curves({"$A": ([0.7, 0.2, 0.1], [0.7, 0.5, 0.9]), "B": ([], []), "C": ([1], [1])}),
    "no runs": lambda: figures.loss_curves({}),
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
    assert "of the batch, 22% of the tokens are padding; padded to 10 tokens, 38%" in PICTURES["bars of padding"]().alt
    assert "words, 2: a | cat; characters, 5: a | space | c" in PICTURES["strips"]().alt
    assert "at home: 45.3 g; far away, $2: 45,000.0 kg" in PICTURES["weights"]().alt
    assert "no run yet" in PICTURES["no weights"]().alt
    assert "hours: long 90, short 0.5; kWh: long 1,000, short 0.02" in PICTURES["costs"]().alt
    assert "no run yet" in PICTURES["no costs"]().alt
    assert "my $model 4.42 million" in PICTURES["a size of one's own"]().alt
    assert "nothing" not in PICTURES["a size of one's own"]().alt
    assert "layers: 2 texts by 5 tokens by 384 size; head: 2 texts by 3 labels" in PICTURES["shapes"]().alt
    assert "With git-lfs: 1.0 MB of content, stored under eeeeeeee…" in PICTURES["a pointer"]().alt
    assert "In git: 1.0 MB of content. With git-lfs: nothing" in PICTURES["no pointer"]().alt
    assert "from 0.70 to 0.50" in PICTURES["a curve"]().alt and "after 80%" in PICTURES["a curve"]().alt


def test_a_curve_grows_while_a_loop_runs(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda picture, display_id: shown.append(picture) or Handle(shown))
    live = figures.LiveCurve(3)
    for loss in (0.9, 0.6, 0.3):
        live.add(loss)
    assert live.losses == [0.9, 0.6, 0.3]
    assert "Step 1 of 3" in shown[0].alt and "Step 3 of 3: training loss from 0.90 to 0.60" in shown[-1].alt


class Handle:
    def __init__(self, shown):
        self.update = shown.append


def test_a_learners_own_plots_keep_their_style():
    before = dict(matplotlib.rcParams)
    PICTURES["attention"]()
    assert dict(matplotlib.rcParams) == before


def test_a_run_without_a_logged_loss_still_has_a_picture():
    picture = figures.learning_curve([], [], {"majority baseline": 0.68})
    assert "no training loss was logged" in picture.alt and "68%" in picture.alt


def test_every_model_of_the_history_is_told_with_its_date_size_and_source():
    timeline, sizes = figures.timeline().alt, figures.model_sizes().alt
    for model in figures.MILESTONES:
        assert f"{model.name} {model.month}" in timeline and f"{model.name}, {model.month[:4]}: " in sizes
        assert model.month[:4] in model.source and ("arxiv.org/abs/" in model.source or ".co" in model.source)
    assert [model.month for model in figures.MILESTONES] == sorted(model.month for model in figures.MILESTONES)
