"""What the tests of tokens ask for."""

from domain.access.tokens import PEPPER
from domain.kernel.ids import external_id

ISSUE = """
mutation($input: IssueTokenInput!) {
  issueToken(input: $input) {
    secret
    token { id kind name scopes purposes networks expiresAt revokedAt principal { id } }
    userErrors { code message path }
  }
}
"""
ROTATE = """
mutation($input: RotateTokenInput!) {
  rotateToken(input: $input) {
    secret token { id scopes purposes networks expiresAt } userErrors { code path }
  }
}
"""
REVOKE = """
mutation($input: RevokeTokenInput!) {
  revokeToken(input: $input) { token { id revokedAt } userErrors { code path } }
}
"""


def prc(group, name):
    return external_id("prc", group.principals[name])


def tok(group, name):
    return external_id("tok", group.tokens[name].token_id)


async def pepper(group):
    async with group.installation.writer.transaction(group.id, ()) as session:
        return await group.installation.keyring.of_system(session, PEPPER)


async def issued(group, who, to=None, **more):
    """Issue a token over GraphQL: the payload."""
    given = {"principalId": prc(group, to or who), "kind": "PERSON", "name": "notes", "days": 30}
    told = await group.read(who, ISSUE, input={**given, **more})
    return told["issueToken"]


def codes(payload):
    return [one["code"] for one in payload["userErrors"]]
