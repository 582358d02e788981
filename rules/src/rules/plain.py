"""Vietnamese without its marks: for search, and for machines that know only plain letters. Pure text."""

import unicodedata


def plain(text: str) -> str:
    """Without diacritics; đ is not removed by decomposition and has its own place."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def fold(text: str) -> str:
    """What is compared in a search: `Bệnh viện Đa khoa` becomes `benh vien da khoa`."""
    return plain(text.lower())
