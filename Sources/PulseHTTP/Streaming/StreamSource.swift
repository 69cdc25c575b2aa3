/// The consumer's end of a stream. When it goes, the transfer goes.
final class StreamSource: Sendable {
    private let transport: CurlTransport
    private let id: TransferID
    private let buffer: StreamBuffer
    private let origin: HTTPError.Origin

    init(transport: CurlTransport, id: TransferID, buffer: StreamBuffer, origin: HTTPError.Origin) {
        self.transport = transport
        self.id = id
        self.buffer = buffer
        self.origin = origin
    }

    deinit {
        cancel()
    }

    func next() async throws(HTTPError) -> [UInt8]? {
        let result = await withTaskCancellationHandler {
            await buffer.next { transport.post(.resume(id)) }
        } onCancel: {
            cancel()
        }
        return try result.get()
    }

    /// Ends the transfer unless it has ended.
    func cancel() {
        if buffer.finish(.cancelled(origin)) { transport.post(.cancel(id)) }
    }
}
