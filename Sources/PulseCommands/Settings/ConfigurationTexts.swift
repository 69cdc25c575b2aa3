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

    package init(_ context: CommandContext) { self.context = context }

    /// Says that all is right, or throws what is wrong. Whether tokens are there is told and not fatal: another process
    /// may have them.
    package func check(_ wishes: SettingsWishes) throws -> ExitStatus {
        let settings = try SettingsFinder(context).settings(wishes)
        var jobs = 0
        var isComplete = true
        for source in settings.configuration.sources {
            let assembled = try SourceAssembly.source(source, transport: Unreachable())
            jobs += try SourceAssembly.jobs(of: source, source: assembled).count
            if let missing = missingToken(of: source) {
                isComplete = false
                context.output.note("pulse: \(missing)")
            }
        }
        let sources = settings.configuration.sources.count
        try context.output.print(
            "\(settings.file ?? "The configuration") is right: \(sources) \(sources == 1 ? "source" : "sources"), "
                + "\(jobs) \(jobs == 1 ? "job" : "jobs"), store \(settings.databasePath).\n")
        return isComplete ? .ok : .problems
    }

    /// Commands are not run: they may ask a person, or a vault.
    private func missingToken(of source: SourceConfiguration) -> String? {
        guard let token = source.token else { return nil }
        if case .command = token { return nil }
        do {
            _ = try SecretReader.read(token, of: source.name, environment: context.environment)
            return nil
        } catch {
            return CommandError(describing: error).lines.joined(separator: " ")
        }
    }

    package func example() throws { try context.output.print(Embedded.configuration) }

    package func paths(_ wishes: SettingsWishes) throws {
        let finder = SettingsFinder(context)
        let path = finder.path(wishes)
        // A broken configuration does not keep anyone from learning where it is.
        let configured = path.flatMap { try? SettingsFinder.read($0).store }
        let database = try finder.databasePath(wishes, configured)
        let rows = [
            ["configuration", path ?? finder.usualPath, path == nil ? "not there" : ""],
            ["store", database, FileManager.default.fileExists(atPath: database) ? "" : "not there yet"],
            ["themes", context.folders.configuration + "/themes", ""],
            ["socket", ControlSocket.path(forDatabase: database, in: context.folders.runtime), ""],
        ]
        try context.output.print(
            TextTable(["WHAT", "PATH", "STATE"], rows: rows)
                .text(width: 4_096, isBold: context.output.usesColor, empty: ""))
    }
}

/// Nothing is sent while a configuration is checked.
private struct Unreachable: HTTPTransport {
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        throw .unsupportedURL(HTTPError.Origin(host: ""))
    }
}
