import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import PulseAPI
import PulseDomain

/// What a handler answers, before it is known how it travels.
struct Reply: Sendable {
    enum Content: Sendable {
        case nothing
        case bytes([UInt8], mediaType: String)
        case shared(SharedBody, mediaType: String)
        /// Goes on until one of both ends.
        case stream(mediaType: String, @concurrent @Sendable (inout any ResponseBodyWriter) async throws -> Void)

        /// Whether all of it is there.
        var isWhole: Bool {
            switch self {
            case .bytes, .shared: true
            case .nothing, .stream: false
            }
        }
    }

    var status: Int
    var content: Content
    var headers: HTTPFields = [:]
    /// Tells versions apart (RFC 9110 section 8.8.3), weakly; `nil` where nobody polls.
    var entityTag: String?

    static func json(_ value: some Wire, status: Int = 200) -> Reply {
        Reply(status: status, content: .bytes(value.json, mediaType: "application/json"))
    }

    static let nothing = Reply(status: 204, content: .nothing)

    static func text(_ text: String, mediaType: String) -> Reply {
        Reply(status: 200, content: .bytes(Array(text.utf8), mediaType: mediaType))
    }

    static func problem(_ problem: Problem) -> Reply {
        var reply = Reply(
            status: problem.status, content: .bytes(problem.json, mediaType: Problem.mediaType))
        if problem.status == 401 { reply.headers[.wwwAuthenticate] = "Bearer realm=\"pulse\"" }
        return reply
    }

    /// The same, to be sent to several.
    var shared: Reply {
        guard case .bytes(let bytes, let mediaType) = content else { return self }
        var reply = self
        reply.content = .shared(SharedBody(bytes), mediaType: mediaType)
        return reply
    }

    /// The same with a tag of `bytes`, or of its own content.
    func tagged(by bytes: ArraySlice<UInt8>? = nil) -> Reply {
        guard case .bytes(let content, _) = self.content else { return self }
        var reply = self
        reply.entityTag = "W/\"\(Base64.encodeForURL(Array(SHA256.hash(data: bytes ?? content[...]).prefix(15))))\""
        return reply
    }
}

extension HTTPField.Name {
    /// A name of our own making.
    private static func named(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }

    static let traceParent = named("traceparent")
    static let rateLimit = named("RateLimit")
    static let rateLimitPolicy = named("RateLimit-Policy")
    static let lastEventID = named("Last-Event-ID")
    static let referrerPolicy = named("Referrer-Policy")
    static let resourcePolicy = named("Cross-Origin-Resource-Policy")
    static let pulsePrincipal = named(Acting.principalHeader)
    static let pulseRole = named(Acting.roleHeader)
    static let pulseTenant = named(Acting.tenantHeader)
    static let forwardedFor = named("X-Forwarded-For")
}
