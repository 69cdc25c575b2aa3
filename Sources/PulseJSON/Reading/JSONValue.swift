/// What a `JSONValue` is.
package enum JSONKind: Sendable, Equatable {
    /// Nothing is there: the name or position that was asked for does not exist.
    case missing
    case null, bool, number, string, array, object
}

/// What becomes of NUL characters (`\u0000`) when text is copied out. PostgreSQL's `text` and `jsonb` refuse them.
package enum NULCharacters: Sendable, Equatable {
    case kept, removed
}

/// A value inside a document that a `JSONReader` has read; the compiler keeps it from outliving the read.
///
/// Asking a missing or null value, or one of another kind, for a member, an element or its content gives a missing value,
/// nothing to iterate, or nil, so a chain such as `value["fields"]["status"]["id"].text` needs no checks between.
///
/// Numbers: integers within 64 bits are exact in `int64` and `uint64`. Numbers with a fraction or an exponent are read as
/// the nearest `Double`. Integers beyond 64 bits and numbers whose magnitude no `Double` holds (`1e400`) keep the text
/// they were written with: `text` and `appendJSON` return it with every digit, `double` the nearest finite value or nil.
package struct JSONValue: ~Escapable {
    let tape: JSONTape
    /// Where the value begins on the tape; 0, which is never a value, when it is missing.
    var index: Int
    let nulCharacters: NULCharacters

    /// The root of the document that `reader` read last.
    @_lifetime(borrow reader)
    init(tape: JSONTape, nulCharacters: NULCharacters, readBy reader: borrowing JSONReader) {
        self.tape = tape
        self.index = 1
        self.nulCharacters = nulCharacters
    }

    @inline(__always)
    @_lifetime(copy self)
    func at(_ index: Int) -> JSONValue {
        var other = self
        other.index = index
        return other
    }

    var tag: UInt8 { tape.tag(at: index) }

    package var kind: JSONKind {
        switch tag {
        case JSONTape.Tag.null: .null
        case JSONTape.Tag.yes, JSONTape.Tag.no: .bool
        case JSONTape.Tag.string: .string
        case JSONTape.Tag.beginArray: .array
        case JSONTape.Tag.beginObject: .object
        case JSONTape.Tag.root: .missing
        default: .number
        }
    }

    /// Whether nothing is there. A null is there; `isNull` tells it.
    package var isMissing: Bool { index == 0 }

    package var isNull: Bool { tag == JSONTape.Tag.null }

    /// The value of the first member of this name, missing when this is no object or has none. Costs a pass over the names.
    package subscript(name: StaticString) -> JSONValue {
        @_lifetime(copy self)
        get { at(tape.indexOfMember(in: index, named: name.utf8Start, count: name.utf8CodeUnitCount)) }
    }

    /// As above, for a name that is known only when running (a custom field's identifier). Labelled, so that a literal
    /// never becomes a `String`.
    package subscript(named name: String) -> JSONValue {
        @_lifetime(copy self)
        get {
            let found = name.utf8.span.withUnsafeBufferPointer { name in
                // An empty name may come without an address; any will do for comparing no bytes.
                tape.indexOfMember(in: index, named: name.baseAddress ?? tape.strings, count: name.count)
            }
            return at(found)
        }
    }

    /// The element at a position counted from 0, missing when this is no array or ends before it. Costs a pass up to it.
    package subscript(position: Int) -> JSONValue {
        @_lifetime(copy self)
        get {
            guard tag == JSONTape.Tag.beginArray, position >= 0 else { return at(0) }
            let end = tape.endOfContainer(at: index) - 1
            var element = index + 1
            var remaining = position
            while element < end {
                if remaining == 0 { return at(element) }
                element = tape.next(after: element)
                remaining -= 1
            }
            return at(0)
        }
    }

    /// The number of elements of an array or members of an object, else 0.
    package var count: Int {
        guard tag == JSONTape.Tag.beginArray || tag == JSONTape.Tag.beginObject else { return 0 }
        let stored = Int(tape.payload(at: index) >> 32)
        guard stored == JSONTape.saturatedCount else { return stored }
        let end = tape.endOfContainer(at: index) - 1
        let isObject = tag == JSONTape.Tag.beginObject
        var counted = 0
        var item = index + 1
        while item < end {
            item = tape.next(after: isObject ? item + 1 : item)
            counted += 1
        }
        return counted
    }
}
