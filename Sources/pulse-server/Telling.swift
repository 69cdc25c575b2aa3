import ArgumentParser
import Foundation
import PulseCommands

/// What the commands of the server tell people, on standard error.
enum Telling {
    static func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

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
