import Foundation
import PulseAssembly
import PulseConfiguration
import PulseControl
import PulseDomain
import PulseHTTP
import PulsePostgres
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
        // Which contexts there are is another file's matter: what is wrong with that one is told where it is used.
        if let place = try? PlaceFinder(context).remote(wishes) {
            context.output.note(
                "pulse: This checks the configuration of this machine. Commands go to \(place.shown), whose gateway and engines "
                    + "have one of their own: check that where they run.")
        }
        do {
            return try tell(found(by: wishes))
        } catch let wrong as ConfigurationProblems where isJSON {
            try context.output.print(try JSONText.document(JSONObject(wrong)))
            return .usage
        }
    }

    private func found(by wishes: SettingsWishes) throws -> ConfigurationFindings {
        let settings = try SettingsFinder(context).settings(wishes)
        var found = ConfigurationFindings(settings: settings)
        found.missingTokens = settings.configuration.missingSecrets(context.environment).filter { $0.setting == .token }
            .map(\.sentence)
        for source in settings.configuration.sources {
            let assembled = try SourceAssembly.source(source, transport: NoTransport())
            found.jobs += try SourceAssembly.jobs(of: source, source: assembled).map(\.id.rawValue)
            found.missingPlaces += source.paths.compactMap { Self.missingFolder($0, of: source.name) }
        }
        switch settings.store {
        case .sqlite(let path):
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            // The usual folder is made by the first run.
            if folder != context.folders.data, !FileManager.default.fileExists(atPath: folder) {
                found.missingPlaces.append("store: There is no folder \(folder). Make it, or correct `store`.")
            }
        case .postgres(let postgres) where postgres.hasPassword:
            context.output.note(
                "pulse: store: A password stands in the address, where others may read it. "
                    + "Move it to ~/.pgpass or PGPASSWORD.")
        case .postgres: break
        }
        return found
    }

    private func tell(_ found: ConfigurationFindings) throws -> ExitStatus {
        if isJSON {
            try context.output.print(try JSONText.document(JSONObject(found)))
        } else {
            for missing in found.all { context.output.note("pulse: \(missing)") }
            let settings = found.settings
            let verdict =
                found.all.isEmpty
                ? "is right"
                : "is well formed, but \(found.all.count.counted("finding")) would keep it from working"
            try context.output.print(
                "\(settings.file ?? "The configuration") \(verdict): "
                    + "\(settings.configuration.sources.count.counted("source")), "
                    + "\(found.jobs.count.counted("job")), store \(settings.store.location).\n")
        }
        return found.all.isEmpty ? .ok : .problems
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
        let store = try finder.store(wishes, configured)
        var files = [
            ("configuration", path ?? finder.usualPath), ("store", store.location),
            ("contexts", context.contextsPath), ("credentials", context.credentialsPath),
            ("themes", context.folders.configuration + "/themes"),
        ]
        if case .sqlite(let database) = store {
            files.append(("socket", ControlSocket.path(forDatabase: database, in: context.folders.runtime)))
        }
        let places = files.map { what, path in
            // Whether a database is there is not asked: nothing is sent.
            let isDatabase = if case .postgres = store { what == "store" } else { false }
            return (what: what, path: path, isThere: isDatabase || FileManager.default.fileExists(atPath: path))
        }
        if isJSON {
            let json = places.map { ["what": $0.what, "path": $0.path, "is_there": $0.isThere] as JSONObject }
            return try context.output.print(try JSONText.document(json))
        }
        try context.output.print(
            TextTable(
                ["WHAT", "PATH", "STATE"], rows: places.map { [$0.what, $0.path, $0.isThere ? "" : "not there yet"] }
            ).text(context.output, least: 4_096, empty: ""))
    }
}

/// `pulse config check`: what is there, and what is not where the configuration says.
private struct ConfigurationFindings {
    var settings: Settings
    /// In the order of the configuration.
    var jobs: [String] = []
    /// A sentence for each token that is not where the configuration says.
    var missingTokens: [String] = []
    /// A sentence for each folder that is not there: of the store, and of sources of kind git.
    var missingPlaces: [String] = []

    /// What would keep it from working.
    var all: [String] { missingTokens + missingPlaces }
}

extension JSONObject {
    /// `pulse config check --json` of a configuration that can be read.
    fileprivate init(_ found: ConfigurationFindings) {
        self = [
            "file": found.settings.file,
            "sources": found.settings.configuration.sources.map(\.name.rawValue),
            "jobs": found.jobs,
            "store": found.settings.store.location,
            "missing_tokens": found.missingTokens,
            "missing_places": found.missingPlaces,
            "problems": [String](),
        ]
    }

    /// `pulse config check --json` of one that cannot: the same keys.
    fileprivate init(_ wrong: ConfigurationProblems) {
        self = [
            "file": wrong.problems.first?.file,
            "sources": [String](),
            "jobs": [String](),
            "store": nil,
            "missing_tokens": [String](),
            "missing_places": [String](),
            "problems": wrong.problems.map { problem in
                [
                    "file": problem.file,
                    "line": problem.line,
                    "column": problem.column,
                    "sentence": problem.sentence,
                    "remedy": problem.remedy,
                ] as JSONObject
            },
        ]
    }
}
