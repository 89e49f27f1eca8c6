import boto3
import pytest
from botocore.stub import Stubber

from serverless_course.aws.guard import AccountNotConfirmed, confirm_account


class Session:
    """A session whose one client answers GetCallerIdentity from a stub."""

    def __init__(self, account=None, error=None):
        self.sts = boto3.client(
            "sts", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        stub = Stubber(self.sts)
        if error:
            stub.add_client_error("get_caller_identity", error)
        else:
            stub.add_response("get_caller_identity", {"Account": account})
        stub.activate()

    def client(self, service):
        assert service == "sts"
        return self.sts


@pytest.mark.parametrize("named", ["111122223333", "1111-2222-3333", " 111122223333 "])
def test_the_named_account_is_let_through(named):
    assert confirm_account(Session("111122223333"), named) == "111122223333"


@pytest.mark.parametrize("named", [None, ""])
def test_no_name_no_creation(named):
    with pytest.raises(AccountNotConfirmed, match="set COURSE_ACCOUNT_ID") as caught:
        confirm_account(Session("111122223333"), named)
    # Printing the whole number would make it a thing to copy without a thought.
    assert "111122223333" not in str(caught.value)
    assert "3333" in str(caught.value)


def test_another_account_is_refused():
    with pytest.raises(AccountNotConfirmed, match="Nothing was created"):
        confirm_account(Session("111122223333"), "999988887777")


def test_bad_credentials_are_explained():
    with pytest.raises(AccountNotConfirmed, match="Sign in first"):
        confirm_account(Session(error="ExpiredToken"), "111122223333")
