import PulseDomain

/// Turns a page of commits into rows.
enum CommitContent {
    /// The fields of a record, in git-log(1)'s notation: `.mailmap` decides about names and addresses.
    static let format = "%x1e" + ["H", "P", "aN", "aE", "at", "cN", "cE", "ct", "B"].map { "%\($0)%x00" }.joined()
    static let fieldCount = 9
    /// The most of a message that becomes a row; the page keeps more.
    static let messageLimitInBytes = 1 << 20

    private enum Field { static let hash = 0, parents = 1, author = 2, committer = 5, message = 8 }

    static func content(of page: [UInt8], from start: Int, header: PageHeader) -> PageContent {
        var content = PageContent(highWater: header.watermark, expected: header.expected)
        var commits = RowWriter<CommitColumns>()
        var links = RowWriter<WorkItemCommitColumns>()
        var people = PeopleRows()
        RecordFields.forEach(in: page, from: start, fieldCount: fieldCount) { record in
            let position = content.extracted
            content.extracted += 1
            guard record.fields.count == fieldCount, let hash = hash(of: record) else {
                content.rejected.append(rejection(of: record, header: header))
                return
            }
            let id = "\(header.repository):\(hash)"
            if header.listsIDs { content.censusIDs.append(id) }
            let author = people.add(name: record.text(Field.author), email: record.string(Field.author + 1))
            write(record, id: id, hash: hash, author: author, header: header, position: position, to: &commits)
            addLinks(of: record, commit: id, position: position, to: &links)
        }
        content.batches = [people.batch, commits.batch, links.batch].filter { !$0.isEmpty }
        return content
    }

    private static func hash(of record: RecordFields) -> String? {
        let hash = record.string(Field.hash)
        return hash.isObjectName ? hash : nil
    }

    private static func rejection(of record: RecordFields, header: PageHeader) -> RejectedRecord {
        let reason = record.fields.count == fieldCount ? "Its hash is none." : "It is cut off."
        let id = record.fields.isEmpty ? nil : GitFailure.printable(record.string(Field.hash))
        return RejectedRecord(
            recordID: id, code: "git.commit.malformed", reason: "The commit cannot be read. \(reason)",
            payload: header.page(of: record.bytes))
    }

    private static func write(
        _ record: RecordFields, id: String, hash: String, author: String?, header: PageHeader, position: Int,
        to rows: inout RowWriter<CommitColumns>
    ) {
        let parents = record.fields[Field.parents].split(separator: UInt8(ascii: " "))
        // At the edge of a shallow clone everything looks added, by a commit that looks like the first.
        let isEdge = header.isShallow && parents.isEmpty
        rows.beginRow(record: position)
        rows.set(.id, id)
        rows.set(.repositoryID, header.repository)
        rows.set(.hash, hash)
        if let message = record.text(Field.message) {
            rows.set(.message, utf8: TextRepair.prefix(trimmed(message), limit: messageLimitInBytes))
        }
        rows.set(.authorID, author)
        if let name = record.text(Field.author) { rows.set(.authorName, utf8: name) }
        rows.set(.authorEmail, PeopleRows.address(record.string(Field.author + 1)))
        if let name = record.text(Field.committer) { rows.set(.committerName, utf8: name) }
        rows.set(.committerEmail, PeopleRows.address(record.string(Field.committer + 1)))
        if !isEdge { rows.set(.parents) { append(parents, to: &$0) } }
        rows.set(.isMerge, parents.count > 1)
        if !isEdge, let changes = ChangeCounts(record.rest) {
            rows.set(.additions, changes.additions)
            rows.set(.deletions, changes.deletions)
            rows.set(.changedFiles, changes.files)
        }
        rows.set(.authoredAt, record.instant(Field.author + 2))
        rows.set(.committedAt, record.instant(Field.committer + 2))
    }

    private static func append(_ parents: [ArraySlice<UInt8>], to json: inout [UInt8]) {
        json.append(UInt8(ascii: "["))
        for (index, parent) in parents.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            json.append(UInt8(ascii: "\""))
            // Hexadecimal, as git wrote it; anything else could end the string.
            json.append(contentsOf: parent.filter { $0 < 0x80 && Character(Unicode.Scalar($0)).isHexDigit })
            json.append(UInt8(ascii: "\""))
        }
        json.append(UInt8(ascii: "]"))
    }

    private static func trimmed(_ message: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var message = message
        while let last = message.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
            message = message.dropLast()
        }
        return message
    }

    private static func addLinks(
        of record: RecordFields, commit: String, position: Int, to rows: inout RowWriter<WorkItemCommitColumns>
    ) {
        let message = record.fields[Field.message].prefix(messageLimitInBytes)
        guard message.contains(UInt8(ascii: "-")) else { return }
        var mentions = WorkItemMentions()
        mentions.addKeys(in: message.span, .message)
        if let branch = MergedBranch.name(in: message) { mentions.addKeys(in: branch.span, .branch) }
        for mention in mentions.mentions {
            rows.beginRow(record: position)
            rows.set(.id, "\(commit):\(mention.key)")
            rows.set(.commitID, commit)
            rows.set(.key, mention.key)
            rows.set(.evidence, appending: { mention.appendEvidence(to: &$0) })
            rows.set(.score, mention.score)
        }
    }
}

/// The branch that the message of a merge names.
enum MergedBranch {
    /// The name in `Merge branch 'feature/pay-12' into main` and `Merge pull request #3 from acme/feature/pay-12`, as
    /// git, GitHub, Bitbucket and GitLab write them.
    static func name(in message: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard message.starts(with: "Merge".utf8) else { return nil }
        let line = message.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }.prefix(1_000)
        if line.starts(with: "Merge branch '".utf8) || line.starts(with: "Merge remote-tracking branch '".utf8) {
            return line.drop { $0 != UInt8(ascii: "'") }.dropFirst().prefix { $0 != UInt8(ascii: "'") }
        }
        guard line.starts(with: "Merge pull request #".utf8) || line.starts(with: "Merged in ".utf8) else { return nil }
        let words = line.split(separator: UInt8(ascii: " "))
        let isBitbucket = line.starts(with: "Merged".utf8)
        // `Merged in feature/pay-12 (pull request #3)`
        if isBitbucket { return words.count > 2 ? words[2] : nil }
        guard let from = words.firstIndex(where: { $0.elementsEqual("from".utf8) }), from + 1 < words.count else {
            return nil
        }
        return words[from + 1]
    }
}

/// What `--shortstat` says: ` 3 files changed, 9 insertions(+), 1 deletion(-)`.
struct ChangeCounts: Hashable {
    var files: Int64 = 0
    var additions: Int64 = 0
    var deletions: Int64 = 0

    /// `nil` where nothing was counted: merges, and commits whose files are missing.
    init?(_ text: ArraySlice<UInt8>) {
        var wasFound = false
        for part in text.split(separator: UInt8(ascii: ",")) {
            let words = part.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
            guard words.count >= 2, let number = Int64(String(decoding: words[0], as: UTF8.self)) else { continue }
            wasFound = true
            switch words[1].first {
            case UInt8(ascii: "f"): files = number
            case UInt8(ascii: "i"): additions = number
            case UInt8(ascii: "d"): deletions = number
            default: break
            }
        }
        if !wasFound { return nil }
    }
}
