"""Judgement of a country without a cloud: every rule is a pure function of the country and the date."""

from __future__ import annotations

from govcloud.rules.judgement import judge, require

__all__ = ["judge", "require"]
