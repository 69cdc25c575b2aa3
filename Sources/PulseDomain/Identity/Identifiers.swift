/// A name with a type of its own, so that a source can never be passed where a stream is meant.
package protocol Identifier: RawRepresentable, Hashable, Sendable, Codable, Comparable, CustomStringConvertible,
    ExpressibleByStringLiteral
where RawValue == String {
    init(rawValue: String)
}

extension Identifier {
    package init(_ text: some StringProtocol) { self.init(rawValue: String(text)) }
    package init(stringLiteral value: String) { self.init(rawValue: value) }
    package var description: String { rawValue }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// Whose data it is. First column of every key.
package struct TenantID: Identifier {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// A configured account at a provider, by the name that the operator gave it.
package struct SourceID: Identifier {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// One kind of record of a source, such as `issues`.
package struct StreamID: Identifier {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// The part of a stream that has a cursor of its own: a project's key, a repository's `owner/name`, or ``whole``.
package struct PartitionKey: Identifier {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The only partition of a stream that is not divided.
    package static let whole: PartitionKey = "*"
}

/// What is to be synchronised and when: one stream of one source, written `source/stream`.
package struct JobID: Identifier {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(source: SourceID, stream: StreamID) { rawValue = "\(source)/\(stream)" }

    /// The part before the last slash.
    package var source: SourceID { SourceID(lastSlash.map { rawValue[..<$0] } ?? "") }
    /// The part after the last slash.
    package var stream: StreamID { StreamID(lastSlash.map { rawValue[$0...].dropFirst() } ?? rawValue[...]) }

    private var lastSlash: String.Index? { rawValue.utf8.lastIndex(of: UInt8(ascii: "/")) }
}

/// A table of the unified schema, by its SQL name.
package struct TableName: Identifier {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// Follows one command through requests, log lines and rows. 128 random bits in hexadecimal (a W3C trace id).
package struct CorrelationID: Identifier {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package init(using generator: inout some RandomNumberGenerator) {
        // Never all zero, which is no trace id.
        rawValue = generator.next().hexadecimal + (generator.next() as UInt64 | 1).hexadecimal
    }
}

/// One execution of a job. Grows with every run of a store.
package struct RunID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let rawValue: Int64
    package init(_ rawValue: Int64) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// The one owner of a cursor: nothing with another identity can read or write it.
package struct PartitionID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let tenant: TenantID
    package let source: SourceID
    package let stream: StreamID
    package let key: PartitionKey

    package init(tenant: TenantID, source: SourceID, stream: StreamID, key: PartitionKey) {
        self.tenant = tenant
        self.source = source
        self.stream = stream
        self.key = key
    }

    /// The job that this partition belongs to.
    package var job: JobID { JobID(source: source, stream: stream) }
    package var description: String { "\(source)/\(stream)[\(key)]" }
    package static func < (left: Self, right: Self) -> Bool {
        (left.tenant, left.source, left.stream, left.key) < (right.tenant, right.source, right.stream, right.key)
    }
}

/// Who acts: a person at a console, a schedule, or the engine itself.
package struct Principal: Hashable, Sendable, Codable, CustomStringConvertible {
    /// A login name, or `schedule` or `engine`.
    package let name: String
    package init(_ name: String) { self.name = name }
    package var description: String { name }

    package static let schedule = Principal("schedule")
    package static let engine = Principal("engine")
}

extension UInt64 {
    /// Sixteen digits in lower case.
    var hexadecimal: String {
        String(unsafeUninitializedCapacity: 16) { bytes in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: self >> UInt64(60 - 4 * place)) & 0xF
                bytes[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 16
        }
    }
}
