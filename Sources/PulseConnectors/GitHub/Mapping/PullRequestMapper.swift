import PulseDomain
import PulseJSON

/// Turns pull requests and their parts into rows.
struct PullRequestMapper: Sendable {
    private var pullRequests = RowWriter<PullRequestColumns>()
    var commits = RowWriter<PullRequestCommitColumns>()
    var reviews = RowWriter<PullRequestReviewColumns>()
    var comments = RowWriter<PullRequestCommentColumns>()
    var links = RowWriter<WorkItemPullRequestColumns>()
    var people = PersonRows()
    var rejections = Rejections()
    private(set) var childSets: [ChildSet] = []
    /// Records seen: pull requests, or the elements of a part; the position of a row's record.
    var extracted = 0
    var payloads = RecordPayloads()
    /// Bad elements within records that were taken.
    var rejectedWithin = 0

    var batches: [RowBatch] {
        [people.rows.batch, pullRequests.batch, commits.batch, reviews.batch, comments.batch, links.batch]
            .filter { !$0.isEmpty }
    }

    /// A reviewed thread, whose comments are rows.
    struct Thread {
        var id: String?
        var isResolved: Bool?
        var path: String?
        var line: Int64?

        init(_ node: JSONValue) {
            id = node["id"].string
            isResolved = node["isResolved"].bool
            path = node["path"].string
            // A line that a later push removed is null; the original one is what the comment was about.
            line = node["line"].int64 ?? node["originalLine"].int64
        }

        /// From what was kept with a rejected comment (`frame`).
        init(ofRejected payload: JSONValue) {
            id = payload["threadID"].string
            path = payload["path"].string
            isResolved = payload["isResolved"].string.map { $0 == "true" }
            line = payload["line"].string.flatMap { Int64($0) }
        }
    }

    // MARK: Whole pull requests

    /// Adds a pull request with the parts that came along. `open` says what is still to come.
    mutating func add(_ node: JSONValue, repository: String, open: OpenPullRequest?) {
        let record = extracted
        extracted += 1
        if payloads.wants(record) {
            payloads.keep(Rejections.payload(of: node, frame: [("repository", repository)]), of: record)
        }
        do {
            let id = try writePullRequest(node, repository: repository, record: record)
            addParts(of: node, id: id, record: record, open: open)
        } catch {
            rejections.add(node, kind: "pull_request", error, frame: [("repository", repository)])
        }
    }

    /// Notes a record that GitHub did not send.
    mutating func reject(_ node: JSONValue, repository: String?, errors: JSONValue) {
        extracted += 1
        rejections.add(node, kind: "pull_request", .damaged, frame: [("repository", repository)], errors: errors)
    }

    private mutating func writePullRequest(_ node: JSONValue, repository: String, record: Int)
        throws(Rejections.Reason) -> String
    {
        guard let id = node["id"].string, !id.isEmpty else { throw .missing("id") }
        guard let number = node["number"].int64 else { throw .missing("number") }
        guard node["title"].kind == .string else { throw .missing("title") }
        guard let state = Self.state(node["state"]) else { throw .missing("state") }
        guard let updatedAt = node["updatedAt"].moment else { throw .missing("updatedAt") }
        let author = node["author"]
        let mergedBy = node["mergedBy"]
        people.add(actor: author)
        people.add(actor: mergedBy)
        pullRequests.beginRow(record: record)
        pullRequests.set(.id, id)
        pullRequests.set(.number, number)
        pullRequests.set(.repositoryID, repository)
        pullRequests.set(.title, text: node["title"])
        pullRequests.set(.body, text: node["body"])
        pullRequests.set(.state, state)
        pullRequests.set(.isDraft, node["isDraft"].bool)
        pullRequests.set(.authorID, text: author["id"])
        pullRequests.set(.mergedByID, text: mergedBy["id"])
        pullRequests.set(.headBranch, text: node["headRefName"])
        pullRequests.set(.baseBranch, text: node["baseRefName"])
        pullRequests.set(.headCommitID, text: node["headRefOid"])
        pullRequests.set(.mergeCommitID, text: node["mergeCommit"]["oid"])
        pullRequests.set(.additions, node["additions"].int64)
        pullRequests.set(.deletions, node["deletions"].int64)
        pullRequests.set(.changedFiles, node["changedFiles"].int64)
        pullRequests.set(.commitCount, node["commits"]["totalCount"].int64)
        pullRequests.set(.commentCount, node["comments"]["totalCount"].int64)
        pullRequests.set(.reviewDecision, Self.decision(node["reviewDecision"]))
        pullRequests.set(.labels, arrayOf: "name", in: node["labels"]["nodes"])
        pullRequests.set(.createdAt, node["createdAt"].moment)
        pullRequests.set(.updatedAt, updatedAt)
        pullRequests.set(.mergedAt, node["mergedAt"].moment)
        pullRequests.set(.closedAt, node["closedAt"].moment)
        pullRequests.set(.url, text: node["url"])
        return id
    }

