/// The network: HTTP/1.1 and HTTP/2 over libcurl's multi interface, driven by one thread of its own.
///
/// Connections are kept and reused, bodies are decompressed, redirects followed as ``HTTPRequest/followsRedirects``
/// says. Nothing is retried, with one exception: when the server closed a kept connection just as it was being reused,
/// a request that may be repeated is sent again on a new one. The thread starts with the first request and ends with
/// ``shutdown()`` or the last reference.
package final class CurlTransport: HTTPTransport {
    /// As it was made.
    package let configuration: Configuration
    private let mailbox: Mailbox

    /// A transport of its own; it shares no connections with others.
    package init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        mailbox = Mailbox()
    }

    deinit {
        mailbox.close()
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let target = try URLParts.checked(request.url)
        let id = mailbox.makeID()
        let outcome = OneShot<HTTPResponse>()
        let order = TransferOrder(id: id, request: request, target: target, delivery: .whole(outcome))
        let result = await withTaskCancellationHandler {
            await outcome.value { post(order) }
        } onCancel: {
            if outcome.resolve(.failure(.cancelled(target.origin))) { mailbox.post(.cancel(id)) }
        }
        return try result.get()
    }

    /// Has an exchange whose body is taken while it arrives, such as Server-Sent Events.
    ///
    /// `request.timeout` counts until the head is there, and `maximumBodySizeInBytes` is not applied. No compression is
    /// asked for. The answer keeps this transport alive.
    ///
    /// - Parameter stallTimeout: a body that stands still for so long, in whole seconds, ends with
    ///   ``HTTPError/timedOut(_:phase:)``; time in which the consumer lags does not count. `nil` for no limit.
    /// - Throws: ``HTTPError`` when no head came; what happens later is thrown by the body.
    /// - Cancellation: ends the exchange, before and after the head.
    package func stream(
        _ request: HTTPRequest, stallTimeout: Duration? = nil
    ) async throws(HTTPError) -> HTTPStreamedResponse {
        let target = try URLParts.checked(request.url)
        let id = mailbox.makeID()
        let buffer = StreamBuffer(limitInBytes: configuration.streamBufferSizeInBytes)
        let order = TransferOrder(
            id: id, request: request, target: target, delivery: .streamed(buffer, stallTimeout: stallTimeout))
        // Made before waiting: whoever drops it, also by an error on the way, ends the transfer.
        let source = StreamSource(transport: self, id: id, buffer: buffer, origin: target.origin)
        let result = await withTaskCancellationHandler {
            await buffer.head.value { post(order) }
        } onCancel: {
            source.cancel()
        }
        let head = try result.get()
        return HTTPStreamedResponse(head: head, body: HTTPBodyStream(source: source))
    }

    /// Ends the thread; what is in flight, and every later request, fails with ``HTTPError/cancelled(_:)``.
    ///
    /// Returns when all connections are closed.
    package func shutdown() async {
        mailbox.close()
        await mailbox.ended()
    }

    func post(_ letter: Mailbox.Letter) {
        mailbox.post(letter)
    }

    private func post(_ order: TransferOrder) {
        switch mailbox.post(.start(order)) {
        case .taken:
            break
        case .needsThread:
            guard TransferThread.start(mailbox: mailbox, configuration: configuration) else {
                mailbox.abandon(because: .other(HTTPError.Origin(host: ""), detail: "no thread could be started"))
                return
            }
        case .closed(let error):
            order.delivery.fail(error ?? .cancelled(order.target.origin))
        }
    }
}
