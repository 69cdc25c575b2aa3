import PulseDomain
import PulseJSON

/// Collects the custom fields of an issue that have a value, in the order of their numbers: Jira's own order differs from
/// answer to answer, and an issue that did not change must give the same row.
struct CustomFieldsWriter {
    /// The members as JSON, each with a comma behind it.
    private var json: [UInt8] = []
    private var places: [(number: Int64, range: Range<Int>)] = []
    private var isSorted = true

    mutating func begin() {
        json.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        isSorted = true
    }

    /// The number in `customfield_10016`; `nil` for other names.
    static func number(of name: JSONValue) -> Int64? {
        guard let text = name.utf8, text.count > 12, text.count < 31, text[0] == UInt8(ascii: "c"),
            text[11] == UInt8(ascii: "_")
        else { return nil }
        return text.withUnsafeBufferPointer { bytes in
            guard bytes.prefix(12).elementsEqual("customfield_".utf8) else { return nil }
            var number: Int64 = 0
            for byte in bytes.dropFirst(12) {
                guard (0x30...0x39).contains(byte) else { return nil }
                number = number &* 10 &+ Int64(byte - 0x30)
            }
            return number
        }
    }

    /// Adds a value that is not null; an empty list is no value. `name` is that of the field.
    mutating func add(_ number: Int64, name: JSONValue, _ value: JSONValue) {
        if value.kind == .array, value.count == 0 { return }
        let start = json.count
        name.appendJSON(to: &json)
        json.append(UInt8(ascii: ":"))
        value.appendJSON(to: &json)
        json.append(UInt8(ascii: ","))
        if let last = places.last, last.number > number { isSorted = false }
        places.append((number, start..<json.count))
    }

    mutating func finish(into rows: inout RowWriter<WorkItemColumns>) {
        guard !places.isEmpty else { return }
        if !isSorted { places.sort { $0.number < $1.number } }
        rows.set(
            .customFields,
            appending: { output in
                output.append(UInt8(ascii: "{"))
                json.withUnsafeBufferPointer { json in
                    if isSorted {
                        output.append(contentsOf: json)
                    } else {
                        for place in places {
                            output.append(contentsOf: UnsafeBufferPointer(rebasing: json[place.range]))
                        }
                    }
                }
                // In the place of the last comma.
                output[output.count - 1] = UInt8(ascii: "}")
            })
    }
}
