import Foundation
package import PulseDomain

/// Fetches a secret from where the configuration says it is. Never part of an error, a log or a process argument.
package enum SecretReader {
    /// Throws `Failure` (`unauthorised`) when there is none.
    package static func read(
        _ reference: SecretReference, of source: SourceID,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> String {
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
        case .command(let command): text = try output(of: command, source: source)
        }
        let secret = text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        let trimmed = secret.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else {
            throw missing(source, "The token of \(source) is empty.", "Look at where the configuration takes it from.")
        }
        return trimmed
    }

    private static func output(of command: String, source: SourceID) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw missing(source, "The command for the token cannot be started.", "Check that /bin/sh exists.")
        }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw missing(
                source, "The command for the token of \(source) ended with status \(process.terminationStatus).",
                "Run it by hand to see why.")
        }
        return String(decoding: data, as: UTF8.self)
    }

    private static func missing(_ source: SourceID, _ sentence: String, _ remedy: String) -> Failure {
        Failure(.unauthorised, code: "source.no_token", "\(source): \(sentence)", remedy: remedy)
    }
}
