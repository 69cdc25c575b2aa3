import PulseJSON
import PulseTestTurns
import Testing

@Suite(.long) struct JSONReaderTests {
    struct Refused: Sendable, CustomTestStringConvertible {
        var text: String
        var error: JSONError
        var testDescription: String { text.debugDescription }
    }

    static let refused = [
        Refused(text: "", error: .empty),
        Refused(text: " \r\n\t ", error: .empty),
        Refused(text: "\u{FEFF}", error: .empty),
        Refused(text: "<!DOCTYPE html>\n<html>", error: .notJSON(startsWith: "<!DOCTYPE html> <html>")),
        Refused(text: "\n\n  upstream\tconnect error", error: .notJSON(startsWith: "upstream connect error")),
        Refused(text: "no healthy upstream", error: .notJSON(startsWith: "no healthy upstream")),
        Refused(text: "trueish", error: .notJSON(startsWith: "trueish")),
        Refused(
            text: "\u{1B}[31mred\u{7}\u{202E}\u{0}x", error: .notJSON(startsWith: "[31mred x")),
        Refused(
            text: String(repeating: "x", count: 500),
            error: .notJSON(startsWith: String(repeating: "x", count: 80) + "…")),
        Refused(text: "{", error: .truncated(afterBytes: 1)),
        Refused(text: #"{"a"#, error: .truncated(afterBytes: 3)),
        Refused(text: #"["\u12"#, error: .truncated(afterBytes: 6)),
        Refused(text: "[1", error: .truncated(afterBytes: 2)),
        Refused(text: "tru", error: .truncated(afterBytes: 3)),
        Refused(text: "-", error: .truncated(afterBytes: 1)),
        Refused(text: #""abc"#, error: .truncated(afterBytes: 4)),
        Refused(text: "{}{}", error: .trailingContent(atByte: 2)),
        Refused(text: "[1] x", error: .trailingContent(atByte: 4)),
        Refused(text: "{}\u{0}", error: .trailingContent(atByte: 2)),
        Refused(text: "[1,2]]", error: .trailingContent(atByte: 5)),
        Refused(text: "{} <html>", error: .trailingContent(atByte: 3)),
        Refused(text: "true true", error: .trailingContent(atByte: 5)),
        Refused(text: "1 2", error: .trailingContent(atByte: 2)),
        Refused(text: "[1,]", error: .malformed(atByte: 3, expected: .value)),
        Refused(text: "[,1]", error: .malformed(atByte: 1, expected: .valueOrEndOfArray)),
        Refused(text: "[1 2]", error: .malformed(atByte: 3, expected: .commaOrEndOfArray)),
        Refused(text: "[1}", error: .malformed(atByte: 2, expected: .commaOrEndOfArray)),
        Refused(text: #"{"a":1]"#, error: .malformed(atByte: 6, expected: .commaOrEndOfObject)),
        Refused(text: #"{"a":1,}"#, error: .malformed(atByte: 7, expected: .memberName)),
        Refused(text: "{a:1}", error: .malformed(atByte: 1, expected: .memberNameOrEndOfObject)),
        Refused(text: #"{"a" 1}"#, error: .malformed(atByte: 5, expected: .colon)),
        Refused(text: #"{"a":}"#, error: .malformed(atByte: 5, expected: .value)),
        Refused(text: #"["\x"]"#, error: .malformed(atByte: 2, expected: .escape)),
        Refused(text: #"["\u12g4"]"#, error: .malformed(atByte: 2, expected: .escape)),
        Refused(text: "[01]", error: .malformed(atByte: 1, expected: .number)),
        Refused(text: "[1.]", error: .malformed(atByte: 1, expected: .number)),
        Refused(text: "[1e]", error: .malformed(atByte: 1, expected: .number)),
        Refused(text: "[-]", error: .malformed(atByte: 1, expected: .number)),
        Refused(text: "[1x]", error: .malformed(atByte: 1, expected: .number)),
        Refused(text: "[nul]", error: .malformed(atByte: 1, expected: .literal)),
        Refused(text: "[truex]", error: .malformed(atByte: 1, expected: .literal)),
        Refused(text: "[NaN]", error: .malformed(atByte: 1, expected: .valueOrEndOfArray)),
        Refused(text: "\u{FEFF}[1,]", error: .malformed(atByte: 6, expected: .value)),
    ]

    @Test(arguments: refused)
    func `what is not one JSON document is refused with its reason and position`(refused: Refused) {
        #expect(throws: refused.error) { try outcome(of: Array(refused.text.utf8)) }
    }

    @Test func `bytes that are no text at all are refused, shown without control characters`() {
        #expect(throws: JSONError.notJSON(startsWith: "\u{FFFD}")) { try outcome(of: [0x1F, 0x8B, 0x08, 0x00]) }
    }

    @Test func `every error has a sentence, a remedy and its own code`() {
        let errors: [JSONError] = [
            .empty, .notJSON(startsWith: "<html>"), .truncated(afterBytes: 1), .tooDeep(limit: 1024, atByte: 7),
            .tooLarge(sizeInBytes: 2, limitInBytes: 1), .trailingContent(atByte: 3),
            .malformed(atByte: 4, expected: .colon), .outOfMemory(sizeInBytes: 5),
        ]
        #expect(Set(errors.map(\.code)).count == errors.count)
        for error in errors + [.malformed(atByte: nil, expected: .json)] {
            #expect(error.code.hasPrefix("json."))
            #expect(error.sentence.hasSuffix(".") && error.remedy.hasSuffix("."))
            #expect(error.description == "\(error.sentence) \(error.remedy)")
        }
    }

    @Test func `a document above the limit is refused before it is read`() throws {
        var reader = JSONReader(limitInBytes: 4)
        #expect(try reader.read(Array("[12]".utf8)) { $0[0].int64 } == 12)
        let expected = JSONError.tooLarge(sizeInBytes: 5, limitInBytes: 4)
        var caught: [JSONError?] = []
        do { try reader.read(Array("[123]".utf8)) { _ in } } catch { caught.append(error as? JSONError) }
        do { try reader.read(PaddedBytes(Array("[123]".utf8))) { _ in } } catch { caught.append(error as? JSONError) }
        #expect(caught == [expected, expected])
    }

    @Test(arguments: ["[", #"{"a":"#], [1, 1024])
    func `nesting up to the limit is read and written again`(opening: String, depth: Int) throws {
        let closing = opening == "[" ? "]" : "}"
        let text = String(repeating: opening, count: depth - 1) + "[7]" + String(repeating: closing, count: depth - 1)
        #expect(try outcome(of: Array(text.utf8)).json == text)
    }

    @Test(arguments: ["[", #"{"a":"#], [1025, 10_000, 1_000_000])
    func `nesting beyond the limit is refused, closed or not`(opening: String, depth: Int) {
        let open = String(repeating: opening, count: depth)
        let error = JSONError.tooDeep(limit: 1024, atByte: 1024 * opening.utf8.count)
        #expect(throws: error) { try outcome(of: Array(open.utf8)) }
        let closed = open + "1" + String(repeating: opening == "[" ? "]" : "}", count: depth)
        #expect(throws: error) { try outcome(of: Array(closed.utf8)) }
    }

    @Test func `a reader reads on after every kind of error, pages growing and shrinking`() throws {
        var reader = JSONReader()
        for (round, refused) in Self.refused.enumerated() {
            do {
                try reader.read(Array(refused.text.utf8)) { _ in }
                Issue.record("accepted \(refused.text)")
            } catch let error as JSONError {
                #expect(error == refused.error)
            }
            let count = round % 3 == 0 ? 100_000 : 3
            let text = "[" + String(repeating: #""x","#, count: count) + "1e999]"
            try reader.read(Array(text.utf8)) { root in
                #expect(root.count == count + 1)
                #expect(root[count].text == "1e999")
            }
        }
    }

    @Test func `an error of the body passes through and leaves the reader usable`() throws {
        struct Stop: Error {}
        var reader = JSONReader()
        do {
            try reader.read(Array("[1]".utf8)) { _ in throw Stop() }
            Issue.record("the error was lost")
        } catch is Stop {}
        #expect(try reader.read(Array("[2]".utf8)) { $0[0].int64 } == 2)
    }

    @Test func `all kinds of input give the same document`() throws {
        let bytes = SamplePage.bytes
        let expected = try outcome(of: bytes).model
        var reader = JSONReader()
        #expect(try bytes.withUnsafeBytes { raw in try reader.read(raw) { Model($0) } } == expected)
        #expect(try reader.read(bytes.span.bytes) { Model($0) } == expected)
        #expect(try reader.read(PaddedBytes(bytes)) { Model($0) } == expected)
        var chunks = PaddedBytes()
        for begin in stride(from: 0, to: bytes.count, by: 7) {
            bytes[begin..<min(begin + 7, bytes.count)].withUnsafeBytes { chunks.append($0) }
        }
        #expect(chunks.count == bytes.count)
        #expect(try reader.read(chunks) { Model($0) } == expected)
        chunks.removeAll()
        #expect(chunks.isEmpty)
        do {
            try reader.read(chunks) { _ in }
            Issue.record("nothing was read as something")
        } catch let error as JSONError {
            #expect(error == .empty)
        }
    }

    @Test func `padding is no part of the bytes`() {
        let padded = PaddedBytes([1, 2, 3])
        #expect(padded.count == 3 && padded.span.count == 3 && padded.span[2] == 3)
    }
}
