"""How transformers came to be, and how large they grew.

Every model carries its source. Its month is that of the source; its parameters are those of the largest version that
the source names, or of the version that the course names.
"""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure

from grader.learning.figures.canvas import BLUE, FAINT, GREEN, GROUND, INK, ORANGE, WIDTH, Picture, drawn

ENCODER, BOTH, DECODER = "encoder", "encoder-decoder", "decoder"
FAMILIES = {ENCODER: (BLUE, "o"), BOTH: (GREEN, "s"), DECODER: (ORANGE, "^")}


@dataclass(frozen=True)
class Milestone:
    name: str
    month: str  # year-month
    family: str
    parameters: float
    source: str
    lift: int = 1  # where its name stands on the timeline, in lines above its mark
    size_at: tuple[float, float] = (6, -3)  # where its name stands beside its size, in points
    version: str = ""  # when the parameters are not those of the largest one

    @property
    def when(self) -> float:
        year, month = map(int, self.month.split("-"))
        return year + (month - 0.5) / 12


ARXIV = "arxiv.org/abs/"
MILESTONES = (
    Milestone("Transformer", "2017-06", BOTH, 213e6, f"Vaswani et al. 2017, {ARXIV}1706.03762", 1, (-24, -13)),
    Milestone(
        "GPT",
        "2018-06",
        DECODER,
        117e6,
        "Radford et al. 2018, openai.com/index/language-unsupervised; counted",
        1,
        (-8, -13),
    ),
    Milestone("BERT", "2018-10", ENCODER, 340e6, f"Devlin et al. 2018, {ARXIV}1810.04805", 1, (-9, 7)),
    Milestone(
        "GPT-2", "2019-02", DECODER, 1.5e9, "Radford et al. 2019, openai.com/index/better-language-models", 1, (-12, 7)
    ),
    Milestone("RoBERTa", "2019-07", ENCODER, 355e6, f"Liu et al. 2019, {ARXIV}1907.11692", 2, (-14, 7)),
    Milestone("DistilBERT", "2019-10", ENCODER, 66e6, f"Sanh et al. 2019, {ARXIV}1910.01108"),
    Milestone("BART", "2019-10", BOTH, 406e6, f"Lewis et al. 2019, {ARXIV}1910.13461; counted", 1, (6, -5)),
    Milestone("T5", "2019-10", BOTH, 11e9, f"Raffel et al. 2019, {ARXIV}1910.10683", 2, (-4, 7)),
    Milestone("GPT-3", "2020-05", DECODER, 175e9, f"Brown et al. 2020, {ARXIV}2005.14165", 1, (-12, 7)),
    Milestone("PaLM", "2022-04", DECODER, 540e9, f"Chowdhery et al. 2022, {ARXIV}2204.02311", 1, (-10, 7)),
    Milestone("BLOOM", "2022-11", DECODER, 176e9, f"BigScience 2022, {ARXIV}2211.05100", 2, (6, -1)),
    Milestone("LLaMA", "2023-02", DECODER, 65e9, f"Touvron et al. 2023, {ARXIV}2302.13971"),
    Milestone("Mistral", "2023-10", DECODER, 7e9, f"Jiang et al. 2023, {ARXIV}2310.06825", 2),
    Milestone("Llama 3", "2024-07", DECODER, 405e9, f"Grattafiori et al. 2024, {ARXIV}2407.21783"),
    Milestone("ModernBERT", "2024-12", ENCODER, 395e6, f"Warner et al. 2024, {ARXIV}2412.13663", 1, (-68, -3)),
    Milestone("SmolLM2", "2025-02", DECODER, 135e6, f"Allal et al. 2025, {ARXIV}2502.02737", 2, version="135M"),
    Milestone("Qwen3", "2025-05", DECODER, 600e6, f"Yang et al. 2025, {ARXIV}2505.09388", version="0.6B"),
    Milestone("Gemma 4", "2026-04", DECODER, 31e9, "Google 2026, huggingface.co/docs/transformers/model_doc/gemma4", 2),
)


