"""The pages shell: layouts, macros, Vietnamese formats, form tokens, vendored assets. Knows no service's words."""

from kit.pages.forms import FieldError
from kit.pages.parts import Link, Milestone, Office, Step
from kit.pages.shell import Pages

__all__ = ["FieldError", "Link", "Milestone", "Office", "Pages", "Step"]
