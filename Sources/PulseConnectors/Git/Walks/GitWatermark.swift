import PulseDomain
import PulseJSON

/// Up to where a repository is loaded: `Watermark.state` of the stream of commits.
struct GitWatermark: Sendable, Hashable {
    /// The repository's id that the rows were written with.
    var repository: String
    /// What rows depend on beside the commits: mailmap, edge of a shallow clone, counting of lines. Another basis asks
    /// for everything again.
    var basis: String
    /// Of all heads, to see at a glance that nothing changed.
    var refs: String
    /// The heads; those that others reach are left out where there are many.
    var tips: [String]

    init(repository: String, basis: String, refs: String, tips: [String]) {
        self.repository = repository
        self.basis = basis
        self.refs = refs
        self.tips = tips
    }

    /// `nil` for what is no watermark of ours: then everything is loaded.
    init?(_ watermark: Watermark?) {
        guard let state = watermark?.state else { return nil }
        var reader = JSONReader()
        guard let read = try? reader.read(Array(state.utf8), { GitWatermark($0, tips: []) }) else { return nil }
        self = read
    }

    init?(_ json: JSONValue, tips: [String]) {
        guard json["v"].int64 == 1, let repository = json["repository"].string, let basis = json["basis"].string,
            let refs = json["refs"].string
        else { return nil }
        let own = json["tips"].mapElements { $0.string ?? "" }
        self.init(
            repository: repository, basis: basis, refs: refs, tips: json["tips"].kind == .array ? own : tips)
        guard self.tips.allSatisfy(\.isObjectName) else { return nil }
    }

    func write(to writer: inout JSONWriter, withTips: Bool) {
        writer.object { writer in
            writer.member("v", 1)
            writer.member("repository", repository)
            writer.member("basis", basis)
            writer.member("refs", refs)
            if withTips { writer.member("tips", tips) }
        }
    }

    var state: String {
        String(decoding: JSONWriter.document { write(to: &$0, withTips: true) }, as: UTF8.self)
    }
}
