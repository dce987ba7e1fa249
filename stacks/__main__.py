"""The one Pulumi program: the stack's name says what it provisions (ADR 0003).

Bad declarations end the run before anything is registered, with every problem and its place.
"""

from __future__ import annotations

import datetime
import os
import sys
from pathlib import Path

import pulumi

from govcloud.components.cluster import Cluster
from govcloud.components.plan_cache import planned
from govcloud.components.platform import Platform
from govcloud.components.segment import Segment
from govcloud.components.tenant import Tenant
from govcloud.components.untraced import untraced
from govcloud.folders import cache_folder
from govcloud.stack import StackKind, StackName
from govcloud_base.errors import GovCloudError, language
from govcloud_base.wire import collector

COMPONENTS = {
    StackKind.CLUSTER: Cluster,
    StackKind.TENANT: Tenant,
    StackKind.SEGMENT: Segment,
    StackKind.PLATFORM: Platform,
}


def main() -> None:
    """Judge the country, unless exactly this one was judged before, and register the one thing of the stack's name."""
    collector.seldom()
    # Pulumi runs the program in the folder of Pulumi.yaml's `main`, so the reference country lies beside this file.
    folder = Path(os.environ.get("GOVCLOUD_COUNTRY", Path(__file__).parent / "vn"))
    stack = StackName.parse(pulumi.get_stack())
    plan = planned(folder, str(stack), datetime.date.today(), cache_folder() / "plans")
    with untraced():
        COMPONENTS[stack.kind](plan)


try:
    main()
except GovCloudError as error:
    pulumi.log.error(error.render(language()))
    # The engine counts an early, clean exit as success and deletes what was not registered: never leave with 0 here.
    sys.exit(1)
