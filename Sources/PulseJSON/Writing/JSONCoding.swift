/// Writes `Encodable` values as JSON.
///
/// The bytes are written as the values come, which takes a tenth of the time of Foundation's encoder: that makes a tree of
/// them first. Containers have to be written one after the other, as synthesised code does; one that is written to after
/// it was left throws.
package enum JSONCoding {
    /// The value as compact JSON, which Foundation's decoder reads.
    ///
    /// - Throws: `EncodingError` for numbers that JSON cannot write (NaN, infinities), and what the value throws.
    package static func text(of value: some Encodable) throws -> String {
        let output = JSONOutput()
        try output.write(value)
        return String(decoding: output.bytes, as: UTF8.self)
    }
}

/// What all encoders of one document write to.
private final class JSONOutput {
    private(set) var bytes: [UInt8] = []
    /// Containers that are not closed, the innermost last.
    private var open: [(number: Int, isObject: Bool, isEmpty: Bool)] = []
    private var begun = 0

    init() { bytes.reserveCapacity(2_048) }

    /// A container by its depth and number.
    struct Place {
        let depth: Int
        let number: Int
    }

    func begin(isObject: Bool) -> Place {
        begun += 1
        bytes.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        open.append((begun, isObject, true))
        return Place(depth: open.count, number: begun)
    }

    private func close(to depth: Int) {
        while open.count > depth, let last = open.popLast() {
            bytes.append(last.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        }
    }

    /// Goes on in a container: what lies in it is closed.
    func next(in place: Place) throws {
        close(to: place.depth)
        guard open.count == place.depth, open[place.depth - 1].number == place.number else {
            throw EncodingError.invalidValue(
                place.number,
                EncodingError.Context(codingPath: [], debugDescription: "A container was written to after its end."))
        }
        if !open[place.depth - 1].isEmpty { bytes.append(UInt8(ascii: ",")) }
        open[place.depth - 1].isEmpty = false
    }

    func next(in place: Place, _ key: some CodingKey) throws {
        try next(in: place)
        write(key.stringValue)
        bytes.append(UInt8(ascii: ":"))
    }

    // MARK: Values

    func write<Value: Encodable>(_ value: Value) throws {
        let (depth, before) = (open.count, bytes.count)
        try value.encode(to: JSONValueEncoder(output: self))
        close(to: depth)
        // A value without anything in it.
        if bytes.count == before { bytes.append(contentsOf: "{}".utf8) }
    }

    func write(_ text: String) {
        var text = text
        text.withUTF8 { JSONEscaping.appendString($0, to: &bytes) }
    }

    func write(_ flag: Bool) { bytes.append(contentsOf: (flag ? "true" : "false").utf8) }

    func write(integer: some BinaryInteger) { bytes.append(contentsOf: String(integer).utf8) }

    func write(_ real: Double) throws {
        guard real.isFinite else {
            throw EncodingError.invalidValue(
                real, EncodingError.Context(codingPath: [], debugDescription: "JSON has no number \(real)."))
        }
        bytes.append(contentsOf: real.description.utf8)
    }

    func writeNull() { bytes.append(contentsOf: "null".utf8) }
}

/// One value, at the place where the output is.
private struct JSONValueEncoder: Encoder, SingleValueEncodingContainer {
    let output: JSONOutput

    /// Errors do not tell where: nobody asks.
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONObjectEncoder(output: output, place: output.begin(isObject: true)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONArrayEncoder(output: output, place: output.begin(isObject: false))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { output.writeNull() }
    func encode(_ value: Bool) { output.write(value) }
    func encode(_ value: String) { output.write(value) }
    func encode(_ value: Double) throws { try output.write(value) }
    func encode(_ value: Float) throws { try output.write(Double(value)) }
    func encode(_ value: some BinaryInteger & Encodable) { output.write(integer: value) }
    func encode(_ value: some Encodable) throws { try output.write(value) }
}

private struct JSONObjectEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let output: JSONOutput
    let place: JSONOutput.Place
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) throws {
        try output.next(in: place, key)
        output.writeNull()
    }
    func encode(_ value: Bool, forKey key: Key) throws {
        try output.next(in: place, key)
        output.write(value)
    }
    func encode(_ value: String, forKey key: Key) throws {
        try output.next(in: place, key)
        output.write(value)
    }
    func encode(_ value: Double, forKey key: Key) throws {
        try output.next(in: place, key)
        try output.write(value)
    }
    func encode(_ value: Float, forKey key: Key) throws { try encode(Double(value), forKey: key) }
    func encode(_ value: some BinaryInteger & Encodable, forKey key: Key) throws {
        try output.next(in: place, key)
        output.write(integer: value)
    }
    func encode(_ value: some Encodable, forKey key: Key) throws {
        try output.next(in: place, key)
        try output.write(value)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key)
        -> KeyedEncodingContainer<Nested>
    {
        KeyedEncodingContainer(JSONObjectEncoder<Nested>(output: output, place: begin(key, isObject: true)))
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        JSONArrayEncoder(output: output, place: begin(key, isObject: false))
    }
    func superEncoder() -> any Encoder {
        preconditionFailure("classes that inherit are not written")
    }
    func superEncoder(forKey key: Key) -> any Encoder { superEncoder() }

    private func begin(_ key: Key, isObject: Bool) -> JSONOutput.Place {
        // The protocol does not let it throw: what cannot be gone on with here shows in what is written to it.
        guard (try? output.next(in: place, key)) != nil else { return JSONOutput.Place(depth: .max, number: 0) }
        return output.begin(isObject: isObject)
    }
}

private struct JSONArrayEncoder: UnkeyedEncodingContainer {
    let output: JSONOutput
    let place: JSONOutput.Place
    var codingPath: [any CodingKey] { [] }
    private(set) var count = 0

    init(output: JSONOutput, place: JSONOutput.Place) {
        self.output = output
        self.place = place
    }

    private mutating func next() throws {
        try output.next(in: place)
        count += 1
    }

    mutating func encodeNil() throws {
        try next()
        output.writeNull()
    }
    mutating func encode(_ value: Bool) throws {
        try next()
        output.write(value)
    }
    mutating func encode(_ value: String) throws {
        try next()
        output.write(value)
    }
    mutating func encode(_ value: Double) throws {
        try next()
        try output.write(value)
    }
    mutating func encode(_ value: Float) throws { try encode(Double(value)) }
    mutating func encode(_ value: some BinaryInteger & Encodable) throws {
        try next()
        output.write(integer: value)
    }
    mutating func encode(_ value: some Encodable) throws {
        try next()
        try output.write(value)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(JSONObjectEncoder<Nested>(output: output, place: begin(isObject: true)))
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONArrayEncoder(output: output, place: begin(isObject: false))
    }
    func superEncoder() -> any Encoder {
        preconditionFailure("classes that inherit are not written")
    }

    private mutating func begin(isObject: Bool) -> JSONOutput.Place {
        guard (try? next()) != nil else { return JSONOutput.Place(depth: .max, number: 0) }
        return output.begin(isObject: isObject)
    }
}
