import PulseAPI

/// What a password has to be: long (NIST SP 800-63B section 5.1.1.2 asks for no mixtures of characters).
enum PasswordRules {
    /// Characters.
    static let shortest = 12
    /// Bytes: longer ones only cost work.
    static let longest = 256

    /// Throws `Problem` when `password` is none for the user of that name.
    static func check(_ password: String, of name: String) throws {
        guard password.count >= shortest, password.utf8.count <= longest else {
            throw weak("A password has \(shortest) characters or more, and at most \(longest) bytes.")
        }
        guard Set(password).count >= 5, !password.lowercased().contains(name) || name.count < 4 else {
            throw weak("A password does not contain the user's name, and is not a few characters repeated.")
        }
    }

    private static func weak(_ sentence: String) -> Problem {
        Problem(
            422, code: "password.weak", sentence, remedy: "Take several words that have nothing to do with each other.")
    }
}
