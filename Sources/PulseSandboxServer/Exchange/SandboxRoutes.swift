package import PulseSandbox

/// Which simulated provider an address on this server means.
package struct SandboxRoutes: Sendable {
    /// A provider: the folder that it answers under, and the host that it is in the sandbox.
    package struct Door: Sendable {
        package let source: SandboxSource
        /// Without slashes.
        package let folder: String
        package let host: String
    }

    package let doors: [Door]

    package init(_ options: SandboxOptions) {
        doors = [
            Door(source: .jiraCloud, folder: "jira", host: options.jira.host),
            Door(source: .jiraDataCenter, folder: "jira-dc", host: options.jira.dataCenterHost),
            Door(source: .github, folder: "github", host: options.github.host),
        ]
    }

    /// The address in the sandbox; `nil` when it leads nowhere.
    ///
    /// The `Host` header comes first, so a client that keeps the provider's own address and only connects elsewhere
    /// (`curl --connect-to`) is served too; then the first folder of the path.
    func url(authority: String?, target: String) -> String? {
        guard target.hasPrefix("/") else { return nil }
        let host = authority.map { ($0.split(separator: ":").first ?? "").lowercased() }
        if let door = doors.first(where: { $0.host == host }) { return "https://\(door.host)\(target)" }
        let folder = target.dropFirst().prefix { $0 != "/" && $0 != "?" }
        guard let door = doors.first(where: { $0.folder == folder }) else { return nil }
        let rest = target.dropFirst(folder.count + 1)
        return "https://\(door.host)\(rest.hasPrefix("/") ? "" : "/")\(rest)"
    }
}
