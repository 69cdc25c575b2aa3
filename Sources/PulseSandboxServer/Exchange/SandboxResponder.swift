import HTTPTypes
import HummingbirdCore
import NIOCore
import PulseGzip
import PulseHTTP
import PulseSandbox

/// Carries one request from a connection to the sandbox, and the answer back.
struct SandboxResponder: Sendable {
    let sandbox: Sandbox
    let routes: SandboxRoutes
    let settings: SandboxServer.Settings
    let counts: ServerCounts

    /// More of an over-long request than this is not read either: the connection ends.
    private static let drainedSizeInBytes = 32 << 20

    /// The connection is to end here, without an answer.
    private struct ConnectionEnds: Error {}

    /// Throwing ends the connection.
    @concurrent func respond(to request: Request, writer: consuming ResponseWriter, channel: any Channel) async throws {
        counts.addRequest()
        let response = try await response(to: request, channel: channel)
        let isGzip = Gzip.isAccepted(by: request.headers[values: .acceptEncoding])
        let compressed = isGzip ? Gzip.compressed(response.body) : nil
        let body = compressed ?? response.body
        var fields = HTTPFields()
        for field in response.headers {
            guard let name = HTTPField.Name(field.name), !Self.ownFields.contains(name) else { continue }
            fields.append(HTTPField(name: name, value: field.value))
        }
        fields[.contentLength] = String(body.count)
        if compressed != nil { fields[.contentEncoding] = "gzip" }
        if !response.body.isEmpty { fields[.vary] = "Accept-Encoding" }
        let head = HTTPTypes.HTTPResponse(status: .init(code: response.status), headerFields: fields)
        let isEmpty = body.isEmpty || request.method == .head
        try await writer.write(
            response: head, body: isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// Fields that say how a body is carried, which is decided here.
    private static let ownFields: Set<HTTPField.Name> = [
        .contentLength, .contentEncoding, .transferEncoding, .connection,
    ]

    private func response(to request: Request, channel: any Channel) async throws -> PulseHTTP.HTTPResponse {
        guard let body = try await body(of: request) else {
            return .plain(413, "A request may have \(settings.maximumBodySizeInBytes) bytes here.\n")
        }
        let target = request.head.path ?? "/"
        guard let url = routes.url(authority: request.head.authority, target: target) else {
            let folders = routes.doors.map { "/\($0.folder)" }.joined(separator: ", ")
            return .plain(target == "/" ? 200 : 404, "Pulse's simulated sources are under \(folders).\n")
        }
        guard let method = HTTPMethod(rawValue: request.method.rawValue) else {
            return .plain(405, "The simulated sources do not know \(request.method.rawValue).\n")
        }
        var headers = HTTPHeaders()
        for field in request.headers { headers.append(field.name.rawName, field.value) }
        let question = PulseHTTP.HTTPRequest(
            method: method, url: url, headers: headers, body: body.isEmpty ? nil : body, timeout: settings.patience,
            maximumBodySizeInBytes: .max)
        return try await answer(to: question, watch: try await ConnectionWatch.of(channel))
    }

    /// Asks the sandbox, until the client has gone or this task is cancelled.
    private func answer(to question: PulseHTTP.HTTPRequest, watch: ConnectionWatch) async throws
        -> PulseHTTP.HTTPResponse
    {
        // A task of its own, so that the connection's end can cancel it; its owner waits for it here.
        let work = Task { [sandbox] () throws(HTTPError) in try await sandbox.send(question) }
        watch.onEnd { work.cancel() }
        defer { watch.onEnd(nil) }
        let result = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
        // What the sandbox has as a failure of the network can only look like one when there is no answer.
        guard case .success(let response) = result else { throw ConnectionEnds() }
        return response
    }

    /// The request's body; `nil` when it is too long. All of it is read, so the connection can go on.
    private func body(of request: Request) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        var count = 0
        for try await piece in request.body {
            count += piece.readableBytes
            guard count <= Self.drainedSizeInBytes else { throw ConnectionEnds() }
            if count <= settings.maximumBodySizeInBytes { bytes += piece.readableBytesView }
        }
        return count <= settings.maximumBodySizeInBytes ? bytes : nil
    }
}

extension PulseHTTP.HTTPResponse {
    /// A sentence from the server itself.
    fileprivate static func plain(_ status: Int, _ text: String) -> PulseHTTP.HTTPResponse {
        PulseHTTP.HTTPResponse(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array(text.utf8), url: "")
    }
}
