import PulseFuzzing
import PulseTestTurns
import Testing

@testable import PulseConnectors

struct KeyCase: Sendable, CustomTestStringConvertible {
    var text: String
    var kind: WorkItemKeys.Kind
    var keys: [String]

    init(_ text: String, _ kind: WorkItemKeys.Kind = .text, _ keys: String...) {
        self.text = text
        self.kind = kind
        self.keys = keys
    }

    var testDescription: String { "\(kind): \(text)" }
}

@Suite(.long) struct WorkItemKeysTests {
    static let mentions = [
        KeyCase("PAY-12", .text, "PAY-12"), KeyCase("[PAY-12] Refunds", .text, "PAY-12"),
        KeyCase("PAY-12: refunds", .text, "PAY-12"), KeyCase("Refunds (PAY-12).", .text, "PAY-12"),
        KeyCase("PAY-12, OPS-7 and PAY-12", .text, "PAY-12", "OPS-7"),
        KeyCase("PAY-11-PAY-12", .text, "PAY-11", "PAY-12"),
        KeyCase("https://acme.atlassian.net/browse/PAY-12?focus=1", .text, "PAY-12"),
        KeyCase("https://acme.atlassian.net/browse/pay-12", .text, "PAY-12"),
        KeyCase("/boards/3?selectedIssue=pay-12", .text, "PAY-12"), KeyCase("jql=key%20%3D%20PAY-12", .text, "PAY-12"),
        KeyCase("a%2FPAY-12", .text, "PAY-12"), KeyCase("修复PAY-12的问题", .text, "PAY-12"),
        KeyCase("„PAY-12“", .text, "PAY-12"),
        KeyCase("🐛PAY-12🎉", .text, "PAY-12"), KeyCase("#PAY-12", .text, "PAY-12"),
        KeyCase("PAY-12_notes", .text, "PAY-12"),
        KeyCase("PAY-12-2", .text, "PAY-12"), KeyCase("A1B2C3D4E5-9", .text, "A1B2C3D4E5-9"),
        KeyCase("PAY-12345678", .text, "PAY-12345678"), KeyCase("non-PAY-12 work", .text, "PAY-12"),
        KeyCase("Version\tPAY-12\r\nOPS-3\u{0}", .text, "PAY-12", "OPS-3"), KeyCase("NOTPAY-12", .text, "NOTPAY-12"),
        KeyCase("SHA-257 and AES-12", .text, "SHA-257", "AES-12"), KeyCase("PAY-12.", .text, "PAY-12"),
        KeyCase("feature/pay-12-fix", .branch, "PAY-12"), KeyCase("PAY-12", .branch, "PAY-12"),
        KeyCase("bugfix-Pay-12-OPS-3", .branch, "PAY-12", "OPS-3"), KeyCase("john_pay-12_retry", .branch, "PAY-12"),
        KeyCase("feature/pay-12-2", .branch, "PAY-12"), KeyCase("pay-12/pay-13", .branch, "PAY-12", "PAY-13"),
    ]

    @Test(arguments: mentions)
    func `keys are found, upper-cased, once and in order`(of expected: KeyCase) {
        #expect(WorkItemKeys.find(in: expected.text, kind: expected.kind) == expected.keys)
    }

    static let decoys = [
        "UTF-8", "UTF-16", "SHA-1", "SHA-256", "SHA-512", "CVE-2024-3094", "ISO-8601", "ISO-9001", "RFC-7231", "X-1",
        "AES-256", "MD-5", "HTTP-2", "TLS-1", "COVID-19", "PEP-8", "JSR-303", "GPT-4", "H-264", "BASE-64", "GH-42",
        "UTC-5", "BSD-3-Clause", "GPL-3.0", "x86-64", "X86-64", "CWE-79", "PKCS-12",
    ]

    @Test(arguments: decoys, [WorkItemKeys.Kind.text, .branch])
    func `standards and algorithms are not work items`(decoy: String, kind: WorkItemKeys.Kind) {
        #expect(WorkItemKeys.find(in: decoy, kind: kind).isEmpty)
        #expect(WorkItemKeys.find(in: "fix/\(decoy)/x", kind: kind).isEmpty)
        #expect(WorkItemKeys.find(in: decoy.lowercased(), kind: kind).isEmpty)
    }

    static let misshapen = [
        "PAY-0", "PAY-012", "PAY-123456789", "PAY-", "-12", "P-12", "1PAY-12", "ABCDEFGHIJK-1", "xPAY-12", "PAY-12x",
        "pay-12", "Pay-12", "foo_PAY-12", "FOO-PAY-12", "éPAY-12", "PAY-12é", "яPAY-12", "LOG4J-2.17", "SEP-12-2024",
        "",
        "-", "PAY–12", "PAY- 12", "PAY -12",
    ]

    @Test(arguments: misshapen)
    func `what is not shaped or bounded like a key is none`(text: String) {
        #expect(WorkItemKeys.find(in: text, kind: .text).isEmpty)
    }

    @Test func `every byte sequence is read and gives only well-formed keys`() {
        var generator = SeededGenerator(seed: 20_260_101)
        let alphabet = Array("PAYx-01289_%/.é日\u{0}".utf8) + [0xFF, 0xC3, 0x80]
        for _ in 0..<4_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            for kind in [WorkItemKeys.Kind.text, .branch] {
                let keys = WorkItemKeys.find(in: bytes.span, kind: kind)
                #expect(Set(keys).count == keys.count)
                for key in keys { #expect(key.wholeMatch(of: /[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,7}/) != nil, "\(bytes)") }
            }
        }
    }

    /// A pass for each of so many hyphens over what is before or behind it would not end within the time of a test.
    @Test(arguments: ["-1", "A", "AB-1", "9", "PAY-", "%20", "PAY-1-"])
    func `hostile texts are read in one pass`(unit: String) {
        let text = String(repeating: unit, count: 200_000)
        #expect(WorkItemKeys.find(in: text + " PAY-77", kind: .text).last == "PAY-77")
        #expect(WorkItemKeys.find(in: text, kind: .branch).count <= 1)
    }

    @Test func `a list of very many keys is cut`() {
        let text = (1...5_000).map { "PAY-\($0)" }.joined(separator: " ")
        let keys = WorkItemKeys.find(in: text, kind: .text)
        #expect(keys.count == WorkItemKeys.maximumCount)
        #expect(keys.last == "PAY-1000")
    }
}

@Suite struct WorkItemMentionsTests {
    private func written(_ mention: WorkItemMentions.Mention?) -> String {
        var bytes: [UInt8] = []
        mention?.appendEvidence(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a key found in several places is one mention that is surer than each`() {
        var mentions = WorkItemMentions()
        mentions.addKeys(in: "PAY-12 and OPS-3", .message)
        mentions.addKeys(in: "feature/pay-12", .branch)
        mentions.addKeys(in: nil, .title)
        #expect(mentions.mentions.map(\.key) == ["PAY-12", "OPS-3"])
        #expect(written(mentions.mentions.first) == #"["branch","message"]"#)
        #expect(mentions.mentions.map(\.score) == [0.98, 0.8])
    }

    @Test func `the order in which places are read does not matter`() {
        var (left, right) = (WorkItemMentions(), WorkItemMentions())
        for evidence in WorkItemMentions.Evidence.allCases { left.add("PAY-1", evidence) }
        for evidence in WorkItemMentions.Evidence.allCases.reversed() { right.add("PAY-1", evidence) }
        #expect(left == right)
        #expect(left.mentions.first?.score == 1)
    }
}
