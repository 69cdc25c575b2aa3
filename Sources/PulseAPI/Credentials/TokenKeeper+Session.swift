package import PulseDomain
package import PulseHTTP

extension TokenKeeper {
    /// The tokens of a session that is kept in a file: read when first needed, renewed when refused. Of several
    /// consoles that share the file one renews, the others take what it got.
    ///
    /// Where there is no session (any more), requests fail with `Failure` (`unauthorised`) without being sent, until
    /// somebody has logged in again.
    package init(session key: SessionKey, in file: CredentialsFile, transport: CurlTransport) {
        self.init(
            current: {
                let sessions = try file.sessions()
                guard let place = key.place(among: sessions) else { throw Failure.loggedOut(of: key, among: sessions) }
                return sessions[place].accessToken
            },
            renew: { refused in
                let renewal = try await file.update { sessions in
                    try await Self.renew(refused, key, in: &sessions, transport, file.time)
                }
                return try renewal.get()
            })
    }

    /// A failure is returned, so that what it leaves of the sessions is written all the same.
    private static func renew(
        _ refused: String?, _ key: SessionKey, in sessions: inout [StoredSession], _ transport: CurlTransport,
        _ time: any TimeSource
    ) async throws -> Result<String?, Failure> {
        guard let place = key.place(among: sessions) else { return .failure(.loggedOut(of: key, among: sessions)) }
        // Another console was quicker.
        if sessions[place].accessToken != refused { return .success(sessions[place].accessToken) }
        // A personal token is not renewed: what the gateway says of it is told.
        guard let refreshToken = sessions[place].refreshToken else { return .success(nil) }
        let client = APIClient(
            base: key.gateway, transport: transport, tokens: TokenKeeper(current: { nil }), time: time)
        let body = RefreshRequest(refreshToken: refreshToken, accessToken: sessions[place].accessToken)
        let request = APIRequest(.refresh, body: body.json)
        do {
            let answer: TokenAnswer = try await client.ask(request)
            sessions[place] = StoredSession(gateway: key.gateway, answer, context: sessions[place].context)
            return .success(answer.accessToken)
        } catch let failure as Failure where failure.kind == .unauthorised {
            // Spent or taken back: only a login helps.
            sessions.remove(at: place)
            return .failure(.loginExpired(at: key))
        }
    }
}

extension TokenKeeper {
    /// A personal token that was given for a tenant: the first request looks whether it is one of that, and fails with
    /// `Failure` (`login.other_tenant`) where it is not. What would be shown is of the wrong tenant.
    package init(
        constant token: String, in tenant: TenantID, at gateway: String, transport: CurlTransport,
        time: any TimeSource
    ) {
        self.init(current: {
            let client = APIClient(
                base: gateway, transport: transport, tokens: TokenKeeper(constant: token), time: time)
            let profile: Profile = try await client.ask(APIRequest(.profile))
            guard profile.tenant == tenant else {
                throw Failure(
                    .ours, code: Failure.otherTenantCode,
                    "The personal token is one for the tenant \(profile.tenant), not for \(tenant).",
                    remedy: "Leave --tenant out, or use a token that was made in \(tenant).")
            }
            return token
        })
    }
}

extension Failure {
    /// Somebody is logged in there, and not to the tenant that was asked for.
    package static let otherTenantCode = "login.other_tenant"

    /// Nobody is logged in there, or not to the tenant that was asked for.
    package static func loggedOut(of key: SessionKey, among sessions: [StoredSession]) -> Failure {
        let other = sessions.first { session in
            session.gateway == key.gateway && key.tenant != nil && session.tenant != key.tenant
                && (key.context == nil || session.context == nil || session.context == key.context)
        }
        if let other, let tenant = key.tenant {
            return Failure(
                .unauthorised, code: otherTenantCode,
                "At \(key.gateway) you are logged in to the tenant \(other.tenant) (as \(other.name)), not to \(tenant).",
                remedy: "Leave --tenant out, or log in there too: "
                    + "`pulse login \(key.gateway) --tenant \(tenant) --context NAME`.")
        }
        return Failure(
            .unauthorised, code: "login.none", "You are not logged in at \(key.gateway).",
            remedy: "Log in: `\(key.login)`.")
    }

    static func loginExpired(at key: SessionKey) -> Failure {
        Failure(
            .unauthorised, code: "login.expired", "The login at \(key.gateway) has expired or was ended.",
            remedy: "Log in again: `\(key.login)`.")
    }

    /// Whether only a login, or another token, helps.
    package var needsLogin: Bool {
        code.hasPrefix("login.") || code.hasPrefix("auth.token_") || code == "unauthenticated"
    }
}
