/// Something that carries a request to a server and brings the answer back: the network, or a simulation of it.
package protocol HTTPTransport: Sendable {
    /// Has one exchange. Neither retries nor waits for quotas; that is the caller's decision.
    ///
    /// - Throws: ``HTTPError`` when no whole response came. Every status that did come is returned.
    /// - Cancellation: ends the exchange and throws ``HTTPError/cancelled(_:)``; the server may have acted all the same.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}
