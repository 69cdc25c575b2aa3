import PulseDomain

/// Turns a page of tags into rows of `releases`.
enum TagContent {
    private static let fields = [
        "refname", "objectname", "objecttype", "*objectname", "*objecttype", "taggername", "taggeremail",
        "taggerdate:unix", "committerdate:unix", "contents:subject", "contents:body",
    ]
    /// In git-for-each-ref(1)'s notation.
    static let format = "%1e" + fields.map { "%(\($0))%00" }.joined()
    static let fieldCount = fields.count
    static let prefix = "refs/tags/"

    private enum Field {
        static let name = 0, object = 1, type = 2, target = 3, targetType = 4, tagger = 5, taggedAt = 7
        static let committedAt = 8, subject = 9, body = 10
    }

    static func content(of page: [UInt8], from start: Int, header: PageHeader) -> PageContent {
        var content = PageContent(highWater: header.watermark, expected: header.expected)
        var tags = RowWriter<ReleaseColumns>()
        var people = PeopleRows()
        RecordFields.forEach(in: page, from: start, fieldCount: fieldCount) { record in
            let position = content.extracted
            content.extracted += 1
            guard record.fields.count == fieldCount, record.fields[Field.name].starts(with: prefix.utf8) else {
                content.rejected.append(
                    RejectedRecord(
                        recordID: nil, code: "git.tag.malformed", reason: "The tag cannot be read: it is cut off.",
                        payload: header.page(of: record.bytes)))
                return
            }
            let name = String(record.string(Field.name).dropFirst(prefix.count))
            let id = "\(header.repository):\(name)"
            if header.listsIDs { content.censusIDs.append(id) }
            let isAnnotated = record.fields[Field.type].elementsEqual("tag".utf8)
            tags.beginRow(record: position)
            tags.set(.id, id)
            tags.set(.name, name)
            tags.set(.tag, name)
            tags.set(.repositoryID, header.repository)
            let target = isAnnotated ? Field.target : Field.object
            if record.fields[target + 1].elementsEqual("commit".utf8) {
                tags.set(.commitID, utf8: record.fields[target])
            }
            // Of a lightweight tag these fields tell of the commit.
            if isAnnotated {
                tags.set(.authorID, people.add(name: record.text(Field.tagger), email: record.string(Field.tagger + 1)))
                let text = [record.string(Field.subject), record.string(Field.body)].filter { !$0.isEmpty }
                if !text.isEmpty { tags.set(.body, text.joined(separator: "\n\n")) }
            }
            let date = record.instant(isAnnotated ? Field.taggedAt : Field.committedAt)
            tags.set(.createdAt, date)
            tags.set(.publishedAt, date)
        }
        content.batches = [people.batch, tags.batch].filter { !$0.isEmpty }
        return content
    }

    /// The name of the tag that a record is about, with its prefix.
    static func name(of record: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        record.dropFirst().prefix { $0 != 0 }
    }
}

/// Turns the list of repositories into rows.
enum RepositoryContent {
    static func content(header: PageHeader) -> PageContent {
        var rows = RowWriter<RepositoryColumns>()
        for (position, repository) in header.repositories.enumerated() {
            rows.beginRow(record: position)
            rows.set(.id, repository.id)
            rows.set(.name, repository.name)
            rows.set(.url, repository.url)
            rows.set(.defaultBranch, repository.defaultBranch)
        }
        let count = header.repositories.count
        return PageContent(
            extracted: count, batches: rows.batch.isEmpty ? [] : [rows.batch],
            censusIDs: header.listsIDs ? header.repositories.map(\.id) : [], highWater: header.watermark,
            expected: count)
    }
}

/// Turns a page of hashes into ids to compare with.
enum CensusContent {
    static func content(of page: [UInt8], from start: Int, header: PageHeader) throws -> PageContent {
        let hashes = page[start...].split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        guard hashes.allSatisfy(\.isObjectName) else {
            throw GitFailure.brokenPage("it lists something else than hashes")
        }
        return PageContent(
            censusIDs: hashes.map { "\(header.repository):\($0)" }, highWater: header.watermark,
            expected: header.expected)
    }
}
