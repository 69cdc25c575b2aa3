import PulseDomain
import PulseJSON

/// People as GitHub shows them, each once a page.
///
/// An account is a row by its immutable id. An address in a commit is a row of its own, named after the account that
/// GitHub knows for it. The two are kept apart because a page of pull requests shows accounts without addresses: one
/// row for both would change with every page. `noreply` addresses of known accounts say nothing new.
struct PersonRows: Sendable {
    private(set) var rows = RowWriter<PersonColumns>()
    private var seen = TextSet()
    /// Addresses as they are written, and in lower case: a page names few of them often.
    private var addresses: [String: String] = [:]

    /// An account: `User`, `Bot`, `Mannequin`, `Organization` or `EnterpriseUserAccount`. Nothing for a deleted one,
    /// which is null.
    mutating func add(actor: JSONValue) {
        let id = actor["id"]
        guard let text = id.utf8, !text.isEmpty, text.withUnsafeBufferPointer({ seen.insert($0) }) else { return }
        rows.beginRow(record: -1)
        rows.set(.id, text: id)
        rows.set(.login, text: actor["login"])
        if let name = actor["name"].string, !name.isEmpty {
            rows.set(.name, name)
        } else {
            rows.set(.name, text: actor["login"])
        }
        rows.set(.isBot, Self.isBot(actor))
    }

    private static func isBot(_ actor: JSONValue) -> Bool? {
        let type = actor["__typename"]
        if type.isString("Bot") || actor["login"].string?.hasSuffix("[bot]") == true { return true }
        return type.isString("User") || type.isMissing ? false : nil
    }

    /// Who a commit names: the account, where GitHub knows one, and the address. Returns the address in lower case.
    @discardableResult
    mutating func add(author: JSONValue) -> String? {
        let user = author["user"]
        add(actor: user)
        guard let written = author["email"].string, !written.isEmpty else { return nil }
        if let known = addresses[written] { return known }
        let address = written.lowercased()
        addresses[written] = address
        addRow(address: address, of: author, user)
        return address
    }

    private mutating func addRow(address: String, of author: JSONValue, _ user: JSONValue) {
        let noreply = Self.noreplyLogin(address)
        if user.kind == .object, noreply != nil { return }
        guard seen.insert(address) else { return }
        rows.beginRow(record: -1)
        rows.set(.id, address)
        rows.set(.email, address)
        let login = user["login"].string ?? noreply
        rows.set(.login, login)
        rows.set(.name, user.kind == .object ? user["name"].string ?? login : author["name"].string)
        if login?.hasSuffix("[bot]") == true { rows.set(.isBot, true) }
    }

    /// The address in lower case; `nil` when there is none.
    static func address(of author: JSONValue) -> String? {
        guard let email = author["email"].string?.lowercased(), !email.isEmpty else { return nil }
        return email
    }

    /// `ada` of `1234567+ada@users.noreply.github.com` and of `ada@users.noreply.github.com`.
    static func noreplyLogin(_ address: String) -> String? {
        // In bytes: stepping by characters took a twelfth of reading a page.
        let utf8 = address.utf8
        guard let at = utf8.lastIndex(of: UInt8(ascii: "@")), utf8[at...].starts(with: "@users.noreply.".utf8) else {
            return nil
        }
        let local = address[..<at]
        let login = local.utf8.firstIndex(of: UInt8(ascii: "+")).map { local[local.index(after: $0)...] } ?? local
        return login.isEmpty ? nil : String(login)
    }
}
