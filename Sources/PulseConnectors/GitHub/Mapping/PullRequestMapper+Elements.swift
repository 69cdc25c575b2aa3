import PulseDomain
import PulseJSON

/// The parts of a pull request. Each addition returns the id of its row, or `nil` when it was rejected.
extension PullRequestMapper {
    mutating func addCommit(_ element: JSONValue, of owner: String, record: Int, isItself: Bool = false)
        -> String?
    {
        let commit = element["commit"]
        guard let hash = commit["oid"].string, !hash.isEmpty else {
            return rejectElement(element, .commits, owner, nil, .missing("oid"), isItself: isItself)
        }
        let author = commit["author"]
        let address = people.add(author: author)
        let id = owner + ":" + hash
        commits.beginRow(record: record)
        commits.set(.id, id)
        commits.set(.pullRequestID, owner)
        commits.set(.commitID, hash)
        commits.set(.authorName, text: author["name"])
        commits.set(.authorEmail, address)
        commits.set(.message, text: commit["message"])
        commits.set(.authoredAt, commit["authoredDate"].moment)
        commits.set(.committedAt, commit["committedDate"].moment)
        return id
    }

    mutating func addReview(_ element: JSONValue, of owner: String, record: Int, isItself: Bool = false)
        -> String?
    {
        guard let id = element["id"].string, !id.isEmpty else {
            return rejectElement(element, .reviews, owner, nil, .missing("id"), isItself: isItself)
        }
        guard let state = Self.reviewState(element["state"]) else {
            return rejectElement(element, .reviews, owner, nil, .missing("state"), isItself: isItself)
        }
        let author = element["author"]
        people.add(actor: author)
        reviews.beginRow(record: record)
        reviews.set(.id, id)
        reviews.set(.pullRequestID, owner)
        reviews.set(.authorID, text: author["id"])
        reviews.set(.state, state)
        reviews.set(.body, text: element["body"])
        reviews.set(.commitID, text: element["commit"]["oid"])
        reviews.set(.submittedAt, element["submittedAt"].moment)
        return id
    }

    /// Notes the ids of the thread's comments. Without a `record` each comment is a record of its own.
    mutating func addThread(
        _ element: JSONValue, of owner: String, record: Int?, to children: inout Children
    ) {
        let nodes = element["comments"]["nodes"]
        guard nodes.kind == .array else {
            if record == nil { extracted += 1 }
            children.note(
                rejectElement(element, .threads, owner, nil, .missing("comments"), isItself: record == nil))
            return
        }
        let thread = Thread(element)
        nodes.forEachElement { comment in
            if record == nil {
                extracted += 1
                keepPayload(of: comment, .threadComments, thread, of: owner, record: extracted - 1)
            }
            children.note(
                addComment(
                    comment, in: thread, of: owner, record: record ?? extracted - 1, isItself: record == nil))
        }
    }

    mutating func addComment(
        _ element: JSONValue, in thread: Thread?, of owner: String, record: Int, isItself: Bool = false
    ) -> String? {
        guard let id = element["id"].string, !id.isEmpty else {
            return rejectElement(
                element, thread == nil ? .comments : .threadComments, owner, thread, .missing("id"), isItself: isItself)
        }
        let author = element["author"]
        people.add(actor: author)
        comments.beginRow(record: record)
        comments.set(.id, id)
        comments.set(.pullRequestID, owner)
        comments.set(.kind, thread == nil ? "conversation" : "review_thread")
        comments.set(.threadID, thread?.id)
        comments.set(.isResolved, thread?.isResolved)
        comments.set(.path, thread?.path)
        comments.set(.line, thread?.line)
        comments.set(.authorID, text: author["id"])
        comments.set(.body, text: element["body"])
        comments.set(.createdAt, element["createdAt"].moment)
        comments.set(.updatedAt, element["updatedAt"].moment)
        return id
    }

    mutating func addLinks(_ mentions: WorkItemMentions, to owner: String, record: Int) -> [String] {
        mentions.mentions.map { mention in
            let id = "\(owner):\(mention.key)"
            links.beginRow(record: record)
            links.set(.id, id)
            links.set(.pullRequestID, owner)
            links.set(.key, mention.key)
            links.set(.evidence, appending: { mention.appendEvidence(to: &$0) })
            links.set(.score, mention.score)
            return id
        }
    }

    /// An element of a whole pull request that is bad counts as a record of its own; one of a part was counted before.
    private mutating func rejectElement(
        _ element: JSONValue, _ kind: OpenPullRequest.Part.Kind, _ owner: String, _ thread: Thread?,
        _ reason: Rejections.Reason, isItself: Bool
    ) -> String? {
        rejections.add(
            element, kind: "pull_request_\(kind.rawValue)", reason, frame: frame(kind, owner, thread))
        if !isItself { rejectedWithin += 1 }
        return nil
    }
}
