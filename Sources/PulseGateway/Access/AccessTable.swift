import PulseAPI
import PulseDomain
import PulseHTTP

/// Who may do what: the one place where it is decided, from the role that each route needs.
enum AccessTable {
    enum Decision: Sendable, Hashable {
        case allowed
        /// Nobody said who they are.
        case unauthenticated
        case forbidden(needs: Role)
        /// First the one-time password has to be changed.
        case passwordFirst
    }

    /// - Parameter isPreview: The request only asks what a command would do.
    static func decide(_ route: Route, _ identity: Identity?, isPreview: Bool) -> Decision {
        guard let needed = route.role(isPreview: isPreview) else { return .allowed }
        guard let identity else { return .unauthenticated }
        if identity.mustChangePassword, !withOneTimePassword.contains(route.id) { return .passwordFirst }
        return identity.role >= needed ? .allowed : .forbidden(needs: needed)
    }

    /// What somebody can do whose password is only good for choosing another.
    private static let withOneTimePassword: Set<RouteID> = [.changePassword, .profile, .logout]

    /// Whether a request changes something, so that it is audited when it is refused.
    static func isMutation(_ route: Route, isPreview: Bool) -> Bool {
        if isPreview { return false }
        return switch route.id {
        // Nothing that anybody has to answer for.
        case .enterPresence, .leavePresence, .refresh: false
        default: route.method != .get
        }
    }
}
