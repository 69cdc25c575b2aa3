extension JSONValue {
    /// Appends this value as compact JSON, its members in their order; appends nothing when it is missing.
    ///
    /// The text of strings is the same, with NUL characters treated as the reader was told. Integers keep every digit,
    /// doubles are written with the fewest digits that read back as the same double.
    package func appendJSON(to output: inout [UInt8]) {
        guard !isMissing else { return }
        let end = tape.next(after: index)
        // One bit for each open container, set for an object.
        var objects = InlineArray<16, UInt64>(repeating: 0)
        var depth = 0
        var needsComma = false
        var isAfterName = false
        var item = index
        while item < end {
            let tag = tape.tag(at: item)
            if tag == JSONTape.Tag.endObject || tag == JSONTape.Tag.endArray {
                output.append(tag)
                depth -= 1
                needsComma = true
                item += 1
                continue
            }
            if needsComma { output.append(UInt8(ascii: ",")) }
            let isName = depth > 0 && !isAfterName && objects[(depth - 1) >> 6] >> UInt64((depth - 1) & 63) & 1 == 1
            if tag == JSONTape.Tag.beginObject || tag == JSONTape.Tag.beginArray {
                output.append(tag)
                let bit = UInt64(1) << UInt64(depth & 63)
                if tag == JSONTape.Tag.beginObject { objects[depth >> 6] |= bit } else { objects[depth >> 6] &= ~bit }
                depth += 1
                needsComma = false
                item += 1
            } else {
                appendScalar(at: item, to: &output)
                if isName { output.append(UInt8(ascii: ":")) }
                needsComma = !isName
                item = tape.next(after: item)
            }
            isAfterName = isName
        }
    }

    private func appendScalar(at item: Int, to output: inout [UInt8]) {
        let scalar = at(item)
        switch scalar.tag {
        case JSONTape.Tag.string:
            JSONEscaping.appendString(tape.bytes(at: item), nulCharacters: nulCharacters, to: &output)
        case JSONTape.Tag.wideNumber: output.append(contentsOf: tape.bytes(at: item))
        case JSONTape.Tag.yes: output.append(contentsOf: "true".utf8)
        case JSONTape.Tag.no: output.append(contentsOf: "false".utf8)
        case JSONTape.Tag.null: output.append(contentsOf: "null".utf8)
        case JSONTape.Tag.int64: output.append(contentsOf: String(scalar.signedWord).utf8)
        case JSONTape.Tag.uint64: output.append(contentsOf: String(tape.words[item + 1]).utf8)
        default: output.append(contentsOf: scalar.doubleWord.description.utf8)
        }
    }
}
