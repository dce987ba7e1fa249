"""One mistake in the reference country gives exactly one problem: its code, its place, its fix in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from govcloud.errors import Problem, Severity


@dataclass(frozen=True)
class Mistake:
    """Replace `old` by `new` in `file`; expect `code` at the line that holds `at` (the new text's first by default).

    `also` are problems that inevitably come with it, such as links whose end has become another agency.
    """

    code: str
    file: str
    old: str
    new: str
    at: str | None = None
    suggests: str | None = None
    also: tuple[str, ...] = ()


H41 = "tenants/h41/tenant.yaml"
COMMUNE = "tenants/h41-101/tenant.yaml"
CLOUD = "clouds/cgc-hn1.yaml"
G09_H41 = "links/g09-h41.yaml"
DIRECT = "links/h41-h41-101.yaml"

MISTAKES = [
    # fields
    Mistake("GC-KIND-001", H41, "kind: Tenant", "kind: Tennant", suggests="Tenant"),
    Mistake("GC-FIELD-001", H41, "    records: {class", "    records: {clas", at="records", suggests="class"),
    Mistake("GC-FIELD-001", H41, "  levelDossier:", "  levelDosier:", suggests="levelDossier"),
    Mistake("GC-FIELD-002", H41, "  cloud: cgc-hn1\n", "", at="  agency: H41"),
    Mistake("GC-FIELD-003", H41, "  level: 3", '  level: "3"'),
    Mistake("GC-FIELD-003", H41, "reviewBy: 2027-11-22", 'reviewBy: "2027-11-22"'),
    Mistake("GC-FIELD-003", G09_H41, "listen: 9041", "listen: true"),
    Mistake("GC-FIELD-004", G09_H41, "  via: lgsp", "  via: lgps", suggests="lgsp"),
    Mistake("GC-FIELD-005", H41, "  agency: H41", "  agency: h41", suggests="H41"),
    Mistake("GC-FIELD-005", COMMUNE, "  name: h41-101", "  name: H41-101", suggests="h41-101"),
    Mistake("GC-FIELD-006", H41, "  name: h41", "  name: h\uff141", suggests="h41"),
    Mistake("GC-FIELD-006", G09_H41, "platform: lgsp-h41", "platform: lgs\u0440-h41", suggests="lgsp-h41"),
    Mistake("GC-FIELD-006", G09_H41, "platform: lgsp-h41", "platform: lgsp\u2011h41", suggests="lgsp-h41"),
    Mistake("GC-FIELD-005", H41, "  level: 3", "  level: 6"),
    Mistake("GC-QUANTITY-001", H41, "cpu: 720m", "cpu: 720mm"),
    Mistake("GC-QUANTITY-001", H41, "cpu: 720m", "cpu: -1"),
    Mistake("GC-QUANTITY-002", H41, "cpu: 720m", "cpu: 0.0001"),
    Mistake("GC-CLOUD-001", CLOUD, "    endpointFrom: AWS_ENDPOINT_URL_S3\n", "", at="    adapter"),
    Mistake("GC-CLOUD-003", CLOUD, "addresses: [10.250.0.2]", "addresses: [10.250.0.0/24]"),
    Mistake("GC-CLOUD-003", CLOUD, "addresses: [10.250.0.2]", "addresses: [127.0.0.1]"),
    Mistake("GC-CLOUD-003", CLOUD, "addresses: [10.250.0.2]", "addresses: [0.0.0.0]"),
    Mistake("GC-CLOUD-003", CLOUD, "addresses: [10.250.0.2]", "addresses: []"),
    Mistake("GC-CLOUD-004", CLOUD, "addresses: [10.250.0.2]", "addresses: [10.250.0.3]"),
    Mistake("GC-CLOUD-005", CLOUD, "10.250.0.2:8333", "10.250.0.2:83333"),
    Mistake("GC-CLOUD-005", CLOUD, "10.250.0.2:8333", "[10.250.0.2:8333"),
    Mistake("GC-FIELD-005", CLOUD, "https://10.250.0.2", "http://10.250.0.2"),
    Mistake("GC-COUNTRY-001", DIRECT, "name: h41-h41-101", "name: g09-h41"),
    # references
    Mistake("GC-REF-001", COMMUNE, "agency: H41.101", "agency: H41.110", suggests="H41.101", also=("GC-LINK-008",)),
    Mistake("GC-REF-002", H41, "cloud: cgc-hn1", "cloud: cgc-hn2", suggests="cgc-hn1"),
    Mistake("GC-REF-003", "segments/tsl-g09-20.yaml", "tenant: g09-20", "tenant: g09-21", suggests="g09-20"),
    Mistake("GC-REF-004", G09_H41, "platform: lgsp-h41", "platform: lgsp-h14", suggests="lgsp-h41"),
    Mistake("GC-REF-005", H41, "  level: 3", "  regime: nd331-2025\n  level: 3", suggests="nd331-2026"),
    Mistake(
        "GC-REF-006",
        "segments/tsl-g09-20.yaml",
        "  tierLevel: II",
        "  environment: pord\n  tierLevel: II",
        suggests="prod",
    ),
    # agencies
    Mistake("GC-AGENCY-001", "agencies/h29.yaml", "name: h29", "name: hcm"),
    Mistake("GC-AGENCY-002", "agencies/h29.yaml", "code: H29", "code: G12", also=("GC-AGENCY-001",)),
    Mistake("GC-AGENCY-003", "agencies/h29.yaml", "tier: province", "tier: provinse", suggests="province"),
    Mistake("GC-AGENCY-004", "agencies/h29.yaml", "tier: province", "tier: province\n  parent: G12", at="parent:"),
    Mistake(
        "GC-AGENCY-006",
        "agencies/g09-20.yaml",
        "validFrom: 2025-03-01",
        "validFrom: 2025-03-01\n  validTo: 2026-11-21",
        at="validTo",
    ),
    Mistake("GC-AGENCY-007", "agencies/h41-101.yaml", '"16681"', '"40"'),
    # ownership
    Mistake("GC-OWNER-004", "agencies/h29.yaml", "path: tenants/h29", "path: tenants/h41/shared"),
    Mistake("GC-OWNER-004", "agencies/h29.yaml", "path: tenants/h29", "path: agencies"),
    # levels
    Mistake("GC-LEVEL-001", COMMUNE, "basic: 60000", "basic: 100000", at="level: 2"),
    Mistake("GC-LEVEL-002", "platforms/lgsp-h41.yaml", "level: 3", "level: 4"),
    Mistake("GC-LEVEL-003", H41, "records: {class: private", "records: {versioning: false, class: private"),
    Mistake("GC-LEVEL-006", H41, "records: {class: private", "records: {class: open"),
    # zones
    Mistake(
        "GC-ZONE-001", H41, "      flows:", "      zones: {logs: {share: 1}}\n      flows:", at="logs", suggests="log"
    ),
    Mistake("GC-ZONE-002", COMMUNE, "{from: dmz, to: [srv], ports: [8080]}", "{from: srv, to: [db], ports: [5432]}"),
    Mistake("GC-ZONE-003", COMMUNE, "{from: dmz, to: [srv], ports: [8080]}", "{from: srv, to: [tsl], ports: [8080]}"),
    # quota
    Mistake("GC-QUOTA-001", COMMUNE, "memory: 960Mi", "memory: 961Mi", at="memory: 1088Mi"),
    Mistake("GC-QUOTA-001", H41, "pods: 76", "pods: 75"),
    Mistake("GC-QUOTA-002", "clouds/cgc-hn1.yaml", "cpu: 2,", "cpu: 1379m,"),
    Mistake("GC-QUOTA-003", COMMUNE, "quota: 2Gi", "quota: 5GB", at="memory: 960Mi"),
    Mistake("GC-QUOTA-004", COMMUNE, "pods: 25", "pods: 3", at="memory: 960Mi"),
    # addresses
    Mistake("GC-ADDR-001", "segments/tsl-h41.yaml", "10.80.41.0/24", "10.80.41.1/24"),
    Mistake("GC-ADDR-001", "segments/tsl-h41.yaml", "10.80.41.0/24", "10.80.41.0/0.0.0.255"),
    Mistake("GC-ADDR-001", "segments/tsl-h41.yaml", "10.80.41.0/24", '"::ffff:10.80.41.0/120"'),
    Mistake("GC-ADDR-002", "segments/tsl-h41.yaml", "10.80.41.0/24", "10.90.41.0/24"),
    Mistake("GC-ADDR-004", "segments/tsl-h41.yaml", "10.80.41.0/24", "10.80.42.128/25"),
    Mistake("GC-SEGMENT-002", "segments/tsl-h41-101.yaml", "zones: [srv]", "zones: [db]"),
    # links
    Mistake("GC-LINK-001", DIRECT, "ends: [H41, H41.101]", "ends: [H41, H41]"),
    Mistake("GC-LINK-002", DIRECT, "ends: [H41, H41.101]", "ends: [G09.20, H41.101]", also=("GC-LINK-005",)),
    Mistake(
        "GC-LINK-003",
        G09_H41,
        "  via: lgsp\n  platform: lgsp-h41\n",
        "  via: direct\n",
        at="via: direct",
        suggests="lgsp",
    ),
    Mistake("GC-LINK-003", G09_H41, "kind: administrative", "kind: mandatory-sharing", at="via: lgsp", suggests="ndop"),
    Mistake("GC-LINK-004", DIRECT, "  via: direct", "  via: direct\n  platform: lgsp-h41", at="platform:"),
    Mistake("GC-LINK-005", G09_H41, "agency: G09, ref", "agency: G12, ref"),
    Mistake("GC-LINK-005", G09_H41, "date: 2026-10-05", "date: 2026-10-16"),
    Mistake("GC-LINK-008", G09_H41, "ends: [G09, H41]", "ends: [G12, H41]", also=("GC-LINK-005",)),
    Mistake("GC-LINK-009", DIRECT, "listen: 9101", "listen: 9041"),
    # the rest
    Mistake("GC-CLOUD-002", "clouds/cgc-hn1.yaml", "region: vn-hn-1", "region: sg-1"),
    Mistake("GC-PLATFORM-001", "platforms/lgsp-h41.yaml", "owner: H41", "owner: H29", also=("GC-LINK-007",)),
    Mistake("GC-LIFECYCLE-001", H41, "reviewBy: 2027-11-22", "reviewBy: 2027-11-22, expires: 2026-11-21"),
]


def test_the_reference_country_is_clean(findings: Callable[..., list[Problem]]) -> None:
    assert findings() == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.code}-{m.new.strip()[:30] or 'removed'}")
def test_a_mistake_is_named_with_place_and_fix(
    mistake: Mistake, folder: Path, findings: Callable[..., list[Problem]]
) -> None:
    path = folder / mistake.file
    before = path.read_text(encoding="utf-8")
    assert mistake.old in before
    after = before.replace(mistake.old, mistake.new, 1)
    path.write_text(after, encoding="utf-8")

    errors = [p for p in findings() if p.severity is Severity.ERROR]

    assert [p.code for p in errors if p.code not in mistake.also] == [mistake.code]
    problem = next(p for p in errors if p.code == mistake.code)
    anchor = mistake.at or mistake.new.strip().splitlines()[0]
    line = next(n for n, text in enumerate(after.splitlines(), 1) if anchor in text)
    assert problem.place is not None
    assert (problem.place.file, problem.place.line) == (mistake.file, line)
    assert problem.message.en != problem.message.vi
    assert problem.fix.en
    assert problem.fix.vi
    assert mistake.suggests is None or mistake.suggests in problem.fix.en
