import PulseAPI
import PulseAssembly
import PulseConfiguration
import PulseConsole
import PulseControl
import PulseDomain
import PulseStore
import PulseTerminal

/// Why a command ends without having done what was asked: lines for a person, and the status for the shell.
package struct CommandError: Error, Sendable, Hashable {
    package var status: ExitStatus
    /// Each a sentence with its remedy; `file:line:column:` leads those of a configuration.
    package var lines: [String]
    /// Whether each line begins with `file:line:column:`.
    package var isPlaced = false

    package init(_ status: ExitStatus, _ sentence: String, remedy: String = "") {
        self.status = status
        lines = [remedy.isEmpty ? sentence : "\(sentence) \(remedy)"]
    }

    package init(_ status: ExitStatus, lines: [String]) {
        self.status = status
        self.lines = lines
    }

    /// As they are printed: a sentence of Pulse bears its name, a place in a file stands for itself, and what follows a
    /// first line belongs to it.
    package var text: [String] {
        guard let first = lines.first else { return [] }
        return isPlaced ? lines : ["pulse: \(first)"] + lines.dropFirst()
    }

    /// The one translation of every error into what a person and a shell are told.
    package init(describing error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as ConfigurationProblems:
            self.init(.usage, lines: error.problems.map(\.description))
            isPlaced = true
        case let error as ConfigurationProblem:
            self.init(.usage, lines: [error.description])
            isPlaced = true
        case let error as ThemeError:
            self.init(.usage, lines: [error.description])
            isPlaced = true
        case let error as HolderError:
            self.init(error.isHeld ? .unreachable : .failed, error.failure.sentence, remedy: error.failure.remedy)
        case let error as ControlError:
            self.init(.unreachable, error.failure.sentence, remedy: error.failure.remedy)
        case let error as PostgresAccessError:
            self.init(Self.status(of: error), error.sentence, remedy: error.remedy)
        case let error as StoreCopyError: self.init(.refused, error.sentence, remedy: error.remedy)
        case let error as StoreError: self.init(Self.status(of: error), error.sentence, remedy: error.remedy)
        case let error as Failure: self.init(Self.status(of: error), error.sentence, remedy: error.remedy)
        case let error as TerminalError: self.init(.failed, error.description)
        case let error as OutputError:
            if let sentence = error.sentence {
                self.init(.failed, sentence, remedy: error.remedy)
            } else {
                self.init(.outputClosed, lines: [])
            }
        case is CancellationError: self.init(.failed, "The command was given up.", remedy: "Nothing is half done.")
        default:
            self.init(
                .failed, "Something went wrong that Pulse did not foresee (\(type(of: error))).",
                remedy: "Run `pulse doctor`; please report it when it finds nothing.")
        }
    }

    private static func status(of error: PostgresAccessError) -> ExitStatus {
        switch error {
        case .unreachable: .unreachable
        case .malformed: .usage
        default: .failed
        }
    }

    private static func status(of error: StoreError) -> ExitStatus {
        ["store.locked", "store.unreachable"].contains(error.code) ? .unreachable : .failed
    }

    /// What a gateway says when no engine answers behind it, or when it is about to end or full itself.
    private static let awayCodes: Set = [
        "engine.away", "engine.silent", "engine.refuses", "answer_timeout", "overloaded", "ending",
    ]

    /// What was typed is none, or is there already.
    private static let usageCodes: Set = [
        "unprocessable", "user.name", "user.exists", "user.no_member", Failure.otherTenantCode,
    ]

    /// What is refused for who asks, beside what a login would help against.
    private static let refusalCodes: Set = [
        "forbidden", "auth.session_needed", "auth.password_first", "auth.wrong", "user.last_admin", "tenant.unserved",
    ]

    private static func status(of failure: Failure) -> ExitStatus {
        if failure.code.hasPrefix("control.") || ["holder.held", "store.unreachable"].contains(failure.code) {
            return .unreachable
        }
        if failure.code.hasPrefix("http.") || failure.code.hasPrefix("api.status_5") { return .unreachable }
        if awayCodes.contains(failure.code) { return .unreachable }
        if usageCodes.contains(failure.code) { return .usage }
        if refusalCodes.contains(failure.code) || failure.needsLogin { return .refused }
        if failure.code.hasPrefix("config.") || failure.code.hasSuffix(".unknown") && failure.code != "engine.unknown" {
            return .usage
        }
        return .failed
    }
}

extension HolderError {
    fileprivate var isHeld: Bool { if case .held = self { true } else { false } }
}
