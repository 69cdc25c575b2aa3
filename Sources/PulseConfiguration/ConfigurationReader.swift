package import Foundation
package import PulseDomain
import PulsePostgres
import Yams

/// Reads a configuration file. Everything that is wrong is told at once, each with its line.
package struct ConfigurationReader {
    let file: String
    private let folder: URL
    private let checkSchedule: (ScheduleDefinition) -> String?
    private var problems: [ConfigurationProblem] = []

    /// Reads the file at `path`. `checkSchedule` tells what is wrong with a schedule, as a sentence.
    package static func read(
        path: String, checkSchedule: @escaping (ScheduleDefinition) -> String?
    ) throws(ConfigurationProblems) -> Configuration {
        let url = URL(fileURLWithPath: HomePath.expanding(path))
        let data: Data
        do throws(ConfigurationProblem) {
            data = try ConfigurationFile.read(path)
        } catch {
            throw ConfigurationProblems([error])
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationProblems([
                ConfigurationProblem(
                    file: path, sentence: "The file is not text in UTF-8.", remedy: "Save it as UTF-8.")
            ])
        }
        return try read(
            text: text, file: path, folder: url.deletingLastPathComponent(), checkSchedule: checkSchedule)
    }

    /// Reads `text`; relative paths in it are seen from `folder`.
    package static func read(
        text: String, file: String, folder: URL, checkSchedule: @escaping (ScheduleDefinition) -> String?
    ) throws(ConfigurationProblems) -> Configuration {
        var reader = ConfigurationReader(file: file, folder: folder, checkSchedule: checkSchedule)
        let configuration = reader.configuration(from: text)
        guard let configuration, reader.problems.isEmpty else {
            throw ConfigurationProblems(
                reader.problems.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) })
        }
        return configuration
    }

    private init(file: String, folder: URL, checkSchedule: @escaping (ScheduleDefinition) -> String?) {
        self.file = file
        self.folder = folder
        self.checkSchedule = checkSchedule
    }

    private mutating func configuration(from text: String) -> Configuration? {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            problems.append(Self.problem(from: error, file: file))
            return nil
        }
        guard let root, let mapping = root.mapping else {
            problems.append(
                .at(
                    root?.mark, file: file, "The file holds no settings.",
                    "Expected is at least `sources:`; `pulse config example` prints an annotated one."))
            return nil
        }
        var settings = SettingsNode(mapping, place: "the configuration", file: file)
        var configuration = Configuration()
        if let tenant = settings.text("tenant") {
            if Self.isName(tenant) {
                configuration.tenant = TenantID(tenant)
            } else {
                settings.fail(settings.node("tenant"), "tenant is \"\(tenant)\".", Self.nameRule)
            }
        }
        if let store = settings.text("store") {
            configuration.store = storeReference(store, &settings)
        }
        addReplica(to: &configuration.store, &settings)
        configuration.theme = settings.text("theme")
        configuration.caFile = settings.text("ca_file").map { path(of: $0) }
        if let engine = settings.node("engine") {
            configuration.engine = engineOptions(engine, &settings)
        }
        if let notify = settings.node("notify") { configuration.notify = self.notify(notify, &settings) }
        configuration.sources = sources(&settings)
        settings.refuseUnknownKeys()
        problems += settings.problems
        return configuration
    }

    private static func problem(from error: any Error, file: String) -> ConfigurationProblem {
        guard let error = error as? YamlError else {
            return ConfigurationProblem(file: file, sentence: "The file is no YAML.", remedy: "Check its indentation.")
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return .at(
                mark, file: file, "The file is no YAML: \(problem).",
                "Check indentation, quotes and colons around here.")
        case .duplicatedKeysInMapping(let duplicates, let context):
            return .at(
                context.mark, file: file, "The setting \(duplicates.first ?? "?") stands there twice.",
                "Keep one of them.")
        case .reader(let problem, let offset, _, let yaml):
            let before = yaml.utf8.prefix(max(0, (offset ?? 0) - 1))
            return ConfigurationProblem(
                file: file, line: 1 + before.count { $0 == 0x0A },
                sentence: "The file is no YAML: \(problem).", remedy: "Save it as plain text in UTF-8.")
        default:
            return ConfigurationProblem(
                file: file, sentence: "The file is no YAML.", remedy: "Check its indentation, quotes and colons.")
        }
    }

    /// `reads` and `reads_max_lag`: a server that follows the store's.
    private func addReplica(to store: inout StoreReference?, _ settings: inout SettingsNode) {
        let lag = settings.duration("reads_max_lag")
        guard let text = settings.text("reads") else {
            if lag != nil {
                settings.fail(
                    settings.node("reads_max_lag"), "reads_max_lag is there, and reads is not.",
                    "Name the replica with `reads:`, or leave it out.")
            }
            return
        }
        guard case .postgres(var postgres)? = store, PostgresSettings.isConnectionString(text) else {
            return settings.fail(
                settings.node("reads"), "reads is no replica of a store in PostgreSQL.",
                "Expected is `reads: postgres://USER@HOST/DATABASE` beside such a `store:`.")
        }
        if let problem = PostgresSettings(connection: text).formProblem {
            return settings.fail(
                settings.node("reads"), "The replica's address cannot be used: \(problem).",
                "Expected is postgres://USER@HOST/DATABASE; the password stands in ~/.pgpass or PGPASSWORD.")
        }
        postgres.replica = PostgresSettings.Replica(connection: text, mostLag: lag ?? .seconds(30))
        store = .postgres(postgres)
    }

    private func storeReference(_ text: String, _ settings: inout SettingsNode) -> StoreReference? {
        do throws(ConfigurationProblem) {
            return try StoreReference(text, relativeTo: folder)
        } catch {
            settings.fail(settings.node("store"), error.sentence, error.remedy)
            return nil
        }
    }

    private func engineOptions(_ node: Node, _ parent: inout SettingsNode) -> EngineOptions {
        var options = EngineOptions()
        guard let mapping = node.mapping else {
            parent.fail(node, "engine is \(node.kindName).", "Expected are settings such as `concurrent_runs: 6`.")
            return options
        }
        var settings = SettingsNode(mapping, place: "engine", file: file)
        if let runs = settings.integer("concurrent_runs", in: 1...64) { options.concurrentRuns = runs }
        if let batch = settings.integer("batch_records", in: 1...100_000) { options.batchRecords = batch }
        switch settings.node("row_versions")?.scalar?.string.lowercased() {
        case nil, "on", "yes", "true": break
        case "off", "no", "false": options.rowVersions = false
        default: if let age = settings.age("row_versions", besides: "on, off, ") { options.rowVersionAge = age }
        }
        if let age = settings.age("ledger") { options.ledger = age }
        if let age = settings.age("history") { options.history = age }
        if let share = settings.share("hold_tombstones_above", most: 1) { options.holdTombstonesAbove = share }
        if let pages = settings.node("raw_pages")?.scalar?.string, ["off", "no", "false"].contains(pages) {
            options.rawPages = nil
        } else if let age = settings.duration("raw_pages") {
            options.rawPages = age
        }
        settings.refuseUnknownKeys()
        parent.adopt(settings.problems)
        return options
    }

    // MARK: Sources

    private func sources(_ settings: inout SettingsNode) -> [SourceConfiguration] {
        guard let node = settings.node("sources") else {
            settings.fail(
                nil, "The configuration has no sources.",
                "Add `sources:` with at least one; `pulse config example` prints an annotated file.")
            return []
        }
        guard let list = node.sequence, !list.isEmpty else {
            let found = node.sequence == nil ? node.kindName : "empty"
            settings.fail(node, "sources is \(found).", "Expected is a list: `- name: …` for each source.")
            return []
        }
        var names: Set<SourceID> = []
        return list.compactMap { element in
            guard let mapping = element.mapping else {
                settings.fail(
                    element, "A source is \(element.kindName).", "Expected are settings: name, kind, url, token.")
                return nil
            }
            guard let source = source(mapping, element, &settings) else { return nil }
            if !names.insert(source.name).inserted {
                settings.fail(element, "Two sources are called \(source.name).", "Give each a name of its own.")
            }
            return source
        }
    }

    private func source(_ mapping: Node.Mapping, _ element: Node, _ parent: inout SettingsNode) -> SourceConfiguration?
    {
        let name = mapping["name"]?.scalar?.string
        var settings = SettingsNode(mapping, place: "source \(name ?? "(unnamed)")", file: file)
        defer {
            settings.refuseUnknownKeys()
            parent.adopt(settings.problems)
        }
        _ = settings.text("name")
        let kind = settings.choice("kind", SourceKind.self)
        if mapping["kind"] == nil {
            settings.fail(element, "A source has no kind.", "Add `kind:` with one of jira, github, git.")
        }
        var source = SourceConfiguration(name: SourceID(name ?? ""), kind: kind ?? .git)
        if let name, !Self.isName(name) {
            settings.fail(mapping["name"], "name is \"\(name)\".", Self.nameRule)
        } else if name == nil {
            settings.fail(element, "A source has no name.", "Add `name:`; jobs and tables are called after it.")
        }
        source.url = url(&settings)
        source.user = settings.text("user")
        source.token = secret("token", &settings)
        source.projects = settings.texts("projects")
        source.organizations = settings.texts("organizations")
        source.repositories = settings.texts("repositories")
        source.paths = settings.texts("paths").map { path(of: $0) }
        source.streams = settings.texts("streams").map { StreamID($0) }
        let zone = settings.text("timezone") ?? "UTC"
        let overlap = settings.choice("overlap", OverlapPolicy.self) ?? .skip
        let missed = settings.choice("missed", MissedRunPolicy.self) ?? .once
        source.schedule = schedule("schedule", zone, overlap, missed, &settings)
        source.census = schedule("census", zone, .queue, .skip, &settings)
        if let text = settings.text("reserve") {
            if let amount = Int(text), amount >= 0 {
                source.reserve = .amount(amount)
            } else if let share = settings.share("reserve", most: 0.9) {
                source.reserve = .share(share)
            }
        }
        if let priority = settings.integer("priority", in: -100...100) { source.priority = priority }
        if let concurrency = settings.integer("concurrency", in: 1...32) { source.concurrency = concurrency }
        source.staleAfter = settings.duration("stale_after")
        if let kind { require(kind, source, element, &settings) }
        return source
    }

    /// What a kind cannot do without.
    private func require(
        _ kind: SourceKind, _ source: SourceConfiguration, _ element: Node, _ settings: inout SettingsNode
    ) {
        func missing(_ key: String, _ remedy: String) {
            settings.fail(element, "Source \(source.name) has no \(key).", remedy)
        }
        // What is wrong with one that was written has been told.
        let hasToken = settings.node("token") != nil
        let hasAddress = settings.node("url") != nil
        switch kind {
        case .jira:
            if !hasAddress { missing("url", "Add the address of the site: `url: https://acme.atlassian.net`.") }
            if !hasToken { missing("token", "Add `token: { env: JIRA_TOKEN }`.") }
        case .github:
            if !hasToken { missing("token", "Add `token: { env: GITHUB_TOKEN }`.") }
            if source.organizations.isEmpty && source.repositories.isEmpty {
                missing("organizations or repositories", "Add `organizations: [acme]` or `repositories: [acme/web]`.")
            }
            for repository in source.repositories where repository.split(separator: "/").count != 2 {
                settings.fail(
                    element, "\"\(repository)\" is no repository.", "Expected is owner/name, such as acme/web.")
            }
        case .git:
            if source.paths.isEmpty { missing("paths", "Add the folders: `paths: [~/src]`.") }
        }
    }

    private func schedule(
        _ key: String, _ zone: String, _ overlap: OverlapPolicy, _ missed: MissedRunPolicy,
        _ settings: inout SettingsNode
    ) -> ScheduleDefinition? {
        guard let cron = settings.text(key) else { return nil }
        let schedule = ScheduleDefinition(cron: cron, timeZone: zone, overlap: overlap, missed: missed)
        if let wrong = checkSchedule(schedule) {
            settings.fail(settings.node(key), wrong, "See crontab(5); `*/15 * * * *` is every 15 minutes.")
        }
        return schedule
    }

    /// - Parameter keepsEnd: whether a slash at the end means something.
    func url(_ settings: inout SettingsNode, keepsEnd: Bool = false) -> String? {
        guard let text = settings.text("url") else { return nil }
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme), url.host != nil
        else {
            settings.fail(
                settings.node("url"), "url is \"\(text)\".",
                "Expected is an address such as https://acme.atlassian.net.")
            return nil
        }
        guard url.user == nil, url.password == nil else {
            settings.fail(
                settings.node("url"), "The url holds a credential.", "Move it to `{ env: … }` and change it.")
            return nil
        }
        return text.hasSuffix("/") && !keepsEnd ? String(text.dropLast()) : text
    }

    func secret(_ setting: String, _ settings: inout SettingsNode) -> SecretReference? {
        guard let node = settings.node(setting) else { return nil }
        let remedy =
            "Expected is { env: NAME }, { file: PATH } or { command: \"…\" }; a \(setting) never stands in the clear."
        guard let mapping = node.mapping, mapping.count == 1, let (key, value) = mapping.first,
            let name = key.scalar?.string, let text = value.scalar?.string
        else {
            settings.fail(node, "\(setting) is \(node.kindName).", remedy)
            return nil
        }
        let what = ["env": "name of the variable", "file": "path of the file", "command": "command"][name]
        if let what, value.isNull || text.allSatisfy(\.isWhitespace) {
            settings.fail(value, "The \(what) is missing: \(setting) has `\(name):` and nothing after it.", remedy)
            return nil
        }
        switch name {
        case "env": return .environment(text)
        case "file": return .file(path(of: text))
        case "command": return .command(text)
        default:
            settings.fail(node, "\(setting) has no setting \(name).", remedy)
            return nil
        }
    }

    private func path(of text: String) -> String {
        URL(fileURLWithPath: HomePath.expanding(text), relativeTo: folder).standardizedFileURL.path
    }

    // MARK: Names

    static let nameRule =
        "Expected is a name of letters, digits, dots, dashes and underscores, at most 64 of them, beginning with a letter or digit."

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: false
            }
        }
        return isLetterOrDigit(first)
            && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F }
    }
}
