import HTTPTypes
import Hummingbird
import NIOCore
import PulseDomain
import PulseGzip

/// Turns a reply into a response: tags, compression, headers that every response has.
struct ResponseWriting {
    let request: Request
    let trail: GatewayResponder.Trail
    /// Whether the answer goes out over TLS.
    let isSecure: Bool

    func response(_ reply: Reply) -> Response {
        var headers = Self.usual
        for field in trail.headers { headers.append(field) }
        for field in reply.headers { headers.append(field) }
        headers.append(HTTPField(name: .traceParent, value: trail.trace.traceparent))
        if let verdict = trail.verdict {
            headers.append(HTTPField(name: .rateLimit, value: verdict.header))
            headers.append(HTTPField(name: .rateLimitPolicy, value: verdict.limit.policy))
        }
        // Never over plain HTTP (RFC 6797 section 7.2): a proxy that speaks TLS for the gateway adds its own.
        if isSecure { headers.append(HTTPField(name: .strictTransportSecurity, value: "max-age=31536000")) }
        if reply.headers[.cacheControl] == nil {
            let isTagged = reply.entityTag != nil && reply.content.isWhole
            headers.append(HTTPField(name: .cacheControl, value: isTagged ? "private, no-cache" : "no-store"))
        }
        let isHead = request.method == .head
        let packed: ByteBuffer?
        let plain: ByteBuffer
        switch reply.content {
        case .nothing: return Response(status: .init(code: reply.status), headers: headers)
        case .stream(let mediaType, let write):
            headers.append(HTTPField(name: .contentType, value: mediaType))
            // Proxies that collect before they pass on would hold events back (nginx: X-Accel-Buffering).
            if let buffering = HTTPField.Name("X-Accel-Buffering") { headers[buffering] = "no" }
            return Response(
                status: .init(code: reply.status), headers: headers,
                body: isHead
                    ? ResponseBody()
                    : ResponseBody { writer in
                        try await write(&writer)
                        try await writer.finish(nil)
                    })
        case .bytes(let bytes, let mediaType):
            if let known = unchanged(reply, mediaType, &headers) { return known }
            packed = takesGzip ? Gzip.compressed(bytes).map { ByteBuffer(bytes: $0) } : nil
            plain = packed == nil ? ByteBuffer(bytes: bytes) : ByteBuffer()
        case .shared(let body, let mediaType):
            if let known = unchanged(reply, mediaType, &headers) { return known }
            packed = takesGzip ? body.packed : nil
            plain = body.bytes
        }
        if packed != nil { headers.append(HTTPField(name: .contentEncoding, value: "gzip")) }
        let body = packed ?? plain
        headers.append(HTTPField(name: .contentLength, value: String(body.readableBytes)))
        return Response(
            status: .init(code: reply.status), headers: headers,
            body: isHead ? ResponseBody() : ResponseBody(byteBuffer: body))
    }

    private var takesGzip: Bool { Gzip.isAccepted(by: request.headers[values: .acceptEncoding]) }

    /// Adds what tells what a body is; the whole answer where the client has that body.
    private func unchanged(_ reply: Reply, _ mediaType: String, _ headers: inout HTTPFields) -> Response? {
        headers.append(HTTPField(name: .contentType, value: mediaType))
        if let tag = reply.entityTag {
            headers.append(HTTPField(name: .eTag, value: tag))
            if reply.status == 200, isKnown(tag) { return Response(status: .notModified, headers: headers) }
        }
        headers.append(HTTPField(name: .vary, value: "Accept-Encoding"))
        return nil
    }

    /// `If-None-Match` compares weakly (RFC 9110 section 13.1.2).
    private func isKnown(_ tag: String) -> Bool {
        guard request.method == .get || request.method == .head else { return false }
        return request.headers[values: .ifNoneMatch].contains { field in
            field.split(separator: ",").contains { known in
                let known = known.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
                return known.elementsEqual("*") || Self.opaque(String(known)) == Self.opaque(tag)
            }
        }
    }

    private static func opaque(_ tag: String) -> Substring { tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...] }

    /// Answers are data for programs: no browser is to guess their kind, frame them, or keep them.
    private static let usual: HTTPFields = {
        var headers = HTTPFields()
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        headers[.referrerPolicy] = "no-referrer"
        headers[.resourcePolicy] = "same-origin"
        return headers
    }()
}
