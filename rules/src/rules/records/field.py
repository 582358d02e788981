"""A field of administration (lĩnh vực), by which procedures are listed, routed and reported."""

from rules.records.cited import Record, Text


class FieldOfWork(Record):
    """The list is open: a department takes fields over and gives them away."""

    name_vi: Text
    name_en: Text
