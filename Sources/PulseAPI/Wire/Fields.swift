import PulseJSON

/// The members of an object, gone through once for each purpose: to write a value, to read one, or to describe them.
///
/// A shape is a function that asks for one member after the other and makes the value of them. Writing and describing
/// answer with the members of a value that is there, reading with those of a document.
package struct Fields<Root> {
    private enum Purpose { case writing, reading, describing }

    private let purpose: Purpose
    /// The value to be written, or an example, in place: it is looked at once for every member, and a copy each time
    /// would cost more than all the writing. `nil` when reading. Valid while ``write(_:to:_:)`` or
    /// ``describe(_:isClosed:_:)`` lasts, which nothing of a `Fields` outlives.
    private let root: UnsafePointer<Root>?
    private var writer = JSONWriter(reservingBytes: 0)
    private let members: [JSONTree.Member]
    /// Members mostly come in the order in which they are asked for.
    private var upcoming = 0
    private var asked: Set<String> = []
    private let isClosed: Bool
    private(set) var properties: [Schema.Property] = []

    private init(
        _ purpose: Purpose, root: UnsafePointer<Root>?, members: [JSONTree.Member] = [], isClosed: Bool = false
    ) {
        self.purpose = purpose
        self.root = root
        self.members = members
        self.isClosed = isClosed
    }

    /// A member: its name, where the value has it, and what it means where the name does not tell; where not every value
    /// of its type will do, which ones.
    package mutating func callAsFunction<Value: Wire>(
        _ name: String, _ value: (Root) -> Value, _ about: String = "",
        schema: @autoclosure () -> Schema = Value.schema
    ) throws(WireError) -> Value {
        if let root {
            let value = value(root.pointee)
            let mayBeAbsent = isClosed && Value.self is any Absentable.Type
            note(name, schema(), value, about, isDerived: false, isRequired: !mayBeAbsent)
            return value
        }
        if isClosed { asked.insert(name) }
        guard let tree = member(name) else {
            // In a request what may be null may be absent; our own answers have every key.
            if isClosed, Value.self is any Absentable.Type, let nothing = try? Value.read(.null) { return nothing }
            throw WireError("is missing").within(name)
        }
        do throws(WireError) {
            return try Value.read(tree)
        } catch {
            throw error.within(name)
        }
    }

    /// A member that documents of former versions do not have: `nil` is read of those.
    package mutating func added<Value: Wire>(
        _ name: String, _ value: (Root) -> Value?, _ about: String = ""
    ) throws(WireError) -> Value? {
        guard root != nil || members.contains(where: { $0.name == name }) else { return nil }
        return try self(name, value, about)
    }

    /// A member that follows from others: written for readers, never read.
    package mutating func derived<Value: Wire>(_ name: String, _ value: (Root) -> Value, _ about: String = "") {
        guard let root else { return }
        note(name, Value.schema, value(root.pointee), about, isDerived: true, isRequired: true)
    }

    private mutating func note<Value: Wire>(
        _ name: String, _ schema: @autoclosure () -> Schema, _ value: Value, _ about: String, isDerived: Bool,
        isRequired: Bool
    ) {
        switch purpose {
        case .writing:
            writer.name(name)
            value.write(to: &writer)
        case .describing:
            properties.append(
                Schema.Property(
                    name: name, schema: schema(), about: about, isDerived: isDerived, isRequired: isRequired))
        case .reading: break
        }
    }

    private mutating func member(_ name: String) -> JSONTree? {
        if upcoming < members.count, members[upcoming].name == name {
            defer { upcoming += 1 }
            return members[upcoming].value
        }
        guard let place = members.firstIndex(where: { $0.name == name }) else { return nil }
        upcoming = place + 1
        return members[place].value
    }

    private func refuseOthers() throws(WireError) {
        guard isClosed else { return }
        if let unknown = members.first(where: { !asked.contains($0.name) }) {
            let known = asked.sorted().joined(separator: ", ")
            throw WireError("is not known here\(known.isEmpty ? "" : "; known are \(known)")").within(unknown.name)
        }
    }
}

/// What may be absent from a request.
private protocol Absentable {}
extension Optional: Absentable {}

/// How the members of an object make a value.
package typealias Mapping<Root> = @Sendable (inout Fields<Root>) throws(WireError) -> Root

extension Fields {
    /// Writes `root`'s members into an object that has been begun.
    static func write(_ root: Root, to writer: inout JSONWriter, _ map: Mapping<Root>) {
        withUnsafePointer(to: root) { root in
            var fields = Fields(.writing, root: root)
            swap(&writer, &fields.writer)
            // Only reading fails.
            _ = try? map(&fields)
            swap(&writer, &fields.writer)
        }
    }

    static func read(
        _ members: [JSONTree.Member], isClosed: Bool = false, _ map: Mapping<Root>
    ) throws(WireError) -> Root {
        var fields = Fields(.reading, root: nil, members: members, isClosed: isClosed)
        let value = try map(&fields)
        try fields.refuseOthers()
        return value
    }

    static func describe(_ example: Root, isClosed: Bool = false, _ map: Mapping<Root>) -> [Schema.Property] {
        withUnsafePointer(to: example) { root in
            var fields = Fields(.describing, root: root, isClosed: isClosed)
            _ = try? map(&fields)
            return fields.properties
        }
    }
}
