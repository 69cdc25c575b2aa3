import Foundation
import PulseDomain

/// A position in a walk over one partition of GitHub, with everything that is still open there.
///
/// What is asked next is the first of: a record of ``retries``, a part of ``open``, the next page of the list itself.
struct GitHubCursor: Codable, Hashable, Sendable {
    /// How the list is walked.
    enum Course: String, Codable, Sendable {
        /// Pull requests, the one changed longest ago first.
        case forward
        /// Pull requests, the one changed last first, down to what is loaded.
        case backward
        /// A list from its beginning to its end.
        case list
        /// The history of a branch from one tip.
        case history
        /// Ids only.
        case census
    }

    var course: Course
    /// GitHub's cursor behind which the next page begins; `nil` for the beginning.
    var after: String?
    /// Nothing but ``retries`` and ``open`` is left.
    var isExhausted: Bool?
    /// Records that came damaged and are asked for once more, each by itself.
    var retries: [Retry]?
    /// Pull requests whose parts did not all come with them.
    var open: [OpenPullRequest]?
    /// The repository's id, once it is known.
    var repository: String?
    /// The newest change seen in this walk.
    var newest: Instant?
    /// Where a later walk could begin (see ``PullRequestWalk``).
    var trail: [Mark]?
    /// The walk began at a remembered anchor, which the first page has to prove.
    var isAnchored: Bool?
    /// Of a history: its tip and how far it has to be followed.
    var branch: BranchWalk?
    /// Of the repositories: the owners still to be asked, the present one first.
    var owners: [String]?
    /// Of the repositories: those configured by name that are still to be asked, after the owners.
    var listed: [String]?
    /// How often the walk had to begin again, because GitHub no longer knew its position.
    var restarts: Int?

    init(_ course: Course) { self.course = course }

    /// A record to be asked for by itself: the one behind this cursor.
    struct Retry: Codable, Hashable, Sendable {
        var after: String?
    }

    /// A cursor and the time of change of the record that it belongs to.
    struct Mark: Codable, Hashable, Sendable {
        var cursor: String
        var at: Instant
    }

    /// What the page at this position is.
    enum Step: Hashable, Sendable {
        case list
        case retry(Retry)
        case part(OpenPullRequest, OpenPullRequest.Part)
    }

    var step: Step {
        if let retry = retries?.first { return .retry(retry) }
        if let owner = open?.first, let part = owner.parts.first { return .part(owner, part) }
        return .list
    }

    /// Whether nothing is left to ask.
    var isDone: Bool { isExhausted == true && retries == nil && open == nil }

    mutating func removeFirstRetry() {
        retries?.removeFirst()
        if retries?.isEmpty == true { retries = nil }
    }

    mutating func add(retry: Retry) { retries = (retries ?? []) + [retry] }
    mutating func add(open owner: OpenPullRequest) { open = (open ?? []) + [owner] }

    /// Puts `owner` in the place of the first open pull request, or takes that away when nothing of it is left.
    mutating func replaceFirstOpen(with owner: OpenPullRequest) {
        guard open?.isEmpty == false else { return }
        if owner.parts.isEmpty { open?.removeFirst() } else { open?[0] = owner }
        if open?.isEmpty == true { open = nil }
    }

    /// Goes on to the next owner, and behind the last one to the repositories configured by name.
    mutating func removeFirstOwner() {
        after = nil
        owners?.removeFirst()
        if owners?.isEmpty == true { owners = nil }
        isExhausted = owners == nil && listed == nil
    }

    mutating func removeFirstListed() {
        listed?.removeFirst()
        if listed?.isEmpty == true { listed = nil }
        isExhausted = listed == nil
    }

    mutating func noteNewest(_ instant: Instant?) {
        if let instant { newest = max(newest ?? instant, instant) }
    }
}

extension GitHubCursor {
    /// Reads a cursor that ``encoded()`` wrote. Throws `Failure` (`ours`) for anything else.
    init(_ cursor: Cursor) throws { self = try GitHubJSON.decode(Self.self, cursor.json, what: "cursor") }

    /// As the engine keeps it; the same position gives the same text.
    func encoded() throws -> Cursor { Cursor(json: try GitHubJSON.encode(self)) }
}

/// The small documents that this connector leaves with the engine.
enum GitHubJSON {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ json: String, what: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(json.utf8))
        } catch {
            throw Failure(
                .ours, code: "github.state_unreadable", "The \(what) kept for a walk over GitHub cannot be read.",
                remedy: "Rewind the partition to an earlier checkpoint, or load it in full.")
        }
    }
}
