import ArgumentParser

@main
struct Pulse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pulse", abstract: "A console.")
}
