import PulseDomain
import PulseJSON

/// What a stored page needs to be understood by itself: a JSON document and a NUL before the records.
struct PageHeader: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable { case repositories, commits, census, tags }

    var kind: Kind
    /// The repository's id in rows.
    var repository = ""
    /// Records of the whole walk, where it is known.
    var expected: Int?
    /// Whether parents may be missing, so that a commit without any is no first one.
    var isShallow = false
    /// Whether the ids of the records are part of a census.
    var listsIDs = false
    /// On the last page: what is loaded then.
    var watermark: Watermark?
    /// Of the stream of repositories: what was found.
    var repositories: [Repository] = []

    init(_ kind: Kind, repository: String = "") {
        self.kind = kind
        self.repository = repository
    }

    static let format = 1

    var bytes: [UInt8] {
        var bytes = JSONWriter.document { writer in
            writer.object { writer in
                writer.member("format", Self.format)
                writer.member("kind", kind.rawValue)
                if kind == .repositories {
                    writer.memberArray("repositories") { writer in
                        for repository in repositories { Self.write(repository, to: &writer) }
                    }
                } else {
                    writer.member("repository", repository)
                }
                if let expected { writer.member("expected", expected) }
                writer.member("shallow", isShallow)
                writer.member("listsIDs", listsIDs)
                if let watermark {
                    writer.memberObject("watermark") { writer in
                        if let changedAt = watermark.changedAt { writer.member("changedAt", changedAt.microseconds) }
                        if let state = watermark.state { writer.member("state", state) }
                    }
                }
            }
        }
        bytes.append(0)
        return bytes
    }

    /// A page of one record: what is kept of records that are rejected. It says nothing about the walk.
    func page(of record: some Collection<UInt8>) -> [UInt8] {
        var header = self
        (header.watermark, header.expected, header.listsIDs) = (nil, nil, false)
        return header.bytes + record
    }

    private static func write(_ repository: Repository, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", repository.id)
            writer.member("name", repository.name)
            writer.member("url", repository.url)
            writer.member("defaultBranch", repository.defaultBranch)
        }
    }

    /// Reads the header of a page and tells where the records begin.
    ///
    /// - Throws: `Failure` (`contractBroken`) for bytes that are no page of ours.
    static func read(_ body: [UInt8]) throws -> (header: PageHeader, end: Int) {
        guard let nul = body.firstIndex(of: 0) else { throw GitFailure.brokenPage("it has no header") }
        var reader = JSONReader()
        do {
            let header = try reader.read(Array(body[..<nul])) { json -> PageHeader? in
                guard json["format"].int64 == Int64(format), let kind = json["kind"].string.flatMap(Kind.init) else {
                    return nil
                }
                var header = PageHeader(kind, repository: json["repository"].string ?? "")
                header.expected = json["expected"].int64.map { Int($0) }
                header.isShallow = json["shallow"].bool ?? false
                header.listsIDs = json["listsIDs"].bool ?? false
                let watermark = json["watermark"]
                if !watermark.isMissing {
                    header.watermark = Watermark(
                        changedAt: watermark["changedAt"].int64.map { Instant(microseconds: $0) },
                        state: watermark["state"].string)
                }
                header.repositories = json["repositories"].mapElements { json in
                    Repository(
                        path: "", commonFolder: "", isBare: false, isShallow: false, isPartial: false,
                        id: json["id"].string ?? "", name: json["name"].string ?? "", url: json["url"].string,
                        defaultBranch: json["defaultBranch"].string)
                }
                return header
            }
            guard let header else { throw GitFailure.brokenPage("its header is of another kind or version") }
            return (header, nul + 1)
        } catch let error as JSONError {
            throw GitFailure.brokenPage("its header is no JSON (\(error.code))")
        }
    }
}
