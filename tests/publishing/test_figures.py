"""SVG inside a page: ids that never meet, colours by name, nothing that asks for a font or a file."""

import re
from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from qdlib.charts.palette import LIGHT
from qdlib.publishing.display import draw_svg
from qdlib.publishing.figures import inline_svg, look_sheet, place_drawing, share_looks
from qdlib.publishing.verdicts import count_data_paths


def clipped_figure(colour: str = LIGHT["sea"], ys=(1.0, 2.0, 9.0)) -> Figure:
    figure = Figure(figsize=(5, 3))
    axes = figure.add_axes([0.1, 0.1, 0.8, 0.8])
    (line,) = axes.plot([1, 2, 3], ys, color=colour, marker="o")
    line.set_gid("data-line")
    axes.fill_between([1, 2, 3], 1, 2, color=LIGHT["teal_band"])
    axes.set_ylim(0, 3)
    axes.text(1, 1, "青岛 16\u202f719.5", color=LIGHT["soft"], fontsize=9, weight="bold")
    for spine in axes.spines.values():
        spine.set_color(LIGHT["axis"])
    axes.tick_params(color=LIGHT["axis"], labelcolor=LIGHT["soft"])
    return figure


def ids_of(svg: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', svg)


def test_two_clipped_figures_share_no_id_and_every_reference_resolves():
    drawn = draw_svg(clipped_figure())
    first, second = (inline_svg(drawn, f"{name}-", "alt").svg for name in ("a", "b"))
    ids = ids_of(first) + ids_of(second)
    references = re.findall(r'(?:url\(|href=")#([^")]+)', first + second)
    assert len(ids) == len(set(ids)) and references and set(references) <= set(ids)
    assert "url(#" in first, "the figure must be clipped, or the test shows nothing"


def test_matplotlib_itself_repeats_ids():
    drawn = draw_svg(clipped_figure())
    assert set(ids_of(drawn)) & set(ids_of(draw_svg(clipped_figure()))), "if this fails, prefixes are no longer needed"


def test_colours_become_variables_and_families_go():
    drawing = inline_svg(draw_svg(clipped_figure()), "a-", "alt")
    assert not drawing.faults
    assert "var(--sea)" in drawing.svg and "var(--teal-band)" in drawing.svg
    assert not re.search(r"#[0-9a-f]{6}", drawing.svg) and "font-family" not in drawing.svg and "DejaVu" not in drawing.svg


def test_an_undeclared_colour_is_a_fault():
    drawing = inline_svg(draw_svg(clipped_figure("#123456")), "a-", "alt")
    assert len(drawing.faults) == 1 and "#123456" in drawing.faults[0]


def test_a_raster_image_is_a_fault():
    figure = clipped_figure()
    figure.add_axes([0.1, 0.1, 0.2, 0.2]).imshow([[0, 1], [1, 0]])
    assert any("raster" in fault for fault in inline_svg(draw_svg(figure), "a-", "alt").faults)


def test_the_element_is_small_named_and_carries_no_style_sheet():
    drawn = draw_svg(clipped_figure())
    svg = inline_svg(drawn, "a-", '折线图 "一"').svg
    assert len(svg) < len(drawn) * 0.6
    assert "<style" not in svg and "<metadata" not in svg and 'role="img"' in svg and "&quot;一&quot;" in svg
    assert svg.startswith("<svg") and " width=" not in svg.partition(">")[0] and "font-weight:700" in svg


def test_the_same_figure_gives_the_same_bytes():
    assert draw_svg(clipped_figure()) == draw_svg(clipped_figure())


def test_a_drawing_scrolls_only_where_its_text_would_be_too_small():
    half = inline_svg(draw_svg(clipped_figure()), "a-", "alt")
    assert half.least_width == 380  # 360 pt wide with 9 px text, 9.5 px wanted
    assert "tabindex" in place_drawing(half, None, "label")
    legible = replace(half, least_width=340)
    assert "tabindex" not in place_drawing(half, legible, "label") and "tabindex" in place_drawing(half, half, "label")


@pytest.mark.parametrize(("ys", "drawn"), [((1.0, 2.0, 3.0), True), ((float("nan"),) * 3, False)])
def test_an_empty_line_has_no_data_path(ys, drawn):
    assert bool(count_data_paths(draw_svg(clipped_figure(ys=ys)))) is drawn


def test_round_markers_on_the_corners_of_a_line_become_its_markers():
    drawn = draw_svg(clipped_figure(ys=(1.0, 2.0, 2.5)))
    svg = inline_svg(drawn, "a-", "alt").svg
    assert drawn.count("<use") > svg.count("<use") and "h0m" not in svg and "h0M" not in svg
    assert re.search(r'<marker id="a-m0"[^>]*><circle r="3.5" fill="var\(--sea\)"/></marker>', svg)  # 6 pt and an edge of 1 pt
    assert "marker:url(#a-m0)" in svg
    hollow = clipped_figure()
    hollow.axes[0].lines[0].set(markerfacecolor=LIGHT["paper"])
    assert "marker" not in inline_svg(draw_svg(hollow), "a-", "alt").svg


def test_round_markers_without_a_line_are_one_path_of_dots():
    figure = clipped_figure()
    figure.axes[0].lines[0].set_linestyle("none")
    svg = inline_svg(draw_svg(figure), "a-", "alt").svg
    assert len(re.findall(r"\dh0[mM\"]", svg.replace("h0z", ""))) == 3 and "stroke-width:7;stroke-linecap:round" in svg


def test_square_marks_are_drawn_at_their_places_in_one_path():
    figure = clipped_figure(ys=(1.0, 2.0, 2.5))
    figure.axes[0].lines[0].set(linestyle="none", marker="s")
    svg = inline_svg(draw_svg(figure), "a-", "alt").svg
    assert "<use" not in svg.partition("<text")[0] and re.search(r'd="M[^"]*z[^"]*z[^"]*z"', svg)


def test_looks_are_shared_by_the_drawings_of_a_page():
    looks: dict[str, str] = {}
    first, second = (share_looks(inline_svg(draw_svg(clipped_figure()), name, "alt").svg, looks) for name in ("a-", "b-"))
    assert "style=" not in first + second and set(re.findall(r'class="(k\d+)"', first)) <= set(looks.values())
    sheet = look_sheet(looks)
    assert len(looks) == sheet.count("{") and ".k0{" in sheet
    assert first.replace("a-", "b-").count("class=") == second.count("class=")
