import ArgumentParser
import Foundation

/// What the parser tells of a program, as far as it matters here.
struct ParserDump: Decodable {
    struct Command: Decodable {
        var commandName: String
        var defaultSubcommand: String?
        var arguments: [Argument]?
        var subcommands: [Command]?

        /// Of it and of all below it.
        var all: [Argument] { (arguments ?? []) + (subcommands ?? []).flatMap(\.all) }

        /// Long ones, with their dashes.
        var options: [String] { (arguments ?? []).flatMap(\.words).filter { $0.hasPrefix("--") } }
    }

    struct Argument: Decodable {
        struct Name: Decodable { var kind: String, name: String }
        /// `positional`, `option` or `flag`.
        var kind: String
        var names: [Name]?

        /// With their dashes.
        var words: [String] { (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name } }
    }

    var command: Command

    init?(_ root: any ParsableCommand.Type) {
        guard let dump = try? JSONDecoder().decode(Self.self, from: Data(root._dumpHelp().utf8)) else { return nil }
        self = dump
    }
}
