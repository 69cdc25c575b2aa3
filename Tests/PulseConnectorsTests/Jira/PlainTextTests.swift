import PulseJSON
import Testing

@testable import PulseConnectors

@Suite struct PlainTextTests {
    private func plain(_ json: String) throws -> String {
        var reader = JSONReader(nulCharacters: .removed)
        return try reader.read(Array(json.utf8)) { PlainText.string(of: $0) }
    }

    @Test(arguments: [
        (#""wiki *text*\nas it is""#, "wiki *text*\nas it is"), ("null", ""), ("{}", ""), ("7", ""),
        (
            #"{"type":"doc","content":[{"type":"heading","content":[{"type":"text","text":"A"}]},{"type":"paragraph","content":[{"type":"text","text":"b"},{"type":"text","text":"c","marks":[{"type":"strong"}]}]}]}"#,
            "A\nbc"
        ),
        (
            #"{"type":"doc","content":[{"type":"orderedList","attrs":{"order":3},"content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"x"}]},{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"y"}]}]}]}]},{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"z"}]}]}]}]}"#,
            "3. x\n- y\n4. z"
        ),
        (
            #"{"type":"doc","content":[{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableHeader","content":[{"type":"paragraph","content":[{"type":"text","text":"k"}]}]},{"type":"tableCell","content":[{"type":"paragraph","content":[{"type":"text","text":"v"}]}]}]},{"type":"tableRow","content":[{"type":"tableCell","content":[{"type":"paragraph","content":[{"type":"text","text":"w"}]}]}]}]}]}"#,
            "k\tv\nw"
        ),
        (
            #"{"type":"paragraph","content":[{"type":"emoji","attrs":{"shortName":":grin:","text":"😀"}},{"type":"emoji","attrs":{"shortName":":custom:"}},{"type":"status","attrs":{"text":"DONE","color":"green"}},{"type":"date","attrs":{"timestamp":"1582152559000"}},{"type":"mention","attrs":{"id":"5b10"}}]}"#,
            "😀:custom:DONE2020-02-195b10"
        ),
        (
            #"{"type":"doc","content":[{"type":"blockCard","attrs":{"url":"https://x/browse/PAY-1"}},{"type":"mediaSingle","content":[{"type":"media","attrs":{"alt":"shot.png"}}]},{"type":"paragraph","content":[{"type":"inlineCard","attrs":{"url":"https://x/PAY-2"}}]}]}"#,
            "https://x/browse/PAY-1\nshot.png\nhttps://x/PAY-2"
        ),
        (#"{"type":"text","text":"https://x","marks":[{"type":"link","attrs":{"href":"https://x"}}]}"#, "https://x"),
        (#"{"type":"alien","content":[{"type":null,"content":"no"},null,[],{"text":5},{"text":"ok"}]}"#, "ok"),
        (#"{"type":"date","attrs":{"timestamp":"9223372036854775807"}}"#, ""),
        (#"{"type":"text","text":"a\u0000b\ud83d"}"#, "ab\u{FFFD}"),
    ])
    func `documents of any node type become plain text`(json: String, expected: String) throws {
        #expect(try plain(json) == expected)
    }

    @Test func `a document as deep as can be read does not exhaust the stack`() throws {
        let depth = 510
        let json =
            String(repeating: #"{"type":"blockquote","content":["#, count: depth) + #"{"type":"text","text":"deep"}"#
            + String(repeating: "]}", count: depth)
        #expect(try plain(json) == "deep")
    }
}
