"""SUP-01 at preview: from its level on, what runs comes from a registry that the cloud declares, and by digest."""

from __future__ import annotations

from collections.abc import Iterator

from declared import Declared, control, labels, resource_rule
from declared_clouds import declared_clouds
from hardening import pod_of

from govcloud.model.image_reference import unadmitted

__all__ = ["images_are_declared"]

_SUPPLY = control("SUP-01")


@resource_rule("SUP-01")
def images_are_declared(resource: Declared) -> Iterator[str]:
    """Every image of a pod, and of the template of whatever makes pods, is from a declared registry and by digest."""
    pod = pod_of(resource)
    if pod is None or not _concerned(resource):
        return
    declared = [spec.images for spec in declared_clouds(resource.cloud)]
    registries = [place for images in declared if images for place in images.admitted]
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in pod.get(group) or ():
            image = str(container.get("image") or "")
            if (why := unadmitted(image, registries, _SUPPLY.string("digest_form"))) is not None:
                yield f"{resource.kind} {resource.name}: container {container.get('name')}: {why}"


def _concerned(resource: Declared) -> bool:
    """Return whether the object is of the control's level or above; one that does not say is."""
    level = str(labels(resource).get(_SUPPLY.string("level_label")) or "")
    return not level.isdigit() or int(level) >= _SUPPLY.level
