/// What one cell (or two, when wide) shows: a base scalar and at most three combining marks, already safe.
///
/// Twelve bytes, no heap. Glyphs are only made by ``GlyphSequence``, so a cell cannot hold a control character.
struct Glyph: Hashable, Sendable {
    // Bits 0-20 the base scalar, bits 24-25 the columns it takes.
    private var code: UInt32
    // Three marks of 21 bits, the first in the lowest bits; zero is none.
    private var marks: UInt64 = 0

    /// The most marks kept on a base; the rest of a pile of them ("Zalgo") is dropped.
    static let maximumMarks = 3

    static let space = Glyph(0x20, width: 1)
    static let replacement = Glyph(0xFFFD, width: 1)
    /// The right half of a wide glyph.
    static let continuation = Glyph(0, width: 0)

    /// The caller proves that `base` is printable and takes `width` columns.
    init(_ base: UInt32, width: Int) {
        code = base | UInt32(width) << 24
    }

    var base: UInt32 { code & 0x1F_FFFF }
    /// 1 or 2; 0 for the continuation.
    var width: Int { Int(code >> 24) }
    var isASCII: Bool { base < 0x80 && marks == 0 }

    /// Puts a mark above or below the base; false when there is no room for more.
    mutating func combine(_ mark: UInt32) -> Bool {
        for index in 0..<Self.maximumMarks where (marks >> (UInt64(index) * 21)) & 0x1F_FFFF == 0 {
            marks |= UInt64(mark) << (UInt64(index) * 21)
            return true
        }
        return false
    }

    /// The base and its marks in order.
    func forEachScalar(_ body: (UInt32) -> Void) {
        guard base != 0 else { return }
        body(base)
        var rest = marks
        while rest != 0 {
            body(UInt32(truncatingIfNeeded: rest & 0x1F_FFFF))
            rest >>= 21
        }
    }

    /// Adds it to a string; the continuation adds nothing.
    func append(to string: inout String) {
        forEachScalar { value in
            if let scalar = Unicode.Scalar(value) { string.unicodeScalars.append(scalar) }
        }
    }
}
