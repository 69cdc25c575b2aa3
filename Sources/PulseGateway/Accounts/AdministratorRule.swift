import PulseDomain

/// A tenant that has an administrator who may come in keeps one: else nobody could manage its users any more.
///
/// The accounts hold to it in the transaction of each change, so it is the same for whoever changes a user, over the API
/// or with `pulse-server user`, also when two do at the same moment.
enum AdministratorRule {
    /// The first tenant, by name, that a change would leave without an administrator; `nil`: none.
    ///
    /// - Parameters:
    ///   - after: The user as changed; `nil`: removed.
    ///   - others: All other users. Asked for only when somebody loses what they could do.
    static func orphaned(
        from before: User, to after: User?, among others: () throws -> [User]
    ) rethrows -> TenantID? {
        let lost = before.governed.subtracting(after?.governed ?? [])
        guard !lost.isEmpty else { return nil }
        let kept = try others().reduce(into: Set<TenantID>()) { $0.formUnion($1.governed) }
        return lost.subtracting(kept).min()
    }

    static let code = "user.last_admin"

    static func failure(_ name: String, of tenant: TenantID) -> Failure {
        Failure(
            .ours, code: code, "\(name) is the last administrator of \(tenant).",
            remedy: "Make another one first: `pulse-server user add NAME --role admin --tenant \(tenant)`.")
    }
}

extension User {
    /// Where it manages users, and can come in to do so.
    fileprivate var governed: Set<TenantID> {
        isDisabled ? [] : Set(roles.filter { $0.value == .admin }.keys)
    }
}
