import PulseCommands

/// What the commands of the server tell people, on standard error.
enum Telling {
    static func tell(_ text: String) { CommandContext.current.output.note(text) }
}
