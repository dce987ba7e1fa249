"""CRY-03 live: what a tenant writes without asking for anything is encrypted with keys of the store."""

from __future__ import annotations

from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination
from govcloud.audit.result import Finding
from govcloud.audit.tenant_store import PROBE, each_bucket, probe_folder, session
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Answer
from govcloud.country.controls import Control
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge"]

_CONTROL = "CRY-03"


def judge(
    bucket: str, answer: Answer, algorithm: str | None, control: Control, attested: Text | None = None
) -> Finding:
    """Return whether the store says of an object that it lies encrypted; where it says nothing and somebody `attested`
    that its disks are, a person has to look.
    """
    name = Text(f"object in {bucket}", f"đối tượng trong {bucket}")
    if not answer.ok:
        return Finding(name, Verdict.ERROR, answer.to("head_object"))
    if algorithm is None and attested is not None:
        said = Text(
            f"the store encrypts nothing itself; that its disks are encrypted is attested: {attested.en}",
            f"kho không tự mã hóa; việc ổ đĩa được mã hóa có chứng nhận: {attested.vi}",
        )
        return Finding(name, Verdict.MANUAL, said)
    if algorithm not in control.strings("algorithms"):
        return Finding(
            name,
            Verdict.FAIL,
            Text(
                f"is encrypted by {algorithm or 'nothing'}",
                f"được mã hóa bằng {algorithm}" if algorithm else "không được mã hóa",
            ),
        )
    return Finding(name, Verdict.PASS, Text(f"is encrypted by {algorithm}", f"được mã hóa bằng {algorithm}"))


def _examine(subject: str, access: Access) -> Examination:
    owner = session(subject, access)

    def examine(bucket: str) -> list[Finding]:
        with probe_folder(owner, access, bucket) as folder:
            answer, found = owner.call("head_object", Bucket=bucket, Key=folder + PROBE)
        algorithm = found.get("ServerSideEncryption")
        return [judge(bucket, answer, algorithm, access.catalogue[_CONTROL], attested[bucket])]

    attested = {bucket.name: bucket.attested for bucket in access.tenants[subject].buckets}
    buckets = list(attested)
    return Examination(len(buckets), tuple(each_bucket(buckets, examine)))


def _subjects(access: Access) -> tuple[str, ...]:
    level = access.catalogue[_CONTROL].level
    return tuple(name for name, tenant in access.tenants.items() if tenant.buckets and tenant.level >= level)


CHECK = Check("CRY-03.at-rest", (_CONTROL,), _subjects, _examine)
