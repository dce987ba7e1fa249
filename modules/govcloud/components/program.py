"""The one Pulumi program: the stack's name says what it provisions (ADR 0003).

Bad declarations end the run before anything is registered, with every problem and its place.
"""

from __future__ import annotations

import datetime
import os
import sys
from pathlib import Path

import pulumi

from govcloud.components.plan_cache import planned
from govcloud.components.provisioned import Provisioned
from govcloud.components.untraced import untraced
from govcloud.stack import StackName
from govcloud_base.errors import GovCloudError, language
from govcloud_base.user_folders import cache_folder
from govcloud_base.wire import collector

__all__ = ["run"]


def run(folder: Path) -> None:
    """Register what the stack's name says of the country at $GOVCLOUD_COUNTRY, else at `folder`.

    The country is judged first, unless exactly this one was judged before. Ends the process with 1 where it has
    problems.
    """
    try:
        collector.seldom()
        stack = StackName.parse(pulumi.get_stack())
        country = Path(os.environ.get("GOVCLOUD_COUNTRY") or folder)
        plan = planned(country, str(stack), datetime.date.today(), cache_folder() / "plans")
        with untraced():
            Provisioned(stack.kind, plan)
    except GovCloudError as error:
        pulumi.log.error(error.render(language()))
        # The engine counts an early, clean exit as success and deletes what was not registered: never leave with 0.
        sys.exit(1)
