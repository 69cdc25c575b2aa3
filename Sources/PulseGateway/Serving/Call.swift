import PulseAPI
import PulseDomain

/// A request as its handler sees it: found, allowed, checked against the parameters of its route.
struct Call: Sendable {
    let route: Route
    /// Values of path and query, by name; each fits its parameter.
    let values: [String: String]
    /// What a query has beyond the route's parameters, where the route takes such (`data/{table}`).
    let conditions: [(name: String, value: String)]
    /// Who asks; `nil` where nobody has to say.
    let identity: Identity?
    let origin: AccountDesk.Origin
    let body: [UInt8]
    /// Of the header of that name.
    let lastEventID: String?

    // MARK: Reading

    /// A path's value. The router has found it.
    func path(_ name: String) -> String { values[name] ?? "" }

    func integer(_ name: String) -> Int64? { values[name].flatMap { Int64($0) } }

    var isPreview: Bool { values[Parameter.dryRun.name] == "true" }

    /// Items of a list at most.
    var limit: Int { integer(Parameter.limit.name).map(Int.init) ?? 100 }

    /// Where a list goes on; `nil` at its beginning. Throws `Problem` when it is not a cursor of this list.
    func cursor(_ count: Int) throws(Problem) -> [String]? {
        guard let text = values[Parameter.cursor.name] else { return nil }
        guard let cursor = PageCursor(text, count: count) else { throw .badCursor }
        return cursor.words
    }

    var job: JobID { JobID(source: SourceID(path("source")), stream: StreamID(path("stream"))) }

    /// The identity of a route that needs one.
    var principal: Identity {
        get throws(Problem) {
            guard let identity else { throw .unauthenticated }
            return identity
        }
    }

    /// The body as what the route takes. Throws `Problem`.
    func content<Content: WireObject>(_ type: Content.Type) throws(Problem) -> Content {
        do throws(WireError) {
            return try Content(json: body)
        } catch {
            throw .badRequest(error.sentence)
        }
    }

    /// As above; nothing where the route may go without.
    func optionalContent<Content: WireObject>(_ type: Content.Type) throws(Problem) -> Content? {
        body.isEmpty ? nil : try content(type)
    }
}

extension Problem {
    static let badCursor = Problem.unprocessable(
        "The cursor is none of this list.", remedy: "Use the member `next` of the part before, as it is.")
}
