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
        var headers = trail.headers
        for field in reply.headers { headers.append(field) }
        headers[.traceParent] = trail.trace.traceparent
        secure(&headers)
        let isHead = request.method == .head
        switch reply.content {
        case .nothing: return Response(status: .init(code: reply.status), headers: headers)
        case .stream(let mediaType, let write):
            headers[.contentType] = mediaType
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
            headers[.contentType] = mediaType
            if let tag = reply.entityTag {
                headers[.eTag] = tag
                headers[.cacheControl] = "private, no-cache"
                if reply.status == 200, isKnown(tag) { return Response(status: .notModified, headers: headers) }
            }
            headers[.vary] = "Accept-Encoding"
            let isGzip = Gzip.isAccepted(by: request.headers[values: .acceptEncoding])
            let packed = isGzip ? Gzip.compressed(bytes) : nil
            if packed != nil { headers[.contentEncoding] = "gzip" }
            let body = packed ?? bytes
            headers[.contentLength] = String(body.count)
            return Response(
                status: .init(code: reply.status), headers: headers,
                body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
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
    private func secure(_ headers: inout HTTPFields) {
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        headers[.referrerPolicy] = "no-referrer"
        headers[.resourcePolicy] = "same-origin"
        // Never over plain HTTP (RFC 6797 section 7.2): a proxy that speaks TLS for the gateway adds its own.
        if isSecure { headers[.strictTransportSecurity] = "max-age=31536000" }
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    }
}
