import CZlib

/// The gzip coding of HTTP bodies (RFC 9110 section 8.4.1.3, RFC 1952).
package enum Gzip {
    /// Smaller bodies gain nothing.
    private static let least = 1_024

    /// The body as gzip; `nil` when it would not get smaller.
    ///
    /// Level 1: on a local link time matters more than the last tenth of the size.
    package static func compressed(_ body: [UInt8]) -> [UInt8]? {
        guard body.count >= least, body.count < Int(UInt32.max) else { return nil }
        var stream = z_stream()
        // 15 bits of window and 16 for gzip's own header and trailer (zlib.h, deflateInit2).
        guard
            deflateInit2_(
                &stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        let capacity = body.count - 1
        var source = body
        let packed = [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            source.withUnsafeMutableBufferPointer { source in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(capacity)
                let isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
                count = isWhole ? capacity - Int(stream.avail_out) : 0
            }
        }
        return packed.isEmpty ? nil : packed
    }

    /// Whether a client takes gzip, from the values of its `Accept-Encoding` fields (RFC 9110 section 12.5.3).
    package static func isAccepted(by fields: [String]) -> Bool {
        fields.contains { value in
            value.split(separator: ",").contains { coding in
                let words = coding.lowercased().filter { $0 != " " }.split(separator: ";")
                return words.first == "gzip" && words.dropFirst().allSatisfy { $0 != "q=0" && !$0.hasPrefix("q=0.000") }
            }
        }
    }
}
