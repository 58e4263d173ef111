"""Small invented notebooks, a project around them whose store knows content hashes only, and a recorder of what is shown."""

import json
from pathlib import Path

import nbformat
import pandas as pd
import pytest

STORE = {"format": 1, "newest_edition": "qd_yearbook_2023", "shared": {}}
DEFAULT_CITIES = {"qingdao": "1111aaaa", "jinan": "2222bbbb"}

PARAMETERS = 'city: str = "qingdao"  # slug\nlanguage: str = "zh"  # zh or en\nvintage: str = "latest"  # vintage'
STAMP = "import pandas as pd\nimport qdlib\nqdlib.stamp(city=city, language=language, vintage=vintage)"
DRAW = """
from matplotlib.figure import Figure
from qdlib.charts.palette import LIGHT
figure = Figure(figsize=(5, 3))
axes = figure.add_axes([0.1, 0.1, 0.8, 0.8])
line, = axes.plot([2020, 2021, 2022], [1.0, 2.0, 4.0], color=LIGHT["sea"])
line.set_gid("data-line")
axes.set_axis_off()
figure.set_label("折线图：三年上升")
""".strip()
SHOW = 'qdlib.show(figure, "三年翻了两番", "亿元", ["qd_yearbook_2023"])'
HEADLINE = (
    'qdlib.headline(pd.DataFrame({"item": ["gdp"], "year": [2022], "field": ["value"], "value": [14920.75], "decimals": [2]}),'
    ' sources=["qd_yearbook_2023"])'
)
FINDING = 'qdlib.finding("产值三年翻番", "一句话。", [("产值", 4.0, "亿元", "2022")])'


def code(source: str, *tags: str) -> tuple[str, str, tuple[str, ...]]:
    return ("code", source, tags)


def words(source: str) -> tuple[str, str, tuple[str, ...]]:
    return ("markdown", source, ())


def good_cells(*, parameters: str = PARAMETERS, stamp: str = STAMP, body: tuple = (), show: str = SHOW) -> list:
    """A notebook that holds: one figure, one table (the headline)."""
    return [
        words("# 产值怎样？"),
        code(parameters, "parameters"),
        code(stamp),
        code(FINDING),
        *body,
        code(f"{DRAW}\n{show}"),
        code(HEADLINE),
        code("qdlib.sources()"),
    ]


def write_notebook(folder: Path, name: str, cells: list) -> Path:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, (kind, source, tags) in enumerate(cells):
        cell = nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source)
        cell["id"] = f"cell{number}"
        if tags:
            cell["metadata"]["tags"] = list(tags)
        notebook["cells"].append(cell)
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


class Project:
    """Folders of one invented project, reached through the QD_* variables."""

    def __init__(self, root: Path):
        self.notebooks, self.reports, self.data = root / "notebooks", root / "reports", root / "processed"
        for folder in (self.notebooks, self.data):
            folder.mkdir(parents=True)
        self.set_data(DEFAULT_CITIES)

    def set_data(self, hashes: dict[str, str]) -> None:
        """One figure of each city, under the hash given for its content."""
        (self.data / "series").mkdir(exist_ok=True)
        for city in hashes:
            series = pd.DataFrame({"city": [city], "indicator": ["gdp_current_prices"], "year": [2024]})
            series.to_parquet(self.data / "series" / f"{city}.parquet")
        parts = {city: {"hash": hash, "files": {"series": f"{city}.parquet"}} for city, hash in hashes.items()}
        content = {**STORE, "cities": parts}
        (self.data / "manifest.json").write_text(json.dumps(content), encoding="utf-8")

    def write(self, name: str, cells: list) -> Path:
        return write_notebook(self.notebooks, name, cells)

    def plan(self, text: str) -> Path:
        path = self.notebooks / "runs.yml"
        path.write_text(text, encoding="utf-8")
        return path

    def record(self, id: str) -> dict:
        return json.loads((self.reports / "runs" / f"{id}.json").read_text(encoding="utf-8"))

    def page(self, id: str) -> str:
        return (self.reports / f"{id}.html").read_text(encoding="utf-8")

    def tree(self) -> dict[str, bytes]:
        """Every published file."""
        files = (path for path in self.reports.rglob("*") if path.is_file() and ".qd" not in path.relative_to(self.reports).parts)
        return {path.relative_to(self.reports).as_posix(): path.read_bytes() for path in files}

    def use(self, patch: pytest.MonkeyPatch) -> "Project":
        """Point the QD_* variables here until the patch is undone."""
        for variable, folder in {"QD_NOTEBOOKS": self.notebooks, "QD_REPORTS": self.reports, "QD_DATA": self.data}.items():
            patch.setenv(variable, str(folder))
        patch.delenv("QD_READS", raising=False)
        return self


class Recorder:
    """What display functions have shown, as outputs of one notebook cell each."""

    def __init__(self):
        self.outputs: list[dict] = []

    def __call__(self, bundle, raw=True, metadata=None):
        self.outputs.append({"output_type": "display_data", "data": json.loads(json.dumps(bundle)), "metadata": metadata})

    def payload(self, kind: str) -> dict:
        """The payload of the first output of a kind."""
        found = next(output for output in self.outputs if output["metadata"]["qdlib"]["kind"] == kind)
        return found["data"][f"application/vnd.qdlib.{kind}+json"]

    def notebook(self, *markdown: str) -> dict:
        """An executed notebook: markdown cells first, then a code cell per output (a caption goes with its figure)."""
        cells = [nbformat.v4.new_markdown_cell(text, id=f"words{number}") for number, text in enumerate(markdown)]
        count = 0
        for output in self.outputs:
            if output["metadata"]["qdlib"]["kind"] == "caption":
                continue
            count += 1
            node = nbformat.from_dict(output)
            cells.append(nbformat.v4.new_code_cell("pass", id=f"code{count}", execution_count=count, outputs=[node]))
        return nbformat.v4.new_notebook(cells=cells)
