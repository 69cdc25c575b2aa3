import NIOCore
import PulseGzip
import Synchronization

/// A body that is sent to several: neither copied nor compressed for each.
final class SharedBody: Sendable {
    let bytes: ByteBuffer
    private let packing = Mutex<Packing>(.unknown)

    private enum Packing {
        case unknown, useless
        case packed(ByteBuffer)
    }

    init(_ bytes: [UInt8]) { self.bytes = ByteBuffer(bytes: bytes) }

    /// The body as gzip, made when it is first asked for; `nil` when it would not get smaller.
    var packed: ByteBuffer? {
        packing.withLock { packing in
            if case .unknown = packing {
                packing =
                    Gzip.compressed(Array(bytes.readableBytesView)).map { .packed(ByteBuffer(bytes: $0)) } ?? .useless
            }
            if case .packed(let buffer) = packing { return buffer }
            return nil
        }
    }
}
