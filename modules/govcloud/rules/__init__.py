"""Judgement of a country without a cloud: every rule is a pure function of the country and the date."""

from __future__ import annotations

from govcloud.rules.judgement import judge, lapses, passed, require
from govcloud.rules.record import judged, required
from govcloud.rules.rest import judged_without

__all__ = ["judge", "judged", "judged_without", "lapses", "passed", "require", "required"]
