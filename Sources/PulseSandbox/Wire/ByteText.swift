/// Bytes of a document under construction, with what dates and numbers need, for the places where speed counts.
struct ByteText: Sendable {
    var bytes: [UInt8] = []

    init(reservingBytes count: Int = 1_024) { bytes.reserveCapacity(count) }

    mutating func add(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A comma where one is needed, then the text.
    mutating func member(_ text: StaticString) {
        comma()
        add(text)
    }

    mutating func add(_ fragment: [UInt8]) { bytes.append(contentsOf: fragment) }

    mutating func add(text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func add(_ number: Int) {
        guard number >= 0 else {
            bytes.append(UInt8(ascii: "-"))
            add(-number)
            return
        }
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(0x30 + number / divisor % 10))
            divisor /= 10
        }
    }

    mutating func add(_ number: Int, digits: Int) {
        var divisor = 1
        for _ in 1..<max(1, digits) { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(0x30 + number / divisor % 10))
            divisor /= 10
        }
    }

    /// A comma unless a container has just been opened.
    mutating func comma() {
        if let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") {
            bytes.append(UInt8(ascii: ","))
        }
    }
}
