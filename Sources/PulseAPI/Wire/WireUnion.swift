package import PulseJSON

/// An enumeration with content: an object whose discriminator tells the case.
package protocol WireUnion: Wire {
    static var shapeName: String { get }
    static var about: String { get }
    /// The member that tells the case.
    static var discriminator: String { get }
    static var variants: [Variant<Self>] { get }
}

/// One case of an enumeration with content.
package struct Variant<Root: Sendable>: Sendable {
    let name: String
    let about: String
    /// Writes discriminator and members if the value is of this case.
    let write: @Sendable (Root, _ discriminator: String, inout JSONWriter) -> Bool
    let read: @Sendable ([JSONTree.Member]) throws(WireError) -> Root
    let describe: @Sendable () -> [Schema.Property]

    /// A case with members: `content` takes them out of the case (`nil` for another case), `make` puts them in.
    package init<Content: Sendable>(
        _ name: String, _ about: String = "", example: Content, content: @escaping @Sendable (Root) -> Content?,
        make: @escaping @Sendable (Content) -> Root, map: @escaping Mapping<Content>
    ) {
        self.name = name
        self.about = about
        write = { root, discriminator, writer in
            guard let content = content(root) else { return false }
            writer.object { writer in
                writer.member(discriminator, name)
                Fields.write(content, to: &writer, map)
            }
            return true
        }
        read = { members throws(WireError) in make(try Fields.read(members, map)) }
        describe = { Fields.describe(example, map) }
    }

    /// A case of its own without members.
    package init(_ name: String, _ about: String = "", _ value: Root) where Root: Equatable {
        self.name = name
        self.about = about
        write = { root, discriminator, writer in
            guard root == value else { return false }
            writer.object { $0.member(discriminator, name) }
            return true
        }
        read = { _ in value }
        describe = { [] }
    }
}

extension WireUnion {
    package static var shapeName: String { "\(Self.self)" }

    package static var schema: Schema {
        .component(shapeName) {
            let cases = variants.map { variant in
                let tag = Schema.Property(
                    name: discriminator, schema: .constant(variant.name), about: "", isDerived: false, isRequired: true)
                return Schema.object([tag] + variant.describe(), about: variant.about, isClosed: false)
            }
            return .alternatives(cases, about: about)
        }
    }

    package func write(to writer: inout JSONWriter) {
        for variant in Self.variants where variant.write(self, Self.discriminator, &writer) { return }
        preconditionFailure("a case of \(Self.shapeName) has no variant")
    }

    package static func read(_ tree: JSONTree) throws(WireError) -> Self {
        guard case .object(let members) = tree else { throw WireError("is \(tree.kind), not an object") }
        guard case .string(let name) = tree[discriminator] else {
            throw WireError("is missing, or no string").within(discriminator)
        }
        guard let variant = variants.first(where: { $0.name == name }) else {
            let known = variants.map(\.name).joined(separator: ", ")
            throw WireError("is “\(name.printable)”, which is none of \(known)").within(discriminator)
        }
        return try variant.read(members)
    }
}
