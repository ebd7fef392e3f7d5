"""GraphQL at /graphql: the root schema, its limits, and our errors as it tells them.

Refusals of ours carry the same code and facts as over REST, under `extensions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from django.http import HttpResponse
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from graphene.validation import depth_limit_validator
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationType,
    execute,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from rest_framework.request import Request

from access.caller import Role
from access.errors import MalformedJson
from access.json import answer
from access.permissions import allow
from access.views import ApiView
from config.problems import translate
from core.errors import PunchcardError
from reporting.graph_asking import GraphContext
from reporting.schema import Query as ReportQuery

MOST_DEPTH = 8
MOST_TOKENS = 2_000


class Query(ReportQuery):
    """What can be asked, of all apps."""


schema = graphene.Schema(query=Query)
# The depth is asked of valid documents alone: a fragment within itself has none.
_RULES = (specified_rules, [depth_limit_validator(max_depth=MOST_DEPTH)])


class GraphQLView(ApiView):
    """Answers queries of known callers; anybody else is told nothing, not even the schema."""

    permission_classes = (allow(Role.POS, Role.MARKETING, Role.MANAGER),)

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        """Answer `{query, variables?, operationName?}`."""
        asked = request.data
        if not isinstance(asked, Mapping) or not isinstance(asked.get("query"), str):
            raise MalformedJson(gettext("Send {query, variables, operationName} as JSON."))
        variables, operation = asked.get("variables"), asked.get("operationName")
        result, status = _run(asked["query"], variables, operation, GraphContext(self.caller))
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [_told(error) for error in result.errors]
        return answer(body, status)


def _run(
    text: str, variables: object, operation: object, context: GraphContext
) -> tuple[ExecutionResult, int]:
    """Return the result and the HTTP status: 400 where nothing was executed."""
    try:
        document = parse(text, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        return ExecutionResult(None, [error]), 400
    errors = list[GraphQLError]()
    for rules in _RULES:
        errors = errors or validate(schema.graphql_schema, document, rules, max_errors=20)
    found = get_operation_ast(document, operation if isinstance(operation, str) else None)
    if not errors and (found is None or found.operation is not OperationType.QUERY):
        errors = [GraphQLError("Name one query to run.")]
    if errors:
        return ExecutionResult(None, errors), 400
    result = execute(
        schema.graphql_schema,
        document,
        variable_values=dict(variables) if isinstance(variables, Mapping) else None,
        operation_name=operation if isinstance(operation, str) else None,
        context_value=context,
    )
    assert isinstance(result, ExecutionResult)  # no resolver of ours is asynchronous
    return result, 200


def _told(error: GraphQLError) -> dict[str, Any]:
    """Return an error as GraphQL tells it; of what is not ours to tell, no word."""
    told: dict[str, Any] = dict(error.formatted)
    if error.original_error is None:
        return told | {"extensions": {"code": "graphql_invalid"}}
    meaning: PunchcardError = translate(error.original_error)
    facts = {name: held for name, held in meaning.facts.items() if name != "errors"}
    extensions = {"code": meaning.code, "facts": facts}
    return told | {"message": gettext(meaning.detail), "extensions": extensions}
