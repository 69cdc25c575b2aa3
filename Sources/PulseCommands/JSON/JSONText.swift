import Foundation

/// JSON for machines: keys in snake_case and in order, slashes as they are, times in ISO 8601, `null` where there is
/// nothing.
enum JSONText {
    /// A document on several lines, with its line break.
    static func document(_ value: some Encodable) throws -> String { try text(value, [.prettyPrinted]) }

    /// One line, for JSON Lines (https://jsonlines.org).
    static func line(_ value: some Encodable) throws -> String { try text(value, []) }

    private static func text(_ value: some Encodable, _ more: JSONEncoder.OutputFormatting) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = more.union([.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
