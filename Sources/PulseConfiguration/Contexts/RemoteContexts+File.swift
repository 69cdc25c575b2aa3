import Foundation
import Glibc
import PulseDomain
import Yams

extension RemoteContexts {
    /// Reads the file; one that is not there holds none. Everything that is wrong is told at once, each with its line.
    package static func read(path: String) throws(ConfigurationProblems) -> RemoteContexts {
        guard FileManager.default.fileExists(atPath: path) else { return RemoteContexts() }
        let data: Data
        do throws(ConfigurationProblem) { data = try ConfigurationFile.read(path) } catch {
            throw ConfigurationProblems([error])
        }
        let root: Node?
        do { root = try Yams.compose(yaml: String(decoding: data, as: UTF8.self)) } catch {
            throw ConfigurationProblems([
                ConfigurationProblem(
                    file: path, sentence: "The file is not YAML.",
                    remedy: "Mend it, or move it away and add the contexts again with `pulse context add`.")
            ])
        }
        guard let root, !root.isNull else { return RemoteContexts() }
        guard let mapping = root.mapping else {
            throw ConfigurationProblems([
                .at(root.mark, file: path, "The file holds \(root.kindName).", "Expected is `contexts:`.")
            ])
        }
        var settings = SettingsNode(mapping, place: "the file", file: path)
        let current = settings.text("current")
        var contexts: [RemoteContext] = []
        let list = settings.node("contexts")
        if let list, list.mapping == nil {
            settings.fail(list, "contexts is \(list.kindName).", "Expected is a name for each gateway.")
        }
        for (key, value) in list?.mapping ?? Node.Mapping([]) {
            let name = key.scalar?.string ?? ""
            guard isName(name) else {
                settings.fail(key, "\"\(name)\" is no name of a context.", nameRule)
                continue
            }
            guard let inner = value.mapping else {
                settings.fail(
                    value, "context \(name) is \(value.kindName).", "Expected is `gateway:` and what follows.")
                continue
            }
            var node = SettingsNode(inner, place: "context \(name)", file: path)
            let gateway = node.text("gateway")
            if gateway == nil { node.fail(value, "context \(name) has no gateway.", "Expected is its address.") }
            contexts.append(
                RemoteContext(
                    name: name, gateway: gateway ?? "", tenant: node.text("tenant").map { TenantID($0) },
                    caFile: node.text("ca_file"), isReadOnly: node.flag("read_only") ?? false))
            node.refuseUnknownKeys()
            settings.adopt(node.problems)
        }
        if let current, current != local, !contexts.contains(where: { $0.name == current }) {
            settings.fail(
                settings.node("current"), "current is \"\(current)\", which is none of the contexts.",
                "`pulse context use NAME` chooses one.")
        }
        settings.refuseUnknownKeys()
        guard settings.problems.isEmpty else { throw ConfigurationProblems(settings.problems) }
        return RemoteContexts(current: current == local ? nil : current, contexts)
    }

    package static let nameRule =
        "Expected are 1 to 64 letters, digits, dots, dashes and underscores, and not `\(local)`, which is this machine."

    /// Reads the file, changes what it holds and writes it, while no other process does. Throws
    /// `ConfigurationProblems`.
    package static func change(
        path: String, _ body: (inout RemoteContexts) -> Void
    ) throws(ConfigurationProblems) {
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let lock = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw unwritable(path, errno) }
        defer { close(lock) }
        // Held for the blink of an eye by whoever has it.
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw unwritable(path, errno) }
        }
        var contexts = try read(path: path)
        let before = contexts
        body(&contexts)
        guard contexts != before else { return }
        let beside = "\(path).\(getpid()).new"
        guard (try? contexts.yaml.write(toFile: beside, atomically: false, encoding: .utf8)) != nil,
            rename(beside, path) == 0
        else {
            let number = errno
            unlink(beside)
            throw unwritable(path, number)
        }
    }

    private static func unwritable(_ path: String, _ number: Int32) -> ConfigurationProblems {
        ConfigurationProblems([
            ConfigurationProblem(
                file: path, sentence: "The file cannot be written: \(String(cString: strerror(number))).",
                remedy: "Check the folder's owner and rights, and the space on its disk.")
        ])
    }

    /// As it is written.
    var yaml: String {
        var text = "# Written by `pulse login` and `pulse context`.\n"
        text += "current: \(Self.quoted(current ?? Self.local))\ncontexts:\(all.isEmpty ? " {}" : "")\n"
        for context in all {
            text += "  \(context.name):\n    gateway: \(Self.quoted(context.gateway))\n"
            if let tenant = context.tenant { text += "    tenant: \(Self.quoted(tenant.rawValue))\n" }
            if let caFile = context.caFile { text += "    ca_file: \(Self.quoted(caFile))\n" }
            if context.isReadOnly { text += "    read_only: on\n" }
        }
        return text
    }

    /// A single-quoted scalar (YAML 1.2 section 7.3.2): only the quote itself is written otherwise.
    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}
