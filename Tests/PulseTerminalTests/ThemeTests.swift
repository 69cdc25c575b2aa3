import Glibc
import Testing

@testable import PulseTerminal

struct ThemeTests {
    static let shipped = ["pulse-dark", "pulse-light"]

    static func load(_ name: String) throws -> Theme {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(folder)/themes/\(name).yaml"
        let file = try #require(fopen(path, "r"), "\(path)")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return try Theme(yaml: String(decoding: bytes[..<count], as: UTF8.self), file: "\(name).yaml")
    }

    static let inks: [ColorRole] = [
        .text, .muted, .accent, .title, .ok, .running, .waiting, .paused, .warning, .error, .critical, .info, .key,
        .keyText, .match,
    ]
    static let states: [ColorRole] = [.ok, .running, .waiting, .paused, .warning, .error]

    @Test(arguments: shipped)
    func `every text can be read on what it stands on`(name: String) throws {
        let theme = try Self.load(name)
        var pairs: [(ColorRole, ColorRole)] = Self.inks.map { ($0, .background) }
        pairs += [(.selectionText, .selection), (.headerText, .header), (.overlayText, .overlay), (.fieldText, .field)]
        pairs += Self.states.flatMap { [($0, ColorRole.selection), ($0, .overlay), ($0, .marked)] }
        pairs += [
            (.text, .marked), (.muted, .overlay), (.muted, .header), (.accent, .header), (.title, .header),
            (.muted, .marked),
        ]
        for (ink, paper) in pairs {
            let contrast = try #require(theme.color(of: ink)).contrast(with: try #require(theme.color(of: paper)))
            #expect(contrast >= 4.5, "\(name): \(ink) on \(paper) \(contrast)")
        }
        for fill in [ColorRole.gaugeFill, .warning, .error] {
            let contrast = try #require(theme.color(of: fill)).contrast(
                with: try #require(theme.color(of: .gaugeEmpty)))
            #expect(contrast >= 3, "\(name): \(fill) on gauge-empty \(contrast)")
        }
    }

