import PulseAPI
import PulseDomain

/// A request as its handler sees it: found, allowed, checked against the parameters of its route.
struct Call: Sendable {
    let route: Route
    /// Path and query as they were sent.
    let target: String
    /// Of path and query; each fits its parameter.
    let arguments: Arguments
    /// Who asks; `nil` where nobody has to say.
    let identity: Identity?
    let origin: AccountDesk.Origin
    let body: [UInt8]
    /// Of the header of that name.
    let lastEventID: String?

    // MARK: Reading

    /// A path's value. The router has found it.
    func path(_ name: String) -> String { arguments.path[name] ?? "" }

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
}
