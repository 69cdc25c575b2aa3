import Glibc

/// How a process ends.
package enum ProcessEnd {
    /// Ends it after what waits in its streams was written, and without what libraries do at the end of a program: a
    /// thread that still waits for a database's answer would find OpenSSL taken down under it.
    package static func leave(with status: Int32) -> Never {
        fflush(nil)
        _exit(status)
    }
}
