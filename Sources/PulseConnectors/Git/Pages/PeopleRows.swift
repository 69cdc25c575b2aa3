import PulseDomain

/// The people that a page names, each once; the name met last stays, which is the newest as commits come oldest first.
struct PeopleRows {
    private struct Person {
        var name: ArraySlice<UInt8>?
        var login: String?
        var isBot: Bool
    }

    private var order: [String] = []
    private var people: [String: Person] = [:]

    /// Notes a person and returns the id: the address in lower case. `nil` without one.
    mutating func add(name: ArraySlice<UInt8>?, email: String) -> String? {
        guard let id = Self.address(email) else { return nil }
        if let known = people[id] {
            if let name, known.name != name { people[id]?.name = name }
            return id
        }
        order.append(id)
        let isBot = id.contains("[bot]") || (name?.suffix(5).elementsEqual("[bot]".utf8) ?? false)
        people[id] = Person(name: name, login: Self.login(in: id), isBot: isBot)
        return id
    }

    var batch: RowBatch {
        var rows = RowWriter<PersonColumns>()
        for id in order {
            guard let person = people[id] else { continue }
            rows.beginRow(record: -1)
            rows.set(.id, id)
            if let name = person.name { rows.set(.name, utf8: name) }
            rows.set(.login, person.login)
            rows.set(.email, id)
            if person.isBot { rows.set(.isBot, true) }
        }
        return rows.batch
    }

    /// The address in lower case without what surrounds it; `nil` when nothing is left.
    static func address(_ text: String) -> String? {
        let trimmed = text.lowercased().drop { $0 == " " || $0 == "<" }
        let end = trimmed.lastIndex { $0 != " " && $0 != ">" }
        return end.map { String(trimmed[...$0]) }
    }

    /// The login in GitHub's noreply addresses: `bob@users.noreply.github.com`, `123+bob@users.noreply.github.com`.
    private static func login(in address: String) -> String? {
        guard address.hasSuffix("@users.noreply.github.com") else { return nil }
        let local = address.prefix { $0 != "@" }
        let login = local.split(separator: "+", maxSplits: 1).last ?? local
        return login.isEmpty ? nil : String(login)
    }
}
