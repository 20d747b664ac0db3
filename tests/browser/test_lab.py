"""A learner's first quarter of an hour: opens the course, runs chapter 1, answers one exercise, sees it counted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from grader.exercises import CATALOGUE
from tests.browser.running_lab import RunningLab

ANSWER = """def causal_mask(n):
    return torch.ones(n, n, dtype=torch.bool).tril()"""

RUN_ALL_WITHIN = 240_000  # milliseconds; it takes 12 seconds on an idle machine with two cores

CODE_CELLS = """
    window.jupyterapp.shell.currentWidget.content.widgets
        .filter(cell => cell.model.type === 'code')
        .map(({model}) => ({
            id: model.getMetadata('nbgrader')?.grade_id ?? '',
            ran: model.executionState === 'idle' && !!model.executionCount,
            outputs: model.outputs.toJSON(),
        }))
"""


class Notebook:
    """The notebook that is open in JupyterLab. Cells out of sight are not in the page: they are found by number."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").wait_for()
        kernel = "window.jupyterapp.shell.currentWidget.context.sessionContext.session?.kernel"
        page.wait_for_function(f"{kernel}?.status === 'idle'")

    def run_all(self) -> list[dict]:
        """Runs all cells from the menu; returns the code cells, once all have run or one has stopped the others."""
        self._page.get_by_role("menuitem", name="Run", exact=True).click()
        self._page.locator('#jp-mainmenu-run li[data-command="runmenu:run-all"]').click()
        done = "cells.every(cell => cell.ran) || cells.some(cell => cell.outputs.some(o => o.output_type === 'error'))"
        self._page.wait_for_function(f"() => {{ const cells = {CODE_CELLS}; return {done} }}", timeout=RUN_ALL_WITHIN)
        return self._page.evaluate(CODE_CELLS)

    def cell(self, condition: str) -> Locator:
        """Scrolls to the first cell that fulfills a condition, JavaScript about its `model`, and returns it."""
        number = self._page.evaluate(
            f"""() => {{
                const notebook = window.jupyterapp.shell.currentWidget.content;
                const number = notebook.widgets.findIndex(({{model}}) => {condition});
                return notebook.scrollToItem(number, 'center').then(() => number);
            }}"""
        )
        return self._page.locator(f'.jp-NotebookPanel:not(.lm-mod-hidden) [data-windowed-list-index="{number}"]')

    def graded_cell(self, grade_id: str) -> Locator:
        return self.cell(f"model.getMetadata('nbgrader')?.grade_id === '{grade_id}'")

    def replace(self, cell: Locator, source: str) -> None:
        cell.locator(".cm-content").click()
        self._page.keyboard.press("ControlOrMeta+A")
        self._page.keyboard.insert_text(source)

    def run(self, cell: Locator) -> None:
        cell.locator(".cm-content").click()
        self._page.keyboard.press("Control+Enter")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_learner_opens_the_course_and_answers_an_exercise(page: Page, lab: RunningLab):
    complaints = listen_for_errors(page)
    page.goto(lab.address())
    notebook = Notebook(page)
    expect(page).to_have_url(re.compile("/lab/tree/chapters/01_transformer_models.ipynb$"))
    see_validate_and_no_authoring_tools(page)

    cells = notebook.run_all()
    assert [cell for cell in cells if not cell["ran"]] == []
    shown = {cell["id"]: [o["data"]["text/plain"] for o in cell["outputs"]] for cell in cells if "check-" in cell["id"]}
    assert set(shown) == {f"check-{item.id}" for item in CATALOGUE.items(1)}
    assert [texts for texts in shown.values() if len(texts) != 1 or "Not attempted" not in texts[0]] == []

    check = notebook.graded_cell("check-causal-mask")
    expect(check.locator(".course-card.course-todo")).to_contain_text("Not attempted")
    answer = notebook.graded_cell("causal-mask")
    notebook.replace(answer, ANSWER)
    notebook.run(answer)
    notebook.run(check)
    expect(check.locator(".course-card.course-pass")).to_contain_text("Correct")

    points, total = CATALOGUE.find("causal-mask").points, sum(item.points for item in CATALOGUE.items(1))
    panel = notebook.cell("model.sharedModel.source.startsWith('progress(')")
    expect(panel.locator(".course-progress")).to_contain_text(f"0 of {total} points")
    notebook.run(panel)
    expect(panel.locator(".course-progress")).to_contain_text(f"{points} of {total} points")
    assert complaints == []

    assert lab.programs() == ["grader.hub.server.serve", "ipykernel_launcher", "jupyterlab"]
    lab.press_control_c()
    # The hub stays for other notebooks of this folder; it ends when nobody asks it anything for an hour.
    assert lab.programs() == ["grader.hub.server.serve"]
    assert lab.course("hub", "stop") == "Stopped."
    assert lab.programs() == []


def see_validate_and_no_authoring_tools(page: Page) -> None:
    """nbgrader switches all its tools on for everybody; a learner is meant to see the button Validate alone."""
    expect(page.locator("jp-button.validate-button")).to_be_visible()
    expect(page.locator(".lm-MenuBar-itemLabel", has_text="Kernel")).to_be_visible()
    expect(page.locator(".lm-MenuBar-itemLabel", has_text="Nbgrader")).to_have_count(0)
    expect(page.locator('.jp-SideBar [title^="File Browser"]')).to_be_visible()
    expect(page.locator('.jp-SideBar [title^="Nbgrader"]')).to_have_count(0)
    commands = page.evaluate("window.jupyterapp.commands.listCommands()")
    assert commands and not [command for command in commands if command.startswith("nbgrader:")]


def listen_for_errors(page: Page) -> list[str]:
    """A list that grows with each error on the browser's console."""
    found: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(f"{message.text} ({message.location['url']})")

    page.on("console", listen)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found
