import PulseDomain
package import PulseHTTP

/// A request as it goes over the wire, before it has a server.
package struct APIRequest: Sendable, Hashable {
    package var route: RouteID
    package var arguments: Arguments
    /// JSON; `nil` for none.
    package var body: [UInt8]?

    package init(_ route: RouteID, _ arguments: Arguments = Arguments(), body: [UInt8]? = nil) {
        self.route = route
        self.arguments = arguments
        self.body = body
    }

    package var method: HTTPMethod { RouteTable.route(route).method }

    /// Whether it changes the engine's work: then it is sent once, and nobody knows what became of it when no answer came.
    package var isCommand: Bool {
        RouteTable.route(route).parameters.contains { $0.name == Parameter.dryRun.name }
            && !arguments.query.contains { $0.name == Parameter.dryRun.name && $0.value == "true" }
    }

    /// The whole address on the server at `base`. Throws ``Failure`` when a name cannot stand in an address.
    package func url(base: String) throws -> String {
        var builder = URLBuilder(base: base)
        for segment in RouteTable.route(route).segments {
            guard segment.first == "{" else {
                builder.appendPath(String(segment))
                continue
            }
            let value = arguments.path[String(segment.dropFirst().dropLast())] ?? ""
            guard !value.isEmpty, value != ".", value != ".." else {
                throw Failure(
                    .ours, code: "\(route.rawValue).unknown", "There is nothing called “\(value)”.",
                    remedy: "Check the name; `pulse jobs` lists jobs.")
            }
            builder.appendPath(value)
        }
        for argument in arguments.query { builder.appendQuery(argument.name, argument.value) }
        return builder.url
    }
}

/// What is answered: a status and a document.
package struct APIAnswer: Sendable, Hashable {
    package var status: Int
    package var mediaType: String
    package var body: [UInt8]

    package init(_ status: Int, _ value: some Wire) {
        self.status = status
        mediaType = "application/json"
        body = value.json
    }

    package init(_ problem: Problem) {
        status = problem.status
        mediaType = Problem.mediaType
        body = problem.json
    }
}
