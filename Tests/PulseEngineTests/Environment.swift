import Glibc

/// Reads what a run of the tests was asked for.
enum Environment {
    static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    static func count(_ name: String, default standard: Int) -> Int { value(name).flatMap { Int($0) } ?? standard }
}
