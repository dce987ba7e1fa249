"""A tenant that only a copied country declares: what an agency's pull request with one new file looks like."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DECLARATION = """\
# yaml-language-server: $schema=../../../schema/tenant.json
apiVersion: govcloud/v1
kind: Tenant
metadata:
  name: g82
spec:
  agency: G82
  cloud: cgc-hn1
  purpose: {vi: Kho tư liệu của Thông tấn xã, en: Archive of the news agency}
  level: 2
  levelDossier: HSCD-G82-2026
  criteria: {information: private, dataSubjects: {basic: 2000}}
  quota: {cpu: 200m, memory: 640Mi, storage: 1Gi, pods: 20, buckets: 1, objectStorage: 1Gi}
  environments:
    prod:
      quota: {cpu: 200m, memory: 640Mi, storage: 1Gi, pods: 20, buckets: 1, objectStorage: 1Gi}
      flows:
        - {from: edge, to: [dmz], ports: [8443]}
        - {from: dmz, to: [srv], ports: [8080]}
  storage:
    buckets:
      archive: {class: private, quota: 1Gi}
  lifecycle: {state: active, reviewBy: 2027-11-22}
"""

REMOVED = "state: removed, export: {reference: BB-01, date: 2026-11-20}"
"""What stands in the place of `state: active` once the tenant may be deleted."""


@dataclass(frozen=True)
class Newcomer:
    """A tenant that only a copied country declares: a news agency, which the country knows."""

    folder: Path
    """The copied country."""
    name: str = "g82"

    @property
    def file(self) -> Path:
        """Its declaration."""
        return self.folder / "tenants" / self.name / "tenant.yaml"

    @property
    def stack(self) -> str:
        """Its stack."""
        return f"tenant.{self.name}"

    @property
    def option(self) -> str:
        """The option that makes a command use the copied country."""
        return f"--country={self.folder}"

    def edit(self, old: str, new: str) -> None:
        """Change the declaration as a person with an editor would."""
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))
