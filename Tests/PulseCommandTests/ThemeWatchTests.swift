import Foundation
import PulseConsole
import PulseTerminal
import Testing

@testable import PulseCommands

@Suite struct ThemeWatchTests {
    private func save(_ text: String, as name: String, in place: Place) throws {
        let folder = "\(place.path)/themes"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).yaml"), options: .atomic)
    }

    private static func yaml(_ color: String) -> String { "name: Harbour\ncolors:\n  accent: \"\(color)\"\n" }

    @Test func `a file that became wrong keeps its last good state and says where it is wrong`() throws {
        let place = try Place()
        try save(Self.yaml("#112233"), as: "harbour", in: place)
        var readings = ThemeReadings(library: ThemeLibrary(configuration: place.path), wanted: "harbour")
        let good = readings.read()
        #expect(good.problems.isEmpty)
        let harbour = try #require(good.themes.first { $0.name == "Harbour" })
        try save(Self.yaml("sea"), as: "harbour", in: place)
        let wrong = readings.read()
        #expect(wrong.themes == good.themes)
        #expect(wrong.problems.count == 1)
        #expect(wrong.problems.first?.contains("harbour.yaml:3:11") == true, "\(wrong.problems)")
        try save(Self.yaml("#445566"), as: "harbour", in: place)
        let mended = readings.read()
        #expect(mended.problems.isEmpty && mended.themes.contains { $0.name == "Harbour" && $0 != harbour })
    }

    @Test func `a theme of the user takes the place of the one with its name`() throws {
        let place = try Place()
        try save("name: Pulse dark\ncolors:\n  accent: \"#112233\"\n", as: "mine", in: place)
        var readings = ThemeReadings(library: ThemeLibrary(configuration: place.path), wanted: nil)
        let themes = readings.read().themes
        #expect(themes.map(\.name) == ["Pulse dark", "Pulse light", "terminal"])
        #expect(themes.first?.color(of: .accent) == RGB(hex: "#112233"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `saving a file is news, even where the folder was made just now`() async throws {
        let place = try Place()
        var news = ThemeWatch(library: ThemeLibrary(configuration: place.path), wanted: nil).news().makeAsyncIterator()
        #expect(await news.next()?.themes.contains { $0.name == "Harbour" } == false)
        try save(Self.yaml("#112233"), as: "harbour", in: place)
        // Making the folder is news of its own, which may come before the file was there.
        var found: Theme?
        while found == nil, let next = await news.next() {
            found = next.themes.first { $0.name == "Harbour" }
            if found == nil { try save(Self.yaml("#112233"), as: "harbour", in: place) }
        }
        #expect(found?.color(of: .accent) == RGB(hex: "#112233"))
    }
}
