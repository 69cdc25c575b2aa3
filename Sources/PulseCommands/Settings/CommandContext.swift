import Foundation
import PulseAssembly
package import PulseConfiguration
package import PulseDomain

/// What a command finds around it.
package struct CommandContext: Sendable {
    package var environment: [String: String]
    package var output: Output
    package var folders: UserFolders
    package var principal: Principal

    package init(environment: [String: String], output: Output, folders: UserFolders, principal: Principal) {
        self.environment = environment
        self.output = output
        self.folders = folders
        self.principal = principal
    }

    /// For printing as if there were no terminal.
    package var plain: CommandContext {
        var context = self
        context.output = output.plain
        return context
    }

    /// Of this process.
    package static var current: CommandContext {
        let environment = ProcessInfo.processInfo.environment
        return CommandContext(
            environment: environment, output: .standard(environment: environment),
            folders: UserFolders(environment: environment, home: HomePath.home(environment)),
            principal: .current(environment: environment))
    }
}

extension CommandContext {
    /// Which Pulse this is.
    package static var version: String { PulseVersion.current }
}
