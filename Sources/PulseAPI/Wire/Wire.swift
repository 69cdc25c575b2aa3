package import PulseJSON

/// What has one form in the JSON of API v1, told once: how it is written, read and described.
package protocol Wire: Sendable {
    /// As the OpenAPI document tells it.
    static var schema: Schema { get }
    func write(to writer: inout JSONWriter)
    static func read(_ tree: JSONTree) throws(WireError) -> Self
}

extension Wire {
    /// As a JSON document.
    package var json: [UInt8] { JSONWriter.document { writer in write(to: &writer) } }

    /// From a JSON document of at most `limit` bytes.
    package init(json: [UInt8], limit: Int = 64 << 20) throws(WireError) {
        self = try Self.read(try JSONTree(parsing: json, limit: limit))
    }

    /// As a tree, for examples.
    package var tree: JSONTree {
        // What was just written can be read.
        (try? JSONTree(parsing: json, limit: .max)) ?? .null
    }
}

extension Optional: Wire where Wrapped: Wire {
    package static var schema: Schema { Wrapped.schema.nullable }

    package func write(to writer: inout JSONWriter) {
        if let self { self.write(to: &writer) } else { writer.null() }
    }

    package static func read(_ tree: JSONTree) throws(WireError) -> Self {
        if case .null = tree { return nil }
        return try Wrapped.read(tree)
    }
}

extension Array: Wire where Element: Wire {
    package static var schema: Schema { .array(of: Element.schema) }

    package func write(to writer: inout JSONWriter) {
        writer.array { writer in for element in self { element.write(to: &writer) } }
    }

    package static func read(_ tree: JSONTree) throws(WireError) -> Self {
        guard case .array(let elements) = tree else { throw WireError("is \(tree.kind), not an array") }
        var values: [Element] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            do throws(WireError) {
                values.append(try Element.read(element))
            } catch {
                throw error.within(String(values.count))
            }
        }
        return values
    }
}
