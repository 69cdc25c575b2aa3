package import Foundation
import PulsePostgres

extension StoreReference {
    private static let expected = "Expected is sqlite:PATH or postgres://USER@HOST/DATABASE."

    /// Reads `sqlite:PATH`; a bare path is one, too. What libpq reads as a connection string is a PostgreSQL database.
    package init(_ text: String, relativeTo folder: URL) throws(ConfigurationProblem) {
        let path: String
        if text.hasPrefix("sqlite:") {
            path = String(text.dropFirst("sqlite:".count))
        } else if PostgresSettings.isConnectionString(text) {
            let settings = PostgresSettings(connection: text)
            if let problem = settings.formProblem {
                throw ConfigurationProblem(
                    file: "store", sentence: "The store's address cannot be used: \(problem).",
                    remedy: "Expected is postgres://USER@HOST/DATABASE; the password stands in ~/.pgpass or PGPASSWORD."
                )
            }
            self = .postgres(settings)
            return
        } else if text.contains("://") {
            throw ConfigurationProblem(
                file: "store", sentence: "The store \"\(text.prefix(while: { $0 != ":" })):…\" is of no known kind.",
                remedy: Self.expected)
        } else {
            path = text
        }
        guard !path.isEmpty else {
            throw ConfigurationProblem(
                file: "store", sentence: "The store has no path.", remedy: Self.expected)
        }
        self = .sqlite(
            path: URL(fileURLWithPath: HomePath.expanding(path), relativeTo: folder).standardizedFileURL.path)
    }
}

/// The folders of a user, after the XDG Base Directory Specification.
package struct UserFolders: Sendable, Hashable {
    /// Databases: `$XDG_DATA_HOME/pulse`.
    package let data: String
    /// Configuration and themes: `$XDG_CONFIG_HOME/pulse`.
    package let configuration: String
    /// Sockets: `$XDG_RUNTIME_DIR/pulse`, or the data folder.
    package let runtime: String

    package init(environment: [String: String], home: String) {
        func folder(_ variable: String, _ fallback: String) -> String {
            // The specification: relative paths in these variables are to be ignored.
            if let value = environment[variable], value.hasPrefix("/") { return value + "/pulse" }
            return home + "/" + fallback + "/pulse"
        }
        data = folder("XDG_DATA_HOME", ".local/share")
        configuration = folder("XDG_CONFIG_HOME", ".config")
        if let value = environment["XDG_RUNTIME_DIR"], value.hasPrefix("/") {
            runtime = value + "/pulse"
        } else {
            runtime = data
        }
    }
}
