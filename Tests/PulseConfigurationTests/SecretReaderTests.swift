import Foundation
import Glibc
import PulseConfiguration
import PulseDomain
import Testing

/// Secrets that come from a command.
@Suite struct SecretReaderTests {
    private static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pulse-secret-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private static func failure(of command: String, patience: Duration = .seconds(600)) async -> Failure? {
        do {
            _ = try await SecretReader.read(
                .command(command), of: "jira-main", environment: ["PATH": "/usr/bin:/bin"], patience: patience)
            return nil
        } catch {
            return error as? Failure
        }
    }

    /// Whether a process that wrote its number to `file` is there; one that has ended and nobody looked at is not.
    private static func isAlive(_ file: URL) throws -> Bool {
        let number = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let status = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8) else { return false }
        return status.split(separator: ")").last?.hasPrefix(" Z") != true
    }

    @Test func `a command that does not end is ended at its deadline, with what it started`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (shell, child) = (folder.appendingPathComponent("shell"), folder.appendingPathComponent("child"))
        // It prints, closes its output, ignores what it can, and goes on.
        let command = """
            TOKEN=s3cret; trap '' TERM HUP INT; echo $$ > \(shell.path); echo $TOKEN
            sh -c 'echo $$ > \(child.path); sleep 600' & exec >&-; sleep 600
            """
        // On a busy machine it may not get as far within its time: then it gets more.
        var patience = Duration.milliseconds(700)
        while !FileManager.default.fileExists(atPath: child.path) {
            let failure = try #require(await Self.failure(of: command, patience: patience))
            #expect(failure.kind == .unauthorised && failure.code == "source.no_token")
            let seconds = Int((patience / .seconds(1)).rounded(.up))
            #expect(failure.sentence.contains("jira-main") && failure.sentence.contains("end within \(seconds) s"))
            #expect(!failure.description.contains("s3cret"))
            patience *= 4
        }
        #expect(try !Self.isAlive(shell))
        // Ended with it, and reaped by whoever inherits it.
        while try Self.isAlive(child) { await Task.yield() }
    }

    @Test func `a command is ended when nobody waits for it any more`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let fifo = folder.appendingPathComponent("began")
        let shell = folder.appendingPathComponent("shell")
        let task = Task {
            try await SecretReader.read(
                .command("echo $$ > \(shell.path); touch \(fifo.path); sleep 600"), of: "a",
                environment: ["PATH": "/usr/bin:/bin"])
        }
        while !FileManager.default.fileExists(atPath: fifo.path) { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try !Self.isAlive(shell))
    }

    @Test func `what a command leaves in the background is not waited for, and lives on`() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (child, question, answer) = (
            folder.appendingPathComponent("child"), folder.appendingPathComponent("question"),
            folder.appendingPathComponent("answer")
        )
        // It lives until it is asked, however long that takes, and only one that lives answers.
        let secret = try await SecretReader.read(
            .command(
                """
                mkfifo \(question.path)
                { read word < \(question.path); echo "$word" > \(answer.path).new; mv \(answer.path).new \(answer.path); } &
                echo $! > \(child.path); printf 's3cret\\nmore'
                """), of: "a", environment: ["PATH": "/usr/bin:/bin"], patience: .seconds(600))
        #expect(secret == "s3cret")
        var writing: Int32 = -1
        while writing < 0 {
            // Refused until it has opened the other end (fifo(7)).
            writing = open(question.path, O_WRONLY | O_NONBLOCK)
            if writing < 0 { try #require(try Self.isAlive(child), "It was ended with its command.") }
            await Task.yield()
        }
        let word = Array("still here\n".utf8)
        #expect(write(writing, word, word.count) == word.count)
        close(writing)
        while !FileManager.default.fileExists(atPath: answer.path) {
            try #require(try Self.isAlive(child) || FileManager.default.fileExists(atPath: answer.path))
            await Task.yield()
        }
        #expect(try String(contentsOf: answer, encoding: .utf8) == "still here\n")
    }

    @Test(arguments: [
        ("PASSWORD=hunter2 /opt/vault/bin/op-read --key abc", "(op-read) ended with status 127"),
        ("kill -9 $$", "(kill) was ended by signal 9"), ("yes hunter2", "(yes) prints more than a token can be"),
        ("echo hunter2; exit 3", "(echo) ended with status 3"), ("true", "The token of jira-main is empty"),
        ("'weird\u{1B}[31mname' x", "(weird31mname) ended with status 127"),
    ])
    func `what goes wrong is a sentence that names source and program, and never what was printed`(
        command: String, expected: String
    ) async throws {
        let failure = try #require(await Self.failure(of: command))
        #expect(failure.sentence.contains(expected), "\(failure)")
        #expect(failure.sentence.contains("jira-main") && !failure.remedy.isEmpty)
        #expect(!failure.description.contains("hunter2") && !failure.description.contains("abc"))
        #expect(!failure.description.unicodeScalars.contains { $0.value < 32 })
    }
}
