import PulseJSON

/// Pages and values that several tests read.
enum SamplePage {
    /// Small, with every kind of value, escapes and characters of every UTF-8 length.
    static let text = #"""
        {"startAt": 0, "total": 18446744073709551615, "isLast": false, "next": null, "rate": -1.25e-3,
         "issues": [
          {"id": "10001", "key": "PULSE-1", "fields": {"summary": "Größe \u00e4ndern 😀 \ud83d\ude00\n\t\"quoted\" \\ \/",
           "status": {"id": 3, "name": "Done"}, "labels": ["a", "b", "漢字"], "points": 3.0, "customfield_10001": {}}},
          {"id": 10002, "key": "PULSE-2", "fields": {"summary": "", "status": null, "labels": [], "points": -7}}
         ]}
        """#

    static let bytes = Array(text.utf8)
}

/// A value as plain data, to be compared.
indirect enum Model: Equatable {
    case missing, null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case wide(String)
    case string(String)
    case array([Model])
    case object([String: Model])

    init(_ value: JSONValue) {
        switch value.kind {
        case .missing: self = .missing
        case .null: self = .null
        case .bool: self = .bool(value.bool == true)
        case .string: self = .string(value.string ?? "not readable")
        case .array: self = .array(value.mapElements { Model($0) })
        case .object:
            var members: [String: Model] = [:]
            value.forEachMember { name, member in members[name.string ?? "not readable"] = Model(member) }
            self = .object(members)
        case .number:
            let text = value.text ?? "not readable"
            if text.contains(where: { ".eE".contains($0) }), let double = value.double {
                self = .double(double)
            } else if let int = value.int64 {
                self = .int(int)
            } else if let uint = value.uint64 {
                self = .uint(uint)
            } else {
                self = .wide(text)
            }
        }
    }
}

/// What a reader makes of a text: the model, the value written again, and what was mended.
func outcome(of bytes: [UInt8], nulCharacters: NULCharacters = .kept) throws -> (
    model: Model, json: String, repairs: JSONRepairs
) {
    var reader = JSONReader(nulCharacters: nulCharacters)
    let (model, json) = try reader.read(bytes) { root in
        var json: [UInt8] = []
        root.appendJSON(to: &json)
        return (Model(root), String(decoding: json, as: UTF8.self))
    }
    return (model, json, reader.repairs)
}