    /// Linear RGB as people without red (protan) or green (deutan) cones see it: Viénot, Brettel, Mollon 1999.
    static let visions: [(String, [[Double]])] = [
        ("full", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ("protanopia", [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
        ("deuteranopia", [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
    ]

    @Test(arguments: shipped)
    func `states differ for every kind of colour vision`(name: String) throws {
        let theme = try Self.load(name)
        for (vision, matrix) in Self.visions {
            for (index, left) in Self.states.enumerated() {
                for right in Self.states[(index + 1)...] {
                    let a = Self.lab(try #require(theme.color(of: left)), matrix)
                    let b = Self.lab(try #require(theme.color(of: right)), matrix)
                    let difference = sqrt(zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
                    // CIE76; 2.3 is just noticeable side by side, ten is seen at a glance.
                    #expect(difference >= 10, "\(name), \(vision): \(left) and \(right) differ by \(difference)")
                }
            }
        }
    }

    static func lab(_ color: RGB, _ matrix: [[Double]]) -> [Double] {
        let linear = [color.red, color.green, color.blue].map { component -> Double in
            let value = Double(component) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        let seen = matrix.map { row in max(0, zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 }) }
        let x = (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505
        let y = 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]
        let z = (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089
        func f(_ t: Double) -> Double { t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116 }
        return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))]
    }

    @Test(arguments: [
        (
            "name: X\ncolors:\n  boarder: \"#ffffff\"\n",
            "t.yaml:3:3: themes have no \"boarder\". Did you mean \"border\"?"
        ),
        ("nam: X\n", "t.yaml:1:1: themes have no \"nam\". Did you mean \"name\"?"),
        ("colors:\n  text: blue\n", "t.yaml:2:9: \"text\" must be a colour like \"#5cc8ff\" or the word terminal."),
        (
            "colors:\n  text: \"#12345g\"\n",
            "t.yaml:2:9: \"text\" must be a colour like \"#5cc8ff\" or the word terminal."
        ),
        ("colors:\n  ok: { ansi: lime }\n", "t.yaml:2:15: \"ansi\" must be terminal, or one of"),
        ("colors:\n  ok: { attributes: [blink] }\n", "t.yaml:2:22: \"attributes\" must be a list of bold"),
        ("colors: 3\n", "t.yaml:1:9: \"colors\" must be a mapping"),
        ("- a\n", "t.yaml:1:1: \"theme\" must be a mapping"),
        ("", "t.yaml:1:1: \"theme\" must be a mapping"), ("colors: [\n", "t.yaml:2:1: this is not valid YAML"),
        ("colors:\n  ok: \"#ffffff\"\n  ok: \"#000000\"\n", "\"ok\" is given twice"),
        ("zzzzzz: 1\n", "t.yaml:1:1: themes have no \"zzzzzz\". Remove it"),
    ])
    func `a broken theme says where and what`(yaml: String, expected: String) throws {
        let error = try #require(throws: ThemeError.self) { try Theme(yaml: yaml, file: "t.yaml") }
        #expect(error.description.contains(expected), "\(error.description)")
    }

    @Test func `what a file leaves out comes from the base`() throws {
        let theme = try Theme(yaml: "name: Mine\ncolors:\n  ok: \"#010203\"\n", file: "t")
        #expect(theme.color(of: .ok) == RGB(1, 2, 3))
        #expect(theme.color(of: .error) == Theme.terminal.color(of: .error))
        #expect(theme.name == "Mine")
    }

    @Test func `colours become what the terminal has`() throws {
        let theme = try Theme(
            yaml:
                "colors:\n  ok: { color: \"#2fd3a0\", ansi: bright-green }\n  muted: { color: \"#888888\", ansi: bright-black }\n"
                + "  selection: { color: \"#1d3a56\", ansi: blue, monochrome: [reverse] }\n", file: "t")
        let style = Style(.ok, on: .selection)
        #expect(theme.resolve(style, for: .trueColor).foreground == .rgb(RGB(0x2F, 0xD3, 0xA0)))
        #expect(theme.resolve(style, for: .palette256).foreground == .number(43))
        #expect(theme.resolve(style, for: .sixteen).foreground == .number(10))
        #expect(theme.resolve(style, for: .sixteen).background == .number(4))
        #expect(
            theme.resolve(style, for: .eight)
                == ResolvedStyle(foreground: .number(2), background: .number(4), attributes: .bold))
        #expect(
            theme.resolve(style, for: .monochrome)
                == ResolvedStyle(foreground: .terminal, background: .terminal, attributes: .reverse))
        #expect(theme.resolve(Style(.muted), for: .eight).attributes == .dim)
        #expect(theme.resolve(Style(.text), for: .palette256).foreground == .terminal)
    }

    @Test func `no shipped theme hides text on terminals with few colours`() throws {
        for theme in try Self.shipped.map(Self.load) + [.terminal] {
            for depth in [ColorDepth.eight, .sixteen, .palette256, .trueColor] {
                for ink in ColorRole.allCases {
                    for paper in [ColorRole.background, .selection, .overlay, .header] {
                        let resolved = theme.resolve(Style(ink, on: paper), for: depth)
                        #expect(resolved.foreground == .terminal || resolved.foreground != resolved.background)
                    }
                }
            }
        }
    }

    @Test func `names of meanings are words joined by hyphens`() {
        #expect(ColorRole.borderFocused.name == "border-focused")
        #expect(Set(ColorRole.allCases.map(\.name)).count == ColorRole.allCases.count)
    }

    @Test func `nearest colours are near`() {
        #expect(Palette.nearest256(RGB(255, 0, 0)) == 196)
        #expect(Palette.nearest256(RGB(8, 8, 8)) == 232)
        #expect(Palette.nearest16(RGB(250, 250, 250)) == 15)
        #expect(RGB(hex: "#0aFf10") == RGB(10, 255, 16))
        #expect(RGB(hex: "#+12345") == nil && RGB(hex: "fff") == nil)
    }
}
