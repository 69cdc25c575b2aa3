/// Names a transfer across threads.
struct TransferID: Hashable, Sendable {
    let number: UInt64
}

/// A transfer that is wanted, and where its outcome goes.
struct TransferOrder: Sendable {
    let id: TransferID
    let request: HTTPRequest
    let target: URLParts
    let delivery: Delivery
}

/// Where the outcome of a transfer goes.
enum Delivery: Sendable {
    /// As one value.
    case whole(OneShot<HTTPResponse>)
    /// Piece by piece; the body must not stand still longer than `stallTimeout`.
    case streamed(StreamBuffer, stallTimeout: Duration?)

    /// Whether somebody still waits for it.
    var isWanted: Bool {
        switch self {
        case .whole(let outcome): outcome.isPending
        case .streamed(let buffer, _): buffer.isWanted
        }
    }

    /// Reports that no more comes, and why.
    func fail(_ error: HTTPError) {
        switch self {
        case .whole(let outcome): outcome.resolve(.failure(error))
        case .streamed(let buffer, _): buffer.finish(error)
        }
    }
}
