import Glibc
package import PulseDomain

extension Principal {
    /// Who runs this process: the login name, as the audit shows it.
    package static func current(environment: [String: String]) -> Principal {
        // The entry is valid until the next call (getpwuid(3)); nothing else here asks for one.
        if let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name { return Principal(String(cString: name)) }
        return Principal(environment["USER"] ?? "user \(geteuid())")
    }
}
