import Glibc

/// The folder that control sockets are in: this user's, closed to others.
enum RuntimeFolder {
    /// Makes the folder (and those above it) where it is missing, and closes it to others.
    static func prepare(_ path: String) throws(ControlError) {
        try make(path)
        var status = stat()
        guard lstat(path, &status) == 0 else { throw .unusableFolder(path, SystemError("lstat").text) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .unusableFolder(path, "It is not a folder") }
        guard status.st_uid == geteuid() else { throw .unusableFolder(path, "It belongs to another user") }
        guard status.st_mode & 0o777 != 0o700 else { return }
        guard chmod(path, 0o700) == 0 else { throw .unusableFolder(path, SystemError("chmod").text) }
    }

    private static func make(_ path: String) throws(ControlError) {
        guard mkdir(path, 0o700) != 0 else { return }
        let failure = SystemError("mkdir")
        if failure.code == EEXIST { return }
        guard failure.code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw .unusableFolder(path, failure.text)
        }
        try make(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .unusableFolder(path, SystemError("mkdir").text)
        }
    }
}

/// Where the control socket of a store is.
package enum ControlSocket {
    /// A short name in `runtimeFolder` that every process derives from the same store.
    ///
    /// The name is a hash, because a store's own path can be longer than a socket's path may be.
    package static func path(forDatabase databasePath: String, in runtimeFolder: String) -> String {
        let hash = StorePath.canonical(databasePath).utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
            // FNV-1a, 64 bits (draft-eastlake-fnv): no adversary, the folder is the user's own.
            (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return "\(runtimeFolder)/\(String(repeating: "0", count: 16 - digits.count))\(digits).sock"
    }
}

/// One spelling for a store, whichever way it was named.
enum StorePath {
    /// Without symbolic links and relative parts, as far as the file or its folder exists.
    static func canonical(_ path: String) -> String {
        if let whole = resolved(path) { return whole }
        guard let slash = path.lastIndex(of: "/") else { return resolved(".").map { "\($0)/\(path)" } ?? path }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        guard let above = resolved(folder) else { return path }
        return above == "/" ? path : above + path[slash...]
    }

    private static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
