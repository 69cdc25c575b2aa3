/// The columns of `people`: one account of a person or bot at a source; one person may have several.
package enum PersonColumns: Int, TableColumns {
    case id, name, login, email, isBot, isActive

    package static let table: TableName = "people"
    package static let meaning = "One account of a person or bot at a source; one person may have several."
    package static let indexes: [[Self]] = [[.email]]

    package var column: Column {
        switch self {
        case .id: .key("id", "Account id, login, or e-mail address for git.")
        case .name: .optional("name", .text, "Display name.")
        case .login: .optional("login", .text, "Login name, where it differs from the id.")
        case .email: .optional("email", .text, "E-mail address in lower case, where the provider shows it.")
        case .isBot: .optional("is_bot", .boolean, "Whether the account is a program; null when unknown.")
        case .isActive: .optional("is_active", .boolean, "Whether the account can still act; null when unknown.")
        }
    }
}
