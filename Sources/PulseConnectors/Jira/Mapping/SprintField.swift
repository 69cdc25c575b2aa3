import PulseJSON

/// The sprints that an issue is or was in, from its sprint field.
///
/// Cloud sends objects, Data Center the Java `toString` of its own class
/// (`com.atlassian.greenhopper.service.sprint.Sprint@1f[id=7,rapidViewId=3,state=CLOSED,name=…]`).
struct SprintField: Hashable {
    struct Entry: Hashable {
        var id: String
        /// `active`, `future`, `closed`; `nil` when it is not told.
        var state: String?
    }

    private(set) var entries: [Entry] = []

    init() {}

    mutating func add(_ value: JSONValue) {
        switch value.kind {
        case .array:
            var elements = value.elements
            while let element = elements.next() { addOne(element) }
        default: addOne(value)
        }
    }

    private mutating func addOne(_ value: JSONValue) {
        let entry: Entry? =
            switch value.kind {
            case .object: value["id"].identifier.map { Entry(id: $0, state: value["state"].string?.lowercased()) }
            case .number: value.text.map { Entry(id: $0, state: nil) }
            case .string: value.string.flatMap(Self.parse)
            default: nil
            }
        if let entry, !entries.contains(where: { $0.id == entry.id }) { entries.append(entry) }
    }

    /// The newest: one that is active, else one that is planned, else the one with the highest id.
    var newest: String? {
        for state in ["active", "future"] {
            if let entry = entries.last(where: { $0.state == state }) { return entry.id }
        }
        return entries.max { (Int64($0.id) ?? 0, $0.id) < (Int64($1.id) ?? 0, $1.id) }?.id
    }

    /// Reads the Java form. Names and goals are free text that may hold `,id=9`: an id right behind the bracket wins,
    /// else the last one before the name.
    static func parse(_ text: String) -> Entry? {
        guard let bracket = text.firstIndex(of: "[") else {
            return Int64(text).map { Entry(id: String($0), state: nil) }
        }
        let body = text[text.index(after: bracket)...]
        var fields: [(name: Substring, value: Substring)] = []
        for part in body.split(separator: ",") {
            guard let equals = part.firstIndex(of: "=") else { continue }
            fields.append((part[..<equals], part[part.index(after: equals)...].prefix { $0 != "]" }))
        }
        let isNumber = { (value: Substring) in !value.isEmpty && value.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        let beforeName = fields.prefix { $0.name != "name" }
        let id =
            fields.first.flatMap { $0.name == "id" && isNumber($0.value) ? $0.value : nil }
            ?? beforeName.last { $0.name == "id" && isNumber($0.value) }?.value
            ?? fields.last { $0.name == "id" && isNumber($0.value) }?.value
        guard let id else { return nil }
        let states: Set<String> = ["active", "future", "closed"]
        let state = fields.map { ($0.name, $0.value.lowercased()) }.first { $0.0 == "state" && states.contains($0.1) }
        return Entry(id: String(id), state: state?.1)
    }
}
