import Dispatch
import Glibc
import PulseDomain

/// The `git` program, run so that a hostile repository cannot make it execute anything or reach the network.
///
/// git runs programs that a repository's own configuration names: file system monitors, hooks, pagers, signature
/// checkers, textconv filters, external diffs, transports for objects that a partial clone lacks (gitattributes(5),
/// git-config(1)). Options that a command line sets win over that configuration; the rest is refused by environment
/// variables. Ownership of repositories is checked by git itself (`safe.directory`), which is left in force.
package struct GitProgram: Sendable {
    /// Absolute path; `nil` when there is no git in `PATH`.
    let executable: String?
    /// The whole environment of the program.
    let environment: [String]

    /// What is passed on from our own environment; the rest could change what git does or what it says.
    private static let inherited: Set<String> = [
        "PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
        "GIT_CEILING_DIRECTORIES",
    ]

    private static let fixed = [
        "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_PAGER=cat", "GIT_NO_REPLACE_OBJECTS=1",
        "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_ASKPASS=/bin/false", "SSH_ASKPASS=/bin/false",
    ]

    static let safetyOptions =
        ["--no-pager", "--literal-pathspecs"]
        + [
            "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "core.sshCommand=/bin/false",
            "core.quotepath=off", "core.bigFileThreshold=32m", "log.showSignature=false", "log.showRoot=true",
            "i18n.logOutputEncoding=UTF-8", "submodule.recurse=false", "protocol.allow=never", "gc.auto=0",
            "maintenance.auto=false", "color.ui=never", "core.abbrev=40",
        ].flatMap { ["-c", $0] }

    /// - Parameter environment: what `PATH`, `HOME` and git's own settings are taken from.
    package init(environment: [String: String] = GitProgram.processEnvironment) {
        let kept = environment.filter { Self.inherited.contains($0.key) }.map { "\($0.key)=\($0.value)" }
        self.environment = kept.sorted() + Self.fixed
        // Relative entries would let the current folder provide the program.
        let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").filter { $0.hasPrefix("/") }
        executable = folders.map { "\($0)/git" }.first { access($0, X_OK) == 0 }
    }

    /// The environment of this process.
    package static var processEnvironment: [String: String] {
        var result: [String: String] = [:]
        for name in inherited {
            if let value = getenv(name) { result[name] = String(cString: value) }
        }
        return result
    }

    /// What a finished git left.
    struct Outcome: Sendable {
        var end: ChildEnd
        var output: [UInt8] = []
        var errors: String = ""

        var succeeded: Bool { end == .exited(0) }
        /// The output as lines, without the empty one at the end.
        var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        /// The output as text without the newlines at its end.
        var text: String {
            var bytes = output[...]
            while bytes.last == UInt8(ascii: "\n") { bytes = bytes.dropLast() }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Runs git in `folder` and collects what it writes, up to `limitInBytes`.
    ///
    /// The caller's task is suspended meanwhile and holds no thread of the cooperative pool; cancelling it kills git.
    func outcome(
        of arguments: [String], in folder: String?, input: TemporaryFile? = nil, limitInBytes: Int = 16 << 20
    ) async throws -> Outcome {
        var collected = try await stream(arguments, in: folder, input: input, into: Outcome(end: .exited(0))) {
            outcome, piece in
            outcome.output.append(contentsOf: piece.prefix(limitInBytes - outcome.output.count))
            return outcome.output.count < limitInBytes
        }
        collected.value.end = collected.end
        collected.value.errors = collected.errors
        return collected.value
    }

    /// Runs git in `folder` and collects what it writes; a git that fails throws a `Failure`.
    func output(of arguments: [String], in folder: String?, input: TemporaryFile? = nil) async throws -> Outcome {
        let outcome = try await outcome(of: arguments, in: folder, input: input)
        guard outcome.succeeded else { throw GitFailure.ended(outcome.end, errors: outcome.errors, folder: folder) }
        return outcome
    }

    /// Runs git in `folder` with its output going to `file`.
    func write(_ arguments: [String], in folder: String, input: TemporaryFile, to file: TemporaryFile) async throws {
        let result = try await run(arguments, in: folder, input: input, output: .file(file), into: ()) { _, _ in true }
        guard result.end == .exited(0) else {
            throw GitFailure.ended(result.end, errors: result.errors, folder: folder)
        }
    }

    /// What a streamed git left.
    struct Streamed<Value: Sendable>: Sendable {
        var value: Value
        var end: ChildEnd
        var errors: String
    }

    /// Runs git in `folder`, handing its output to `step` piece by piece; git waits while `step` works and is ended when
    /// it returns false.
    func stream<Value: Sendable>(
        _ arguments: [String], in folder: String?, input: TemporaryFile? = nil, into initial: Value,
        _ step: @escaping @Sendable (inout Value, UnsafeRawBufferPointer) throws -> Bool
    ) async throws -> Streamed<Value> {
        try await run(arguments, in: folder, input: input, output: .pipe, into: initial, step)
    }

    private func run<Value: Sendable>(
        _ arguments: [String], in folder: String?, input: TemporaryFile?, output: ChildProcess.Output,
        into initial: Value, _ step: @escaping @Sendable (inout Value, UnsafeRawBufferPointer) throws -> Bool
    ) async throws -> Streamed<Value> {
        guard let executable else { throw GitFailure.missingProgram }
        try Task.checkCancellation()
        let place = folder.map { ["-C", $0] } ?? []
        let child = try ChildProcess(
            executable: executable, arguments: place + Self.safetyOptions + arguments, environment: environment,
            input: input, output: output)
        let result = try await withTaskCancellationHandler {
            try await OffPool.run {
                var value = initial
                let (end, errors) = try child.run { try step(&value, $0) }
                return Streamed(value: value, end: end, errors: String(decoding: errors, as: UTF8.self))
            }
        } onCancel: {
            child.terminate()
        }
        try Task.checkCancellation()
        return result
    }
}

/// Runs blocking work on a thread of its own, away from the cooperative pool.
enum OffPool {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            // A queue of its own brings a thread of its own: work here cannot starve other work.
            DispatchQueue(label: "pulse.git").async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
