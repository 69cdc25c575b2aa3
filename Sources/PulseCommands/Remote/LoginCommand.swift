import Foundation
import Glibc
import PulseAPI
import PulseConfiguration
import PulseConsole
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
        let known = try PlaceFinder(context).contexts()
        let name = try contextName(place, among: known)
        let former = try context.credentials(time).session(
            SessionKey(place.address.url, tenant: place.tenant, context: name))
        var (session, role) = try await enter(place, as: former?.name)
        session.context = name
        try makeFolder()
        try await keep(session, among: known)
        let made = RemoteContext(
            name: name, gateway: place.address.url, tenant: session.tenant, caFile: place.caFile,
            isReadOnly: known[name]?.isReadOnly ?? false)
        try RemoteContexts.change(path: context.contextsPath) { contexts in
            contexts.put(made)
            contexts.current = name
        }
        try context.output.say(
            "Logged in as \(session.name), \(role.rawValue) of \(session.tenant), at \(place.address).")
        if let former, former.context == name, former.name != session.name {
            context.output.note(
                "It takes the place of \(former.name) in the context \(name). Both can be logged in, each in a context: "
                    + "`pulse login \(place.address) --context NAME`.")
        }
        context.output.note(
            "`pulse` goes there from now on (context \(name)); `pulse context use local` goes back to this machine.")
    }

    /// Keeps the session in the place of the one that the context had. One that was kept before sessions belonged to
    /// contexts stays for the other contexts that have no other.
    private func keep(_ session: StoredSession, among known: RemoteContexts) async throws {
        let others = known.all.filter { $0.name != session.context }
        try await context.credentials(time).update { sessions in
            let kept = sessions
            sessions.removeAll { old in
                guard old.context == nil else { return old.context == session.context }
                let isNeeded = others.contains { other in
                    old.isAt(other.gateway, other.tenant) && !kept.contains { $0.context == other.name }
                }
                return old.isAt(session.gateway, session.tenant) && !isNeeded
            }
            sessions.insert(session, at: 0)
        }
    }

    // MARK: Where

    private func place() throws -> RemotePlace {
        let finder = PlaceFinder(context)
        var place: RemotePlace
        if let gateway = wishes.gateway {
            place = try finder.place(at: gateway, tenant: wishes.tenant, named: wishes.context)
        } else {
            place = try finder.team(
                SettingsWishes(tenant: wishes.tenant, context: wishes.context),
                orElse: "Say where: `pulse login https://pulse.example.com`.")
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

    private func enter(_ place: RemotePlace, as former: String?) async throws -> (StoredSession, Role) {
        if let token = try await token() {
            try await place.checkIsGateway(context, time: time)
            return try await enter(place, bearing: token)
        }
        guard let questions else {
            throw CommandError(
                .usage, "There is no terminal to ask for a password at.",
                remedy: "Give a personal token: --token-file FILE (`-` is standard input) or --token-command.")
        }
        try await place.checkIsGateway(context, time: time)
        return try await PasswordDialogue(
            place: place, name: wishes.user, usualName: former, questions: questions, output: context.output, time: time
        ).run()
    }

    private func enter(_ place: RemotePlace, bearing token: String) async throws -> (StoredSession, Role) {
        var bearing = place
        // Of which tenant it is, it tells itself.
        (bearing.token, bearing.tenant) = (token, nil)
        let client = bearing.client(context, time: time)
        let profile: Profile = try await context.output.waiting(for: "Asking \(place.address)") {
            try await client.ask(APIRequest(.profile))
        }
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
            let path = HomePath.expanding(file)
            try Self.refuseExposed(path)
            reference = .file(path)
        } else if let command = wishes.tokenCommand {
            reference = .command(command)
        } else {
            return nil
        }
        return try await SecretReader.read(reference, of: "login", environment: context.environment)
    }

    /// A token that others can read is not used, as ssh does with the files of keys (ssh(1), FILES): it may be theirs
    /// by now. Files of other owners, such as mounted secrets, are as their owners want them; a pipe is nobody's.
    private static func refuseExposed(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == getuid(),
            status.st_mode & 0o077 != 0
        else { return }
        let mode = String(status.st_mode & 0o777, radix: 8)
        throw CommandError(
            .usage, "The file \(path) holds a token, and others may read it (mode 0\(mode)), so it is not used.",
            remedy:
                "Close it: chmod 600 \(ShellWord.quoted(path)). Where others may have read it, take the token back: "
                + "`pulse token revoke ID`.")
    }
}
