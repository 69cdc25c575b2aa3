import Glibc

/// Words for `errno`.
enum SystemMessage {
    static func text(_ errno: Int32) -> String {
        // glibc's strerror never returns null and is safe in threads (since 2.32).
        strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    }
}
