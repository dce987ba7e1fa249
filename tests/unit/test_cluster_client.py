"""Whoever speaks to a cluster leaves no key behind, however it ends."""

from __future__ import annotations

import base64
import json
import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from kubernetes.config import ConfigException

from govcloud_base import cluster_client
from govcloud_local import settings
from govcloud_local.access import kubeconfig
from govcloud_local.settings import Profile, Settings

AUDIT = "from govcloud.clouds.kubernetes_api import KubernetesApi; client = KubernetesApi"
WAYS = {
    "audit, from a file": f"{AUDIT}.from_kubeconfig(Path(file))",
    "audit, as issued": f"{AUDIT}.from_text(Path(file).read_text())",
    "drift, up and import": """
from govcloud import country
from govcloud.clouds.connection import Connection
from govcloud.folders import project_root
root = project_root() / "tests" / "fixtures" / "country"
cluster = Connection(country.load(root, project_root() / "policies").clouds["cgc-hn1"]).cluster
""",
    "the Kubernetes plugin": """
from govcloud_offline.kubernetes.api.kubeconfig import Kubeconfig
load = ssl.SSLContext.load_cert_chain
def killed(context, *files):
    load(context, *files)
    os.kill(os.getpid(), 9)
ssl.SSLContext.load_cert_chain = killed
Kubeconfig.of(file).access()
""",
    "a credential program": "from govcloud_base import cluster_client; client = cluster_client.from_files(sys.argv[2])",
}


@pytest.fixture
def administrator(tmp_path: Path) -> Path:
    """Return the kubeconfig of a cloud that does not run: whoever asks it is killed while it tries again."""
    made = Settings(state=tmp_path / "state", profile=Profile.CONTROL_PLANE, base=9)
    settings.save(made)
    return kubeconfig.engineer(made)


@pytest.mark.parametrize("way", WAYS)
def test_a_command_that_is_killed_leaves_nothing(way: str, administrator: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    program = f"import os, ssl, sys\nfrom pathlib import Path\nfile = sys.argv[1]\n{WAYS[way]}\nos.kill(os.getpid(), 9)"
    done = subprocess.run(
        [sys.executable, "-c", program, str(administrator), str(_with_a_credential_program(administrator, tmp_path))],
        env={**os.environ, "TMPDIR": str(temporary), "KUBECONFIG": str(administrator)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr
    assert list(temporary.iterdir()) == []


def test_the_keys_are_those_of_the_kubeconfig_whenever_they_are_read(administrator: Path) -> None:
    configuration = cluster_client.from_files(administrator).configuration
    for _ in range(2):  # one connection may be made long after another
        context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
        context.load_cert_chain(configuration.cert_file, configuration.key_file)
        assert len(context.get_ca_certs()) == 1


@pytest.mark.parametrize("listed", ["{0}/absent:{0}/away", "{0}/empty:{0}/remark", ":"])
def test_files_that_say_nothing_are_never_the_home_folders(
    listed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "remark").write_text("# nothing yet\n")
    home = tmp_path / "home"
    cluster = {"name": "home", "cluster": {"server": "https://127.0.0.1:9"}}
    context = {"name": "home", "context": {"cluster": "home", "user": "home"}}
    home.write_text(yaml.safe_dump({"current-context": "home", "clusters": [cluster], "contexts": [context]}))
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(home))
    with pytest.raises(ConfigException):
        cluster_client.from_files(listed.format(tmp_path))


def test_several_files_are_joined_as_kubectl_joins_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first to say something wins, an empty file says nothing, and paths are from the folder of their own file."""
    authority = (Path(__file__).parents[1] / "fixtures" / "authority.pem").read_text()
    for name, port in (("near", 1), ("far", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ca.pem").write_text(authority)
        (tmp_path / name / "token").write_text(f"of-{name}")
        document = {
            "current-context": name,
            "clusters": [
                {"name": name, "cluster": {"server": f"https://127.0.0.1:{port}", "certificate-authority": "ca.pem"}}
            ],
            "users": [{"name": name, "user": {"tokenFile": "token"}}],
            "contexts": [
                {"name": name, "context": {"cluster": name, "user": name}},
                {"name": "both", "context": {"cluster": name, "user": name}},
            ],
        }
        (tmp_path / name / "config").write_text(yaml.safe_dump(document))
    (tmp_path / "empty").write_text("")
    monkeypatch.chdir(tmp_path)
    files = f"empty:near/config:{tmp_path}/nowhere:{tmp_path}/far/config"
    for context, wanted, port in ((None, "near", 1), ("near", "near", 1), ("far", "far", 2), ("both", "near", 1)):
        found = cluster_client.from_files(files, context, renew=False).configuration
        assert found.host == f"https://127.0.0.1:{port}", context
        assert Path(found.ssl_ca_cert).resolve() == tmp_path / wanted / "ca.pem"
        assert [*found.api_key.values()] == [f"Bearer of-{wanted}"]


def _with_a_credential_program(administrator: Path, folder: Path) -> Path:
    """Return a kubeconfig whose key comes from a program."""
    document = yaml.safe_load(administrator.read_text())
    user = document["users"][0]["user"]
    certificate, key = (
        base64.b64decode(user.pop(name)).decode() for name in ("client-certificate-data", "client-key-data")
    )
    answer = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"clientCertificateData": certificate, "clientKeyData": key},
    }
    (folder / "answer").write_text(json.dumps(answer))
    user["exec"] = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "/bin/cat",
        "args": [str(folder / "answer")],
        "interactiveMode": "Never",
    }
    file = folder / "with-program"
    file.write_text(yaml.safe_dump(document))
    return file
