/// A JSON object as a literal: every key once, as it is printed, beside its value. What is `nil` is printed as `null`:
/// keys of our JSON are always there. Extensions make it of what the engine tells: the shapes that scripts rely on.
struct JSONObject: Encodable, ExpressibleByDictionaryLiteral {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let members: [(name: String, value: (any Encodable)?)]

    init(dictionaryLiteral elements: (String, (any Encodable)?)...) {
        members = elements.map { (name: $0.0, value: $0.1) }
    }

    /// Of what is only known when it runs: keys as they are given, each once.
    init(_ members: [(String, (any Encodable)?)]) { self.members = members.map { (name: $0.0, value: $0.1) } }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Name.self)
        for (name, value) in members {
            let key = Name(stringValue: name)
            if let value { try object.encode(value, forKey: key) } else { try object.encodeNil(forKey: key) }
        }
    }
}
