package import PulseJSON

/// What is an object on the wire.
package protocol WireObject: Wire {
    /// Its name among the OpenAPI document's schemas.
    static var shapeName: String { get }
    /// What it is, in one sentence.
    static var about: String { get }
    /// A typical value, for the OpenAPI document; its members' types describe the object.
    static var example: Self { get }
    /// Comes from outside: members that are not known are refused, those that may be null may be absent.
    static var isRequest: Bool { get }
    static func map(_ f: inout Fields<Self>) throws(WireError) -> Self
}

extension WireObject {
    package static var shapeName: String { "\(Self.self)" }
    package static var isRequest: Bool { false }

    package static var schema: Schema {
        .component(shapeName) {
            let properties = Fields.describe(example, isClosed: isRequest, map)
            return .object(properties, about: about, isClosed: isRequest).with("examples", [example.tree])
        }
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in Fields.write(self, to: &writer, Self.map) }
    }

    package static func read(_ tree: JSONTree) throws(WireError) -> Self {
        guard case .object(let members) = tree else { throw WireError("is \(tree.kind), not an object") }
        return try Fields.read(members, isClosed: isRequest, map)
    }
}
