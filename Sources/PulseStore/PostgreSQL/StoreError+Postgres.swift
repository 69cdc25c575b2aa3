import PulsePostgres

extension StoreError {
    /// What an error of PostgreSQL means for a store.
    ///
    /// - Parameter wasOpen: The server had let this process in: that it does not now (a password is being changed, a
    ///   database restored) is an outage as any other.
    init(_ error: PostgresError, location: String, wasOpen: Bool = false) {
        self =
            switch error.kind {
            case .access where wasOpen:
                .unreachable(location: location, detail: "it lets this process in no more (\(error.message))")
            case .connection: .unreachable(location: location, detail: error.message)
            case .permission where wasOpen: .forbidden(error.message)
            case .address, .access, .permission: .unavailable(location: location, detail: error.message)
            case .resources:
                error.state == "53100"
                    ? .full(location: location) : .unreachable(location: location, detail: error.message)
            case .locked, .conflict, .cancelled: .locked(location: location, holder: nil)
            case .damaged: .damaged(location: location, detail: error.message)
            // After a fail-over, or made so by an administrator: another server leads, or this one will again.
            case .readOnly: .unreachable(location: location, detail: "it takes no changes (\(error.message))")
            case .statement: .database(code: error.state, message: error.message)
            }
    }
}
