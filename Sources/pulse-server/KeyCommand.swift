import ArgumentParser
import PulseCommands
import PulseDomain
import PulseEngine
import PulseGateway

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Keeps the keys that access tokens are signed with.",
        subcommands: [List.self, Rotate.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists keys; never the keys themselves.")
        @OptionGroup var folder: DataFolder

        func run() async throws {
            let keys = try folder.keys.list()
            guard !keys.isEmpty else {
                return Telling.tell("There are no keys at \(folder.path) yet: the gateway's first start makes one.")
            }
            try KeyCommand.show(keys)
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a new key. It signs after some minutes, when the gateway has read it.",
            discussion: """
                The key before it stays valid for as long as a token lives, so nobody is logged out. It is audited in \
                every tenant.
                """)
        @OptionGroup var folder: DataFolder
        @Option(help: ArgumentHelp("ES256, EdDSA or HS256.", valueName: "algorithm"))
        var algorithm = SigningAlgorithm.es256

        func run() async throws {
            try KeyCommand.show([try await folder.keys.rotate(algorithm)])
        }
    }

    fileprivate static func show(_ keys: [KeyListing]) throws {
        let output = CommandContext.current.output
        let now = SystemClock().now
        let rows = keys.map { key in
            [
                key.id, key.algorithm.rawValue, key.createdAt.iso8601ToSecond,
                key.isSigning
                    ? "signing"
                    : key.signsFrom <= now ? "checked only" : "signs from \(key.signsFrom.iso8601ToSecond)",
            ]
        }
        try output.print(
            TextTable(["KEY", "ALGORITHM", "MADE", "STATE"], rows: rows).text(output, least: 4_096, empty: ""))
    }
}