@drawn
def timeline() -> Picture:
    """The models of `MILESTONES` on a line of time for each family."""
    figure = Figure(figsize=(WIDTH, 3.0), layout="constrained")
    axes = figure.subplots()
    lanes = {family: 2.0 * (len(FAMILIES) - 1 - i) for i, family in enumerate(FAMILIES)}
    for family, (color, marker) in FAMILIES.items():
        axes.axhline(lanes[family], color=color, linewidth=1, alpha=0.5, zorder=0)
        models = [model for model in MILESTONES if model.family == family]
        axes.plot([model.when for model in models], [lanes[family]] * len(models), marker, color=color, markersize=6)
        for model in models:
            y = lanes[family] + 0.5 * model.lift
            axes.plot([model.when] * 2, [lanes[family], y - 0.1], color=FAINT, linewidth=0.7, zorder=0)
            paper = {"facecolor": GROUND, "edgecolor": "none", "pad": 1}  # a stem goes behind other names
            axes.text(model.when, y, model.name, ha="center", va="center", fontsize=8, bbox=paper)
        axes.text(2016.4, lanes[family], family, va="center", ha="right", color=color, weight="bold")
    axes.set(xlim=(2016.5, 2026.8), ylim=(-0.4, 5.4), yticks=[], xticks=range(2017, 2027))
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=3)
    told = "; ".join(
        f"{family}: " + ", ".join(f"{model.name} {model.month}" for model in MILESTONES if model.family == family)
        for family in FAMILIES
    )
    return Picture(figure, f"Timeline of transformer models, year and month. {told}.")


@drawn
def model_sizes(yours: dict[str, float] | None = None) -> Picture:
    """Parameters of the models of `MILESTONES` over the years, on a scale that goes up tenfold at each step.

    `yours` adds models of your own: name -> parameters. They stand at the right, whenever they were made.
    """
    figure = Figure(figsize=(WIDTH, 3.9), layout="constrained")
    axes = figure.subplots()
    for family, (color, marker) in FAMILIES.items():
        models = [model for model in MILESTONES if model.family == family]
        whens, sizes = [model.when for model in models], [model.parameters for model in models]
        axes.plot(whens, sizes, marker, color=color, label=family, markersize=6)
        for model in models:
            place = {"textcoords": "offset points", "fontsize": 8, "color": INK}
            axes.annotate(
                f"{model.name} {model.version}".rstrip(), (model.when, model.parameters), model.size_at, **place
            )
    own = {name: size for name, size in (yours or {}).items() if 0 < size < float("inf")}
    for i, (name, parameters) in enumerate(own.items()):
        axes.plot(2027, parameters, "*", color=INK, markersize=11, label="" if i else "yours")
        axes.annotate(
            name, (2027, parameters), (-8, -3), ha="right", textcoords="offset points", fontsize=8, weight="bold"
        )
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda size, place: spoken_size(size))
    axes.minorticks_off()
    axes.set(xticks=range(2017, 2027), ylabel="parameters: ten times as many\nat each step up")
    axes.margins(x=0.09, y=0.08)
    axes.grid(axis="y", color=FAINT, alpha=0.25)
    axes.legend(loc="upper left", frameon=False, ncols=4, bbox_to_anchor=(0, 1.1), fontsize=8.5)
    told = [f"{model.name}, {model.month[:4]}: {spoken_size(model.parameters)}" for model in MILESTONES]
    told += [f"yours, {name} {spoken_size(parameters)}" for name, parameters in own.items()]
    return Picture(figure, f"Parameters of models over the years, on a log scale: {'; '.join(told)}.")


def spoken_size(parameters: float) -> str:
    """66000000 -> 66 million."""
    for name, unit in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6), ("thousand", 1e3)):
        if parameters >= unit:
            return f"{parameters / unit:.3g} {name}"
    return f"{parameters:.3g}"