    private mutating func addParts(of node: JSONValue, id: String, record: Int, open: OpenPullRequest?) {
        let nodes = node["commits"]["nodes"]
        var commitIDs = Children(nodes)
        nodes.forEachElement { commitIDs.note(addCommit($0, of: id, record: record)) }
        let reviewed = node["reviews"]["nodes"]
        var reviewIDs = Children(reviewed)
        reviewed.forEachElement { reviewIDs.note(addReview($0, of: id, record: record)) }
        let conversation = node["comments"]["nodes"]
        var commentIDs = Children(conversation)
        conversation.forEachElement { commentIDs.note(addComment($0, in: nil, of: id, record: record)) }
        let threads = node["reviewThreads"]["nodes"]
        commentIDs.expect(threads)
        threads.forEachElement { addThread($0, of: id, record: record, to: &commentIDs) }
        let linkIDs = addLinks(Self.mentions(of: node), to: id, record: record)
        let sets: [(TableName, Children)] = [
            (PullRequestCommitColumns.table, commitIDs), (PullRequestReviewColumns.table, reviewIDs),
            (PullRequestCommentColumns.table, commentIDs),
            (WorkItemPullRequestColumns.table, Children(ids: linkIDs, isWhole: commitIDs.isWhole)),
        ]
        for (table, children) in sets where children.isWhole && open?.awaits(table) != true {
            childSets.append(ChildSet(table: table, owner: id, ids: children.ids))
        }
    }

    /// Where a pull request names work items, as far as its first page of commits goes.
    static func mentions(of node: JSONValue) -> WorkItemMentions {
        var mentions = WorkItemMentions()
        if let title = node["title"].utf8 { mentions.addKeys(in: title, .title) }
        if let branch = node["headRefName"].utf8 { mentions.addKeys(in: branch, .branch) }
        node["commits"]["nodes"].forEachElement { element in
            if let message = element["commit"]["message"].utf8 { mentions.addKeys(in: message, .message) }
        }
        if let body = node["body"].utf8 { mentions.addKeys(in: body, .body) }
        return mentions
    }

    // MARK: Parts by themselves

    /// Adds a page of a part; `behind` is the pull request as it stands after the page.
    mutating func addPart(
        _ part: OpenPullRequest.Part, of owner: OpenPullRequest, _ root: JSONValue, page: PartPage,
        behind: OpenPullRequest
    ) {
        let damaged = GraphQLErrors.damagedElements(in: root)
        let thread = part.kind == .threadComments ? Thread(root["data"]["node"]) : nil
        var isWhole = page.isWhole
        part.kind.withConnection(in: root["data"]["node"]) { connection in
            var position = 0
            connection["nodes"].forEachElement { element in
                defer { position += 1 }
                guard !damaged.contains(position), element.kind == .object else {
                    extracted += 1
                    isWhole = false
                    rejections.add(
                        element, kind: "pull_request_\(part.kind.rawValue)", .damaged,
                        frame: frame(part.kind, owner.id, thread),
                        errors: root["errors"])
                    return
                }
                isWhole = add(element, part.kind, thread, of: owner.id) && isWhole
            }
        }
        if part.kind == .commits {
            // Only what this page adds to: the rest was written with the first page.
            let here = Set(page.mentions.mentions.map(\.key))
            var mentions = WorkItemMentions()
            for mention in behind.mentions.mentions where here.contains(mention.key) {
                for place in mention.evidence { mentions.add(mention.key, place) }
            }
            _ = addLinks(mentions, to: owner.id, record: -1)
        }
        closeSets(part.kind, owner, page, behind: behind, isWhole: isWhole)
    }

