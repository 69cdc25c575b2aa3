import PulseDomain
import PulseJSON

/// Writes the accounts that a page mentions, each once.
struct PeopleWriter {
    private(set) var rows = RowWriter<PersonColumns>()
    private var known = TextSet()

    /// Refers to the account from `column` of the newest row of `owner`; leaves it null for deleted accounts.
    mutating func refer<Columns>(from owner: inout RowWriter<Columns>, _ column: Columns, to user: JSONValue) {
        guard user.kind == .object else { return }
        // Cloud knows account ids only; Data Center keys that survive renaming, and names.
        let accountID = user["accountId"]
        if Self.isText(accountID) { return refer(from: &owner, column, to: user, id: accountID, login: user["name"]) }
        let key = user["key"]
        if Self.isText(key) { return refer(from: &owner, column, to: user, id: key, login: user["name"]) }
        let name = user["name"]
        if Self.isText(name) { refer(from: &owner, column, to: user, id: name, login: user["key"]) }
    }

    private mutating func refer<Columns>(
        from owner: inout RowWriter<Columns>, _ column: Columns, to user: JSONValue, id: JSONValue, login: JSONValue
    ) {
        owner.set(column, json: id)
        guard let text = id.utf8 else { return }
        let isNew = text.withUnsafeBufferPointer { known.insert($0) }
        guard isNew else { return }
        rows.beginRow(record: -1)
        rows.set(.id, json: id)
        rows.set(.name, json: user["displayName"])
        if Self.isText(login) { rows.set(.login, json: login) }
        if let email = user["emailAddress"].string, !email.isEmpty { rows.set(.email, email.lowercased()) }
        if let type = user["accountType"].string { rows.set(.isBot, type == "app") }
        rows.set(.isActive, user["active"].bool)
    }

    private static func isText(_ value: JSONValue) -> Bool { (value.utf8?.count ?? 0) > 0 }
}
