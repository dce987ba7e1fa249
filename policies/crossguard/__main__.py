"""The policy pack `govcloud`. Making it serves the engine until the run ends, so nothing else may stand
here."""

from pack import POLICIES
from pulumi_policy import EnforcementLevel, PolicyPack

PolicyPack("govcloud", policies=POLICIES, enforcement_level=EnforcementLevel.MANDATORY)
