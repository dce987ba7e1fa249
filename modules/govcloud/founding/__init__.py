"""A country of one's own as a project: everything that its folder holds on the first day, as text."""

from govcloud.founding.project import FORGES, Wanted, files, require

__all__ = ["FORGES", "Wanted", "files", "require"]
