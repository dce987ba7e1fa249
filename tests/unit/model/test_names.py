"""Names follow from declarations and identifiers admit no look-alike."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from govcloud.model import names
from govcloud.model.identifier import AgencyCode, Identifier, slug


def test_names_of_a_commune() -> None:
    assert slug("H41.101") == "h41-101"
    assert names.namespace("h41-101", "prod", "srv") == "h41-101-prod-srv"
    assert names.bucket("vn", "h41-101", "prod", "records") == "vn-h41-101-prod-records"
    assert names.group("h41-101", "admin") == "gov:h41-101:admin"


@pytest.mark.parametrize(
    "name", ["tenant\n", "Tenant", "tеnant", "a--", "-a", "a" * 41, "a b", "a\u200bb", "", "a_b", "a.b"]
)
def test_identifiers_refuse_what_is_not_plain(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Identifier).validate_python(name)


@pytest.mark.parametrize("code", ["h41", "Z4", "H4", "H41.", "H41.1a", "H41\n", "H41." + "1" * 32, "Н41"])
def test_agency_codes_have_the_form_of_the_decision(code: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(AgencyCode).validate_python(code)
    assert TypeAdapter(AgencyCode).validate_python("H41.101") == "H41.101"
