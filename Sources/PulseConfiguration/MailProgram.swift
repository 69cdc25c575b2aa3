import Foundation
import Glibc
import PulseDomain

/// Runs the command that takes mails.
package enum MailProgram {
    /// How long it may take.
    package static let patience: Duration = .seconds(60)

    /// Gives it `input` on standard input; `nil` when it ended with 0, else why not, as a sentence. A cancelled task ends
    /// it.
    package static func run(
        _ command: String, input: [UInt8],
        environment: [String: String] = ProcessInfo.processInfo.environment, patience: Duration = patience
    ) async -> String? {
        let run = ShellCommand(command, environment: environment, patience: patience, input: input, keepsOutput: false)
        guard let outcome = try? await run.output() else { return "The mail program was given up." }
        let program = ShellCommand.program(of: command)
        return switch outcome {
        // Nothing of what it prints is kept, so that it is never too much.
        case .printed, .tooMuch: nil
        // sysexits(3): a temporary failure.
        case .ended(let status) where status == 75: "The mail program (\(program)) could not take it for now (75)."
        case .ended(let status): "The mail program (\(program)) ended with status \(status). Run it by hand to see why."
        case .killed(let signal): "The mail program (\(program)) was ended by signal \(signal)."
        case .tooLong:
            "The mail program (\(program)) did not end within \(Int(patience.inSeconds.rounded(.up))) s and was stopped."
        case .notStarted(let errno):
            "The mail program (\(program)) cannot be started: \(String(cString: strerror(errno)))."
        }
    }
}
