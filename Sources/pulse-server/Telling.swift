import ArgumentParser
import PulseCommands

/// What the commands of the server tell people, on standard error.
enum Telling {
    static func tell(_ text: String) { CommandContext.current.output.note(text) }

    /// Runs `body`; what it throws is told as a sentence, and the command ends with the status that belongs to it.
    static func failures(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let code as ExitCode {
            throw code
        } catch {
            let told = CommandError(describing: error)
            for line in told.text { tell(line) }
            throw ExitCode(told.status.rawValue)
        }
    }
}
