import PulseAPI
import Testing

struct PasswordRulesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String { password.count > 40 ? "\(password.prefix(40))…" : password }
        var password: String
        var name = "operator"
        var present: String?
        /// `nil`: it is one.
        var told: String?
        var code = "password.weak"
    }

    @Test(arguments: [
        Case(password: "seven maids with seven mops"),
        Case(password: "a cat sat on it", name: "cat"),
        Case(password: "short", told: "is shorter than 12 characters."),
        Case(
            password: "aaa", told: "is shorter than 12 characters and has fewer than 5 different characters."),
        Case(password: "my Operator has words", told: "contains the user's name."),
        Case(password: "operator", told: "is shorter than 12 characters and contains the user's name."),
        Case(
            password: String(repeating: "ab", count: 200),
            told: "is longer than 256 bytes and has fewer than 5 different characters."),
        Case(
            password: "seven maids with seven mops", present: "seven maids with seven mops",
            told: "is the present one.", code: "password.same"),
        Case(
            password: "adaada", name: "adaa", present: "adaada",
            told: "is shorter than 12 characters, has fewer than 5 different characters, contains the user's name "
                + "and is the present one."),
    ])
    func `everything that is wrong with a password is told at once`(_ test: Case) {
        guard let told = test.told else {
            #expect(throws: Never.self) {
                try PasswordRules.check(test.password, of: test.name, insteadOf: test.present)
            }
            return
        }
        let problem = #expect(throws: Problem.self) {
            try PasswordRules.check(test.password, of: test.name, insteadOf: test.present)
        }
        #expect(problem?.detail == "The new password \(told)")
        #expect(problem?.code == test.code && problem?.status == 422)
    }
}
