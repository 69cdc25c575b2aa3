import Foundation

/// This program as a process of its own, so that its memory and processor time are its own.
package final class Child {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    package init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Ends a process that answers until its input ends.
    deinit { try? input.fileHandleForWriting.close() }

    package var pid: Int32 { process.processIdentifier }

    /// Gives it a line to read.
    package func say(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// The words of its next line that begins with `name`, without it.
    package func words(after name: String) throws -> [String] {
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
            if words.first == name { return Array(words.dropFirst()) }
            line = []
        }
        throw BenchError("A part of the benchmark ended: \(String(decoding: line, as: UTF8.self))")
    }

    package func waitUntilExit() throws {
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchError("A part of the benchmark failed.") }
    }
}
