import Foundation
import PulseDomain

/// A user of his own: folders, configuration, repositories. Gone with the test.
final class Home: Sendable {
    let path: String

    init() throws {
        // Short: the path of a socket in it may have 107 bytes (unix(7)).
        var template = Array("/tmp/pulse-process-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Child.StartFailed(program: "mkdtemp", code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for folder in ["tmp", "run", "src"] {
            try FileManager.default.createDirectory(atPath: "\(path)/\(folder)", withIntermediateDirectories: false)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What a process of this user finds around it, and nothing of the one that tests.
    var environment: [String: String] {
        [
            "HOME": path, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LANG": "C.UTF-8",
            "TMPDIR": "\(path)/tmp", "XDG_RUNTIME_DIR": "\(path)/run", "USER": "ada",
        ]
    }

    /// The built program beside the test bundle.
    static var pulse: String { Bundle.main.bundleURL.appending(path: "pulse").path }

    func start(
        _ arguments: [String], output: Child.Sink = .kept, input: String? = nil, more: [String: String] = [:]
    ) throws -> Child {
        try Child(
            Self.pulse, arguments.map { Array($0.utf8) }, environment: environment.merging(more) { $1 }, output: output,
            input: input)
    }

    static var server: String { Bundle.main.bundleURL.appending(path: "pulse-server").path }

    func startServer(_ arguments: [String], more: [String: String] = [:]) throws -> Child {
        try Child(
            Self.server, arguments.map { Array($0.utf8) }, environment: environment.merging(more) { $1 })
    }

    /// Starts `pulse` from a shell that has set something up before, such as a limit.
    func start(after setUp: String, _ arguments: [String]) throws -> Child {
        let words = ["-c", "\(setUp); exec \"$0\" \"$@\"", Self.pulse] + arguments
        return try Child("/bin/sh", words.map { Array($0.utf8) }, environment: environment)
    }

    /// What became of a process.
    struct Result: Sendable {
        var end: Child.End
        var out: String
        var error: String
    }

    func pulse(
        _ arguments: [String], output: Child.Sink = .kept, input: String? = nil, more: [String: String] = [:]
    ) async throws -> Result {
        await Self.result(of: try start(arguments, output: output, input: input, more: more))
    }

    static func result(of child: Child) async -> Result {
        let (out, error) = (await child.out.all, await child.error.all)
        return Result(end: await child.end(), out: out, error: error)
    }

    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        return "\(path)/\(name)"
    }

    /// A repository below `src`, with `messages` as commits, made with the git of this machine.
    func repository(_ name: String, messages: [String]) async throws {
        let folder = "\(path)/src/\(name)"
        let who = [
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org", "GIT_CONFIG_NOSYSTEM": "1",
        ]
        let commits = messages.map { "git -C \"$0\" commit -q --allow-empty -m '\($0)'" }
        let script = (["git init -q -b main \"$0\""] + commits).joined(separator: " && ")
        let git = try Child(
            "/bin/sh", ["-c", script, folder].map { Array($0.utf8) }, environment: environment.merging(who) { $1 })
        let result = await Self.result(of: git)
        guard result.end == .exited(0) else { throw Child.StartFailed(program: "git: \(result.error)", code: 0) }
    }

    /// A configuration of the repositories below `src`, its store beside it unless another is named.
    func configuration(_ more: String = "", store: String = "sqlite:pulse.db") throws -> String {
        try write(
            """
            store: \(store)
            sources:
              - name: local
                kind: git
                paths: [src]
            \(more)
            """, to: "pulse.yaml")
    }

    var store: String { "\(path)/pulse.db" }
}
