"""What the READMEs show is executed: the example tenant is accepted, and every command and target exists."""

from __future__ import annotations

import datetime
import re
import shutil
from pathlib import Path

import pytest

from govcloud import country, rules
from govcloud.cli.application import commands as names
from govcloud.folders import project_root

ROOT = project_root()
READMES = ("README.md", "README.vi.md")


@pytest.mark.parametrize("readme", READMES)
def test_the_example_tenant_is_accepted_in_one_file(readme: str, tmp_path: Path) -> None:
    text = (ROOT / readme).read_text()
    (example,) = re.findall(r"<!-- example: add-tenant -->\n```yaml\n# stacks/vn/(\S+)\n(.*?)```", text, re.DOTALL)
    folder = tmp_path / "vn"
    shutil.copytree(ROOT / "stacks" / "vn", folder)
    file = folder / example[0]
    file.parent.mkdir()
    file.write_text(example[1])
    declared = country.load(folder, ROOT / "policies")
    rules.require(declared, datetime.date(2026, 11, 22))
    assert declared.tenants["g82"].spec.level == 2


@pytest.mark.parametrize("readme", READMES)
def test_every_command_and_target_that_a_readme_names_exists(readme: str) -> None:
    text = (ROOT / readme).read_text()
    commands = set(re.findall(r"govcloud ([a-z]+)\b", "\n".join(re.findall(r"`[^`\n]+`|^\$.*$", text, re.MULTILINE))))
    assert {"validate", "up", "local"} <= commands <= set(names())
    targets = set(re.findall(r"`make ([a-z]+)`", text))
    makefile = (ROOT / "Makefile").read_text()
    assert {"up", "test"} <= targets
    assert [t for t in targets if not re.search(rf"^{t}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_file_that_a_readme_links_is_there(readme: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / readme).read_text())
    assert len(links) > 3
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_quick_start_is_two_commands() -> None:
    for readme in READMES:
        block = re.search(r"```console\n(.*?)```", (ROOT / readme).read_text(), re.DOTALL)
        assert block is not None
        assert len(block.group(1).splitlines()) == 2
