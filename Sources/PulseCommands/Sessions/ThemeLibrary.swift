import Foundation
import PulseConfiguration
import PulseResources
package import PulseTerminal

/// The themes there are: those that travel with the binary, and those in the user's folder, which come first by name.
package struct ThemeLibrary: Sendable {
    let folder: String

    /// `configuration`: the user's configuration folder; themes are in its `themes`.
    package init(configuration: String) { folder = configuration + "/themes" }

    /// Every theme, `wanted` (a name or the path of a file) first. A broken file that nobody asked for is left out.
    package func themes(beginningWith wanted: String?) throws -> [Theme] {
        var known: [(name: String, theme: Theme)] = []
        for (name, yaml) in Embedded.themes { known.append((name, try Theme(yaml: yaml, file: "\(name).yaml"))) }
        known.append(("terminal", .terminal))
        for name in fileNames {
            guard let theme = try? read("\(folder)/\(name).yaml") else { continue }
            known.removeAll { $0.name == name }
            known.append((name, theme))
        }
        guard let wanted else { return known.map(\.theme) }
        let first: Theme
        if isPath(wanted) {
            first = try read(HomePath.expanding(wanted))
        } else if fileNames.contains(wanted) {
            first = try read("\(folder)/\(wanted).yaml")
        } else if let match = known.first(where: { $0.name == wanted }) {
            first = match.theme
        } else {
            let names = known.map(\.name)
            let meant = nearestName(to: wanted, among: names).map { "Did you mean \($0)? " } ?? ""
            throw CommandError(
                .usage, "There is no theme called \(TerminalText.sanitize(wanted)).",
                remedy: "\(meant)Known are \(names.joined(separator: ", ")); a path names a file.")
        }
        return [first] + known.filter { $0.name != wanted && $0.theme != first }.map(\.theme)
    }

    /// The one theme to begin with: the one wanted, or the default. Reads no other file.
    package func first(_ wanted: String?) throws -> Theme {
        let name = wanted ?? Embedded.themes[0].name
        if wanted == nil || !isPath(name), !fileNames.contains(name),
            let own = Embedded.themes.first(where: { $0.name == name })
        {
            return try Theme(yaml: own.yaml, file: "\(name).yaml")
        }
        return try themes(beginningWith: name).first ?? .terminal
    }

    /// The files that can change: those of the folder, and the one that is wanted by its path.
    func files(_ wanted: String?) -> [String] {
        fileNames.map { "\(folder)/\($0).yaml" }
            + (wanted.flatMap { isPath($0) ? [HomePath.expanding($0)] : nil } ?? [])
    }

    /// Whether what was wanted names a file rather than a theme.
    private func isPath(_ wanted: String) -> Bool { wanted.contains("/") || wanted.hasSuffix(".yaml") }

    private var fileNames: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }

    func read(_ path: String) throws -> Theme {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError(
                .usage, "The theme file \(TerminalText.sanitize(path)) cannot be read.",
                remedy: "Check that it exists and that you may read it.")
        }
        return try Theme(yaml: String(decoding: data, as: UTF8.self), file: path)
    }
}
