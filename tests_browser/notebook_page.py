"""A notebook open in JupyterLab: run it, ask what came out, look at it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests_browser.served_copy import ServedCopy

OPEN_MS = 60_000
# Overlap of two pictures of one notebook, so that no line is cut in both.
OVERLAP = 40
OUTER = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer"
PANEL = "() => window.jupyterapp.shell.currentWidget"


@dataclass
class NotebookPage:
    """A notebook in the browser; ``troubles`` collects errors that the page reports."""

    page: Page
    troubles: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        """Keep the console's errors."""
        if message.type == "error":
            self.troubles.append(message.text)

    def run(self, timeout_s: float) -> None:
        """Run all cells and wait until the kernel is idle.

        Raises playwright's TimeoutError after ``timeout_s`` seconds.
        """
        self.page.set_default_timeout(timeout_s * 1000)
        self.page.evaluate(
            """() => { window.courseRun = 'running';
                window.jupyterapp.commands.execute('notebook:run-all-cells')
                    .finally(() => { window.courseRun = 'done'; }); }"""
        )
        self.page.wait_for_function(
            f"""() => window.courseRun === 'done' &&
                ({PANEL})().sessionContext.session?.kernel?.status === 'idle'"""
        )
        # Widgets and pictures are drawn after the kernel has answered.
        self.page.wait_for_timeout(1000)

    def dialog(self) -> str | None:
        """Return the text of a dialog that waits for an answer, or None."""
        box = self.page.locator(".jp-Dialog-content").first
        return box.inner_text() if box.count() else None

    def notices(self) -> list[str]:
        """Return the texts of pop-up notices."""
        return self.page.locator(".Toastify__toast").all_inner_texts()

    def errors(self) -> dict[str, str]:
        """Return for each cell that raised, by id, the error in one line."""
        found: dict[str, str] = self.page.evaluate(
            f"""() => {{ const found = {{}};
                for (const cell of ({PANEL})().content.widgets) {{
                    const outputs = cell.model.type === 'code' ? cell.model.toJSON().outputs : [];
                    for (const output of outputs) if (output.output_type === 'error')
                        found[cell.model.id] = output.ename + ': ' + output.evalue;
                }} return found; }}"""
        )
        return found

    def counts(self) -> tuple[int, int]:
        """Return how many code cells hold code, and how many of them have been run."""
        code, run = self.page.evaluate(
            f"""() => {{ const code = ({PANEL})().content.widgets
                .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.source.trim());
                return [code.length, code.filter(cell => cell.model.executionCount).length]; }}"""
        )
        return code, run

    def scroll_to(self, cell: str) -> None:
        """Bring a cell, by id, to the top. Raises ValueError when there is none."""
        found = self.page.evaluate(
            f"""id => {{ const cell = ({PANEL})().content.widgets.find(c => c.model.id === id);
                cell?.node.scrollIntoView({{block: 'start'}}); return Boolean(cell); }}""",
            cell,
        )
        if not found:
            raise ValueError(f"The notebook has no cell with the id {cell!r}.")
        self.page.wait_for_timeout(300)

    def scroll_to_top(self) -> None:
        """Bring the first cell back into view."""
        self.page.eval_on_selector(OUTER, "e => { e.scrollTop = 0; }")
        self.page.wait_for_timeout(300)

    def pictures(self, out: Path) -> Iterator[Path]:
        """Write the whole notebook as OUT-1.png, OUT-2.png …, one for each height of the window."""
        panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").first
        height, seen = self.page.eval_on_selector(OUTER, "e => [e.scrollHeight, e.clientHeight]")
        step = max(seen - OVERLAP, 1)
        tops = [*range(0, max(height - seen, 0), step), max(height - seen, 0)]
        for number, top in enumerate(tops, 1):
            self.page.eval_on_selector(OUTER, "(e, top) => { e.scrollTop = top; }", top)
            self.page.wait_for_timeout(300)
            path = out.with_name(f"{out.stem}-{number}{out.suffix}")
            panel.screenshot(path=path)
            yield path


def open_notebook(
    browser: Browser, course: ServedCopy, notebook: str, size: tuple[int, int]
) -> NotebookPage:
    """Open a notebook in a window of ``size`` (width and height in pixels), side bars closed.

    Returns when its kernel is ready or a dialog asks something.
    """
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height})
    opened = NotebookPage(page)
    page.on("console", opened.note)
    page.on("pageerror", lambda error: opened.troubles.append(str(error)))
    page.goto(course.page(notebook))
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=OPEN_MS)
    page.wait_for_function(
        f"""() => document.querySelector('.jp-Dialog') ||
            ({PANEL})()?.sessionContext?.session?.kernel?.status === 'idle'""",
        timeout=OPEN_MS,
    )
    page.evaluate(
        """() => { const {shell, commands} = window.jupyterapp;
            if (!shell.leftCollapsed) commands.execute('application:toggle-left-area');
            if (!shell.rightCollapsed) commands.execute('application:toggle-right-area'); }"""
    )
    page.wait_for_timeout(500)
    return opened
