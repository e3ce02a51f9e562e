import pytest

from tests.support.cases import Office, an_office


@pytest.fixture
def office(db: None) -> Office:
    return an_office()
