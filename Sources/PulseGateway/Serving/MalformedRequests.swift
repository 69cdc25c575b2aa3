import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import PulseAPI

/// Answers bytes that are no request, or have a head that is too long, as every other mistake is answered: with a problem.
/// No handler of routes ever sees them.
final class MalformedRequests: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Whether an answer was begun and not ended: nothing may be put between its parts.
    private var isAnswering = false
    private var isOver = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): isAnswering = head.status.kind != .informational
        case .body: break
        case .end: isAnswering = false
        }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, !isAnswering else { return context.fireErrorCaught(error) }
        // What else comes on the connection means nothing.
        guard !isOver else { return }
        isOver = true
        let problem = Self.problem(of: error)
        let body = problem.json
        var fields = HTTPFields()
        fields[.contentType] = "application/problem+json"
        fields[.contentLength] = String(body.count)
        fields[.connection] = "close"
        fields[.cacheControl] = "no-store"
        fields[.xContentTypeOptions] = "nosniff"
        let head = HTTPResponse(status: .init(code: problem.status), headerFields: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        // The other direction stays open until the client has read: bytes that nobody takes would reset the connection, and
        // the answer with it. An idle one is closed.
        context.close(mode: .output, promise: nil)
    }

    private static func problem(of error: HTTPParserError) -> Problem {
        guard error == .headerOverflow else {
            return .badRequest("What was sent is no request of HTTP/1.1.")
        }
        return Problem(
            431, code: "request.head_too_large", "The request's address or its header fields are too long.",
            remedy: "Send less: filters in several requests, and no cookies, which are not looked at.")
    }
}
