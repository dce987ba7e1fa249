"""The policy pack `govcloud`. Making it serves the engine until the run ends, so nothing else may stand
here."""

import sys

from pulumi_policy import EnforcementLevel, PolicyPack

from govcloud_base.errors import GovCloudError, language

try:
    from pack import POLICIES
except GovCloudError as error:
    sys.exit(error.render(language()))

PolicyPack("govcloud", policies=POLICIES, enforcement_level=EnforcementLevel.MANDATORY)
