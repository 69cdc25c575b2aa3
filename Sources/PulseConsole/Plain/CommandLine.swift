package import PulseDomain

extension Command {
    /// The words that give it on the command line, after the program's name.
    package var arguments: [String] {
        switch self {
        case .start(let job, let mode): ["start", job.rawValue] + Self.options(of: mode)
        case .pause(let job, let until): ["pause", job.rawValue] + (until.map { ["--until", $0.iso8601] } ?? [])
        case .pauseUntilQuotaResets(let job): ["pause", job.rawValue, "--until-reset"]
        case .resume(let job): ["resume", job.rawValue]
        case .stop(let job): ["stop", job.rawValue]
        case .retry(let job): ["retry", job.rawValue]
        case .rewind(let job, let key, let sequence): ["rewind", job.rawValue, key.rawValue, "--to", "\(sequence)"]
        case .skipPartition(let job, let key): ["skip", job.rawValue, key.rawValue]
        case .hold(let job): ["hold", job.rawValue]
        case .release(let job): ["release", job.rawValue]
        case .replay(let ids): ["quarantine", "replay"] + ids.map(String.init)
        case .discard(let ids): ["quarantine", "discard"] + ids.map(String.init)
        case .undoTombstones(let id): ["tombstones", "undo", "\(id)"]
        case .confirmTombstones(let id): ["tombstones", "confirm", "\(id)"]
        case .retransform(let job): ["retransform", job.rawValue]
        case .acknowledge(let alert): ["acknowledge", alert]
        }
    }

    private static func options(of mode: RunMode) -> [String] {
        switch mode {
        case .incremental: []
        case .full: ["--full"]
        case .census: ["--census"]
        case .range(let from, let to): ["--from", from.iso8601, "--to", to.iso8601]
        }
    }

    /// What to type into a shell: `pulse retry jira/issues`. `program` is the name with options, ready for a shell.
    package func commandLine(of program: String) -> String {
        ([program] + arguments.map(ShellWord.quoted)).joined(separator: " ")
    }
}

extension Alert {
    /// What helps, to be typed into a shell: the best first.
    package func commandLines(of program: String) -> [String] {
        let lines = remedies.map { $0.commandLine(of: program) }
        guard kind == .quarantineGrowing, let job else { return lines }
        // All of its records, however many there are.
        let words = ["--job", ShellWord.quoted(job.rawValue)].joined(separator: " ")
        return lines + ["\(program) quarantine list \(words)", "\(program) quarantine replay \(words)"]
    }
}

/// Words of a POSIX shell.
package enum ShellWord {
    /// The word, in quotes where a shell would read it otherwise (POSIX.1-2017, 2.2.2).
    package static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_@%+=:,./-".utf8.contains(byte)
            }
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }
}
