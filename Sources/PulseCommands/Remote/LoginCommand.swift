import Foundation
import PulseAPI
import PulseConfiguration
package import PulseDomain
import PulseEngine
import PulseHTTP

/// `pulse login`: lets a person or a script in at a gateway, and makes the context for it.
package struct LoginCommand: Sendable {
    /// What was typed.
    package struct Wishes: Sendable, Hashable {
        /// The gateway; `nil`: that of the context.
        package var gateway: String?
        /// How the context is called; `nil`: the one that is there, or after the host.
        package var context: String?
        package var user: String?
        package var tenant: TenantID?
        package var caFile: String?
        /// A file that holds a personal token; `-` is standard input.
        package var tokenFile: String?
        /// A command that prints one.
        package var tokenCommand: String?

        package init(
            gateway: String? = nil, context: String? = nil, user: String? = nil, tenant: TenantID? = nil,
            caFile: String? = nil, tokenFile: String? = nil, tokenCommand: String? = nil
        ) {
            self.gateway = gateway
            self.context = context
            self.user = user
            self.tenant = tenant
            self.caFile = caFile
            self.tokenFile = tokenFile
            self.tokenCommand = tokenCommand
        }
    }

    private let context: CommandContext
    private let wishes: Wishes
    private let questions: TerminalQuestions?
    private let time: any TimeSource

    /// - Parameter questions: `nil`: nobody can be asked.
    package init(
        _ context: CommandContext, _ wishes: Wishes, questions: TerminalQuestions? = .terminal,
        time: any TimeSource = SystemClock()
    ) {
        self.context = context
        self.wishes = wishes
        self.questions = questions
        self.time = time
    }

    package func run() async throws {
        let place = try place()
        let (session, role) = try await enter(place)
        try makeFolder()
        try await context.credentials(time).update { sessions in
            sessions.removeAll { $0.isAt(session.gateway, session.tenant) }
            // The newest first: it is the one where no tenant is named.
            sessions.insert(session, at: 0)
        }
        let known = try PlaceFinder(context).contexts()
        let name = try contextName(place, among: known)
        let former = known[name]
        let context = RemoteContext(
            name: name, gateway: place.address.url, tenant: session.tenant, caFile: place.caFile,
            isReadOnly: former?.isReadOnly ?? false)
        try RemoteContexts.change(path: self.context.contextsPath) { contexts in
            contexts.put(context)
            contexts.current = name
        }
        let what = "\(session.name), \(role.rawValue) of \(session.tenant), at \(place.address)."
        try self.context.output.print("Logged in as \(what)\n")
        self.context.output.note(
            "`pulse` goes there from now on (context \(name)); `pulse context use local` goes back to this machine.")
    }

    // MARK: Where

    private func place() throws -> RemotePlace {
        let finder = PlaceFinder(context)
        var place: RemotePlace?
        if let gateway = wishes.gateway {
            place = try finder.remote(SettingsWishes(tenant: wishes.tenant, gateway: gateway))
        } else {
            place = try finder.remote(SettingsWishes(tenant: wishes.tenant, context: wishes.context))
        }
        guard var place else {
            throw CommandError(
                .usage, "Where to log in was not said, and the present context is this machine.",
                remedy: "Give the gateway's address: `pulse login https://pulse.example.com`.")
        }
        if wishes.gateway != nil, wishes.tenant == nil { place.tenant = nil }
        if let caFile = wishes.caFile { place.caFile = URL(fileURLWithPath: HomePath.expanding(caFile)).path }
        place.token = nil
        return place
    }

    private func contextName(_ place: RemotePlace, among known: RemoteContexts) throws -> String {
        if let name = wishes.context {
            guard RemoteContexts.isName(name) else {
                throw CommandError(.usage, "\(name) is no name of a context.", remedy: RemoteContexts.nameRule)
            }
            return name
        }
        if let name = place.name { return name }
        let host = String(place.address.host.filter { $0 != "[" && $0 != "]" }.map { $0 == ":" ? "-" : $0 })
        return RemoteContexts.isName(host) && known[host] == nil ? host : "team-\(known.all.count + 1)"
    }

    private func makeFolder() throws {
        let folder = context.folders.data
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandError(
                .failed, "The folder \(folder) for the login cannot be made.", remedy: "Make it, and log in again.")
        }
    }

    // MARK: Who

    private func enter(_ place: RemotePlace) async throws -> (StoredSession, Role) {
        guard let token = try await token() else {
            guard let questions else {
                throw CommandError(
                    .usage, "There is no terminal to ask for a password at.",
                    remedy: "Give a personal token: --token-file FILE (`-` is standard input) or --token-command.")
            }
            return try await PasswordDialogue(
                place: place, name: wishes.user, usualName: context.principal.name, questions: questions,
                output: context.output, time: time
            ).run()
        }
        var bearing = place
        bearing.token = token
        let profile: Profile = try await bearing.client(context, time: time).ask(APIRequest(.profile))
        if let tenant = place.tenant, tenant != profile.tenant {
            throw CommandError(
                .usage, "The token is one for the tenant \(profile.tenant), and \(tenant) was given.",
                remedy: "Leave --tenant out, or make a token in that tenant.")
        }
        let session = StoredSession(
            gateway: place.address.url, name: profile.name, tenant: profile.tenant, accessToken: token,
            refreshToken: nil)
        return (session, profile.role)
    }

    /// A token that was given instead of a password; `nil` when none was.
    private func token() async throws -> String? {
        guard wishes.tokenFile == nil || wishes.tokenCommand == nil else {
            throw CommandError(.usage, "--token-file and --token-command exclude each other.")
        }
        if wishes.tokenFile == "-" {
            let line = readLine()?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            guard !line.isEmpty else {
                throw CommandError(
                    .usage, "Standard input held no token.", remedy: "Its first line has to be the token.")
            }
            return line
        }
        let reference: SecretReference
        if let file = wishes.tokenFile {
            reference = .file(HomePath.expanding(file))
        } else if let command = wishes.tokenCommand {
            reference = .command(command)
        } else {
            return nil
        }
        return try await SecretReader.read(reference, of: "login", environment: context.environment)
    }
}
