import PulseConnectors
import PulseJSON
import Testing

@Suite("Readers that are kept between pages")
struct ReaderPoolTests {
    private let pool = ReaderPool(count: 2)

    private func number(_ bytes: [UInt8], comesAgain: Bool = false) throws -> Int64? {
        try pool.read(bytes, comesAgain: comesAgain) { $0["n"].int64 }
    }

    private static func document(_ number: Int) -> [UInt8] { Array(#"{"n":\#(number)}"#.utf8) }

    @Test func `documents that come again are told apart, however many there are`() throws {
        let documents = (0..<7).map(Self.document)
        for _ in 0..<3 {
            for (index, document) in documents.enumerated() {
                #expect(try number(document, comesAgain: true) == Int64(index))
                #expect(try number(documents[max(0, index - 1)]) == Int64(max(0, index - 1)))
            }
        }
    }

    @Test func `an array that was changed meanwhile is read anew`() throws {
        var document = Self.document(1)
        #expect(try number(document, comesAgain: true) == 1)
        document[5] = UInt8(ascii: "2")
        #expect(try number(document, comesAgain: true) == 2)
        document.reserveCapacity(1_000)
        document[5] = UInt8(ascii: "3")
        #expect(try number(document, comesAgain: true) == 3)
        document[5] = UInt8(ascii: "4")
        #expect(try number(document) == 4)
    }

    @Test func `what could not be read, or was thrown upon, is no document that is known`() throws {
        struct Stop: Error {}
        let document = Self.document(1)
        let broken = Array(#"{"n":"#.utf8)
        for _ in 0..<3 {
            #expect(throws: JSONError.self) { try number(broken, comesAgain: true) }
            #expect(throws: Stop.self) { try pool.read(document, comesAgain: true) { _ in throw Stop() } }
            #expect(try number(document) == 1)
        }
    }

    @Test func `a document that is being looked at can be looked at again from within`() throws {
        let document = Self.document(5)
        _ = try number(document, comesAgain: true)
        let inner = try pool.read(document, comesAgain: true) { root in
            #expect(root["n"].int64 == 5)
            return [try number(Self.document(6)), try number(document)]
        }
        #expect(inner == [6, 5])
        #expect(try number(document) == 5)
    }
}
