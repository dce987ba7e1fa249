"""Which stacks a command means: those that are named, else all of the clouds that this machine can reach."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.country.apart import whom_to_ask
from govcloud.country.suggestion import did_you_mean
from govcloud.render import absent
from govcloud.stack import StackName
from govcloud_base.errors import CloudError, Language, Problem, Text, UsageError, language

__all__ = ["Selection", "left_to", "out_of_reach", "reachable", "select"]


def left_to(country: Country, tenant: str) -> Text:
    """Return the line that a tenant's stacks are left out, and whom to ask: its agency by name, and its addresses."""
    asked = whom_to_ask(country.agencies_by_code[country.tenants[tenant].spec.agency])
    return Text(f"{tenant}: stacks left out; {asked.en}", f"{tenant}: bỏ qua các stack; {asked.vi}")


@dataclass(frozen=True)
class Selection:
    """Stacks to work on, in the order in which they need each other, and the clouds that are left out."""

    stacks: tuple[StackName, ...]
    clouds: frozenset[str]
    """Clouds on which they lie."""
    left_out: tuple[str, ...] = ()
    """Clouds whose context is in no kubeconfig here, while others are."""
    away: tuple[Problem, ...] = ()
    """What was asked for and lies on a cloud out of reach, one problem for each."""
    beyond: frozenset[str] = frozenset()
    """All clouds that were meant and whose context is in no kubeconfig here, left out or asked for by name."""

    def require(self) -> Selection:
        """Return the selection. Raises CloudError where all that was asked for lies on clouds out of reach."""
        if self.away and not self.clouds:
            raise CloudError(self.away)
        return self

    def parted(self, country: Country, lapses: Collection[str]) -> tuple[tuple[StackName, ...], tuple[str, ...]]:
        """Return the stacks that nothing stops, and the tenants among `lapses` whose stacks are left out for it."""
        owners = {stack: country.tenant_of(str(stack)) for stack in self.stacks}
        stopped = {owner for owner in owners.values() if owner is not None and owner in lapses}
        return tuple(stack for stack in self.stacks if owners[stack] not in stopped), tuple(sorted(stopped))

    def remark(self, country: Country) -> str | None:
        """Return the line that names what is left out, in the reader's language; None where nothing is."""
        if not self.left_out:
            return None
        missing = ", ".join(f"{name} ({country.clouds[name].spec.cluster.context})" for name in self.left_out)
        if language() is Language.VI:
            return f"Bỏ qua các đám mây không có context trong kubeconfig: {missing}"
        return f"Left out, as the kubeconfig has no context for them: {missing}"


def select(
    country: Country, names: Sequence[str], contexts: Collection[str] | None, cloud: str | None = None
) -> Selection:
    """Return the named stacks; where none is named, all of `cloud`, or of every cloud whose context is at hand.

    Where `contexts` is None, every cloud counts as at hand: nothing is going to be touched. What is asked for and out
    of reach is told by the selection. Raises UsageError that names every stack and cloud which the country does not
    declare, with the nearest one, and GovCloudError where a file of the tenant of a named stack cannot be read.
    """
    problems = _unknown(country, names, cloud)
    if problems:
        raise UsageError(problems)
    country.require_read(*dict.fromkeys(country.tenant_of(name) or "" for name in names))
    at_hand = reachable(country, contexts)
    if names:
        home = {name: country.cloud_of(name) for name in names}
        problems = [_elsewhere(name, home[name], cloud) for name in names if cloud and home[name] != cloud]
        if problems:
            raise UsageError(problems)
        away = tuple(out_of_reach(country, name, home[name]) for name in names if home[name] not in at_hand)
        stacks = tuple(StackName.parse(name) for name in names if home[name] in at_hand)
        meant = frozenset(home.values())
        return Selection(stacks, meant & at_hand, away=away, beyond=meant - at_hand)
    wanted = frozenset({cloud} if cloud else country.clouds)
    near, beyond = wanted & at_hand, wanted - at_hand
    if not near:
        away = tuple(out_of_reach(country, name, name) for name in sorted(beyond))
        return Selection((), near, away=away, beyond=beyond)
    stacks = tuple(StackName.parse(name) for name in country.within(near).stacks())
    return Selection(stacks, near, tuple(sorted(beyond)), beyond=beyond)


def reachable(country: Country, contexts: Collection[str] | None) -> frozenset[str]:
    """Return the clouds whose context is among `contexts`; all where that is None."""
    return frozenset(
        name for name, cloud in country.clouds.items() if contexts is None or cloud.spec.cluster.context in contexts
    )


def _unknown(country: Country, names: Sequence[str], cloud: str | None) -> list[Problem]:
    known = frozenset(country.stacks())
    for name in names:
        StackName.parse(name)
    problems = [absent(country, name) for name in names if name not in known]
    if cloud is not None and cloud not in country.clouds:
        english, vietnamese = did_you_mean(cloud, country.clouds)
        problems.append(
            Problem(
                code="GC-STACK-003",
                message=Text(en="no such cloud in this country", vi="quốc gia này không khai báo đám mây đó"),
                value=cloud,
                allowed=", ".join(sorted(country.clouds)),
                fix=Text(en=english or "name one of these", vi=vietnamese or "chọn một trong các đám mây này"),
            )
        )
    return problems


def _elsewhere(name: str, home: str, cloud: str | None) -> Problem:
    return Problem(
        code="GC-STACK-004",
        message=Text(en=f"{name} lies on another cloud, {home}", vi=f"{name} nằm ở đám mây khác, {home}"),
        value=f"--cloud {cloud}",
        fix=Text(en=f"leave out --cloud, or write --cloud {home}", vi=f"bỏ --cloud, hoặc ghi --cloud {home}"),
    )


def out_of_reach(country: Country, name: str, cloud: str) -> Problem:
    """Return the problem that what `name` says, a stack or a cloud, lies on a cloud whose context is not at hand."""
    context = country.clouds[cloud].spec.cluster.context
    where = f" ({cloud})" if name != cloud else ""
    return Problem(
        code="GC-STACK-005",
        message=Text(
            en=f"the cloud of {name}{where} is out of reach: the kubeconfig has no context {context!r}",
            vi=f"không tới được đám mây của {name}{where}: kubeconfig không có context {context!r}",
        ),
        value=context,
        fix=Text(
            en=f"add a context named {context} to the kubeconfig, or point KUBECONFIG at the file that has it",
            vi=f"thêm context {context} vào kubeconfig, hoặc đặt KUBECONFIG là tệp có context đó",
        ),
    )
