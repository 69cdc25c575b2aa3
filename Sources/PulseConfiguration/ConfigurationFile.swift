import Foundation
import Glibc

/// The bytes of a configuration file; also of a pipe, as in `--config <(sops -d pulse.yaml)`.
enum ConfigurationFile {
    /// Thousands of sources; a device that never ends is noticed.
    static let limitInBytes = 4 << 20

    /// Throws what is wrong with the file as a whole.
    static func read(_ path: String) throws(ConfigurationProblem) -> Data {
        func problem(_ sentence: String, _ remedy: String) -> ConfigurationProblem {
            ConfigurationProblem(file: path, sentence: sentence, remedy: remedy)
        }
        let file = open(HomePath.expanding(path), O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else {
            switch errno {
            case ENOENT: throw problem("There is no such file.", "`pulse config example` prints one to begin with.")
            case EACCES, EPERM: throw problem("The file may not be read.", "Look at its owner and mode.")
            default: throw problem("The file cannot be read: \(String(cString: strerror(errno))).", "Check the path.")
            }
        }
        defer { close(file) }
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while data.count <= limitInBytes {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return data }
            if count > 0 {
                data += buffer[..<count]
            } else if errno != EINTR {
                throw problem(
                    "The file cannot be read: \(String(cString: strerror(errno))).", "Name a file that holds settings.")
            }
        }
        throw problem("The file is larger than \(limitInBytes >> 20) MB.", "Name a file that holds settings.")
    }
}
