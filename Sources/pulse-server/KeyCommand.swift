import ArgumentParser
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
            try await Telling.failures {
                for key in try folder.keys.list(at: SystemClock().now) { print(key.line) }
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a new key. It signs after some minutes, when every gateway has read it.",
            discussion: "The key before it stays valid for as long as a token lives, so nobody is logged out.")
        @OptionGroup var folder: DataFolder
        @Option(help: ArgumentHelp("ES256, EdDSA or HS256.", valueName: "algorithm"))
        var algorithm = SigningAlgorithm.es256

        func run() async throws {
            try await Telling.failures {
                print(try folder.keys.rotate(algorithm, at: SystemClock().now).line)
            }
        }
    }
}

extension KeyListing {
    fileprivate var line: String {
        let state = isSigning ? "signing" : "signs from \(signsFrom.iso8601)"
        return [id, algorithm.rawValue, "made \(createdAt.iso8601)", state].joined(separator: "\t")
    }
}
