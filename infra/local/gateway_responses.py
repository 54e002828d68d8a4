"""Give an emulator template.yaml's gateway responses, which MiniStack does not read from an API's body."""

from collections.abc import Mapping
from typing import Any

import yaml


class _TemplateLoader(yaml.SafeLoader):
    """Loads a template and ignores CloudFormation's tags, like !Ref."""


_TemplateLoader.add_multi_constructor("!", lambda _loader, _tag, _node: None)


def put_gateway_responses(apigateway: Any, template: str, rest_api_id: str, stage: str) -> None:
    """Set each response of the template's REST API, and deploy them to its stage."""
    api = yaml.load(template, _TemplateLoader)["Resources"]["RestApi"]["Properties"]  # noqa: S506 - it is a SafeLoader
    for kind, response in api["GatewayResponses"].items():
        apigateway.put_gateway_response(
            restApiId=rest_api_id,
            responseType=kind,
            statusCode=str(response["StatusCode"]),
            responseParameters=_parameters(response["ResponseParameters"]["Headers"]),
            responseTemplates=response["ResponseTemplates"],
        )
    apigateway.create_deployment(restApiId=rest_api_id, stageName=stage)


def _parameters(headers: Mapping[str, str]) -> dict[str, str]:
    return {f"gatewayresponse.header.{name}": value for name, value in headers.items()}
