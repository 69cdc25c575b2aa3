import PulseDomain

/// What the configured folders lead to.
struct RepositoryList: Sendable {
    /// Sorted by path, each once.
    var repositories: [Repository] = []
    /// Why folders or repositories are left out.
    var failures: [Failure] = []
    /// What a person should know, as sentences.
    var warnings: [String] = []

    /// Whether everything that is configured could be looked at: only then is what is missing really gone.
    var isComplete: Bool { failures.isEmpty }

    /// Looks at every folder. What cannot be read is left out and told of in `failures`.
    ///
    /// - Throws: `Failure` when git is missing, no folder is configured, or nothing at all is left.
    static func load(_ paths: [String], with git: GitProgram) async throws -> RepositoryList {
        guard git.executable != nil else { throw GitFailure.missingProgram }
        guard !paths.isEmpty else { throw GitFailure.noPaths }
        var list = RepositoryList()
        var seen: Set<String> = []
        for path in paths {
            do {
                for candidate in try await candidates(at: path, with: git) where seen.insert(candidate).inserted {
                    do { list.repositories.append(try await Repository.probe(candidate, with: git)) } catch let failure
                        as Failure
                    { list.failures.append(failure) }
                }
            } catch let failure as Failure {
                list.failures.append(failure)
            }
        }
        list.repositories.sort { $0.path < $1.path }
        list.removeRepeated()
        if list.repositories.isEmpty, let failure = list.failures.first { throw failure }
        list.warnings = list.failures.map(\.description) + list.warnings
        for repository in list.repositories { list.warn(about: repository) }
        return list
    }

    private static func candidates(at path: String, with git: GitProgram) async throws -> [String] {
        let found = try await OffPool.run {
            let resolved: String
            switch RepositorySearch.resolve(path) {
            case .success(let path): resolved = path
            case .failure(let error): throw GitFailure.noSuchPath(path, errorNumber: error.errorNumber)
            }
            return (resolved, RepositorySearch.repositories(under: resolved))
        }
        guard found.1.isEmpty else { return found.1 }
        // Perhaps a folder inside of a repository: git looks upwards.
        return [try await Repository.probe(found.0, with: git).path]
    }

    /// Work trees of one repository, and clones of one remote, would load the same rows and delete each other's.
    private mutating func removeRepeated() {
        var folders: Set<String> = []
        var owners: [String: String] = [:]
        var kept: [Repository] = []
        for repository in repositories {
            guard folders.insert(repository.commonFolder).inserted else { continue }
            if let owner = owners[repository.id] {
                warnings.append(
                    "\(repository.path) is another clone of what is at \(owner), and only the latter is loaded.")
                continue
            }
            owners[repository.id] = repository.path
            kept.append(repository)
        }
        repositories = kept
    }

    private mutating func warn(about repository: Repository) {
        if repository.isShallow {
            warnings.append(
                "\(repository.path) is a shallow clone: commits before its edge are missing. "
                    + "Run git fetch --unshallow there to have them loaded.")
        }
        if repository.isPartial {
            warnings.append("\(repository.path) is a partial clone: lines added and deleted are not counted.")
        }
    }

    /// One partition a repository; its key is as much of the end of the path as makes it unique.
    var partitions: [PartitionDescriptor] {
        let parts = repositories.map { $0.path.split(separator: "/").map(String.init) }
        func key(_ index: Int, _ count: Int) -> String {
            var tail = parts[index].suffix(count)
            if let last = tail.popLast() { tail.append(Repository.folderName(last)) }
            return tail.joined(separator: "/")
        }
        return repositories.indices.map { index in
            var count = 1
            while count < parts[index].count,
                parts.indices.contains(where: { $0 != index && key($0, count) == key(index, count) })
            {
                count += 1
            }
            // `x` and `x.git` in one folder differ by nothing else.
            let isUnique = count < parts[index].count
            return PartitionDescriptor(
                key: PartitionKey(isUnique ? key(index, count) : repositories[index].path),
                title: repositories[index].name,
                reference: repositories[index].path)
        }
    }
}
