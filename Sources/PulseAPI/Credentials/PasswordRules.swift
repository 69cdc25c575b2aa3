/// What a password has to be: long (NIST SP 800-63B section 5.1.1.2 asks for no mixtures of characters). The gateway
/// decides by it; who is asked for one is told it before.
package enum PasswordRules {
    /// Characters.
    package static let shortest = 12
    /// Bytes: longer ones only cost work.
    package static let longest = 256
    /// Characters that differ.
    static let fewestDifferent = 5
    /// Names that are shorter may stand in a password: they are in many words.
    static let shortestName = 4

    /// All rules, as a sentence.
    package static let sentence =
        "A password has \(shortest) characters or more, \(fewestDifferent) of them different, at most \(longest) bytes, "
        + "and does not contain the user's name."

    /// Throws `Problem`, which tells everything at once, when `password` is none for the user of that name.
    ///
    /// - Parameter present: The password that it is to take the place of; `nil`: any.
    package static func check(_ password: String, of name: String, insteadOf present: String? = nil) throws {
        let broken = broken(password, of: name, insteadOf: present)
        guard let last = broken.last else { return }
        let told = (broken.count > 1 ? broken.dropLast().joined(separator: ", ") + " and " : "") + last
        let isOnlySame = broken == [same]
        throw Problem(
            422, code: isOnlySame ? "password.same" : "password.weak", "The new password \(told).",
            remedy: isOnlySame ? "Choose another." : "Take several words that have nothing to do with each other.")
    }

    private static let same = "is the present one"

    /// What is wrong with it, each as the end of a sentence about it.
    private static func broken(_ password: String, of name: String, insteadOf present: String?) -> [String] {
        [
            password.count < shortest ? "is shorter than \(shortest) characters" : nil,
            password.utf8.count > longest ? "is longer than \(longest) bytes" : nil,
            Set(password).count < fewestDifferent ? "has fewer than \(fewestDifferent) different characters" : nil,
            name.count >= shortestName && password.lowercased().contains(name) ? "contains the user's name" : nil,
            password == present ? same : nil,
        ].compactMap(\.self)
    }
}
