"""An invented second policy: catalogue files, raw figures, and the folder that they make beside the packaged catalogue."""

import shutil
from pathlib import Path

from qdlib.catalogue.registry import PACKAGED

HERE = Path(__file__).parent
RAW = HERE / "raw"
CITIES = [
    "jiangkou,990200,江口市,Jiangkou,江口省,Jiangkou,provincial_capital,harbour_cities",
    "lingang,990100,临港市,Lingang,江口省,Jiangkou,provincial_capital,harbour_cities",
]
GROUP = "harbour_cities:\n  name: {zh: 港口城市（虚构）, en: Harbour cities (invented)}\n  members: [jiangkou, lingang]\n"
SOURCE = """lg_yearbook:
  publisher: {zh: 临港市统计局（虚构）, en: Statistics office of Lingang (invented)}
  title: {zh: 临港统计年鉴, en: Lingang statistical yearbook}
  licence: {zh: 虚构, en: invented}
  class: official
"""


def lay_catalogue(folder: Path) -> Path:
    """A catalogue with the second policy in the place of the first; units, words and the rest stay as packaged."""
    shutil.copytree(PACKAGED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.rmtree(folder / "programme")
    shutil.copytree(HERE / "catalogue", folder, dirs_exist_ok=True)
    (folder / "corrections.yml").write_text("[]\n", "utf-8")  # those of the first policy's figures, which are not here
    head, *rows = (folder / "cities.csv").read_text("utf-8").rstrip("\n").split("\n")
    (folder / "cities.csv").write_text("\n".join([head, *sorted([*rows, *CITIES])]) + "\n", "utf-8")
    insert(folder / "peer_groups.yml", GROUP)
    insert(folder / "sources.yml", SOURCE)
    return folder


def insert(path: Path, entry: str) -> None:
    """Put an entry before the first one whose id sorts behind it."""
    lines, key = path.read_text("utf-8").splitlines(keepends=True), entry.split(":")[0]
    heads = [n for n, line in enumerate(lines) if line[0].isalpha() and line.split(":")[0] > key]
    place = heads[0] if heads else len(lines)
    path.write_text("".join([*lines[:place], entry, *lines[place:]]), "utf-8")
