package import Foundation

extension StoreReference {
    /// Reads `sqlite:PATH`; a bare path is one, too.
    package init(_ text: String, relativeTo folder: URL) throws(ConfigurationProblem) {
        let path: String
        if text.hasPrefix("sqlite:") {
            path = String(text.dropFirst("sqlite:".count))
        } else if text.contains("://") {
            throw ConfigurationProblem(
                file: "store", sentence: "The store \"\(text.prefix(while: { $0 != ":" })):…\" is of no known kind.",
                remedy: "Expected is sqlite:PATH.")
        } else {
            path = text
        }
        guard !path.isEmpty else {
            throw ConfigurationProblem(
                file: "store", sentence: "The store has no path.", remedy: "Expected is sqlite:PATH.")
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
