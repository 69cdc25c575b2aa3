import Foundation
import Glibc
import PulseDomain
import PulseSimulation
import Testing

@testable import PulseControl

@Suite(.timeLimit(.minutes(1))) struct StoreHolderTests {
    private func acquire(_ database: String) throws(HolderError) -> StoreHolder {
        try StoreHolder.acquire(
            databasePath: database, socketPath: "/run/pulse/x.sock", version: "1.2", at: Samples.at)
    }

    private func error(_ database: String) -> HolderError? {
        do {
            _ = try acquire(database)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a second one is told who holds the store`() async throws {
        try await withFolder { folder in
            let holder = try acquire("\(folder)/pulse.db")
            let refusal = error("\(folder)/pulse.db")
            #expect(refusal?.holder == holder.identity)
            #expect(refusal?.holder?.pid == getpid())
            #expect(refusal?.holder?.socketPath == "/run/pulse/x.sock")
            #expect(refusal?.holder?.since == Samples.at)
            #expect(refusal?.holder?.isAlive == true)
            let sentence = refusal?.failure.sentence ?? ""
            #expect(sentence.contains("held by Pulse 1.2, process \(getpid()) on "))
            var status = stat()
            #expect(stat("\(folder)/pulse.db.lock", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test func `a store that was given back can be taken, and no predecessor is told`() async throws {
        try await withFolder { folder in
            do { _ = try acquire("\(folder)/pulse.db") }
            let second = try acquire("\(folder)/pulse.db")
            #expect(second.predecessor == nil)
        }
    }

    @Test func `other names of the same file contend`() async throws {
        try await withFolder { folder in
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: folder)
            try Data().write(to: URL(fileURLWithPath: "\(folder)/pulse.db"))
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/alias.db", withDestinationPath: "\(folder)/pulse.db")
            let holder = try acquire("\(folder)/pulse.db")
            for name in ["link/pulse.db", "alias.db", "./pulse.db"] {
                #expect(error("\(folder)/\(name)")?.holder == holder.identity)
            }
            let other = try acquire("\(folder)/other.db")
            #expect(other.identity.pid == getpid())
        }
    }

    @Test func `the kernel gives the store back when its holder is killed, and the next one is told`() async throws {
        try await withFolder { folder in
            let lock = "\(folder)/pulse.db.lock"
            let content =
                #"{"host":"\#(HeldBy.hostName)","pid":'$$',"since":1,"version":"0.9","socketPath":"/s"}"#
            let child = try Child(
                "exec 9>>'\(lock)'; flock 9; echo '\(content)' > '\(lock)'; echo ready; read line")
            await child.wrote.reaches(1)
            let refusal = error("\(folder)/pulse.db")
            #expect(refusal?.holder?.pid == child.pid)
            #expect(refusal?.holder?.isAlive == true)
            kill(child.pid, SIGKILL)
            await child.ended.reaches(1)
            let holder = try acquire("\(folder)/pulse.db")
            #expect(holder.predecessor?.pid == child.pid)
            #expect(holder.predecessor?.version == "0.9")
            #expect(holder.predecessor?.isAlive == false)
        }
    }

    @Test(arguments: ["", "no JSON\n", #"{"host":"h"}"# + "\n", "[1,2", "\u{0}\u{0}\n"])
    func `a holder that does not say who it is holds all the same`(content: String) async throws {
        try await withFolder { folder in
            let lock = "\(folder)/pulse.db.lock"
            try Data(content.utf8).write(to: URL(fileURLWithPath: lock))
            let descriptor = Descriptor(open(lock, O_RDWR | O_CLOEXEC))
            #expect(flock(descriptor.number, LOCK_EX) == 0)
            let refusal = error("\(folder)/pulse.db")
            #expect(refusal != nil && refusal?.holder == nil)
            #expect(refusal?.failure.code == "holder.held")
            #expect(flock(descriptor.number, LOCK_UN) == 0)
            let holder = try acquire("\(folder)/pulse.db")
            #expect(holder.predecessor == nil)
        }
    }

    @Test func `where nothing can be written, or there is no folder, a sentence says so`() async throws {
        try await withFolder { folder in
            #expect(error("\(folder)/none/pulse.db")?.failure.code == "holder.no_folder")
            try FileManager.default.createDirectory(
                atPath: "\(folder)/pulse.db.lock", withIntermediateDirectories: true)
            #expect(error("\(folder)/pulse.db")?.failure.code == "holder.not_writable")
        }
        // The kernel lets nobody make files here, the superuser included (sysfs(5)).
        #expect(error("/sys/pulse.db")?.failure.code == "holder.not_writable")
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may write everywhere"))
    func `a folder that may only be read is told`() async throws {
        try await withFolder { folder in
            chmod(folder, 0o500)
            defer { chmod(folder, 0o700) }
            #expect(error("\(folder)/pulse.db")?.failure.code == "holder.not_writable")
        }
    }
}

/// A shell that runs until it is killed.
private final class Child: Sendable {
    let pid: pid_t
    /// Raised by its first output.
    let wrote = Counter()
    let ended = Counter()

    init(_ script: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        let (wrote, ended) = (wrote, ended)
        output.fileHandleForReading.readabilityHandler = { handle in
            handle.readabilityHandler = nil
            wrote.add()
        }
        // Its input stays open as long as it lives, so that it waits.
        process.terminationHandler = { _ in
            try? input.fileHandleForWriting.close()
            ended.add()
        }
        try process.run()
        pid = process.processIdentifier
    }
}
