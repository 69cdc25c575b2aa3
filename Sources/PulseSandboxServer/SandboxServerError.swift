import Glibc

/// The address could not be listened at.
package struct SandboxServerError: Error, CustomStringConvertible {
    package let host: String
    package let port: Int
    /// errno(3).
    package let errorNumber: Int32

    package var description: String {
        let remedy =
            switch errorNumber {
            case EADDRINUSE: "Choose another port with --port, or end what listens there."
            case EACCES: "Choose a port above 1023 with --port."
            case EADDRNOTAVAIL: "Choose an address of this machine with --host."
            default: "Check --host and --port."
            }
        return "Port \(port) of \(host) cannot be listened at: \(String(cString: strerror(errorNumber))). \(remedy)"
    }
}
