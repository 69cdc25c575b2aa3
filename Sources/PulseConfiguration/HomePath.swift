import Foundation

/// Paths as people write them.
package enum HomePath {
    /// The user's folder: `$HOME`, as shells have it, or that of the system's list of users where it is not set.
    package static func home(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let home = environment["HOME"], home.hasPrefix("/") { return home }
        return NSHomeDirectory()
    }

    /// `~` and `~/…` as in `home`, `~name/…` as that user's folder.
    package static func expanding(_ path: String, home: String = home()) -> String {
        if path == "~" { return home }
        if path.hasPrefix("~/") { return home + path.dropFirst() }
        return (path as NSString).expandingTildeInPath
    }
}
