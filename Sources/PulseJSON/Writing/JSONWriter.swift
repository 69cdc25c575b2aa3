/// Writes one compact JSON document into bytes; commas and escapes are its business, nesting is the caller's.
///
/// Calls that cannot make a document (a name outside an object, a value where a name belongs, an end without a beginning)
/// are programming errors and stop the program.
package struct JSONWriter: Sendable {
    private enum Place {
        case array
        case objectBeforeName, objectAfterName
    }

    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []
    private var places: [Place] = []
    private var needsComma = false

    package init(reservingBytes count: Int = 256) {
        bytes.reserveCapacity(count)
    }

    /// The document that `body` writes.
    package static func document<E: Error>(
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) -> [UInt8] {
        var writer = JSONWriter()
        try body(&writer)
        return writer.finish()
    }

    /// The finished document.
    package consuming func finish() -> [UInt8] {
        precondition(places.isEmpty && needsComma, "the document is not complete")
        return bytes
    }

    // MARK: Containers

    /// Writes an object, whose members `body` writes.
    package mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        begin(.objectBeforeName, UInt8(ascii: "{"))
        try body(&self)
        end(.objectBeforeName, UInt8(ascii: "}"))
    }

    /// Writes an array, whose elements `body` writes.
    package mutating func array<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        begin(.array, UInt8(ascii: "["))
        try body(&self)
        end(.array, UInt8(ascii: "]"))
    }

    /// Writes a member's name; its value has to be written next.
    package mutating func name(_ name: String) {
        precondition(places.last == .objectBeforeName, "a name belongs into an object, before a value")
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        appendString(name)
        bytes.append(UInt8(ascii: ":"))
        places[places.count - 1] = .objectAfterName
    }

    // MARK: Values

    package mutating func string(_ value: String) {
        beginValue()
        appendString(value)
    }

    package mutating func int(_ value: some BinaryInteger) {
        beginValue()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes the fewest digits that read back as the same number, and null for what JSON cannot write (NaN, infinities).
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        beginValue()
        bytes.append(contentsOf: value.description.utf8)
    }

    package mutating func bool(_ value: Bool) {
        beginValue()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    package mutating func null() {
        beginValue()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes bytes that have to be one valid JSON value; they are not checked.
    package mutating func raw(_ json: [UInt8]) {
        beginValue()
        bytes.append(contentsOf: json)
    }

    /// Writes a value that was read, null when it is missing.
    package mutating func value(_ value: JSONValue) {
        guard !value.isMissing else { return null() }
        beginValue()
        value.appendJSON(to: &bytes)
    }

    // MARK: Members

    /// Writes a member; null for nil.
    package mutating func member(_ name: String, _ value: String?) {
        self.name(name)
        if let value { string(value) } else { null() }
    }

    /// Writes a member; null for nil.
    package mutating func member(_ name: String, _ value: (some BinaryInteger)?) {
        self.name(name)
        if let value { int(value) } else { null() }
    }

    /// Writes a member; null for nil and what `double` writes as null.
    package mutating func member(_ name: String, _ value: Double?) {
        self.name(name)
        if let value { double(value) } else { null() }
    }

    /// Writes a member; null for nil.
    package mutating func member(_ name: String, _ value: Bool?) {
        self.name(name)
        if let value { bool(value) } else { null() }
    }

    /// Writes a member whose value is a list of strings.
    package mutating func member(_ name: String, _ values: [String]) {
        self.name(name)
        array { writer in for value in values { writer.string(value) } }
    }

    /// Writes a member whose value is an object, whose members `body` writes.
    package mutating func memberObject<E: Error>(
        _ name: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        self.name(name)
        try object(body)
    }

    /// Writes a member whose value is an array, whose elements `body` writes.
    package mutating func memberArray<E: Error>(
        _ name: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        self.name(name)
        try array(body)
    }

    // MARK: Commas

    private mutating func begin(_ place: Place, _ bracket: UInt8) {
        beginValue()
        bytes.append(bracket)
        places.append(place)
        needsComma = false
    }

    private mutating func end(_ place: Place, _ bracket: UInt8) {
        precondition(places.last == place, "a name has no value, or another container is open")
        places.removeLast()
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func beginValue() {
        switch places.last {
        case nil: precondition(!needsComma, "a document is one value")
        case .array: if needsComma { bytes.append(UInt8(ascii: ",")) }
        case .objectAfterName: places[places.count - 1] = .objectBeforeName
        case .objectBeforeName: preconditionFailure("a value in an object needs a name")
        }
        needsComma = true
    }

    private mutating func appendString(_ value: String) {
        value.utf8.span.withUnsafeBufferPointer { JSONEscaping.appendString($0, to: &bytes) }
    }
}
