/// A body as it arrives, in pieces of no particular size, none of them empty.
///
/// Made for one consumer. While it lags, a bounded amount is kept and the server is made to wait.
package struct HTTPBodyStream: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = HTTPError

    let source: StreamSource

    package func makeAsyncIterator() -> Iterator { Iterator(source: source) }

    /// Gives the pieces in their order.
    package struct Iterator: AsyncIteratorProtocol {
        let source: StreamSource

        /// The next piece; `nil` when the body ended as it should.
        ///
        /// - Throws: ``HTTPError`` when the body broke off, and again on every later call.
        /// - Cancellation: ends the exchange and throws ``HTTPError/cancelled(_:)``.
        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(HTTPError) -> [UInt8]? {
            try await source.next()
        }
    }
}
