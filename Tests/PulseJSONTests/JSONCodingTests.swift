import Foundation
import PulseJSON
import Testing

@Suite("Encodable values as JSON")
struct JSONCodingTests {
    private enum Choice: Codable, Hashable {
        case none
        case amount(Int)
        case pair(Double, name: String)
    }
    private struct Key: Codable, Hashable {
        var source: String
        var number: Int64
    }
    private struct Inner: Codable, Hashable {
        var text: String?
        var list: [Double] = []
        var choice = Choice.none
    }
    private struct Whole: Codable, Hashable {
        var flag = true
        var small: UInt8 = 255
        var large = Int64.min
        var unsigned = UInt64.max
        var real = 0.1
        var single: Float = 1.5
        var text = "a \"quoted\" \\ line\nwith \u{1} ä 😀 /"
        var missing: Int?
        var instant: Duration = .milliseconds(-1_500)
        var byName: [String: Inner] = [:]
        var byKey: [Key: [Inner]] = [:]
        var members: Set<Key> = []
        var optionals: [Int?] = [1, nil, 3]
        var nested: [[String]] = [[], ["x"]]
    }
    private struct Nothing: Codable, Hashable {}

    @Test func `Foundation reads what is written`() throws {
        let key = Key(source: "jira", number: 7)
        let inner = Inner(text: "", list: [0, -0.5, 1e300, 485], choice: .pair(2, name: "two"))
        let value = Whole(
            byName: ["": inner, "b": Inner(choice: .amount(-3))], byKey: [key: [inner, Inner()]],
            members: [key, Key(source: "git", number: -1)])
        for value in [value, Whole()] {
            let text = try JSONCoding.text(of: value)
            #expect(try JSONDecoder().decode(Whole.self, from: Data(text.utf8)) == value)
        }
    }

    @Test func `single values and empty ones are documents`() throws {
        #expect(try JSONCoding.text(of: [1, 2]) == "[1,2]")
        #expect(try JSONCoding.text(of: "é") == "\"é\"")
        #expect(try JSONCoding.text(of: [String: Int]()) == "{}")
        #expect(try JSONCoding.text(of: Nothing()) == "{}")
        #expect(try JSONCoding.text(of: [Nothing(), Nothing()]) == "[{},{}]")
        #expect(try JSONCoding.text(of: Choice.amount(1)) == #"{"amount":{"_0":1}}"#)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func `a number that JSON does not have is refused`(
        number: Double
    ) {
        #expect(throws: EncodingError.self) { try JSONCoding.text(of: [number]) }
    }

    /// Two containers that are written to by turns, which cannot be written in one pass.
    private struct Interleaved: Encodable {
        private enum Keys: CodingKey { case one, other }
        func encode(to encoder: any Encoder) throws {
            var whole = encoder.container(keyedBy: Keys.self)
            var one = whole.nestedUnkeyedContainer(forKey: .one)
            try one.encode(1)
            var other = whole.nestedUnkeyedContainer(forKey: .other)
            try other.encode(2)
            try one.encode(3)
        }
    }

    @Test func `a container that was left is not written to`() {
        #expect(throws: EncodingError.self) { try JSONCoding.text(of: Interleaved()) }
    }
}
