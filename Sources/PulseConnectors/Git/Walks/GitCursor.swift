import PulseDomain
import PulseJSON

/// Where a walk over a repository goes on.
///
/// The heads are frozen when the walk begins, as object names, so that the order of commits is the same after a restart
/// whatever happened to branches meanwhile; `last` tells whether it really was.
struct GitCursor: Sendable, Hashable {
    enum Step: String, Sendable, Hashable {
        /// Nothing was asked yet: the first page finds out what there is to load.
        case begin
        /// Commits with everything about them.
        case commits
        /// Only the hashes of all commits, to find which are gone.
        case census
        /// Tags.
        case tags
    }

    var step: Step
    /// The repository's id in rows.
    var repository = ""
    /// Commits or hashes of this step that lie behind.
    var offset = 0
    /// Commits or hashes of this step altogether.
    var total = 0
    /// The hash, or the name of the tag, before the next page.
    var last: String?
    /// Commits that the walk starts from.
    var tips: [String] = []
    /// Commits that are left out with all their ancestors: loaded before.
    var excluded: [String] = []
    /// Seconds since 1970: only commits committed from then on.
    var since: Int64?
    /// Seconds since 1970: only commits committed before.
    var until: Int64?
    /// Whether the pages of commits list the ids of everything there is.
    var isComplete = false
    /// Whether a census follows, because history was rewritten.
    var needsCensus = false
    /// Whether history was cut off by a shallow clone.
    var isShallow = false
    /// Whether added and deleted lines are counted.
    var countsLines = false
    /// What the watermark will be.
    var watermark: GitWatermark?
    /// Microseconds since 1970 of the newest commit that a head points to.
    var newest: Int64?

    static let version = 1

    var cursor: Cursor {
        let json = JSONWriter.document { writer in
            writer.object { writer in
                writer.member("v", Self.version)
                writer.member("step", step.rawValue)
                guard step != .begin else { return }
                writer.member("repository", repository)
                writer.member("offset", offset)
                writer.member("total", total)
                if let last { writer.member("last", last) }
                writer.member("tips", tips)
                writer.member("not", excluded)
                if let since { writer.member("since", since) }
                if let until { writer.member("until", until) }
                writer.member("complete", isComplete)
                writer.member("census", needsCensus)
                writer.member("shallow", isShallow)
                writer.member("lines", countsLines)
                if let watermark {
                    writer.name("watermark")
                    // The heads are those of the walk, and not repeated.
                    watermark.write(to: &writer, withTips: watermark.tips != tips)
                }
                if let newest { writer.member("newest", newest) }
            }
        }
        return Cursor(json: String(decoding: json, as: UTF8.self))
    }

    init(step: Step) { self.step = step }

    /// - Throws: `Failure` for a cursor of something else.
    init(_ cursor: Cursor) throws {
        var reader = JSONReader()
        do {
            let read = try reader.read(Array(cursor.json.utf8)) { json -> GitCursor? in
                guard json["v"].int64 == Int64(Self.version), let step = json["step"].string.flatMap(Step.init) else {
                    return nil
                }
                var result = GitCursor(step: step)
                result.repository = json["repository"].string ?? ""
                result.offset = json["offset"].int64.map { Int($0) } ?? 0
                result.total = json["total"].int64.map { Int($0) } ?? 0
                result.last = json["last"].string
                result.tips = json["tips"].mapElements { $0.string ?? "" }
                result.excluded = json["not"].mapElements { $0.string ?? "" }
                result.since = json["since"].int64
                result.until = json["until"].int64
                result.isComplete = json["complete"].bool ?? false
                result.needsCensus = json["census"].bool ?? false
                result.isShallow = json["shallow"].bool ?? false
                result.countsLines = json["lines"].bool ?? false
                result.watermark = GitWatermark(json["watermark"], tips: result.tips)
                result.newest = json["newest"].int64
                // They become arguments of git.
                guard (result.tips + result.excluded).allSatisfy(\.isObjectName), result.offset >= 0 else { return nil }
                return result
            }
            guard let read else { throw GitFailure.brokenCursor(cursor.json) }
            self = read
        } catch is JSONError {
            throw GitFailure.brokenCursor(cursor.json)
        }
    }

    /// What decides which commits are walked over, and in which order.
    var fingerprint: String {
        var fingerprint = Fingerprint()
        for part in tips + ["^"] + excluded + ["\(since ?? -1) \(until ?? -1) \(step.rawValue)"] {
            fingerprint.add(part.utf8)
        }
        return fingerprint.text
    }
}

extension String {
    /// Whether this is a SHA-1 or SHA-256 in hexadecimal.
    var isObjectName: Bool {
        (utf8.count == 40 || utf8.count == 64)
            && utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
