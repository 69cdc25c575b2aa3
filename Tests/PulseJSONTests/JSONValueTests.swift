import PulseJSON
import PulseTestTurns
import Testing

@Suite(.long) struct JSONValueTests {
    /// Reads one text and lends its root.
    private func read<R>(_ text: String, _ body: (JSONValue) throws -> R) throws -> R {
        var reader = JSONReader()
        return try reader.read(Array(text.utf8), body)
    }

    @Test func `a page is read down to its leaves`() throws {
        var reader = JSONReader()
        try reader.read(SamplePage.bytes) { page in
            let fields = page["issues"][0]["fields"]
            #expect(fields["summary"].string == "Größe ändern 😀 😀\n\t\"quoted\" \\ /")
            #expect(fields["status"]["id"].text == "3")
            #expect(page["issues"][0]["id"].text == "10001")
            #expect(page["issues"][1]["id"].text == "10002")
            #expect(fields["labels"].mapElements { $0.string } == ["a", "b", "漢字"])
            #expect(page["issues"][1]["fields"]["points"].int64 == -7)
            #expect(page["rate"].double == -1.25e-3)
            #expect(page["isLast"].bool == false)
        }
        #expect(reader.repairs.count == 0)
    }

    @Test func `what is missing or null can be asked on without checks`() throws {
        try read(#"{"status":null,"n":1,"list":[1],"text":"x"}"#) { root in
            #expect(root["status"].isNull == true)
            #expect(root["status"].isMissing == false)
            #expect(root["none"].isMissing == true)
            #expect(root["none"].kind == .missing)
            #expect(root["status"]["id"]["name"].isMissing == true)
            #expect(root["n"]["name"].isMissing == true)
            #expect(root["text"][0].isMissing == true)
            #expect(root["list"][1].isMissing == true)
            #expect(root["list"][-1].isMissing == true)
            #expect(root["list"]["name"].isMissing == true)
            #expect(root["none"].text == nil && root["none"].string == nil)
            if root["none"].utf8 != nil { Issue.record("bytes of nothing") }
            #expect(root["none"].int64 == nil && root["none"].uint64 == nil && root["none"].double == nil)
            #expect(root["none"].bool == nil && root["none"].count == 0)
            #expect(root["none"].isString("") == false)
            root["none"].forEachElement { _ in Issue.record("an element of nothing") }
            root["text"].forEachElement { _ in Issue.record("an element of a string") }
            root["status"].forEachMember { _, _ in Issue.record("a member of null") }
            root["list"].forEachMember { _, _ in Issue.record("a member of an array") }
            var json: [UInt8] = []
            root["none"].appendJSON(to: &json)
            #expect(json.isEmpty)
        }
    }

    struct Lookup: Sendable, CustomTestStringConvertible {
        var name: String
        var expected: Int64?
        var testDescription: String { name.debugDescription }
    }

