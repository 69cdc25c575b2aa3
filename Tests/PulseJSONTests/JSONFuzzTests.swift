import Foundation
import PulseFuzzing
import PulseJSON
import PulseTestTurns
import Testing

@Suite(.long) struct JSONFuzzTests {
    @Test func `a page cut off anywhere is truncated, and nothing else`() {
        var reader = JSONReader()
        for length in 0..<SamplePage.bytes.count {
            let error = #expect(throws: JSONError.self) {
                _ = try outcome(of: Array(SamplePage.bytes[..<length]))
            }
            #expect(error == (length == 0 ? .empty : .truncated(afterBytes: length)))
            do {
                try reader.read(PaddedBytes(Array(SamplePage.bytes[..<length]))) { _ in }
                Issue.record("accepted \(length) bytes")
            } catch {
                #expect(error is JSONError)
            }
        }
    }

    @Test func `flipped bits give a document that is valid when written again, or an error`() throws {
        var generator = SeededGenerator(seed: 2026)
        var reader = JSONReader()
        var readable = 0
        var refused = 0
        for _ in 0..<10_000 {
            var bytes = SamplePage.bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
            }
            do {
                let (model, json) = try reader.read(bytes) { root in
                    var json: [UInt8] = []
                    root.appendJSON(to: &json)
                    return (Model(root), json)
                }
                readable += 1
                let again = try outcome(of: json)
                #expect(again.model == model)
                #expect(again.repairs.count == 0)
                #expect(again.json.utf8.elementsEqual(json))
            } catch let error as JSONError {
                refused += 1
                #expect(!error.sentence.unicodeScalars.contains { $0.value < 0x20 })
                #expect(error != .malformed(atByte: nil, expected: .json), "the position was not found")
            }
        }
        #expect(readable > 1_000 && refused > 1_000)
    }

    @Test(arguments: 0..<16 as Range<UInt64>)
    func `random documents read as they were made, and as Foundation reads them`(seed: UInt64) throws {
        var generator = RandomDocument(seed: seed)
        var reader = JSONReader()
        for _ in 0..<40 {
            let made = generator.makeDocument()
            let bytes = Array(generator.write(made).utf8)
            let (model, json) = try reader.read(bytes) { root in
                var json: [UInt8] = []
                root.appendJSON(to: &json)
                return (Model(root), json)
            }
            #expect(model == made)
            #expect(reader.repairs.count == 0)
            let theirs = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? NSObject)
            let ours = try #require(JSONSerialization.jsonObject(with: Data(json)) as? NSObject)
            #expect(ours == theirs)
            let rewritten = try JSONSerialization.data(withJSONObject: theirs)
            #expect(try outcome(of: Array(rewritten)).model.withNumbersAsDoubles == model.withNumbersAsDoubles)
        }
    }
}

extension Model {
    /// Foundation writes `3.0` as `3` and `1e300` with all its digits.
    fileprivate var withNumbersAsDoubles: Model {
        switch self {
        case .int(let value): .double(Double(value))
        case .uint(let value): .double(Double(value))
        case .wide(let text): Double(text).map(Model.double) ?? self
        case .array(let elements): .array(elements.map(\.withNumbersAsDoubles))
        case .object(let members): .object(members.mapValues(\.withNumbersAsDoubles))
        default: self
        }
    }
}

/// Makes documents and writes them with white space and escapes wherever the grammar allows.
private struct RandomDocument {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// An object with up to some hundred values in it.
    mutating func makeDocument() -> Model {
        var budget = 200
        return .object(makeMembers(depth: 0, budget: &budget))
    }

    private mutating func makeMembers(depth: Int, budget: inout Int) -> [String: Model] {
        var members: [String: Model] = [:]
        for _ in 0..<pick(0...8) { members[makeString()] = makeValue(depth: depth + 1, budget: &budget) }
        return members
    }

    private mutating func makeValue(depth: Int, budget: inout Int) -> Model {
        budget -= 1
        let deepest = depth > 6 || budget < 0
        switch pick(0...(deepest ? 6 : 9)) {
        case 0: return .null
        case 1: return .bool(pick(0...1) == 1)
        case 2: return .int(Int64.random(in: Int64.min...Int64.max, using: &generator))
        case 3: return .int(Int64(pick(-100...100)))
        case 4: return .uint(UInt64.random(in: UInt64(Int64.max) + 1...UInt64.max, using: &generator))
        case 5: return .double(makeDouble())
        case 6: return .string(makeString())
        case 7, 8: return .object(makeMembers(depth: depth, budget: &budget))
        default:
            var elements: [Model] = []
            for _ in 0..<pick(0...8) { elements.append(makeValue(depth: depth + 1, budget: &budget)) }
            return .array(elements)
        }
    }

    private mutating func makeDouble() -> Double {
        while true {
            let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator))
            if value.isFinite { return pick(0...1) == 0 ? value : Double(pick(-10_000...10_000)) / 8 + 0.0625 }
        }
    }

    private mutating func makeString() -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<pick(0...20) {
            let ranges: [ClosedRange<UInt32>] = [
                0x20...0x7E, 0x00...0x1F, 0xA1...0x24F, 0x4E00...0x9FFF, 0x1F600...0x1F64F,
            ]
            let range = ranges[pick(0...9) < 6 ? 0 : pick(1...4)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    mutating func write(_ model: Model) -> String {
        switch model {
        case .missing, .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): value.description
        case .wide(let text): text
        case .string(let text): write(text)
        case .array(let elements): "[\(join(elements.map { space() + write($0) + space() }))]"
        case .object(let members):
            "{\(join(members.map { space() + write($0.key) + space() + ":" + space() + write($0.value) + space() }))}"
        }
    }

    private func join(_ parts: [String]) -> String { parts.joined(separator: ",") }

    private mutating func space() -> String { ["", "", "", " ", "\n\t", "\r\n  "][pick(0...5)] }

    private mutating func write(_ text: String) -> String {
        var written = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            guard mustEscape || pick(0...5) == 0 else {
                written.unicodeScalars.append(scalar)
                continue
            }
            for unit in UTF16.encode(scalar) ?? .init() {
                let digits = String(unit, radix: 16, uppercase: pick(0...1) == 0)
                written += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return written + "\""
    }

    private mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
}
