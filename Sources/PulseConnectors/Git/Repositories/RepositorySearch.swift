import Glibc

/// Finds repositories below a folder by what lies in the folders, without running anything.
enum RepositorySearch {
    /// Levels of folders below the one that was named.
    static let depth = 4
    /// Folders looked into before the search gives up: a home or root folder was named by mistake.
    static let limit = 50_000

    /// Folders of dependencies and of build results; what is cloned into them is not the user's work.
    private static let skipped: Set<String> = [
        "node_modules", "bower_components", "vendor", "Pods", "Carthage", "DerivedData", "target", "venv",
        "__pycache__", "site-packages",
    ]

    /// Whether `path` is itself the top of a work tree or a bare repository.
    static func isRepository(_ path: String) -> Bool {
        exists("\(path)/.git") || (exists("\(path)/HEAD") && exists("\(path)/objects") && exists("\(path)/refs"))
    }

    /// The repositories at or below `path`, sorted. Does not look into repositories, hidden folders and links. Blocks.
    static func repositories(under path: String) -> [String] {
        if isRepository(path) { return [path] }
        var found: [String] = []
        var level = [path]
        var visited = 0
        for _ in 0..<depth {
            var next: [String] = []
            for folder in level {
                visited += 1
                guard visited <= limit else { return found.sorted() }
                for child in subfolders(of: folder) {
                    if isRepository(child) { found.append(child) } else { next.append(child) }
                }
            }
            level = next
        }
        return found.sorted()
    }

    private static func subfolders(of path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var result: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix("."), !skipped.contains(name) else { continue }
            let child = "\(path)/\(name)"
            // Not every file system tells the kind of an entry.
            if entry.pointee.d_type == UInt8(DT_DIR) || (entry.pointee.d_type == UInt8(DT_UNKNOWN) && isFolder(child)) {
                result.append(child)
            }
        }
        return result
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The absolute path without links, or the reason why there is none. `~/` is the home folder.
    static func resolve(_ path: String) -> Result<String, PathError> {
        var path = path
        if path == "~" || path.hasPrefix("~/"), let home = getenv("HOME") {
            path = String(cString: home) + path.dropFirst()
        }
        guard let resolved = realpath(path, nil) else { return .failure(PathError(errorNumber: errno)) }
        defer { free(resolved) }
        let result = String(cString: resolved)
        // A folder that may not be listed cannot be searched, and looks empty.
        guard access(result, R_OK | X_OK) == 0 else { return .failure(PathError(errorNumber: errno)) }
        return .success(result)
    }

    struct PathError: Error, Hashable { var errorNumber: CInt }
}