    @Test(arguments: [
        Lookup(name: "", expected: 1), Lookup(name: "a", expected: 2), Lookup(name: "ab", expected: 3),
        Lookup(name: "a\"b", expected: 4), Lookup(name: "größe", expected: 5), Lookup(name: "twice", expected: 6),
        Lookup(name: "b", expected: nil), Lookup(name: "abc", expected: nil), Lookup(name: "inner", expected: nil),
    ])
    func `members are found by their whole unescaped name, the first of two`(lookup: Lookup) throws {
        let text = #"{"x":{"inner":0},"":1,"a":2,"ab":3,"a\"b":4,"gr\u00f6\u00dfe":5,"twice":6,"twice":7}"#
        try read(text) { root in #expect(root[named: lookup.name].int64 == lookup.expected) }
    }

    @Test func `a literal name finds what a name made at run time finds`() throws {
        try read(#"{"":1,"größe":2}"#) { root in
            #expect(root[""].int64 == 1)
            #expect(root["größe"].int64 == 2)
            for (index, name) in ["", "größe"].enumerated() { #expect(root[named: name].int64 == Int64(index + 1)) }
        }
    }

    @Test func `members and elements come in order, nested iteration included`() throws {
        try read(#"{"b":[[1,2],[],[3]],"a":{"y":1,"x":{}}}"#) { root in
            var seen: [String] = []
            root.forEachMember { name, value in
                seen.append("\(name.string ?? "")\(value.count)")
                value.forEachElement { row in row.forEachElement { seen.append($0.text ?? "") } }
                value.forEachMember { inner, _ in seen.append("\(name.string ?? "").\(inner.string ?? "")") }
            }
            #expect(seen == ["b3", "1", "2", "3", "a2", "a.y", "a.x"])
        }
    }

    @Test func `an iteration stops at the error that its body throws`() throws {
        struct Stop: Error {}
        try read("[1,2,3]") { root in
            var count = 0
            #expect(throws: Stop.self) {
                try root.forEachElement { element in
                    count += 1
                    if element.int64 == 2 { throw Stop() }
                }
            }
            #expect(count == 2)
        }
    }

    @Test(arguments: [0, 1, 2, 1000, 0xFF_FFFF, 0x100_0001])
    func `the count is right, also beyond what the parser stores`(count: Int) throws {
        let text = "[" + String(repeating: "1,", count: max(0, count - 1)) + (count > 0 ? "1]" : "]")
        try read(text) { #expect($0.count == count) }
    }

    @Test func `strings are lent without copies and compared in place`() throws {
        try read(#"{"type":"Ge\u0073chichte","n":1}"#) { root in
            #expect(root["type"].isString("Geschichte") == true)
            #expect(root["type"].isString("Gesch") == false)
            #expect(root["n"].isString("1") == false)
            var lent: [UInt8] = []
            if let bytes = root["type"].utf8 {
                for index in bytes.indices { lent.append(bytes[index]) }
            }
            #expect(lent == Array("Geschichte".utf8))
            if root["n"].utf8 != nil { Issue.record("bytes of a number") }
        }
    }

    struct Number: Sendable, CustomTestStringConvertible {
        var written: String
        var int64: Int64?
        var uint64: UInt64?
        var double: Double?
        /// As `text` and `appendJSON` give it.
        var text: String
        var testDescription: String { written.count > 40 ? "\(written.prefix(40))…" : written }
    }

    static let numbers = [
        Number(written: "0", int64: 0, uint64: 0, double: 0, text: "0"),
        Number(written: "-1", int64: -1, uint64: nil, double: -1, text: "-1"),
        Number(
            written: "9223372036854775807", int64: .max, uint64: 9_223_372_036_854_775_807,
            double: 0x1p63, text: "9223372036854775807"),
        Number(
            written: "-9223372036854775808", int64: .min, uint64: nil, double: -0x1p63,
            text: "-9223372036854775808"),
        Number(
            written: "18446744073709551615", int64: nil, uint64: .max, double: 0x1p64,
            text: "18446744073709551615"),
        Number(
            written: "18446744073709551616", int64: nil, uint64: nil, double: 0x1p64,
            text: "18446744073709551616"),
        Number(
            written: "-9223372036854775809", int64: nil, uint64: nil, double: -0x1p63,
            text: "-9223372036854775809"),
        Number(
            written: "123456789012345678901234567890", int64: nil, uint64: nil, double: 1.2345678901234568e29,
            text: "123456789012345678901234567890"),
        Number(
            written: "12345678901234567890.123", int64: nil, uint64: UInt64(12345678901234567890.123),
            double: 12345678901234567890.123, text: "1.2345678901234567e+19"),
        Number(written: "3.0", int64: 3, uint64: 3, double: 3, text: "3.0"),
        Number(written: "1e3", int64: 1000, uint64: 1000, double: 1000, text: "1000.0"),
        Number(written: "0.5", int64: nil, uint64: nil, double: 0.5, text: "0.5"),
        Number(written: "1e-400", int64: 0, uint64: 0, double: 0, text: "0.0"),
        Number(written: "1e400", int64: nil, uint64: nil, double: nil, text: "1e400"),
        Number(written: "-1.5E+999", int64: nil, uint64: nil, double: nil, text: "-1.5E+999"),
        Number(
            written: String(repeating: "9", count: 400), int64: nil, uint64: nil, double: nil,
            text: String(repeating: "9", count: 400)),
    ]

    @Test(arguments: numbers)
    func `no number makes a page unreadable or loses a digit of an integer`(number: Number) throws {
        let text = #"{"\#(number.written)":["\#(number.written)",\#(number.written)],"then":\#(number.written) }"#
        var reader = JSONReader()
        try reader.read(Array(text.utf8)) { root in
            let values = root[named: number.written]
            #expect(values[0].kind == .string)
            #expect(values[0].string == number.written)
            #expect(values[1].kind == .number)
            #expect(values[1].int64 == number.int64)
            #expect(values[1].uint64 == number.uint64)
            #expect(values[1].double == number.double)
            #expect(values[1].text == number.text)
            #expect(values[1].string == nil && !values[1].isString("1"))
            #expect(root["then"].text == number.text)
            var json: [UInt8] = []
            values.appendJSON(to: &json)
            #expect(String(decoding: json, as: UTF8.self) == #"["\#(number.written)",\#(number.text)]"#)
        }
        #expect(reader.repairs.count == 0)
    }

    @Test(arguments: [
        ("true", Model.bool(true)), ("null", .null), ("-5", .int(-5)), (#""x""#, .string("x")), (" [] ", .array([])),
        ("\u{FEFF}{}", .object([:])), ("1e400", .wide("1e400")), ("\u{FEFF}1e400", .wide("1e400")),
    ])
    func `a document may be any value, after a byte order mark too`(text: String, expected: Model) throws {
        #expect(try outcome(of: Array(text.utf8)).model == expected)
    }
}