    private mutating func closeSets(
        _ kind: OpenPullRequest.Part.Kind, _ owner: OpenPullRequest, _ page: PartPage, behind: OpenPullRequest,
        isWhole: Bool
    ) {
        let table = OpenPullRequest.tables(of: kind)[0]
        guard isWhole, !behind.awaits(table), let ids = behind.seen?[table.rawValue] else { return }
        let rowIDs = kind == .commits ? ids.map { "\(owner.id):\($0)" } : ids
        childSets.append(ChildSet(table: table, owner: owner.id, ids: rowIDs))
        guard kind == .commits else { return }
        childSets.append(
            ChildSet(
                table: WorkItemPullRequestColumns.table, owner: owner.id,
                ids: behind.mentions.mentions.map { "\(owner.id):\($0.key)" }))
    }

    /// Adds one element that was rejected before.
    mutating func addAgain(_ payload: JSONValue, _ kind: OpenPullRequest.Part.Kind) {
        let node = payload["node"]
        let owner = payload["pullRequest"].string ?? ""
        let thread = kind == .threadComments ? Thread(ofRejected: payload) : nil
        _ = add(node, kind, thread, of: owner)
    }

    /// Adds an element as a record of its own; of a thread, each of its comments. Returns whether all of it was taken.
    private mutating func add(
        _ element: JSONValue, _ kind: OpenPullRequest.Part.Kind, _ thread: Thread?, of owner: String
    ) -> Bool {
        let record = extracted
        if kind != .threads {
            extracted += 1
            keepPayload(of: element, kind, thread, of: owner, record: record)
        }
        switch kind {
        case .commits: return addCommit(element, of: owner, record: record, isItself: true) != nil
        case .reviews: return addReview(element, of: owner, record: record, isItself: true) != nil
        case .comments, .threadComments:
            return addComment(element, in: thread, of: owner, record: record, isItself: true) != nil
        case .threads:
            var children = Children(ids: [], isWhole: true)
            addThread(element, of: owner, record: nil, to: &children)
            return children.isWhole
        }
    }

    mutating func keepPayload(
        of element: JSONValue, _ kind: OpenPullRequest.Part.Kind, _ thread: Thread?, of owner: String, record: Int
    ) {
        guard payloads.wants(record) else { return }
        payloads.keep(Rejections.payload(of: element, frame: frame(kind, owner, thread)), of: record)
    }

    func frame(_ kind: OpenPullRequest.Part.Kind, _ owner: String, _ thread: Thread?) -> [(String, String?)] {
        [
            ("pullRequest", owner), ("part", kind.rawValue), ("threadID", thread?.id), ("path", thread?.path),
            ("isResolved", thread?.isResolved.map { $0 ? "true" : "false" }), ("line", thread?.line.map { String($0) }),
        ]
    }
}

/// The ids of the rows of one kind that an owner has.
struct Children {
    var ids: [String] = []
    var isWhole: Bool

    init(ids: [String], isWhole: Bool) { (self.ids, self.isWhole) = (ids, isWhole) }
    init(_ elements: JSONValue) { isWhole = elements.kind == .array }

    mutating func expect(_ elements: JSONValue) { isWhole = isWhole && elements.kind == .array }
    mutating func note(_ added: String?) {
        if let added { ids.append(added) } else { isWhole = false }
    }
}

extension PullRequestMapper {
    static func state(_ value: JSONValue) -> String? {
        if value.isString("OPEN") { return "open" }
        if value.isString("MERGED") { return "merged" }
        return value.isString("CLOSED") ? "closed" : nil
    }

    static func reviewState(_ value: JSONValue) -> String? {
        if value.isString("APPROVED") { return "approved" }
        if value.isString("COMMENTED") { return "commented" }
        if value.isString("CHANGES_REQUESTED") { return "changes_requested" }
        if value.isString("DISMISSED") { return "dismissed" }
        return value.isString("PENDING") ? "pending" : nil
    }

    /// Null where the branch asks for no review.
    static func decision(_ value: JSONValue) -> String? {
        if value.isString("APPROVED") { return "approved" }
        if value.isString("CHANGES_REQUESTED") { return "changes_requested" }
        return value.isString("REVIEW_REQUIRED") ? "review_required" : nil
    }
}
