"""How the API's ways to sign in, and its problems, are told in the OpenAPI document."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Token <key>`."""

    target_class = "access.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the security scheme."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <key>`, as `manage.py create_token` prints it.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session of a signed-in user."""

    target_class = "access.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the security scheme."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "Writing needs the header X-CSRFToken too.",
        }


PROBLEM = "Problem"
_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; docs/api.md lists all codes.",
    "required": ["type", "title", "status", "detail", "code", "facts"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "facts": {"type": "object", "additionalProperties": True},
        "errors": {
            "type": "array",
            "description": "What is wrong with the input, and where (JSON pointers).",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def add_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Give every operation the answer of a refusal; a hook of drf-spectacular."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})[PROBLEM] = _PROBLEM_SCHEMA
    components.setdefault("responses", {})[PROBLEM] = {
        "description": "What was refused, and why; nothing was written.",
        "content": {
            "application/problem+json": {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}}
        },
    }
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            operation["responses"]["default"] = {"$ref": f"#/components/responses/{PROBLEM}"}
    return result
