import CZlib
import Dispatch
import Synchronization

/// A page's bytes as they are kept.
struct StoredBody: Sendable {
    var bytes: [UInt8]
    /// Whether `bytes` is a zlib stream (RFC 1950); a body that does not get smaller is kept as it came.
    var isCompressed: Bool

    /// Level 1: pages are written once and read rarely; higher levels cost several times as much for a tenth less.
    init(compressing body: [UInt8]) {
        let bound = compressBound(UInt(body.count))
        // Not zeroed first: a page does not get as long as it may, and memory that is not touched costs nothing.
        let compressed = [UInt8](unsafeUninitializedCapacity: Int(bound)) { buffer, count in
            var size = bound
            let code = compress2(buffer.baseAddress, &size, body, UInt(body.count), 1)
            count = code == Z_OK ? Int(size) : 0
        }
        if !compressed.isEmpty, compressed.count < body.count {
            self.init(bytes: compressed, isCompressed: true)
        } else {
            self.init(bytes: body, isCompressed: false)
        }
    }

    init(bytes: [UInt8], isCompressed: Bool) {
        self.bytes = bytes
        self.isCompressed = isCompressed
    }

    /// The body as it came; `size` is its length. Throws when the stream is damaged.
    func expanded(to size: Int) throws -> [UInt8] {
        guard isCompressed else { return bytes }
        var buffer = [UInt8](repeating: 0, count: size)
        var count = UInt(size)
        guard uncompress(&buffer, &count, bytes, UInt(bytes.count)) == Z_OK, Int(count) == size else {
            throw StoredValueError(description: "a raw page")
        }
        return buffer
    }
}

/// Compresses the pages of a batch beside the thread that merges their rows.
///
/// Nothing is compressed before ``begin(from:)``: pages that change nothing are not kept.
final class PageCompressor: Sendable {
    private enum State {
        case pending
        case underWay
        case done(StoredBody)
        case taken
    }

    private let pages: [[UInt8]]
    private let isConcurrent: Bool
    private let states: Mutex<[State]>
    private let finished: [DispatchSemaphore]
    private let hasBegun = Mutex(false)

    /// - Parameter isConcurrent: whether another thread may be used.
    init(_ pages: [[UInt8]], isConcurrent: Bool) {
        self.pages = pages
        self.isConcurrent = isConcurrent
        states = Mutex(Array(repeating: .pending, count: pages.count))
        finished = pages.map { _ in DispatchSemaphore(value: 0) }
    }

    /// Starts with the page at `index`; further calls do nothing.
    func begin(from index: Int) {
        let isFirst = hasBegun.withLock { begun in
            defer { begun = true }
            return !begun
        }
        guard isConcurrent, isFirst else { return }
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            for index in index..<pages.count where claim(index) {
                let body = StoredBody(compressing: pages[index])
                states.withLock { states in
                    if case .underWay = states[index] { states[index] = .done(body) }
                }
                finished[index].signal()
            }
        }
    }

    /// The compressed page; done here and now when nobody has begun with it.
    func body(of index: Int) -> StoredBody {
        if claim(index) {
            states.withLock { $0[index] = .taken }
            return StoredBody(compressing: pages[index])
        }
        finished[index].wait()
        return states.withLock { states in
            defer { states[index] = .taken }
            if case .done(let body) = states[index] { return body }
            return StoredBody(compressing: pages[index])
        }
    }

    /// Says that the page will not be asked for.
    func skip(_ index: Int) { states.withLock { $0[index] = .taken } }

    private func claim(_ index: Int) -> Bool {
        states.withLock { states in
            guard case .pending = states[index] else { return false }
            states[index] = .underWay
            return true
        }
    }
}
