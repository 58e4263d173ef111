"""A page keeps the rules that it can use, and a browser sees no difference."""

import re

from qdlib.publishing.frame import style_sheet
from qdlib.publishing.rules import keep_rules, prune_style, read_rules

PAGE = '<html><head><style>{}</style></head><body><p class="lede n2">x</p><table></table></body></html>'


def pruned(css: str) -> str:
    return re.search("<style>(.*?)</style>", prune_style(PAGE.format(css)))[1]


def test_rules_for_absent_classes_and_elements_go():
    assert pruned(".lede{a:b}.card{a:b}table{a:b}dl{a:b}p .card{a:b}") == ".lede{a:b}table{a:b}"


def test_alternatives_are_chosen_one_by_one_and_brackets_divide_nothing():
    assert pruned(".n2 tr,.n3 tr,.n2 p{a:b}") == ".n2 p{a:b}"
    assert pruned("p:is(a,.card){a:b}.lede::before{a:b}*,*::after{a:b}:focus-visible{a:b}") == (
        "p:is(a,.card){a:b}.lede::before{a:b}*,*::after{a:b}:focus-visible{a:b}"
    )


def test_media_blocks_are_pruned_inside_and_variables_and_the_banner_stay():
    css = ":root{--a:b}@media print{@page{size:A4}.card{a:b}}@media (max-width:720px){.card{a:b}}.stale{a:b}"
    assert pruned(css) == ":root{--a:b}@media print{@page{size:A4}}.stale{a:b}"


def test_the_whole_sheet_is_read_to_its_end_and_kept_where_everything_is_known():
    css = style_sheet()
    assert "".join(f"{selector}{{{body}}}" for selector, body in read_rules(css)) == css.replace("\n", "")
    names = {f".{name}" for name in re.findall(r"\.([a-zA-Z][\w-]*)", css)} | set(re.findall(r"[a-z][a-z0-9]*", css))
    assert keep_rules(css, names) == css
