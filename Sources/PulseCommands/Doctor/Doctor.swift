import Foundation
import Glibc
import PulseAssembly
import PulseConfiguration
import PulseControl
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseStore
import PulseTerminal

/// `pulse doctor`: looks at everything Pulse needs and says what is wrong with it, and what to do.
package struct Doctor: Sendable {
    /// How a look ended.
    enum Verdict: String, Encodable { case good, notice, bad }

    struct Look: Encodable {
        var what: String
        var verdict: Verdict
        /// What was seen, and what to do where it is not good.
        var finding: String
    }

    let context: CommandContext
    private let isJSON: Bool
    let isOffline: Bool

    package init(_ context: CommandContext, isJSON: Bool, isOffline: Bool) {
        self.context = context
        self.isJSON = isJSON
        self.isOffline = isOffline
    }

    package func run(_ wishes: SettingsWishes) async throws -> ExitStatus {
        try PlaceFinder(context).requireLocal(wishes, "`pulse doctor`")
        var looks = [Look(what: "pulse", verdict: .good, finding: "version \(PulseVersion.current)")]
        looks += libraries()
        looks += [git(), terminal(), locale(), folders()]
        var settings: Settings?
        do {
            settings = try SettingsFinder(context).settings(wishes)
            let count = settings?.configuration.sources.count ?? 0
            looks.append(
                Look(
                    what: "configuration", verdict: .good,
                    finding: "\(settings?.file ?? ""), \(count.counted("source"))"))
        } catch {
            looks.append(
                Look(
                    what: "configuration", verdict: error is ConfigurationProblems ? .bad : .notice,
                    finding: Self.sentence(on: error)))
        }
        switch try settings?.store ?? SettingsFinder(context).store(wishes, nil) {
        case .sqlite(let path):
            looks += await store(path, settings)
            looks.append(disk(path))
        case .postgres(let postgres):
            looks += await database(postgres, settings?.configuration.tenant ?? wishes.tenant)
        }
        looks += receivers(settings?.configuration)
        looks += await network(settings?.configuration)
        try tell(looks)
        return looks.contains { $0.verdict == .bad } ? .problems : .ok
    }

    /// In one line; the ways in are told by every other command.
    private static func sentence(on error: any Error) -> String {
        let lines = CommandError(describing: error).lines
        guard let first = lines.first else { return "It cannot be read." }
        guard lines.count > 1, first.hasSuffix(SettingsFinder.waysIn) else { return lines.joined(separator: " ") }
        return first.replacing(SettingsFinder.waysIn, with: "`pulse config example` prints one to begin with.")
    }

    private func tell(_ looks: [Look]) throws {
        guard !isJSON else { return try context.output.print(try JSONText.document(looks)) }
        let signs: [Verdict: String] =
            context.output.glyphs == .unicode
            ? [.good: "✓", .notice: "•", .bad: "✗"] : [.good: "ok", .notice: "--", .bad: "!!"]
        let table = TextTable(
            ["", "WHAT", "FOUND"], rows: looks.map { [signs[$0.verdict] ?? "", $0.what, $0.finding] })
        try context.output.print(
            table.text(context.output, least: 200, empty: ""))
    }

    // MARK: The machine

    private func git() -> Look {
        let version = ProgramVersion.of("git", ["--version"])
        return Look(
            what: "git", verdict: version == nil ? .notice : .good,
            finding: version ?? "There is none: sources of kind git cannot be read. Install git.")
    }

    private func terminal() -> Look {
        let name = context.environment["TERM"] ?? ""
        guard context.output.isTerminal else {
            return Look(
                what: "terminal", verdict: .notice, finding: "Standard output is no terminal; the console needs one.")
        }
        guard !name.isEmpty, name != "dumb" else {
            return Look(
                what: "terminal", verdict: .notice,
                finding: "TERM says nothing: the console uses the plainest. Set it, for example to xterm-256color.")
        }
        let colors = context.output.usesColor ? "colours" : "no colours"
        return Look(
            what: "terminal", verdict: .good, finding: "\(name), \(context.output.width ?? 80) columns, \(colors)")
    }

    private func locale() -> Look {
        let name =
            ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { context.environment[$0] }.first { !$0.isEmpty } ?? "none"
        return context.output.glyphs == .unicode
            ? Look(what: "locale", verdict: .good, finding: name)
            : Look(
                what: "locale", verdict: .notice,
                finding: "\(name) is not UTF-8: signs are drawn in ASCII. Set LANG, for example to C.UTF-8.")
    }

    private func folders() -> Look {
        let folders = [context.folders.data, context.folders.configuration, context.folders.runtime]
        let closed = folders.filter {
            FileManager.default.fileExists(atPath: $0) && access($0, R_OK | W_OK | X_OK) != 0
        }
        return closed.isEmpty
            ? Look(what: "folders", verdict: .good, finding: Set(folders).sorted().joined(separator: ", "))
            : Look(
                what: "folders", verdict: .bad,
                finding: "\(closed.joined(separator: ", ")) may not be written to. Look at owner and mode.")
    }

    private func disk(_ path: String) -> Look {
        var folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        while !FileManager.default.fileExists(atPath: folder), folder != "/" {
            folder = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        }
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else {
            return Look(what: "disk", verdict: .notice, finding: "How much room there is cannot be told.")
        }
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        let text = "\(Figures.count(free >> 20)) MB free at \(folder)"
        return free < 512 << 20
            ? Look(what: "disk", verdict: .bad, finding: "\(text): make room before the store is full.")
            : Look(what: "disk", verdict: .good, finding: text)
    }

    // MARK: The store

    private func store(_ path: String, _ settings: Settings?) async -> [Look] {
        guard FileManager.default.fileExists(atPath: path) else {
            return [Look(what: "store", verdict: .good, finding: "\(path) is not there yet; the first run makes it.")]
        }
        var looks = [permissions(of: path)]
        do {
            switch try await EngineFinder(context).find(.sqlite(path: path)) {
            case .held(let client, let holder):
                looks.append(
                    Look(
                        what: "store", verdict: .good,
                        finding: "held by process \(holder.pid), Pulse \(client.serverVersion), which answers; "
                            + "its content is checked when that has ended"))
            case .free(let holder):
                // Whose data is opened does not matter to the check, and nobody is to be added by it.
                let tenant = try await SQLiteStore.tenants(inFile: path).first ?? settings?.configuration.tenant
                let store = try await SQLiteStore.open(.file(path), tenant: tenant ?? "local")
                let problems = try await store.check()
                await store.close()
                withExtendedLifetime(holder) {}
                looks.append(
                    problems.isEmpty
                        ? Look(what: "store", verdict: .good, finding: "\(path) is whole")
                        : Look(what: "store", verdict: .bad, finding: problems.joined(separator: " ")))
            }
        } catch {
            looks.append(
                Look(
                    what: "store", verdict: .bad,
                    finding: CommandError(describing: error).lines.joined(separator: " ")))
        }
        return looks
    }

    private func permissions(of path: String) -> Look {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return Look(what: "permissions", verdict: .bad, finding: "\(path) cannot be looked at.")
        }
        let isOpen = status.st_mode & 0o007 != 0
        return Look(
            what: "permissions", verdict: isOpen ? .notice : .good,
            finding: isOpen ? "Everybody on this machine may read \(path). `chmod 600` closes it." : "closed to others")
    }
}
