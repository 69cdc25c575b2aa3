import Glibc

/// How many colours a terminal shows.
package enum ColorDepth: Int, Comparable, Hashable, Sendable, CaseIterable {
    /// None: meanings are told by attributes (and always by words and signs).
    case monochrome
    /// The eight of ECMA-48.
    case eight
    /// Those and their bright twins.
    case sixteen
    /// xterm's palette of 256.
    case palette256
    /// Any RGB value.
    case trueColor

    /// Fewer colours come first.
    package static func < (left: ColorDepth, right: ColorDepth) -> Bool { left.rawValue < right.rawValue }
}

/// The nearest colours of smaller palettes.
enum Palette {
    /// xterm's values for the first sixteen, which users often change.
    static let sixteen: [RGB] = [
        RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0), RGB(0, 0, 238), RGB(205, 0, 205),
        RGB(0, 205, 205), RGB(229, 229, 229), RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
        RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
    ]

    /// The value of one of the fixed colours 16 to 255: a cube of six levels, then a ramp of grey.
    static func fixed(_ index: Int) -> RGB {
        if index >= 232 {
            let grey = UInt8(8 + (index - 232) * 10)
            return RGB(grey, grey, grey)
        }
        let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
        let place = index - 16
        return RGB(levels[place / 36], levels[place / 6 % 6], levels[place % 6])
    }

    /// The number of exactly this colour among 22 to 255; the first sixteen are changed by users, and the next six by
    /// programs that bring more colours of a theme than the first sixteen hold (base16-shell).
    static func number(of components: [Int]) -> Int? { numbers[components] }

    private static let numbers: [[Int]: Int] = Dictionary(
        (22...255).map { index in
            let color = fixed(index)
            return ([Int(color.red), Int(color.green), Int(color.blue)], index)
        }, uniquingKeysWith: { first, _ in first })

    /// The nearest of the fixed colours 16 to 255; the first sixteen are left out, because users change them.
    static func nearest256(_ color: RGB) -> Int {
        (16...255).min { distance(fixed($0), color) < distance(fixed($1), color) } ?? 16
    }

    /// The nearest of the first sixteen.
    static func nearest16(_ color: RGB) -> Int {
        sixteen.indices.min { distance(sixteen[$0], color) < distance(sixteen[$1], color) } ?? 7
    }

    /// Difference as people see it: squared, weighted by the mean red ("redmean", compuphase.com/cmetric.htm).
    static func distance(_ left: RGB, _ right: RGB) -> Int {
        let mean = (Int(left.red) + Int(right.red)) / 2
        let red = Int(left.red) - Int(right.red)
        let green = Int(left.green) - Int(right.green)
        let blue = Int(left.blue) - Int(right.blue)
        return ((512 + mean) * red * red) / 256 + 4 * green * green + ((767 - mean) * blue * blue) / 256
    }
}

extension RGB {
    /// Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance").
    package var luminance: Double {
        func linear(_ component: UInt8) -> Double {
            let value = Double(component) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// Contrast ratio, 1 to 21 (WCAG 2.2, "contrast ratio"); text needs 4.5.
    package func contrast(with other: RGB) -> Double {
        let (light, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
        return (light + 0.05) / (dark + 0.05)
    }

    /// From `#rrggbb`; nil for anything else.
    package init?(hex: String) {
        guard hex.utf8.count == 7, hex.utf8.first == UInt8(ascii: "#"), let value = UInt32(hex.dropFirst(), radix: 16),
            !hex.contains("+"), !hex.contains("-")
        else { return nil }
        self.init(
            UInt8(truncatingIfNeeded: value >> 16), UInt8(truncatingIfNeeded: value >> 8),
            UInt8(truncatingIfNeeded: value))
    }
}
