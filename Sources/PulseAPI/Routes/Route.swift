package import PulseDomain
package import PulseHTTP

/// What there is at an address: everything that router, access table, client and OpenAPI document need to know of it.
package struct Route: Sendable {
    /// What goes over the wire as a body.
    package enum Content: Sendable {
        case json(any Wire.Type)
        /// As `json`, and may be left out.
        case optionalJSON(any Wire.Type)
        /// Server-Sent Events.
        case events
        /// Of a kind that has no shape here.
        case other(mediaType: String)
        case nothing
    }

    package struct Answer: Sendable {
        package let status: Int
        package let about: String
        package let content: Content
    }

    package let id: RouteID
    package let method: HTTPMethod
    /// `/api/v1/jobs/{source}/{stream}`: what is in braces is one segment, percent-encoded.
    package let path: String
    /// The role that is needed at least; `nil`: nobody has to say who they are.
    package let role: Role?
    /// One sentence.
    package let summary: String
    package let parameters: [Parameter]
    package let request: Content
    /// What may be answered when all goes well (and refusals that are no problems).
    package let answers: [Answer]

    /// The role that a request needs: a preview of a command needs no more than reading.
    package func role(isPreview: Bool) -> Role? {
        isPreview && id.isCommand ? .viewer : role
    }

    /// The answer does not end by itself.
    package var isStreaming: Bool {
        answers.contains { if case .events = $0.content { true } else { false } }
    }

    /// The path's segments, without the first slash.
    package var segments: [Substring] { path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) }

    init(
        _ id: RouteID, _ method: HTTPMethod, _ path: String, _ role: Role?, _ summary: String,
        parameters: [Parameter] = [], request: Content = .nothing, answers: [Answer]
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.role = role
        self.summary = summary
        self.parameters = parameters
        self.request = request
        self.answers = answers
    }
}

extension Route.Answer {
    static func json(_ type: any Wire.Type, _ about: String, status: Int = 200) -> Route.Answer {
        Route.Answer(status: status, about: about, content: .json(type))
    }
    static func nothing(_ about: String) -> Route.Answer { Route.Answer(status: 204, about: about, content: .nothing) }
}
