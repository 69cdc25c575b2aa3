import Foundation
import PulseConfiguration
import PulseDomain
import PulsePostgres
import PulseResources
import Testing

@Suite struct ConfigurationReaderTests {
    private static func read(_ text: String) throws(ConfigurationProblems) -> Configuration {
        try ConfigurationReader.read(
            text: text, file: "pulse.yaml", folder: URL(fileURLWithPath: "/etc/pulse", isDirectory: true),
            checkSchedule: { $0.cron.contains("61") ? "\"\($0.cron)\" is no cron expression." : nil })
    }

    @Test func `the annotated example is a valid configuration`() throws {
        let configuration = try Self.read(Embedded.configuration)
        #expect(configuration.tenant == "acme")
        #expect(configuration.sources.map(\.name) == ["jira-main", "github", "local"])
        #expect(configuration.sources[0].token == .environment("JIRA_TOKEN"))
        #expect(configuration.sources[0].schedule?.timeZone == "Europe/Berlin")
        #expect(configuration.sources[1].reserve == .share(0.1))
    }

    @Test func `the example of a team is a valid configuration`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = root.deletingLastPathComponent().appending(path: "config/team.yaml")
        let configuration = try Self.read(String(contentsOf: file, encoding: .utf8))
        #expect(configuration.store?.location == "postgres://pulse@db1.acme.example,db2.acme.example/pulse")
        #expect(configuration.sources.map(\.name) == ["jira", "github"])
    }

    @Test func `relative paths are seen from the file`() throws {
        let configuration = try Self.read(
            """
            store: sqlite:data/pulse.db
            sources:
              - { name: code, kind: git, paths: [../src, /abs] }
              - { name: j, kind: jira, url: "https://j.example/", token: { file: secret } }
            """)
        #expect(configuration.store == .sqlite(path: "/etc/pulse/data/pulse.db"))
        #expect(configuration.sources[0].paths == ["/etc/src", "/abs"])
        #expect(configuration.sources[1].token == .file("/etc/pulse/secret"))
        #expect(configuration.sources[1].url == "https://j.example")
    }

    @Test(arguments: [
        ("postgres://ada@db1,db2:5433/pulse?sslmode=require", "postgres://ada@db1,db2:5433/pulse"),
        ("postgresql:///pulse", "postgres:///pulse"),
        ("host=/run/postgresql dbname=pulse user=ada", "postgres://ada@/run/postgresql/pulse"),
    ])
    func `a store may be a database that engines share`(text: String, location: String) throws {
        let configuration = try Self.read("store: \(text)\nsources: [{ name: code, kind: git, paths: [x] }]")
        #expect(configuration.store?.location == location && configuration.store?.isShared == true)
    }

    @Test func `how long what grows is kept is said in times, or forever`() throws {
        func engine(_ text: String) throws -> EngineOptions {
            try Self.read("engine: { \(text) }\nsources: [{ name: code, kind: git, paths: [x] }]").engine
        }
        let usual = try engine("batch_records: 10")
        #expect(usual.rawPages == .days(7) && usual.rowVersions && usual.rowVersionAge == .days(365))
        #expect(usual.ledger == .days(90))
        let said = try engine("raw_pages: 3d, row_versions: 30d, ledger: forever")
        #expect(said.rawPages == .days(3) && said.rowVersions && said.rowVersionAge == .days(30) && said.ledger == nil)
        let other = try engine("raw_pages: off, row_versions: forever")
        #expect(other.rawPages == nil && other.rowVersions && other.rowVersionAge == nil)
        #expect(try engine("row_versions: off").rowVersions == false)
        #expect(try engine("row_versions: on").rowVersionAge == .days(365))
    }

    @Test func `what is looked at may be read from a replica`() throws {
        let sources = "sources: [{ name: code, kind: git, paths: [x] }]"
        func replica(_ more: String) throws -> PostgresSettings.Replica? {
            guard
                case .postgres(let settings)? = try Self.read("store: postgres://db1/pulse\n\(more)\n\(sources)").store
            else { return nil }
            return settings.replica
        }
        #expect(try replica("") == nil)
        #expect(
            try replica("reads: postgres://db3/pulse")
                == PostgresSettings.Replica(connection: "postgres://db3/pulse", mostLag: .seconds(30)))
        #expect(try replica("reads: postgres://db3/pulse\nreads_max_lag: 5m")?.mostLag == .minutes(5))
    }

    struct Wrong: CustomTestStringConvertible {
        var name: String
        var text: String
        var line: Int?
        var says: [String]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Wrong(
            name: "a misspelt key", text: "sources:\n  - name: a\n    kind: git\n    path: [x]", line: 4,
            says: ["source a has no setting path", "Did you mean paths?"]),
        Wrong(
            name: "a misspelt kind", text: "sources:\n  - name: a\n    kind: githup", line: 3,
            says: ["\"githup\"", "Did you mean github?"]),
        Wrong(
            name: "a token in the clear", text: "sources:\n- {name: a, kind: jira, url: 'https://x.y', token: abc}",
            line: 2,
            says: ["token is a single value", "never stands in the clear"]),
        Wrong(
            name: "a variable without a name",
            text: "sources:\n- {name: a, kind: jira, url: 'https://x.y', token: {env: }}",
            line: 2, says: ["The name of the variable is missing"]),
        Wrong(
            name: "a credential in the address",
            text: "sources:\n- name: a\n  kind: jira\n  url: https://u:p@x.y\n  token: {env: T}", line: 4,
            says: ["holds a credential"]),
        Wrong(
            name: "a wrong schedule", text: "sources:\n- name: a\n  kind: git\n  paths: [x]\n  schedule: '61 * * * *'",
            line: 5, says: ["61 * * * *", "crontab(5)"]),
        Wrong(
            name: "a store's address with a password that divides it",
            text: "store: postgres://ada:hun/ter2@db/pulse\nsources: [{name: a, kind: git, paths: [x]}]", line: 1,
            says: ["cannot be used", "written %40", "~/.pgpass"]),
        Wrong(
            name: "a store's setting that there is not",
            text: "store: postgres://db/pulse?sslmod=require\nsources: [{name: a, kind: git, paths: [x]}]", line: 1,
            says: ["libpq does not know"]),
        Wrong(
            name: "a replica of a file",
            text: "reads: postgres://db/pulse\nsources: [{name: a, kind: git, paths: [x]}]",
            line: 1, says: ["reads is no replica of a store in PostgreSQL"]),
        Wrong(
            name: "a lag of no replica", text: "reads_max_lag: 5s\nsources: [{name: a, kind: git, paths: [x]}]",
            line: 1,
            says: ["reads is not"]),
        Wrong(
            name: "an age that is none", text: "engine: {ledger: long}\nsources: [{name: a, kind: git, paths: [x]}]",
            line: 1, says: ["\"long\"", "90d, or forever"]),
        Wrong(name: "no sources", text: "tenant: acme", line: 1, says: ["has no sources"]),
        Wrong(
            name: "two sources of one name",
            text: "sources:\n- {name: a, kind: git, paths: [x]}\n- {name: a, kind: git, paths: [y]}",
            line: 3, says: ["Two sources are called a"]),
        Wrong(
            name: "a repository that is none",
            text: "sources:\n- {name: g, kind: github, token: {env: T}, repositories: [web]}", line: 2,
            says: ["\"web\" is no repository", "owner/name"]),
        Wrong(name: "no YAML", text: "sources: [", line: nil, says: ["no YAML"]),
        Wrong(
            name: "a key that stands twice", text: "tenant: a\ntenant: b\nsources: []", line: nil,
            says: ["tenant", "twice"]),
        Wrong(name: "an empty file", text: "", line: nil, says: ["holds no settings"]),
        Wrong(name: "a list instead of settings", text: "- a", line: 1, says: ["holds no settings"]),
        Wrong(
            name: "a number out of range",
            text: "engine:\n  concurrent_runs: 0\nsources:\n- {name: a, kind: git, paths: [x]}", line: 2,
            says: ["\"0\"", "from 1 to 64"]),
        Wrong(
            name: "an unknown store", text: "store: mysql://u:secret@h/d\nsources:\n- {name: a, kind: git, paths: [x]}",
            line: 1, says: ["no known kind"]),
    ])
    func `a mistake is told with its line, what was expected and the nearest known name`(wrong: Wrong) throws {
        do {
            let configuration = try Self.read(wrong.text)
            Issue.record("was read: \(configuration)")
        } catch {
            let problem = try #require(error.problems.first)
            let all = error.description
            for words in wrong.says { #expect(all.contains(words), "\(all)") }
            if let line = wrong.line { #expect(error.problems.contains { $0.line == line }, "\(all)") }
            #expect(problem.file == "pulse.yaml")
            #expect(!all.contains("secret") && !all.contains(":p@"))
        }
    }

    @Test func `every mistake is told at once`() {
        do {
            _ = try Self.read("tenant: 'no good'\nstor: x\nsources:\n- {name: a, kind: git}\n- {kind: jira}")
            Issue.record("was read")
        } catch { #expect(error.problems.count >= 5, "\(error)") }
    }

    @Test(arguments: [("schedul", "schedule"), ("orgnizations", "organizations"), ("TOKEN", "token"), ("zzz", nil)])
    func `the nearest name is found`(word: String, expected: String?) {
        #expect(nearestName(to: word, among: ["schedule", "organizations", "token", "url"]) == expected)
    }

    @Test(arguments: [
        ("a variable", SecretReference.environment("T"), "s3cret"),
        ("a command", SecretReference.command("printf 's3cret\\nmore'"), "s3cret"),
    ])
    func `a secret is read from where the configuration says`(
        name: String, reference: SecretReference, expected: String
    ) async throws {
        #expect(try await SecretReader.read(reference, of: "a", environment: ["T": " s3cret\n"]) == expected)
    }

    @Test(arguments: [SecretReference.environment("NONE"), .file("/nonexistent"), .command("exit 3"), .command("true")])
    func `a missing secret is a sentence with a remedy`(reference: SecretReference) async {
        do {
            _ = try await SecretReader.read(reference, of: "a", environment: [:])
            Issue.record("was read")
        } catch let failure as Failure {
            #expect(failure.kind == .unauthorised && failure.sentence.hasSuffix(".") && failure.remedy.count > 5)
        } catch {
            Issue.record("\(error)")
        }
    }
}

struct ConfigurationFileTests {
    private func problem(_ path: String) -> ConfigurationProblem? {
        do throws(ConfigurationProblems) {
            _ = try ConfigurationReader.read(path: path) { _ in nil }
            return nil
        } catch {
            return error.problems.first
        }
    }

    @Test(arguments: [
        ("/none/pulse.yaml", "There is no such file."), ("/tmp", "The file cannot be read: Is a directory."),
        ("/dev/zero", "The file is larger than 4 MB."), ("/dev/null", "The file holds no settings."),
    ])
    func `what is no configuration file is told as what it is`(_ path: String, _ sentence: String) {
        #expect(problem(path)?.sentence == sentence)
    }

    private func problems(in text: String) -> [ConfigurationProblem] {
        do throws(ConfigurationProblems) {
            _ = try ConfigurationReader.read(
                text: text, file: "a.yaml", folder: URL(fileURLWithPath: "/"), checkSchedule: { _ in nil })
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `a character that YAML does not have is told with its line`() {
        let found = problems(in: "tenant: a\nstore: \"b\u{0}c\"\n")
        #expect(found.map(\.line) == [2])
        #expect(found.first?.sentence == "The file is no YAML: control characters are not allowed.")
    }

    @Test func `problems are told in the order of the file, and an empty list is called empty`() {
        let found = problems(in: "theem: x\nsources: []\nengine: {concurrent_runs: 0}\n")
        #expect(found.compactMap(\.line) == [1, 2, 3])
        #expect(found.contains { $0.sentence == "sources is empty." })
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), "a: &a [*a]\nsources: *a", "sources: *none", "- \t- a:b: c",
    ])
    func `what is nested without end, refers to itself or to nothing is a sentence`(_ text: String) {
        #expect(problems(in: text).first?.sentence.hasPrefix("The file") == true)
    }

    @Test func `certificates of a private authority are seen from the configuration's folder`() throws {
        let configuration = try ConfigurationReader.read(
            text: "ca_file: ca.pem\nsources: [{name: a, kind: git, paths: [b]}]", file: "a.yaml",
            folder: URL(fileURLWithPath: "/etc/pulse", isDirectory: true), checkSchedule: { _ in nil })
        #expect(configuration.caFile == "/etc/pulse/ca.pem")
    }
}
