"""PDF tables: rules and words must agree. The pages are drawn here, with invented figures."""

import matplotlib
import pytest

from qdlib.reading.errors import UnreadableFile
from qdlib.reading.tables import examine_file

pytest.importorskip("pdfplumber", reason="needs the extra `pdf`")

ROWS = [["Region", "2001", "2002"], ["North", "1,204.5", "-3.2"], ["South", "88", "90.1"], ["West", "7", "8"]]


@pytest.fixture
def draw(tmp_path):
    """A one-page PDF with a ruled table; options move a word over a rule or leave the rules out."""

    def page(rows=ROWS, *, shifted=(), rules=True):
        from matplotlib.backends.backend_pdf import FigureCanvasPdf
        from matplotlib.figure import Figure

        with matplotlib.rc_context({"pdf.fonttype": 42}):
            figure = Figure(figsize=(6, 4))
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set_xlim(0, 6), axes.set_ylim(0, 4), axes.axis("off")
            axes.text(1, 3.6, "Table 2 Output of regions", fontsize=9)
            for line in range(len(rows) + 1 if rules else 0):
                axes.plot([1, 5.5], [3.4 - 0.4 * line] * 2, "k", linewidth=0.8)
            for edge in (1, 2.5, 4, 5.5) if rules else ():
                axes.plot([edge, edge], [3.4, 3.4 - 0.4 * len(rows)], "k", linewidth=0.8)
            for number, row in enumerate(rows):
                for column, text in enumerate(row):
                    left = 1.1 + 1.5 * column + (1.3 if (number, column) in shifted else 0)
                    axes.text(left, 3.12 - 0.4 * number, text, fontsize=9)
            path = tmp_path / "t.pdf"
            FigureCanvasPdf(figure).print_pdf(path)
        return path

    return page


def test_a_ruled_table_is_read_with_its_title(draw, read_one, cells):
    table = read_one(draw())
    assert table.sheet == "p1t1" and "Output of regions" in table.title
    assert cells(table)["B2"] == (["North"], ["2001"], "1204.5", None, "A")
    assert [cells(table)[cell][2] for cell in ("C2", "B3", "C3", "B4", "C4")] == ["-3.2", "88", "90.1", "7", "8"]


def test_a_word_across_a_rule_is_loud(draw):
    with pytest.raises(UnreadableFile, match="p1t1: 1 words cross a rule, first '-3.2'"):
        examine_file(draw(shifted={(1, 2)}))


def test_two_figures_in_one_ruled_cell_are_loud(draw):
    rows = [*ROWS[:2], ["South", "88 91.2", "90.1"], ROWS[3]]
    with pytest.raises(UnreadableFile, match="one ruled cell holds the figures 88 91.2"):
        examine_file(draw(rows))


def test_words_without_rules_are_no_table(draw):
    with pytest.raises(UnreadableFile, match="without a ruled table"):
        examine_file(draw(rules=False))


def test_a_damaged_pdf_is_loud(tmp_path):
    path = tmp_path / "t.pdf"
    path.write_bytes(b"%PDF-1.7 nothing more")
    with pytest.raises(UnreadableFile, match="a PDF"):
        examine_file(path)


def test_without_the_extra_the_message_names_it(draw, monkeypatch):
    path = draw()
    monkeypatch.setitem(__import__("sys").modules, "pdfplumber", None)
    with pytest.raises(UnreadableFile, match="install the extra `pdf`"):
        examine_file(path)
