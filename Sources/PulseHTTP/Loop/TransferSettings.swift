import CLibcurl
import Glibc

/// What all transfers of one transport have in common.
final class TransferSettings {
    let configuration: CurlTransport.Configuration
    /// TLS sessions, so that a new connection to a known host needs one round trip less. Used by one thread only, so it
    /// needs no lock functions.
    private let share: UnsafeMutableRawPointer
    /// The trusted certificates as one PEM text, when there are more than the system's.
    private let certificates: Certificates

    private enum Certificates {
        case system
        case merged([UInt8])
        case unreadable(path: String)
    }

    /// `nil` when memory is short.
    init?(_ configuration: CurlTransport.Configuration) {
        guard let share = curl_share_init() else { return nil }
        // If it cannot be shared (a build without TLS), there is only no saving.
        _ = pulse_share_data(share, CURL_LOCK_DATA_SSL_SESSION)
        self.configuration = configuration
        self.share = share
        guard let path = configuration.extraCAFile else {
            certificates = .system
            return
        }
        guard let extra = Self.read(path), !extra.isEmpty else {
            certificates = .unreadable(path: path)
            return
        }
        // CURLOPT_CAINFO would replace the system's certificates instead of adding to them.
        let system = Self.systemCertificateFile.flatMap(Self.read) ?? []
        certificates = .merged(system + [UInt8(ascii: "\n")] + extra)
    }

    deinit {
        curl_share_cleanup(share)
    }

    /// Sets the options that do not depend on the request.
    ///
    /// - Returns: why no TLS connection may be tried; `nil` when one may.
    func apply(to easy: EasyHandle) -> String? {
        easy.set(CURLOPT_NOSIGNAL, 1)
        // Else taking out a transfer that is still looking its host up blocks the thread until the name server answers.
        easy.set(CURLOPT_QUICK_EXIT, 1)
        easy.setShare(share)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_TCP_KEEPALIVE, 1)
        easy.set(CURLOPT_TCP_KEEPIDLE, 30)
        easy.set(CURLOPT_TCP_KEEPINTVL, 15)
        easy.set(CURLOPT_USERAGENT, configuration.userAgent)
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        easy.set(CURLOPT_SSL_VERIFYPEER, 1)
        easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        applyProxy(to: easy)
        switch certificates {
        case .system:
            return nil
        case .merged(let bytes):
            easy.setBlob(CURLOPT_CAINFO_BLOB, bytes)
            return nil
        case .unreadable(let path):
            return "the extra CA file \(path) cannot be read or is empty"
        }
    }

    private func applyProxy(to easy: EasyHandle) {
        switch configuration.proxy {
        case .environment:
            break
        case .none:
            easy.set(CURLOPT_PROXY, "")
        case .url(let url, let bypass):
            easy.set(CURLOPT_PROXY, url)
            easy.set(CURLOPT_NOPROXY, bypass)
        }
    }

    private static var systemCertificateFile: String? {
        guard let version = pulse_version_info(), let path = version.pointee.cainfo else { return nil }
        return String(cString: path)
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            bytes += piece[..<count]
            if count < piece.count { return ferror(file) == 0 ? bytes : nil }
        }
    }
}
