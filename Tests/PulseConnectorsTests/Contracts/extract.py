#!/usr/bin/env python3
"""Writes jira.json: what the tests check requests against, cut from Atlassian's OpenAPI documents.

Usage: extract.py FOLDER_WITH_THE_OPENAPI_DOCUMENTS > jira.json
Data Center publishes no OpenAPI document that lies there; its part is written down from its reference (10.3).
"""
import json
import sys

PLATFORM = {
    "/rest/api/3/search/jql": "post", "/rest/api/3/myself": "get", "/rest/api/3/mypermissions": "get",
    "/rest/api/3/serverInfo": "get", "/rest/api/3/field": "get", "/rest/api/3/project/search": "get",
    "/rest/api/3/issuetype": "get", "/rest/api/3/status": "get",
    "/rest/api/3/project/{projectIdOrKey}/version": "get", "/rest/api/3/changelog/bulkfetch": "post",
    "/rest/api/3/issue/{issueIdOrKey}/changelog": "get", "/rest/api/3/issue/{issueIdOrKey}/comment": "get",
    "/rest/api/3/issue/{issueIdOrKey}/worklog": "get",
}
AGILE = {
    "/rest/agile/1.0/board": "get", "/rest/agile/1.0/board/{boardId}/sprint": "get",
    "/rest/agile/1.0/board/{boardId}/configuration": "get",
}
KEPT = ("type", "enum", "minimum", "maximum", "minItems", "maxItems", "additionalProperties")


def resolved(document, schema):
    while "$ref" in schema:
        node = document
        for part in schema["$ref"].split("/")[1:]:
            node = node[part]
        schema = node
    return schema


def reduced(document, schema):
    schema = resolved(document, schema)
    result = {name: schema[name] for name in KEPT if name in schema}
    if "items" in schema:
        result["items"] = reduced(document, schema["items"])
    if "properties" in schema:
        result["properties"] = {n: reduced(document, s) for n, s in sorted(schema["properties"].items())}
    if "required" in schema:
        result["required"] = schema["required"]
    return result


def operation(document, path, method):
    source = document["paths"][path][method]
    result = {"query": {}, "deprecated": source.get("deprecated", False)}
    for parameter in source.get("parameters", []):
        parameter = resolved(document, parameter)
        if parameter["in"] == "query":
            result["query"][parameter["name"]] = reduced(document, parameter.get("schema", {}))
    if "requestBody" in source:
        result["body"] = reduced(document, source["requestBody"]["content"]["application/json"]["schema"])
    return result


def data_center():
    text, number = {"type": "string"}, {"type": "integer"}
    paged = {"startAt": number, "maxResults": number}
    get = lambda **query: {"get": {"query": query, "deprecated": False}}
    return {
        "/rest/api/2/serverInfo": get(doHealthCheck={"type": "boolean"}),
        "/rest/api/2/myself": get(), "/rest/api/2/mypermissions": get(
            projectKey=text, projectId=text, issueKey=text, issueId=text, permissions=text),
        "/rest/api/2/field": get(), "/rest/api/2/issuetype": get(), "/rest/api/2/status": get(),
        "/rest/api/2/project": get(includeArchived={"type": "boolean"}, expand=text, recent=number),
        "/rest/api/2/project/{projectIdOrKey}/version": get(orderBy=text, expand=text, **paged),
        "/rest/api/2/search": get(
            jql=text, fields=text, expand=text, validateQuery={"type": "boolean"}, **paged),
        "/rest/api/2/issue/{issueIdOrKey}": get(
            fields=text, expand=text, properties=text, updateHistory={"type": "boolean"}),
        "/rest/api/2/issue/{issueIdOrKey}/comment": get(orderBy=text, expand=text, **paged),
        "/rest/api/2/issue/{issueIdOrKey}/worklog": get(),
    }


def main():
    folder = sys.argv[1]
    with open(f"{folder}/jira-cloud-platform-v3.json") as file:
        platform = json.load(file)
    with open(f"{folder}/jira-cloud-software-agile.json") as file:
        agile = json.load(file)
    cloud = {path: {method: operation(platform, path, method)} for path, method in PLATFORM.items()}
    # Version 2 of this one is the same on both products, and tells which of them answers.
    cloud["/rest/api/2/serverInfo"] = cloud["/rest/api/3/serverInfo"]
    boards = {path: {method: operation(agile, path, method)} for path, method in AGILE.items()}
    json.dump(
        {"cloud": {**cloud, **boards}, "datacenter": {**data_center(), **boards}}, sys.stdout, indent=1, sort_keys=True)
    print()


main()
