import Foundation
import Glibc

/// `openssl s_server` with a certificate of its own. It serves one connection, with bytes given beforehand.
final class TLSServer {
    let port: Int
    /// The certificate, which signs itself, as a PEM file.
    let certificateFile: String
    private let process = Process()
    private let folder: URL

    struct Failure: Error {
        let step: String
    }

    /// - Parameters:
    ///   - names: what the certificate is for, as in `DNS:localhost`.
    ///   - protocolName: what ALPN agrees on.
    ///   - marker: once this has come from the client, `answer` is sent.
    init(names: String, protocolName: String = "http/1.1", marker: String = "\r\n\r\n", answer: [UInt8]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pulse-http-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificateFile = folder.appending(path: "certificate.pem").path
        let keyFile = folder.appending(path: "key.pem").path
        let maker = Process()
        maker.executableURL = URL(filePath: "/usr/bin/openssl")
        maker.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-keyout", keyFile, "-out", certificateFile, "-subj", "/CN=pulse test", "-addext",
            "subjectAltName=\(names)",
        ]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        guard maker.terminationStatus == 0 else { throw Failure(step: "certificate") }

        let input = Pipe()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = [
            "s_server", "-accept", "127.0.0.1:0", "-cert", certificateFile, "-key", keyFile, "-alpn", protocolName,
        ]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()

        var seen = ""
        var port: Int?
        while port == nil {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw Failure(step: "start") }
            seen += String(decoding: piece, as: UTF8.self)
            guard let line = seen.components(separatedBy: "\n").dropLast().first(where: { $0.hasPrefix("ACCEPT ") })
            else { continue }
            port = line.components(separatedBy: ":").last.flatMap { Int($0) }
        }
        guard let port else { throw Failure(step: "port") }
        self.port = port
        // The marker's own beginning may look like what the server prints, so only what follows "ACCEPT" counts.
        let reader = output.fileHandleForReading
        let writer = input.fileHandleForWriting
        Thread {
            var received = ""
            while true {
                let piece = reader.availableData
                if piece.isEmpty { return }
                received += String(decoding: piece, as: UTF8.self)
                if received.contains(marker) {
                    try? writer.write(contentsOf: Data(answer))
                    received = ""
                }
            }
        }.start()
    }

    deinit {
        // Processes started from the shared pool inherit its blocked signals, so only this one is sure to arrive.
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }
}
