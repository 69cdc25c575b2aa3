import Foundation
import PulseAssembly
import PulseConfiguration
import PulseControl
import PulseDomain
import PulseHTTP
import PulseResources

/// `pulse config`.
package struct ConfigurationTexts: Sendable {
    private let context: CommandContext

    private let isJSON: Bool

    package init(_ context: CommandContext, isJSON: Bool = false) {
        self.context = context
        self.isJSON = isJSON
    }

    /// Says that all is right, or throws what is wrong. Whether tokens are there is told and not fatal: another process
    /// may have them.
    package func check(_ wishes: SettingsWishes) throws -> ExitStatus {
        do {
            return try tell(found(by: wishes))
        } catch let wrong as ConfigurationProblems where isJSON {
            try context.output.print(try JSONText.document(ConfigurationCheckJSON(wrong.problems)))
            return .usage
        }
    }

    private func found(by wishes: SettingsWishes) throws -> ConfigurationCheckJSON {
        let settings = try SettingsFinder(context).settings(wishes)
        var found = ConfigurationCheckJSON([])
        found.file = settings.file
        found.store = settings.databasePath
        for source in settings.configuration.sources {
            let assembled = try SourceAssembly.source(source, transport: NoTransport())
            found.jobs += try SourceAssembly.jobs(of: source, source: assembled).map(\.id.rawValue)
            found.missingTokens += [missingToken(of: source)].compactMap(\.self)
            found.missingPlaces += source.paths.compactMap { Self.missingFolder($0, of: source.name) }
        }
        let folder = URL(fileURLWithPath: settings.databasePath).deletingLastPathComponent().path
        // The usual folder is made by the first run.
        if folder != context.folders.data, !FileManager.default.fileExists(atPath: folder) {
            found.missingPlaces.append("store: There is no folder \(folder). Make it, or correct `store`.")
        }
        found.sources = settings.configuration.sources.map(\.name.rawValue)
        return found
    }

    private func tell(_ found: ConfigurationCheckJSON) throws -> ExitStatus {
        if isJSON {
            try context.output.print(try JSONText.document(found))
        } else {
            for missing in found.findings { context.output.note("pulse: \(missing)") }
            let verdict =
                found.findings.isEmpty
                ? "is right"
                : "is well formed, but \(found.findings.count.counted("finding")) would keep it from working"
            try context.output.print(
                "\(found.file ?? "The configuration") \(verdict): \(found.sources.count.counted("source")), "
                    + "\(found.jobs.count.counted("job")), store \(found.store ?? "").\n")
        }
        return found.findings.isEmpty ? .ok : .problems
    }

    /// Commands are not run: they may ask a person, or a vault.
    private func missingToken(of source: SourceConfiguration) -> String? {
        guard let token = source.token else { return nil }
        do {
            _ = try SecretReader.readAtHand(token, of: source.name, environment: context.environment)
            return nil
        } catch {
            return CommandError(describing: error).lines.joined(separator: " ")
        }
    }

    private static func missingFolder(_ path: String, of source: SourceID) -> String? {
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return "\(source): There is no folder \(path). Correct `paths`; one that is not mounted looks the same."
        }
        return isFolder.boolValue ? nil : "\(source): \(path) is no folder. Correct `paths`."
    }

    package func example() throws { try context.output.print(Embedded.configuration) }

    package func paths(_ wishes: SettingsWishes) throws {
        let finder = SettingsFinder(context)
        let path = finder.path(wishes)
        // A broken configuration does not keep anyone from learning where it is.
        let configured = path.flatMap { try? SettingsFinder.read($0).store }
        let database = try finder.databasePath(wishes, configured)
        let places = [
            ("configuration", path ?? finder.usualPath), ("store", database),
            ("themes", context.folders.configuration + "/themes"),
            ("socket", ControlSocket.path(forDatabase: database, in: context.folders.runtime)),
        ].map { PlaceJSON(what: $0.0, path: $0.1, isThere: FileManager.default.fileExists(atPath: $0.1)) }
        if isJSON { return try context.output.print(try JSONText.document(places)) }
        try context.output.print(
            TextTable(
                ["WHAT", "PATH", "STATE"], rows: places.map { [$0.what, $0.path, $0.isThere ? "" : "not there yet"] }
            ).text(width: 4_096, isBold: context.output.usesColor, empty: ""))
    }
}

/// `pulse config check --json`: what is wrong, or what there is when nothing is.
struct ConfigurationCheckJSON: Encodable {
    struct Problem: Encodable {
        var file: String
        @Null var line: Int?
        @Null var column: Int?
        var sentence: String
        var remedy: String
    }

    @Null var file: String?
    var sources: [String] = []
    var jobs: [String] = []
    @Null var store: String?
    /// A sentence for each token that is not where the configuration says.
    var missingTokens: [String] = []
    /// A sentence for each folder that is not there: of the store, and of sources of kind git.
    var missingPlaces: [String] = []
    var problems: [Problem]

    /// What would keep it from working.
    var findings: [String] { missingTokens + missingPlaces }

    init(_ problems: [ConfigurationProblem]) {
        (file, store) = (problems.first?.file, nil)
        self.problems = problems.map {
            Problem(
                file: $0.file, line: Null(wrappedValue: $0.line), column: Null(wrappedValue: $0.column),
                sentence: $0.sentence, remedy: $0.remedy)
        }
    }
}

/// An element of `pulse config path --json`.
struct PlaceJSON: Encodable {
    var what: String
    var path: String
    var isThere: Bool
}
