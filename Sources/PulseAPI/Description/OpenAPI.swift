import PulseDomain
import PulseHTTP

/// The OpenAPI document (https://spec.openapis.org/oas/v3.1.1), made of routes and shapes: what it tells is what is served.
package enum OpenAPI {
    /// The document as JSON. `version` is Pulse's.
    package static func document(version: String, server: String = "/") -> [UInt8] {
        tree(version: version, server: server).bytes
    }

    static func tree(version: String, server: String = "/") -> JSONTree {
        var paths: [JSONTree.Member] = []
        for route in RouteTable.all {
            let member = JSONTree.Member(route.method.rawValue.lowercased(), operation(route))
            if let place = paths.firstIndex(where: { $0.name == route.path }),
                case .object(var members) = paths[place].value
            {
                members.append(member)
                paths[place].value = .object(members)
            } else {
                paths.append(JSONTree.Member(route.path, .object([member])))
            }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Pulse", "version": .string(version),
                "summary": "Collects engineering data and lets people run that.",
                "description": .string(introduction),
                "license": ["name": "Proprietary", "identifier": "LicenseRef-Pulse"],
            ],
            "servers": [["url": .string(server)]],
            "tags": .array(tags.map { ["name": .string($0.name), "description": .string($0.about)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas), "responses": .object(problems), "headers": .object(headers),
                "securitySchemes": [
                    "bearer": [
                        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                        "description": "An access token of auth/login, or a personal token of auth/tokens.",
                    ]
                ],
            ],
        ]
    }

    private static let introduction = """
        Keys are snake_case and always present; null where there is nothing. Instants are ISO 8601 in UTC. Lists answer \
        with `items` and `next`: send `next` as `cursor` for the part that follows, until it is null. Errors are \
        `application/problem+json` (RFC 9457). `x-required-role` tells the role that is needed: viewer < operator < admin. \
        A W3C `traceparent` is taken, and its trace id is the `correlation` in audit and logs.
        """

    private static let tags: [(name: String, about: String)] = [
        ("accounts", "Who one is, and who else may."), ("reads", "What the engine tells."),
        ("commands", "What the engine is asked to do."), ("live", "What is kept open."),
        ("outside", "For probes, monitors and programs that make clients."),
    ]

    private static func tag(of route: Route) -> String {
        switch route.id {
        case .login, .refresh, .logout, .profile, .listTokens, .addToken, .removeToken, .listUsers, .addUser,
            .changeUser,
            .removeUser:
            "accounts"
        case .events, .presence, .enterPresence, .leavePresence: "live"
        case .live, .ready, .metrics, .openAPI, .keys: "outside"
        default: route.id.isCommand ? "commands" : "reads"
        }
    }

    // MARK: Operations

    private static func operation(_ route: Route) -> JSONTree {
        var members: [JSONTree.Member] = [
            .init("operationId", .string(route.id.rawValue)), .init("summary", .string(route.summary)),
            .init("tags", [.string(tag(of: route))]),
        ]
        if let role = route.role {
            members.append(.init("security", [["bearer": []]]))
            members.append(.init("x-required-role", .string(role.rawValue)))
        } else {
            members.append(.init("security", []))
        }
        let parameters = route.parameters.map(parameter) + columns(of: route)
        if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
        switch route.request {
        case .json(let type): members.append(.init("requestBody", body(type, isRequired: true)))
        case .optionalJSON(let type): members.append(.init("requestBody", body(type, isRequired: false)))
        case .events, .other, .nothing: break
        }
        members.append(.init("responses", .object(responses(of: route))))
        return .object(members)
    }

    private static func parameter(_ parameter: Parameter) -> JSONTree {
        var members: [JSONTree.Member] = [
            .init("name", .string(parameter.name)), .init("in", .string(parameter.place.rawValue)),
            .init("description", .string(parameter.about)), .init("required", .bool(parameter.isRequired)),
            .init("schema", parameter.schema.tree),
        ]
        let example: JSONTree =
            switch parameter.kind {
            case .integer: .integer(Int64(parameter.example) ?? 0)
            case .flag: .bool(parameter.example == "true")
            case .text, .word, .instant: .string(parameter.example)
            }
        members.append(.init("example", example))
        return .object(members)
    }

    /// A list of rows may be filtered by columns, which differ from table to table: any of them may be given.
    private static func columns(of route: Route) -> [JSONTree] {
        guard route.id == .rows else { return [] }
        let names = Set(
            UnifiedSchema.tables.flatMap { ($0.columns + Table.provenance).filter { $0.type != .json } }.map(\.name))
        let properties = names.sorted().map { JSONTree.Member($0, ["type": "string"]) }
        return [
            [
                "name": "columns", "in": "query", "style": "form", "explode": true, "required": false,
                "description": "Columns of the table and the values that rows must have in them.",
                "schema": ["type": "object", "properties": .object(properties), "additionalProperties": false],
                "example": [:],
            ]
        ]
    }

    private static func body(_ type: any Wire.Type, isRequired: Bool) -> JSONTree {
        ["required": .bool(isRequired), "content": ["application/json": media(type)]]
    }

    private static func media(_ type: any Wire.Type) -> JSONTree {
        var members = [JSONTree.Member("schema", type.schema.tree)]
        if let example = example(type) { members.append(.init("example", example)) }
        return .object(members)
    }

    private static func example(_ type: any Wire.Type) -> JSONTree? {
        if let object = type as? any WireObject.Type { return example(of: object) }
        if type == CommandOutcome.self {
            return CommandAnswer(.unchanged("It is paused."), correlation: Example.correlation).tree
        }
        if type == RowPage.self { return RowPage(table: "work_items", items: [], next: nil).tree }
        return nil
    }

    private static func example<Shape: WireObject>(of type: Shape.Type) -> JSONTree { Shape.example.tree }

    private static func responses(of route: Route) -> [JSONTree.Member] {
        var members = route.answers.map { answer in
            var response: [JSONTree.Member] = [.init("description", .string(answer.about))]
            if route.role != nil { response.append(.init("headers", limitHeaders)) }
            switch answer.content {
            case .json(let type), .optionalJSON(let type):
                response.append(.init("content", ["application/json": media(type)]))
            case .events:
                response.append(
                    .init(
                        "content",
                        [
                            "text/event-stream": [
                                "schema": ["type": "string"],
                                "example":
                                    "id: 17-4711\nevent: throughput\ndata: {\"at\":\"2026-03-02T09:30:00.000Z\",\"records\":100,\"requests\":2,\"bytes\":204800}\n\n",
                            ]
                        ]))
            case .other(let mediaType): response.append(.init("content", .object([.init(mediaType, [:])])))
            case .nothing: break
            }
            return JSONTree.Member(String(answer.status), .object(response))
        }
        for status in refusals(of: route) where !route.answers.contains(where: { $0.status == status }) {
            members.append(.init(String(status), ["$ref": .string("#/components/responses/Problem\(status)")]))
        }
        return members
    }

    /// The statuses of problems that a route can answer with.
    package static func refusals(of route: Route) -> [Int] {
        var statuses = [400, 405, 429, 500, 503]
        if route.role != nil || route.id == .login || route.id == .refresh { statuses.append(401) }
        if route.role != nil { statuses += [403, 422] }
        if route.path.contains("{") || !route.parameters.isEmpty { statuses.append(404) }
        switch route.request {
        case .json, .optionalJSON: statuses += [413, 415]
        case .events, .other, .nothing: break
        }
        switch route.id {
        case .addUser, .addToken, .changeUser, .removeUser: statuses.append(409)
        case .login, .refresh, .logout, .profile, .listTokens, .removeToken, .listUsers, .live, .ready, .metrics,
            .openAPI,
            .keys, .presence, .enterPresence, .leavePresence:
            break
        default: statuses += [502, 504]
        }
        return statuses.sorted()
    }

    // MARK: Components

    private static var schemas: [JSONTree.Member] {
        let all = RouteTable.all.flatMap { route -> [Schema] in
            let answers = route.answers.map(\.content)
            return ([route.request] + answers).compactMap { content -> Schema? in
                switch content {
                case .json(let type), .optionalJSON(let type): type.schema
                case .events, .other, .nothing: nil
                }
            }
        }
        return Schema.resolve(all + [Problem.schema, EventHello.schema]).map { .init($0.name, $0.schema.tree) }
    }

    private static var problems: [JSONTree.Member] {
        [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503, 504].map { status in
            var example = Problem.example
            example.status = status
            var response: [JSONTree.Member] = [
                .init("description", .string(example.title)),
                .init(
                    "content",
                    .object([
                        .init(Problem.mediaType, ["schema": Problem.schema.tree, "example": example.tree])
                    ])),
            ]
            if status == 429 || status == 503 {
                response.append(.init("headers", ["Retry-After": ["$ref": "#/components/headers/Retry-After"]]))
            }
            return .init("Problem\(status)", .object(response))
        }
    }

    private static let limitHeaders: JSONTree = [
        "RateLimit": ["$ref": "#/components/headers/RateLimit"],
        "RateLimit-Policy": ["$ref": "#/components/headers/RateLimit-Policy"],
    ]

    private static let headers: [JSONTree.Member] = [
        .init(
            "RateLimit",
            [
                "description": "What is left of the principal's budget, and seconds until there is more.",
                "schema": ["type": "string"], "example": "\"principal\";r=87;t=12",
            ]),
        .init(
            "RateLimit-Policy",
            [
                "description": "The budget and its window in seconds.", "schema": ["type": "string"],
                "example": "\"principal\";q=100;w=60",
            ]),
        .init(
            "Retry-After",
            [
                "description": "Seconds after which it may be tried again.",
                "schema": ["type": "integer", "minimum": 0],
                "example": 12,
            ]),
    ]
}
