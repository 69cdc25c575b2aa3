import Foundation
import Glibc
package import PulseDomain

/// Fetches a secret from where the configuration says it is. Never part of an error, a log or a process argument.
package enum SecretReader {
    /// How long a command may take: long enough to ask a vault, or a person.
    package static let patience: Duration = .seconds(30)

    /// Throws `Failure` (`unauthorised`) when there is none. A command is ended, with what it started, when it takes
    /// longer than `patience` or the task is cancelled (`CancellationError`); no thread of the pool waits for it.
    package static func read(
        _ reference: SecretReference, of source: SourceID,
        environment: [String: String] = ProcessInfo.processInfo.environment, patience: Duration = patience
    ) async throws -> String {
        if let secret = try readAtHand(reference, of: source, environment: environment) { return secret }
        guard case .command(let command) = reference else { return "" }
        return try secret(
            in: try await output(of: command, source: source, environment: environment, patience: patience), of: source)
    }

    /// The same without running anything: `nil` where a command would have to be asked.
    package static func readAtHand(
        _ reference: SecretReference, of source: SourceID,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> String? {
        let text: String
        switch reference {
        case .environment(let name):
            guard let value = environment[name] else {
                throw missing(source, "The environment has no variable \(name).", "Set it: export \(name)=…")
            }
            text = value
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw missing(
                    source, "The file \(path) cannot be read.", "Check that it exists and that you may read it.")
            }
            text = String(decoding: data, as: UTF8.self)
        case .command: return nil
        }
        return try secret(in: text, of: source)
    }

    /// The first line.
    private static func secret(in text: String, of source: SourceID) throws -> String {
        let secret = text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        let trimmed = secret.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else {
            throw missing(source, "The token of \(source) is empty.", "Look at where the configuration takes it from.")
        }
        return trimmed
    }

    private static func output(
        of command: String, source: SourceID, environment: [String: String], patience: Duration
    ) async throws -> String {
        let program = ShellCommand.program(of: command)
        let run = ShellCommand(command, environment: environment, patience: patience)
        let byHand = "Run it by hand to see why."
        let (problem, remedy): (String, String)
        switch try await run.output() {
        case .printed(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .ended(let status): (problem, remedy) = ("ended with status \(status)", byHand)
        case .killed(let signal): (problem, remedy) = ("was ended by signal \(signal)", byHand)
        case .tooLong:
            problem = "did not end within \(Int(patience.inSeconds.rounded(.up))) s and was stopped"
            remedy = "Run it by hand: it must not ask anything, and a vault has to be open before."
        case .tooMuch:
            problem = "prints more than a token can be"
            remedy = "Its first line has to be the token; look at what it prints."
        case .notStarted(let errno):
            problem = "cannot be started: \(String(cString: strerror(errno)))"
            remedy = "Check that /bin/sh can be run."
        }
        throw missing(source, "The command for the token (\(program)) \(problem).", remedy)
    }

    private static func missing(_ source: SourceID, _ sentence: String, _ remedy: String) -> Failure {
        Failure(.unauthorised, code: "source.no_token", "\(source): \(sentence)", remedy: remedy)
    }
}
