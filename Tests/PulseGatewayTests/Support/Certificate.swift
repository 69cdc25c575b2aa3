import Foundation
import Testing

@testable import PulseGateway

/// Certificates that sign themselves, as files in a folder of their own.
struct Certificate {
    let folder: URL
    var files: TLSFiles {
        TLSFiles(
            certificates: folder.appending(path: "certificate.pem").path, key: folder.appending(path: "key.pem").path)
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pulse-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try renew()
    }

    /// Makes another certificate in its place.
    func renew() throws {
        let maker = Process()
        maker.executableURL = URL(filePath: "/usr/bin/openssl")
        maker.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-keyout", files.key, "-out", files.certificates, "-subj", "/CN=pulse \(UUID().uuidString)", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        try #require(maker.terminationStatus == 0)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: files.key)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
