import PulseJSON
import Testing

struct JSONWriterTests {
    private func text(_ body: (inout JSONWriter) -> Void) -> String {
        String(decoding: JSONWriter.document(body), as: UTF8.self)
    }

    @Test func `a document of every kind of value is written compactly and in order`() {
        let written = text { writer in
            writer.object { writer in
                writer.member("z", "text")
                writer.member("none", nil as String?)
                writer.member("int", -5)
                writer.member("big", UInt64.max)
                writer.member("double", 0.1)
                writer.member("nan", Double.nan)
                writer.member("yes", true)
                writer.member("list", ["a", "b"])
                writer.memberObject("empty") { _ in }
                writer.memberArray("mixed") { writer in
                    writer.null()
                    writer.array { _ in }
                    writer.object { $0.member("x", 1) }
                    writer.raw(Array(#"{"raw":[1]}"#.utf8))
                    writer.bool(false)
                }
            }
        }
        #expect(
            written
                == #"{"z":"text","none":null,"int":-5,"big":18446744073709551615,"double":0.1,"nan":null,"yes":true,"#
                + #""list":["a","b"],"empty":{},"mixed":[null,[],{"x":1},{"raw":[1]},false]}"#)
    }

    @Test func `a scalar is a document`() {
        #expect(text { $0.string("x") } == #""x""#)
        #expect(text { $0.int(1) } == "1")
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("a\"b\\c/d", #""a\"b\\c/d""#),
        ("\u{0}\u{8}\t\n\u{C}\r\u{1B}\u{1F}", #""\u0000\b\t\n\f\r\u001b\u001f""#), ("\u{7F}é漢😀", "\"\u{7F}é漢😀\""),
    ])
    func `only what must be escaped is`(plain: String, escaped: String) {
        #expect(text { $0.string(plain) } == escaped)
    }

    @Test func `a special byte is escaped at every position of a long string`() throws {
        for special in ["\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{20}", "\u{7F}", "\u{80}", "é", "😀"] {
            for before in 0..<20 {
                for after in [0, 1, 7, 9] {
                    let plain =
                        String(repeating: "!", count: before) + special + "#"
                        + String(repeating: special, count: after)
                    let bytes = JSONWriter.document { $0.string(plain) }
                    #expect(try outcome(of: bytes).model == .string(plain))
                    #expect(try outcome(of: bytes).repairs.count == 0)
                }
            }
        }
    }

    @Test func `a value that was read is written on, a missing one as null`() throws {
        var reader = JSONReader()
        let bytes = try reader.read(Array(#"{"a":[1, {"b" : null}]}"#.utf8)) { root in
            var writer = JSONWriter()
            writer.object { _ in }
            var second = JSONWriter()
            second.array { second in
                second.value(root["a"])
                second.value(root["none"])
            }
            return second.finish()
        }
        #expect(String(decoding: bytes, as: UTF8.self) == #"[[1,{"b":null}],null]"#)
    }

    @Test func `a value without its name stops the program`() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.object { $0.int(1) }
        }
    }

    @Test func `an unfinished document stops the program`() async {
        await #expect(processExitsWith: .failure) { _ = JSONWriter().finish() }
    }

    @Test func `a name without a value stops the program`() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.object { $0.name("a") }
        }
    }
}
