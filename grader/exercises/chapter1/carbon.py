"""The check of `carbon`."""

from __future__ import annotations

from grader.exercises.catalogue import exercise
from grader.judging import expect
from grader.judging.answer import Answer
from grader.judging.draw import Draw
from grader.judging.verdict import Wrong


@exercise(
    "carbon",
    chapter=1,
    points=2,
    difficulty=2,
    minutes=8,
    asks=["co2_kg"],
    hints=[
        "A GPU that takes 300 watts runs for ten hours. How many kilowatt-hours is that?",
        "Multiplication alone is enough. Watts to kilowatts, and grams to kilograms, are both a division by 1000.",
        "energy in kWh = watts / 1000 x hours x number of GPUs; times PUE for the whole building; times grams for each "
        "kWh; divided by 1000 for kilograms",
    ],
)
def carbon(answer: Answer, draw: Draw) -> str:
    """What does a training run weigh?

    Write `co2_kg(power_w, hours, gpus, pue, g_per_kwh)`. It returns kilograms of CO₂.

    - `power_w`: watts that **one** GPU takes; `hours`: how long the run takes; `gpus`: how many of them
    - `pue`: the building's energy divided by that of its computers, so 1 or more
    - `g_per_kwh`: grams of CO₂ for each kilowatt-hour of the grid
    """
    for _ in range(4):
        power, hours, gpus = draw.integer(150, 700), draw.integer(3, 900), draw.integer(2, 512)
        pue, grams = round(draw.number(1.05, 1.9), 2), draw.integer(20, 900)
        right = power * hours * gpus * pue * grams / 1e6
        given = f"{power} W, {hours} h, {gpus} GPUs, PUE {pue}, {grams} g/kWh"
        found = expect.number(answer.call("co2_kg", power, hours, gpus, pue, grams), "What `co2_kg` returns")
        if not _near(found, right):
            _explain(found, right, given, power=power, hours=hours, gpus=gpus, pue=pue, grams=grams)
    return f"The last of our runs ({given}) weighs {right:,.0f} kg, and your function says so too."


def _near(found: float, right: float) -> bool:
    return abs(found - right) <= 1e-3 * abs(right)


def _explain(found: float, right: float, given: str, **inputs: float) -> None:
    pue, gpus, grams, hours, power = (inputs[key] for key in ("pue", "gpus", "grams", "hours", "power"))
    # What the result must be multiplied with, for each way to get there.
    slips = [
        ("one-unit-slip", 1000, "Two of the units are a thousand times too small: watts, and one more. Which one?"),
        ("both-units-slip", 1e6, "Grids are told in kilowatt-hours and grams. What are watts, and what is asked for?"),
        ("divided-twice", 1e-3, "One division by 1000 too many: go through the units one by one."),
        ("pue-forgotten", 1 / pue, "Cooling and light take energy too. Which input tells how much?"),
        ("pue-divides", 1 / pue**2, "PUE is 1 or more. Does the building take more or less than its computers?"),
        ("pue-overhead-only", (pue - 1) / pue, "PUE holds the computers themselves too, not only what is added."),
        ("gpus-forgotten", 1 / gpus, "`power_w` is what one GPU takes."),
        ("grid-forgotten", 1000 / grams, "This is energy in kWh. What does the grid make of each kWh?"),
        ("hours-forgotten", 1 / hours, "Power is energy for each hour. How long does the run take?"),
        ("seconds", 3600, "A kilowatt-hour is one kilowatt for one hour; no seconds are needed."),
        ("days", 1 / 24, "`hours` are hours already."),
        ("pounds", 2.20462, "Kilograms are asked for."),
    ]
    for mistake, factor, advice in slips:
        if _near(found, right * factor):
            raise Wrong(
                mistake,
                "The result is not the weight in kilograms.",
                got=f"{found:,.4g} for {given}",
                wanted="kilowatt-hours of the whole building, times what the grid gives off for each",
                advice=advice,
            )
    for times in (1, 1000, 1e6):
        if _near(found, right * times / pue) or _near(found, right * times / gpus):
            raise Wrong(
                "factor-and-unit",
                "An input is not used, and a unit slipped.",
                got=f"{found:,.4g} for {given}",
                wanted="all five inputs, in kilowatt-hours and kilograms",
                advice="Write the unit of each intermediate result beside it.",
            )
    raise Wrong(
        "wrong-weight",
        "The result is not the weight in kilograms.",
        got=f"{found:,.4g} for {given}",
        wanted="kilowatt-hours of the whole building, times what the grid gives off for each",
        advice="Work one small example by hand: 1000 W, 1 hour, 1 GPU, PUE 1 and 400 g/kWh give 400 g.",
    )
